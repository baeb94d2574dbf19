"""What entries alone say about a request: folded, they must give where it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from engine.audit.entry import Entry
from engine.audit.vocabulary import Action
from engine.model.closing import ClosingState
from engine.model.dossier import Dossier
from engine.model.grant import GrantState
from engine.model.identifiers import RequestId, read
from engine.model.request import RequestState, Stage, Verdict

if TYPE_CHECKING:
    from tests.simulation.memory.records import Logged

_REQUESTS = {
    Action.REQUEST_SUBMITTED: RequestState.PENDING,
    Action.REQUEST_APPROVED: RequestState.APPROVED,
    Action.REQUEST_DENIED: RequestState.DENIED,
    Action.REQUEST_CANCELLED: RequestState.CANCELLED,
    Action.REQUEST_DROPPED: RequestState.CANCELLED,
    Action.REQUEST_LAPSED: RequestState.LAPSED,
    Action.REQUEST_OVERTAKEN: RequestState.CANCELLED,
    Action.BREAKGLASS_UNAPPROVED: RequestState.DENIED,
    Action.BREAKGLASS_UNUSED: RequestState.CANCELLED,
}
_GRANTS = {
    Action.REQUEST_APPROVED: GrantState.PROVISIONING,
    Action.BREAKGLASS_OPENED: GrantState.PROVISIONING,
    Action.GRANT_ACTIVATED: GrantState.ACTIVE,
    Action.GRANT_EXPIRED: GrantState.DEPROVISIONING,
    Action.GRANT_REVOKED: GrantState.DEPROVISIONING,
    Action.GRANT_RETURNED: GrantState.DEPROVISIONING,
    Action.GRANT_LEFT: GrantState.DEPROVISIONING,
    Action.GRANT_FROZEN: GrantState.DEPROVISIONING,
    Action.GRANT_ENDED: GrantState.ENDED,
    Action.GRANT_KEPT: GrantState.ENDED,
    Action.GRANT_UNUSED: GrantState.ENDED,
}
_SAID = {
    Action.GRANT_STANDING: "standing access",
    Action.GRANT_OVERDUE: "alarm",
    Action.GRANT_WARNED: "warning",
    Action.GRANT_EXTENDED: "goes on",
}
_CLOSINGS = {
    Action.BREAKGLASS_OPENED: ClosingState.WAITING,
    Action.CLOSING_OPENED: ClosingState.OPEN,
    Action.CLOSING_CLOSED: ClosingState.DONE,
    Action.CLOSING_UNUSED: ClosingState.DONE,
}


def request_of(one: Logged) -> RequestId | None:
    """Say which request an entry is about."""
    return read(one.entry.stream) if one.entry.stream.startswith("JIT-") else None


def waiting_for_answer(entries: Iterable[Logged], number: RequestId) -> set[str]:
    """Say who has asked something about a request since the last answer."""
    waiting: set[str] = set()
    for one in entries:
        if request_of(one) != number:
            continue
        if one.entry.action == Action.REQUEST_QUESTIONED:
            waiting.add(one.entry.actor)
        if one.entry.action == Action.REQUEST_ANSWERED:
            waiting.clear()
    return waiting


def differences(was: Dossier | None, now: Dossier, news: Sequence[Logged]) -> Iterator[str]:
    """Compare what happened to a request with what was recorded of it in the same commit."""
    happened, recorded = Counter(_happened(was, now)), Counter(_recorded(news))
    for what in happened - recorded:
        yield f"{now.request.id}: “{what}” is not recorded"
    for what in recorded - happened:
        yield f"{now.request.id}: “{what}” is recorded and did not happen"


def _happened(was: Dossier | None, now: Dossier) -> Iterator[str]:
    if was is None or was.request.state is not now.request.state:
        yield f"request {now.request.state}"
    if was is None or was.request.stage_number != now.request.stage_number:
        yield f"stage {now.request.stage_number}"
    for decision in now.decisions[len(was.decisions) if was else 0 :]:
        yield f"{decision.approver} {decision.verdict} {decision.stage}"
    yield from _happened_to_stage(was, now)
    yield from _happened_to_grant(was, now)
    if now.closing and (
        was is None or was.closing is None or was.closing.state is not now.closing.state
    ):
        yield f"closing {now.closing.state}"


def _happened_to_stage(was: Dossier | None, now: Dossier) -> Iterator[str]:
    stage, before = now.request.stage, was.request.stage if was else None
    if before is None or before.number != stage.number:
        if stage.is_stalled:
            yield f"stage {stage.number} is stalled"
        return
    goes_on = before.is_stalled and not stage.is_stalled
    if goes_on or _acting(before) != _acting(stage):
        yield f"stage {stage.number} asks {sorted(a.person for a in stage.asked)}"
    if stage.is_stalled and not before.is_stalled:
        yield f"stage {stage.number} is stalled"


def _acting(stage: Stage) -> set[tuple[str, str | None]]:
    return {(approver.person, approver.instead_of) for approver in stage.asked}


def _happened_to_grant(was: Dossier | None, now: Dossier) -> Iterator[str]:
    before, after = was.grant if was else None, now.grant
    if after is None:
        return
    if before is None or before.state is not after.state:
        yield f"grant {after.state}"
    if after.held_before and not (before and before.held_before):
        yield "standing access"
    if after.alarmed and not (before and before.alarmed):
        yield "alarm"
    if before and before.ends_at and before.ends_at != after.ends_at:
        yield "goes on"
    warned = before and before.warn_at and not after.warn_at
    if warned and after.state is GrantState.ACTIVE:
        yield "warning"


def _recorded(news: Sequence[Logged]) -> Iterator[str]:
    for one in news:
        action = Action(one.entry.action)
        if action in _REQUESTS:
            yield f"request {_REQUESTS[action]}"
        grant = _grant_state(one.entry)
        if grant is not None:
            yield f"grant {grant}"
        if action in _CLOSINGS:
            yield f"closing {_CLOSINGS[action]}"
        if action in _SAID:
            yield _SAID[action]
        yield from _recorded_of_stage(one.entry)
        match action:
            case Action.DECISION_APPROVED:
                yield f"{one.entry.actor} {Verdict.APPROVE} {one.entry.facts['stage']}"
            case Action.DECISION_DENIED:
                yield f"{one.entry.actor} {Verdict.DENY} {one.entry.facts['stage']}"


def _recorded_of_stage(entry: Entry) -> Iterator[str]:
    match Action(entry.action):
        case Action.STAGE_OPENED:
            yield f"stage {entry.facts['stage']}"
        case Action.STAGE_ASKED_AGAIN:
            asked = entry.facts["asked_people"]
            assert isinstance(asked, list)
            people = sorted(str(pair[0]) for pair in asked if isinstance(pair, list))
            yield f"stage {entry.facts['stage']} asks {people}"
        case Action.STAGE_STALLED:
            yield f"stage {entry.facts['stage']} is stalled"


def _grant_state(entry: Entry) -> GrantState | None:
    if entry.action == Action.GRANT_FAILED:
        touched = entry.facts["was_touched"]
        return GrantState.DEPROVISIONING if touched else GrantState.ENDED
    if entry.action == Action.REQUEST_APPROVED and {"incident", "extends"} & entry.facts.keys():
        return None  # it was given first
    return _GRANTS.get(Action(entry.action))
