"""What breaking the glass would come to: said below the form while it is filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from adapters.chat.cards import Line
from adapters.chat.command import Preview
from adapters.chat.grammar.times import Stretch
from adapters.chat.preview import until_line
from adapters.chat.speaker import Speaker
from adapters.chat.wording import name_of
from engine.errors import Refused
from engine.model.company import Company, Entitlement
from engine.model.identifiers import EntitlementId, show
from engine.policy.emergency.rules import emergency_length, find_incident, rule_of
from engine.policy.reason import check_reason
from engine.workflow.emergency.look import Ahead, look_ahead


def preview_emergency(
    speaker: Speaker, wanted: EntitlementId, duration: Stretch | None, reason: str
) -> Preview:
    """Say who is told and who decides afterwards; or why it would be refused."""
    known = speaker.company.entitlement[wanted]
    lines = [_exactly(speaker.company, known)]
    if duration is not None and duration.until is not None:
        lines.append(until_line(duration))
    try:
        lines += _ahead(look_ahead(speaker.work, speaker.person.id, wanted))
    except Refused as refused:
        lines.append((f"As it is now, this would be refused: {refused.sentence}",))
    errors = {
        "duration": _wrong_length(speaker.company, known, duration),
        "reason": _wrong_reason(speaker.company, known, reason),
    }
    return Preview(tuple(lines), {name: said for name, said in errors.items() if said})


def _exactly(company: Company, known: Entitlement) -> Line:
    system = company.system[known.system].name
    return (f"Exactly: {known.permission} on {known.resource}, in {system}, tier {known.tier}.",)


def _ahead(ahead: Ahead) -> Iterator[Line]:
    if ahead.already is not None:
        number = show(ahead.already.id)
        yield (f"You broke the glass for it in {number}, which is there: you would get that one.",)
    told = ", ".join(name_of(ahead.company, person) for person in ahead.told)
    yield (f"Told at once: {told}, and the admins.",)
    for stage in ahead.stages:
        names = " or ".join(name_of(ahead.company, one.person) for one in stage.asked)
        yield (f"Decides afterwards, {stage.number} of {len(ahead.stages)}: {names}.",)


def _wrong_length(company: Company, known: Entitlement, duration: Stretch | None) -> str:
    rule = rule_of(company, known)
    if rule is None or duration is None:
        return ""
    return _sentence(lambda: emergency_length(rule, known, duration.length))


def _wrong_reason(company: Company, known: Entitlement, reason: str) -> str:
    rule = rule_of(company, known)
    if rule is None or not reason:
        return ""
    usual = replace(known, reason_pattern="")
    return _sentence(lambda: find_incident(rule, reason)) or _sentence(
        lambda: check_reason(usual, reason)
    )


def _sentence(check: Callable[[], object]) -> str:
    try:
        check()
    except Refused as refused:
        return refused.sentence
    return ""
