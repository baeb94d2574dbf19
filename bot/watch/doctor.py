"""Everything that an installation needs is tried, and each finding says what to do.

Called by `python -m bot doctor`. Nothing is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from adapters.chat.slack import doctor as slack
from adapters.chat.teams import doctor as teams
from adapters.chat.teams.address import TEAMS
from adapters.chat.teams.hosts import SERVICE_HOSTS
from bot.chats.addresses import Book
from bot.chats.teams_out import teams_credentials
from bot.wiring import Parts
from engine.errors import ConnectorError, NotFound
from engine.model.company import Company
from engine.workflow.look import company_now


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried."""

    what: str
    ok: bool
    advice: str = ""
    """What to do about it, or to know of it; mostly empty where all is well."""

    def __str__(self) -> str:
        """Write it as a line for a terminal."""
        mark = "ok  " if self.ok else "FAIL"
        return f"{mark}  {self.what}: {self.advice}" if self.advice else f"{mark}  {self.what}"


def examine(parts: Parts) -> Iterator[Finding]:
    """Try the database, the configuration, the queue, each target system, and each chat."""
    company: Company | None = None
    try:
        company = company_now(parts.work).company
    except NotFound:
        yield Finding("database", ok=True)
        yield Finding(
            "configuration", ok=False, advice="none; run `python -m bot config apply DIR`."
        )
    except Exception as error:  # noqa: BLE001 - whatever it is, the person is told what to do
        advice = f"it does not answer ({type(error).__name__}); check DATABASE_URL, then `release`."
        yield Finding("database", ok=False, advice=advice)
        return
    else:
        yield Finding("database", ok=True)
        yield Finding(f"configuration of {company.name}", ok=True)
    yield _tried(
        "queue", parts.broker.client.ping, "check REDIS_URL; access still ends without it."
    )
    if company is not None:
        yield from _systems(parts, company)
    if parts.settings.slack_bot_token is not None:
        yield from _slack(parts, company)
    if parts.settings.microsoft_app_id is not None:
        yield from _teams(parts, company)


def _systems(parts: Parts, company: Company) -> Iterator[Finding]:
    for system in company.systems:
        try:
            parts.connector(system.id).validate()
        except ConnectorError as problem:
            yield Finding(f"system {system.id}", ok=False, advice=str(problem))
        else:
            yield Finding(f"system {system.id}", ok=True)


def _slack(parts: Parts, company: Company | None) -> Iterator[Finding]:
    settings = parts.settings
    signing, socket = settings.slack_signing_secret, settings.slack_app_token
    assert settings.slack_bot_token is not None, "asked only where Slack is switched on"
    patient = slack.Patient(
        api_url=settings.slack_api_url,
        bot_token=settings.slack_bot_token.get_secret_value(),
        signing_secret=signing.get_secret_value() if signing else "",
        app_token=socket.get_secret_value() if socket else "",
        trusts_email=settings.slack_link == "managed-email",
        company=company,
    )
    for found in parts.loop.run(slack.examine(patient)):
        yield Finding(found.what, ok=found.ok, advice=found.advice)


def _teams(parts: Parts, company: Company | None) -> Iterator[Finding]:
    settings = parts.settings
    patient = teams.Patient(
        credentials=teams_credentials(settings),
        tenant=settings.microsoft_app_tenant_id or "",
        openid_url=settings.teams_openid_metadata_url,
        service_url=settings.teams_service_url,
        service_hosts=settings.teams_service_hosts or SERVICE_HOSTS,
        book=Book(parts.work, TEAMS),
        trusts_upn=settings.teams_link == "managed-email",
        company=company,
    )
    for found in parts.loop.run(teams.examine(patient)):
        yield Finding(found.what, ok=found.ok, advice=found.advice)


def _tried(what: str, attempt: Callable[[], object], advice: str) -> Finding:
    try:
        attempt()
    except Exception as error:  # noqa: BLE001 - whatever it is, the person is told what to do
        return Finding(what, ok=False, advice=f"{type(error).__name__}; {advice}")
    return Finding(what, ok=True)
