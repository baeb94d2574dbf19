"""What an operator asks of the policy: `python -m bot policy <verb>`. Nothing is changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from adapters.chat.texts.explaining import explained_lines
from adapters.company.durations import parse
from adapters.company.read import read_company
from adapters.conditions.cel import CelConditions
from bot.settings import Settings
from bot.wiring import Parts, known
from engine.conditions import FACTS
from engine.model.company import Company
from engine.model.identifiers import EntitlementId, PersonId
from engine.policy.approvers import Asking
from engine.policy.explain import explain
from engine.workflow.find import find_entitlement, find_person
from engine.workflow.look import company_now

app = typer.Typer(no_args_is_help=True, help="The policy: who has to decide what, and why.")

Files = Annotated[
    Path | None,
    typer.Option("--company", help="A folder of YAML files; else what is in force is asked."),
]


def _length(text: str) -> timedelta:
    try:
        return parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _instant(text: str) -> datetime:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        sentence = f"`{text}` is not an instant; write e.g. 2026-12-31T09:00Z."
        raise typer.BadParameter(sentence) from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


@app.command("explain")
def explain_(
    *,
    person: Annotated[str, typer.Option(help="Who asks, e.g. riya.patel.")],
    entitlement: Annotated[str, typer.Option(help="What for, e.g. netsuite-gl.")],
    duration: Annotated[
        timedelta | None, typer.Option(parser=_length, help="How long, e.g. 4h; else the default.")
    ] = None,
    holder: Annotated[str | None, typer.Option("--for", help="For whom, if not for them.")] = None,
    at: Annotated[
        datetime | None,
        typer.Option(parser=_instant, help="When, e.g. 2026-12-31T09:00Z; else now."),
    ] = None,
    files: Files = None,
) -> None:
    """Show the chain and the people that a request would take, and why each stage is there or not.

    What the person holds already, or asked for, is not looked at.
    """
    company = _company(files)
    asker = find_person(company, PersonId(person))
    holder_id = find_person(company, PersonId(holder)).id if holder else asker.id
    wanted = find_entitlement(company, EntitlementId(entitlement))
    instant = (at or datetime.now(UTC)).astimezone(UTC)
    explained = explain(
        company,
        CelConditions(),
        Asking(asker.id, holder_id, wanted, at=instant),
        duration=duration or wanted.duration_default,
        at=instant,
    )
    for line in explained_lines(company, explained):
        print(line)
    raise typer.Exit(1 if explained.obstacles else 0)


@app.command("facts")
def facts() -> None:
    """List what a condition in the company's files may ask."""
    for name, fact in FACTS.items():
        print(f"{name}: {fact.meaning} ({fact.kind})")


def _company(files: Path | None) -> Company:
    if files is not None:
        return read_company(files, known())
    parts = Parts(Settings.load(), "policy")
    try:
        return company_now(parts.work).company
    finally:
        parts.close()
