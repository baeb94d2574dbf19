"""What asking for access would come to: said below the form while it is filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from adapters.chat.cards import Line
from adapters.chat.command import Preview
from adapters.chat.grammar.times import Stretch
from adapters.chat.speaker import Speaker
from adapters.chat.wording import name_of
from engine.errors import Refused
from engine.model.company import Company, Entitlement
from engine.model.duration import spell
from engine.model.identifiers import EntitlementId, PersonId, show
from engine.model.request import Stage
from engine.policy.delegating.standing_in import called
from engine.policy.length import check_duration
from engine.policy.reason import check_reason
from engine.workflow.asking.preview import Outlook, preview

NAMES_MAX = 6
"""Whoever asks wants to know whom to talk to, not a department's list."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A request as far as its form is filled in."""

    entitlement: EntitlementId
    duration: Stretch | None = None
    reason: str = ""
    holder: PersonId | None = None


def preview_request(speaker: Speaker, begun: Begun) -> Preview:
    """Say who will be asked and what exactly for; or why it would be refused."""
    known = speaker.company.entitlement[begun.entitlement]
    lines = [_exactly(speaker.company, known), *_length(begun.duration)]
    try:
        ahead = preview(
            speaker.work,
            speaker.person.id,
            known.id,
            holder=begun.holder,
            duration=begun.duration.length if begun.duration else None,
        )
        lines += _stages(ahead)
    except Refused as refused:
        lines.append((f"As it is now, this would be refused: {refused.sentence}",))
    return Preview(tuple(lines), _errors(known, begun))


def _errors(known: Entitlement, begun: Begun) -> Mapping[str, str]:
    errors = {}
    if begun.duration is not None:
        length = begun.duration.length
        errors["duration"] = _sentence(lambda: check_duration(known, length))
    if begun.reason:
        errors["reason"] = _sentence(lambda: check_reason(known, begun.reason))
    return {name: sentence for name, sentence in errors.items() if sentence}


def _sentence(check: Callable[[], object]) -> str:
    try:
        check()
    except Refused as refused:
        return refused.sentence
    return ""


def _exactly(company: Company, known: Entitlement) -> Line:
    system = company.system[known.system].name
    what = f"{known.permission} on {known.resource}, in {system}, tier {known.tier}"
    return (f"Exactly: {what}; for {spell(known.duration_max)} at most.",)


def _length(duration: Stretch | None) -> Iterator[Line]:
    if duration is not None and duration.until is not None:
        yield until_line(duration)


def until_line(duration: Stretch) -> Line:
    """Say what `until 18:00` was understood as: nobody knows yet when it will be given."""
    assert duration.until is not None, "not every length is said as until when"
    taken = (
        f" is taken as {spell(duration.length)}. They count from when the access is given, "
        f"so it ends later than that if the decision takes its time."
    )
    return ("Until ", duration.until, taken)


def _stages(ahead: Outlook) -> Iterator[Line]:
    if ahead.already is not None:
        number = show(ahead.already.id)
        yield (f"You asked for this in {number} already, which is open: you would get that one.",)
    for stage in ahead.stages:
        number = f"{stage.number} of {len(ahead.stages)}"
        yield (f"Stage {number}, {stage.name}: {_asked(ahead.company, stage)}.",)
    if ahead.why:
        yield (ahead.why,)
    if ahead.is_for_another:
        name = name_of(ahead.company, ahead.asking.holder)
        yield (f"Whether it can be combined with what {name} has is checked when you ask.",)


def _asked(company: Company, stage: Stage) -> str:
    names = [called(company, approver) for approver in stage.asked]
    more = len(names) - NAMES_MAX
    shown = [*names[:NAMES_MAX], f"{more} more"] if more > 0 else names
    listed = " or ".join((", ".join(shown[:-1]), shown[-1])) if shown[1:] else shown[0]
    return f"{stage.quorum} of {listed}" if stage.quorum > 1 else listed
