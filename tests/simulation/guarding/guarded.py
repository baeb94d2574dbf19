"""What always holds of freezes and limits, whatever people do and whatever breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.audit.vocabulary import Action
from engine.model.grant import GrantState
from engine.model.halt import Halt
from engine.model.identifiers import EntitlementId, show
from engine.model.request import Request, RequestState
from tests.simulation.asked import EACH_COMMIT, EACH_TICK, Change, always

if TYPE_CHECKING:
    from tests.simulation.memory import State
    from tests.simulation.world import World

_HELD = {GrantState.PROVISIONING, GrantState.ACTIVE, GrantState.DEPROVISIONING}


def _freezes(state: State, entitlement: EntitlementId) -> Iterator[Halt]:
    for halt in state.halts.values():
        shape = re.escape(halt.pattern).replace(r"\*", ".*")
        if halt.lifted_at is None and re.fullmatch(shape, entitlement):
            yield halt


@always(EACH_COMMIT)
def nothing_frozen_begins(change: Change) -> Iterator[str]:
    """While it is frozen, nobody asks for anything, and no access is decided."""
    for was, now in change.touched:
        begins = was is None or (was.grant is None and now.grant is not None)
        for halt in _freezes(change.before, now.request.entitlement):
            if begins:
                yield f"{show(now.request.id)} begins although {halt}"


@always(EACH_TICK)
def what_is_frozen_ends(world: World) -> Iterator[str]:
    """Once the clock has come by, nothing is given or held that a freeze takes away."""
    for grant in world.state.grants.values():
        for halt in _freezes(world.state, grant.entitlement):
            begun = grant.state in {GrantState.PROVISIONING, GrantState.ACTIVE}
            if halt.ends_live and begun:
                yield f"{show(grant.id)} is {grant.state} although {halt}"


@always(EACH_COMMIT)
def places_are_few(change: Change) -> Iterator[str]:
    """When somebody is given access, fewer others have it than may at once."""
    for was, grant in change.grants:
        known = change.company.entitlement.get(grant.entitlement)
        if was is not None or known is None or known.limits.holders is None:
            continue
        others = {
            other.holder
            for other in change.before.grants.values()
            if other.entitlement == grant.entitlement and other.state in _HELD
        } - {grant.holder}
        if len(others) >= known.limits.holders:
            yield f"{others} have {grant.entitlement}, and {grant.holder} gets it"


@always(EACH_COMMIT)
def asking_is_limited(change: Change) -> Iterator[str]:
    """Nobody asks more often than they may, too soon after a denial, or for too much at once."""
    for was, now in change.touched:
        known = change.company.entitlement.get(now.request.entitlement)
        if was is not None or known is None or now.request.is_breakglass:
            continue
        mine = [r for r in change.before.requests.values() if r.holder == now.request.holder]
        pending = [r for r in mine if r.is_ahead]
        most = change.company.pending_max
        if most is not None and len(pending) >= most:
            yield f"{len(pending)} requests wait for {now.request.holder}"
        same = [r for r in mine if r.entitlement == now.request.entitlement]
        yield from _too_often(change, same)


def _too_often(change: Change, earlier: list[Request]) -> Iterator[str]:
    if not earlier:
        return
    limits = change.company.entitlement[earlier[0].entitlement].limits
    rate, after = limits.requests, limits.after_denial
    if rate is not None:
        counted = [r for r in earlier if change.at - r.submitted_at < rate.within]
        if len(counted) >= rate.count:
            yield f"{len(counted)} requests within {rate.within}"
    for request in earlier:
        settled = request.settled_at
        if after is None or settled is None or request.state is not RequestState.DENIED:
            continue
        if change.at - settled < after:
            yield f"{show(request.id)} was denied at {settled}"


@always(EACH_COMMIT)
def tickets_are_right(change: Change) -> Iterator[str]:
    """What needs a ticket is asked for only while there is a right one, and the record says so."""
    desk = change.world.desk
    for was, now in change.touched:
        request = now.request
        known = change.company.entitlement.get(request.entitlement)
        if was is not None or known is None or known.ticket is None:
            continue
        ticket = desk.known.get("FIN-1234")
        people, systems = {request.requester, request.holder}, {known.id, known.system}
        if desk.is_away or ticket is None or not ticket.is_open:
            yield f"{show(request.id)} was asked for with {ticket}"
        elif not (ticket.people & people and ticket.systems & systems):
            yield f"{show(request.id)} of {people} for {systems} was asked for with {ticket}"
        if not any(one.entry.action == Action.TICKET_CHECKED for one in change.entries):
            yield f"nobody wrote down which ticket {show(request.id)} has"
