"""Requests, decisions, grants and lists of them, in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING

from engine.errors import IllegalMove, LostRace
from engine.listing import GrantFilter
from engine.model import grant as grants
from engine.model import request as requests
from engine.model.dossier import Access, Dossier
from engine.model.grant import Grant, GrantState, soon_before
from engine.model.identifiers import PersonId, RequestId
from engine.model.request import (
    Decision,
    Draft,
    Request,
    RequestKind,
    RequestState,
    first_stage_due_at,
)

if TYPE_CHECKING:
    from tests.simulation.memory import MemoryUnitOfWork, State


class MemoryRequests:
    """Requests with their decisions and grants."""

    def __init__(self, uow: MemoryUnitOfWork, next_number: Callable[[], RequestId]) -> None:
        self._uow = uow
        self._next_number = next_number

    def lock(self, request: RequestId) -> Dossier | None:
        """Lock the holder's access, then the request; read it whole."""
        dossier = self.find(request)
        if dossier is not None:
            self._uow.locks.take_person(dossier.request.holder)
            self._uow.locks.requests.add(request)
            if dossier.request.extends is not None:
                self._uow.locks.requests.add(dossier.request.extends)
        return dossier

    def find(self, request: RequestId) -> Dossier | None:
        """Read a request whole, without a lock."""
        state = self._uow.state
        return dossier(state, request) if request in state.requests else None

    def lock_lapsed(self, limit: int) -> Sequence[Dossier]:
        """Lock pending requests whose stage is past due, oldest first."""
        pending = (r for r in self._uow.state.requests.values() if r.is_ahead and r.extends is None)
        return lock_due(self._uow, ((r.stage_due_at, r.id) for r in pending), limit)

    def extensions_over(self, limit: int) -> Sequence[RequestId]:
        """List pending extensions that lapse by now, or whose access is ending."""
        state = self._uow.state
        pending = (r for r in state.requests.values() if r.is_pending and r.extends is not None)
        over = (r.id for r in pending if r.stage_due_at <= self._uow.now or self._is_ending(r))
        return sorted(over)[:limit]

    def _is_ending(self, extension: Request) -> bool:
        assert extension.extends is not None
        return self._uow.state.grants[extension.extends].state is not GrantState.ACTIVE

    def access_of(self, holder: PersonId) -> Access:
        """List what a person holds or is about to hold."""
        self._uow.locks.check_person(holder)
        state = self._uow.state
        return Access(
            tuple(r for r in state.requests.values() if r.is_ahead and r.holder == holder),
            tuple(g for g in state.grants.values() if g.is_live and g.holder == holder),
        )

    def add(self, draft: Draft) -> Request:
        """Give a draft its number and keep it, PENDING at stage 1."""
        wanted = (draft.holder, draft.entitlement, draft.extends)
        state = self._uow.state
        if draft.kind is RequestKind.STANDARD and any(
            (r.holder, r.entitlement, r.extends) == wanted
            for r in state.requests.values()
            if r.is_ahead
        ):
            raise LostRace
        added = Request(
            id=self._next_number(),
            state=RequestState.PENDING,
            version=0,
            requester=draft.requester,
            holder=draft.holder,
            entitlement=draft.entitlement,
            duration=draft.duration,
            reason=draft.reason,
            config_version=draft.config_version,
            stages=draft.stages,
            content_hash=draft.content_hash,
            submitted_at=draft.submitted_at,
            stage_number=1,
            stage_due_at=first_stage_due_at(draft),
            windows=draft.windows,
            kind=draft.kind,
            incident=draft.incident,
            extends=draft.extends,
            held_since=draft.held_since,
            held_until=draft.held_until,
        )
        state.requests[added.id] = added
        self._uow.locks.requests.add(added.id)
        return added

    def save(self, request: Request) -> Request:
        """Keep a changed request and count its version."""
        self._uow.locks.check_request(request.id)
        kept = self._uow.state.requests[request.id]
        if kept.version != request.version:
            raise LostRace
        self._check_asked(kept, request)
        if kept.state is not request.state and request.state not in requests.MOVES[kept.state]:
            raise IllegalMove("request", kept.state, request.state)
        saved = replace(request, version=request.version + 1)
        self._uow.state.requests[request.id] = saved
        return saved

    def _check_asked(self, kept: Request, request: Request) -> None:
        """Let what is asked change as the database does: as the next revision, with its hash."""
        asked = attrgetter("entitlement", "duration", "reason", "windows", "content_hash")
        if request.revision == kept.revision:
            assert asked(request) == asked(kept), "what is asked changes as a revision"
            return
        assert request.revision == kept.revision + 1, "revisions are counted"
        assert {kept.state, request.state} == {RequestState.PENDING}, "nobody has settled it"
        assert request.content_hash != kept.content_hash, "it is another content"
        wanted = (request.holder, request.entitlement)
        others = (r for r in self._uow.state.requests.values() if r.is_pending)
        if any((r.holder, r.entitlement) == wanted and r.id != request.id for r in others):
            raise LostRace

    def add_decision(self, decision: Decision) -> None:
        """Keep a decision. A second one by one approver on one revision never gets in."""
        self._uow.locks.check_request(decision.request)
        given = self._uow.state.decisions.get(decision.request, ())
        request = self._uow.state.requests[decision.request]
        answered = (decision.revision, decision.content_hash)
        assert answered == (request.revision, request.content_hash), "it answers what is asked"
        mine = (decision.approver, decision.revision)
        if any((earlier.approver, earlier.revision) == mine for earlier in given):
            raise LostRace
        in_order = sorted((*given, decision), key=lambda d: d.decided_at)
        self._uow.state.decisions[decision.request] = tuple(in_order)


class MemoryGrants:
    """Writes of grants."""

    def __init__(self, uow: MemoryUnitOfWork) -> None:
        self._uow = uow

    def add(self, grant: Grant) -> Grant:
        """Keep a new grant."""
        self._uow.locks.check_request(grant.id)
        assert grant.id not in self._uow.state.grants, "one request, one grant"
        self._uow.state.grants[grant.id] = grant
        return grant

    def save(self, grant: Grant) -> Grant:
        """Keep a changed grant and count its version."""
        self._uow.locks.check_request(grant.id)
        kept = self._uow.state.grants[grant.id]
        if kept.version != grant.version:
            raise LostRace
        if kept.state is not grant.state and grant.state not in grants.MOVES[kept.state]:
            raise IllegalMove("grant", kept.state, grant.state)
        saved = replace(grant, version=grant.version + 1)
        self._uow.state.grants[grant.id] = saved
        return saved

    def lock_expired(self, limit: int) -> Sequence[Dossier]:
        """Lock ACTIVE grants whose time ran out, oldest first."""
        return lock_due(self._uow, ((g.ends_at, g.id) for g in self._active()), limit)

    def lock_ending(self, limit: int) -> Sequence[Dossier]:
        """Lock ACTIVE grants whose holder is due a warning."""
        return lock_due(self._uow, ((g.warn_at, g.id) for g in self._active()), limit)

    def lock_beginning(self, limit: int) -> Sequence[Dossier]:
        """Lock SCHEDULED grants that are to begin, oldest first."""
        return lock_due(
            self._uow, ((g.begins_at, g.id) for g in self._uow.state.grants.values()), limit
        )

    def _active(self) -> Iterable[Grant]:
        return (g for g in self._uow.state.grants.values() if g.state is GrantState.ACTIVE)


class MemoryLists:
    """Requests and grants as people ask for them."""

    def __init__(self, uow: MemoryUnitOfWork) -> None:
        self._uow = uow

    def of_person(self, person: PersonId, limit: int) -> Sequence[Dossier]:
        """List what a person asked for or holds."""
        return self._newest(lambda d: person in {d.request.requester, d.request.holder}, limit)

    def waiting_for(self, person: PersonId, limit: int) -> Sequence[Dossier]:
        """List pending requests whose open stage asked this person."""
        return self._newest(
            lambda d: (
                d.request.is_pending
                and person in {a.person for a in d.request.stage.asked}
                and person not in d.decided_by
            ),
            limit,
        )

    def pending(self, *, after: RequestId, limit: int) -> Sequence[Dossier]:
        """List pending requests by number, from the one after a number on."""
        state = self._uow.state
        found = sorted(n for n, r in state.requests.items() if r.is_pending and n > after)
        return [dossier(state, number) for number in found[:limit]]

    def of_others(
        self, people: Collection[PersonId], *, after: RequestId, limit: int
    ) -> Sequence[RequestId]:
        """List by number, from the one after a number on, what others than these people have."""
        state, known = self._uow.state, set(people)
        found = [
            r.id for r in state.requests.values() if r.is_ahead and {r.requester, r.holder} - known
        ]
        running = {GrantState.SCHEDULED, GrantState.PROVISIONING, GrantState.ACTIVE}
        found += [
            g.id for g in state.grants.values() if g.state in running and g.holder not in known
        ]
        return sorted(number for number in found if number > after)[:limit]

    def live(self, wanted: GrantFilter) -> Sequence[Dossier]:
        """List live grants, newest first."""
        return self._page(sorted(self._live(wanted), key=lambda g: -g.id), wanted)

    def count_live(self, wanted: GrantFilter) -> int:
        """Count live grants, whatever the limit."""
        return sum(1 for _ in self._live(wanted))

    def ending(self, wanted: GrantFilter, at: datetime) -> Sequence[Dossier]:
        """List active grants that end soon after an instant, the soonest first."""
        found = [
            (g.ends_at, g.id, g)
            for g in self._live(wanted)
            if g.state is GrantState.ACTIVE
            and g.ends_at is not None
            and g.ends_at - soon_before(g.duration) <= at < g.ends_at
        ]
        return self._page([g for _, _, g in sorted(found, key=itemgetter(0, 1))], wanted)

    def overdue(self, wanted: GrantFilter, at: datetime) -> Sequence[Dossier]:
        """List grants that should have gone before an instant, the longest overdue first."""
        found = [
            (should_end_at, g.id, g)
            for g in self._live(wanted)
            if g.state in {GrantState.ACTIVE, GrantState.DEPROVISIONING}
            and (should_end_at := g.end_ordered_at or g.ends_at) is not None
            and should_end_at < at
        ]
        return self._page([g for _, _, g in sorted(found, key=itemgetter(0, 1))], wanted)

    def _live(self, wanted: GrantFilter) -> Iterable[Grant]:
        return (
            g
            for g in self._uow.state.grants.values()
            if g.is_live
            and wanted.holder in {None, g.holder}
            and wanted.entitlement in {None, g.entitlement}
            and (wanted.among is None or g.entitlement in wanted.among)
        )

    def _page(self, found: Sequence[Grant], wanted: GrantFilter) -> Sequence[Dossier]:
        shown = found[wanted.skip : wanted.skip + wanted.limit]
        return [dossier(self._uow.state, g.id) for g in shown]

    def _newest(self, wanted: Callable[[Dossier], bool], limit: int) -> Sequence[Dossier]:
        state = self._uow.state
        everything = (dossier(state, number) for number in sorted(state.requests, reverse=True))
        return [found for found in everything if wanted(found)][:limit]


def dossier(state: State, request: RequestId) -> Dossier:
    """Put together what is known of a request."""
    return Dossier(
        state.requests[request],
        state.decisions.get(request, ()),
        state.grants.get(request),
        state.closings.get(request),
    )


def lock_due(
    uow: MemoryUnitOfWork, instants: Iterable[tuple[datetime | None, RequestId]], limit: int
) -> Sequence[Dossier]:
    """Lock the requests whose instant has come, the longest due first."""
    due = sorted((at, number) for at, number in instants if at is not None and at <= uow.now)
    uow.locks.requests.update(number for _, number in due[:limit])
    return [dossier(uow.state, number) for _, number in due[:limit]]
