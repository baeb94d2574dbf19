"""What always holds of access that goes on, whatever people do and whatever breaks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.model.dossier import Dossier
from engine.model.grant import GrantState
from engine.model.identifiers import RequestId, show
from engine.model.request import RequestState, Verdict
from engine.model.rules.extending import ExtendStages
from tests.simulation.asked import EACH_COMMIT, ONCE_QUIET, Change, always
from tests.simulation.rules import stages_of, stages_whole

if TYPE_CHECKING:
    from tests.simulation.memory import State
    from tests.simulation.world import World


def _approved(state: State, extended: RequestId) -> list[RequestId]:
    return [
        request.id
        for request in state.requests.values()
        if request.extends == extended and request.state is RequestState.APPROVED
    ]


@always(EACH_COMMIT)
def access_lasts_as_decided(change: Change) -> Iterator[str]:
    """Access lasts as long as was asked for and approved in addition, never longer than it may."""
    for _, grant in change.grants:
        requests = change.after.requests
        more = (requests[one].duration for one in _approved(change.after, grant.id))
        decided = requests[grant.id].duration + sum(more, timedelta())
        if grant.duration != decided:
            yield f"{show(grant.id)} lasts {grant.duration}, not {decided}"
        if decided > timedelta(hours=8):
            yield f"{show(grant.id)} lasts {decided} in all"
        if grant.starts_at and grant.ends_at != grant.starts_at + decided:
            yield f"{show(grant.id)} ends {grant.ends_at}"


@always(EACH_COMMIT)
def an_end_moves_with_its_approval(change: Change) -> Iterator[str]:
    """An end moves with the approval of an extension, while the access is there, or not at all."""
    moved = {
        now.id: was
        for was, now in change.grants
        if was and was.ends_at and was.ends_at != now.ends_at
    }
    for was, now in change.touched:
        request = now.request
        if request.extends is None:
            continue
        if now.grant is not None:
            yield f"{show(request.id)} has a grant of its own"
        if was and was.request.is_pending and request.state is RequestState.APPROVED:
            before = moved.pop(request.extends, None)
            if before is None or before.state is not GrantState.ACTIVE or not before.ends_at:
                yield f"{show(request.id)} is approved, and {show(request.extends)} does not go on"
            elif not change.at < before.ends_at == request.held_until:
                yield f"{show(request.id)} was decided at {change.at}: {before.ends_at}"
            yield from _undecided(now)
    for number, before in moved.items():
        yield f"{show(number)} ended {before.ends_at}, and nobody decided that it goes on"


def _undecided(now: Dossier) -> Iterator[str]:
    if any(one.verdict is Verdict.DENY for one in now.decisions):
        yield f"{show(now.request.id)} was denied by somebody"
    for stage in now.request.stages:
        if sum(1 for one in now.decisions if one.stage == stage.number) < stage.quorum:
            yield f"stage {stage.number} of {show(now.request.id)} has too few approvals"


@always(EACH_COMMIT)
def no_stage_is_left_out(change: Change) -> Iterator[str]:
    """An extension is decided by the last stage, and by each that never decided about it."""
    for was, now in change.touched:
        request = now.request
        if was is not None or request.extends is None:
            continue
        given = change.before.requests[request.extends]
        pinned = change.after.companies[request.config_version].company
        whole = stages_whole(pinned, request)
        then = change.after.companies[given.config_version].company
        earlier = [then.chain[stage.chain].stages[stage.place] for stage in given.stages]
        if pinned.entitlement[request.entitlement].extend.stages is ExtendStages.ALL:
            earlier = []
        due = [rule for rule in whole[:-1] if rule not in earlier] + [whole[-1]]
        if list(stages_of(pinned, request)) != due:
            yield f"{show(request.id)} is decided by {request.stages}, not by {due}"
        requester = change.company.person[given.requester]
        asker = given.requester if requester.active else given.holder
        if (request.requester, request.holder) != (asker, given.holder):
            yield f"{show(request.id)} is not of {asker} and {given.holder}"


@always(EACH_COMMIT)
def nothing_is_open_after_its_end(change: Change) -> Iterator[str]:
    """A stage of an extension lapses when the access ends, at the latest."""
    for _, now in change.touched:
        request = now.request
        if request.held_until is not None and request.stage_due_at > request.held_until:
            yield f"{show(request.id)} can be decided until {request.stage_due_at}"


@always(ONCE_QUIET)
def nothing_waits_for_what_has_ended(world: World) -> Iterator[str]:
    """In the end, no extension is pending of what is not there any more."""
    for request in world.state.requests.values():
        if request.extends is not None and request.is_pending:
            state = world.state.grants[request.extends].state
            if state is not GrantState.ACTIVE or request.stage_due_at <= world.now:
                yield f"{show(request.id)} is pending, and {show(request.extends)} is {state}"
