"""What always holds of emergencies, whatever people do and whatever breaks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from engine.audit.vocabulary import Action
from engine.model.closing import Closing, ClosingOutcome
from engine.model.dossier import Dossier
from engine.model.grant import GrantState
from engine.model.identifiers import EntitlementId, PersonId, show
from engine.model.request import Request, RequestState
from tests.simulation import company as acme
from tests.simulation import told
from tests.simulation.asked import EACH_COMMIT, EACH_GIVING, Call, Change, always

FOR = {acme.GL, acme.PAYMENTS}
LONGEST = timedelta(hours=1)
WITHIN = timedelta(hours=4)
_THERE = {GrantState.PROVISIONING, GrantState.ACTIVE}


def _works_here(change: Change, person: PersonId) -> bool:
    known = change.company.person.get(person)
    return known is not None and known.active


def _begun(change: Change) -> Iterator[Request]:
    yield from (n.request for was, n in change.touched if was is None and n.request.is_breakglass)


@always(EACH_COMMIT)
def only_who_may_breaks_the_glass(change: Change) -> Iterator[str]:
    """The glass is broken by whom the rule names, for themselves, not for long, for an incident."""
    (accountants,) = (g.people for g in change.company.groups if g.id == "accountants")
    for request in _begun(change):
        person, may = request.requester, {*accountants, acme.LI}
        if person not in may or not _works_here(change, person) or request.entitlement not in FOR:
            yield f"{person} breaks the glass for {request.entitlement}"
        if request.holder != person or request.duration > LONGEST:
            yield f"{person} breaks the glass for {request.holder}, for {request.duration}"
        if not request.incident.startswith("INC-") or request.incident not in request.reason:
            yield f"{show(request.id)} is for “{request.incident}”"


@always(EACH_COMMIT)
def one_at_a_time(change: Change) -> Iterator[str]:
    """Nobody breaks the glass while one of theirs is not closed."""
    for request in _begun(change):
        for closing in change.before.closings.values():
            if closing.holder == request.holder and not closing.is_done:
                yield f"{show(closing.id)} is {closing.state}, and {show(request.id)} begins"


@always(EACH_GIVING)
def an_emergency_is_signed_first(call: Call) -> Iterator[str]:
    """In an emergency nothing is given before a checkpoint holds that the glass was broken."""
    state, number = call.world.state, call.grant.id
    signed = {
        told.request_of(one)
        for one in state.entries[: state.signed]
        if one.entry.action == Action.BREAKGLASS_OPENED
    }
    if state.requests[number].is_breakglass and number not in signed:
        yield f"{call.target} is given, and no checkpoint holds {show(number)}"


@always(EACH_COMMIT)
def a_closing_follows_its_access(change: Change) -> Iterator[str]:
    """Each emergency is to be closed, and nothing else; from the end of its access on."""
    for _, now in change.touched:
        closing, grant = now.closing, now.grant
        if (closing is not None) is not now.request.is_breakglass:
            yield f"{show(now.request.id)} has the closing {closing}"
        if closing is not None and grant is not None:
            is_over = grant.state is GrantState.ENDED
            if is_over is not (closing.is_open or closing.is_done):
                yield f"the access of {show(grant.id)} is {grant.state}, the closing {closing}"


@always(EACH_COMMIT)
def what_is_open_is_said_again(change: Change) -> Iterator[str]:
    """What is to be approved afterwards or closed has an instant at which it is said again."""
    for _, now in change.touched:
        closing = now.closing
        if closing is None:
            continue
        is_open = closing.is_open or now.request.is_pending
        if is_open is not (closing.nudge_at is not None):
            yield f"{show(closing.id)}: {closing.state}, {now.request.state}, {closing.nudge_at}"


@always(EACH_COMMIT)
def others_close_it(change: Change) -> Iterator[str]:
    """An emergency is closed by whom its rule names, never by who broke the glass, once decided."""
    for was, now in change.touched:
        closing, before = now.closing, was.closing if was else None
        if was is None or before is None or closing is None or closing is before:
            continue
        if before.is_done:
            yield f"{show(closing.id)} was closed and has changed"
        if closing.closed_by is not None:
            yield from _wrongly_closed(change, was, now, closing)


def _wrongly_closed(change: Change, was: Dossier, now: Dossier, closing: Closing) -> Iterator[str]:
    person, opened_at = closing.closed_by, closing.opened_at
    assert person is not None, "somebody closed it"
    assert opened_at is not None, "it was open"
    is_late = change.at >= opened_at + WITHIN * 3 / 4
    may = {acme.TOM, acme.MARA} if is_late else {acme.TOM}
    if person not in may or person == closing.holder or not _works_here(change, person):
        yield f"{person} closes {show(closing.id)} at {change.at}, open since {opened_at}"
    if was.request.is_pending and change.at < was.request.stage_due_at:
        yield f"{show(closing.id)} is closed, and was to be decided first"
    is_right = closing.outcome is ClosingOutcome.JUSTIFIED
    if now.request.is_pending or (is_right and now.request.state is not RequestState.APPROVED):
        yield f"{show(closing.id)} is {now.request.state} and closed as {closing.outcome}"


@always(EACH_COMMIT)
def a_denial_ends_it(change: Change) -> Iterator[str]:
    """Where somebody denies it afterwards, the access ends in the same commit."""
    for _, now in change.touched:
        is_denied = now.request.is_breakglass and now.request.state is RequestState.DENIED
        if is_denied and now.grant is not None and now.grant.state in _THERE:
            yield f"{show(now.request.id)} is denied, and its access {now.grant.state}"


@always(EACH_COMMIT)
def it_is_told_loudly(change: Change) -> Iterator[str]:
    """Owners and compliance who work here are told that the glass was broken, in person."""
    for one in change.entries:
        if one.entry.action != Action.BREAKGLASS_OPENED:
            continue
        known = change.company.entitlement[EntitlementId(str(one.entry.facts["entitlement"]))]
        people = {known.owner, change.company.system[known.system].owner, acme.TOM}
        informed = one.entry.facts["told"]
        assert isinstance(informed, list), "people are listed"
        missing = {p for p in people if _works_here(change, p)} - {str(p) for p in informed}
        if missing:
            yield f"{missing} are not told"
