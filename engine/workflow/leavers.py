"""People come, go and change places: what follows from it is made so.

Who left holds nothing and asks for nothing, and open stages ask whoever may decide them now; so do
closings of emergencies. Found by looking at what is, not by hearing of each change: whatever was
missed is found the next time. The clock calls it whenever the configuration in force or what is
known of accounts has changed, and now and then in any case, for what was under way in that moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from engine.audit.vocabulary import Action
from engine.errors import NotFound
from engine.model.company import Company
from engine.model.dossier import Dossier
from engine.model.grant import EndCause, GrantState
from engine.model.identifiers import PersonId, RequestId
from engine.model.request import RequestState
from engine.policy.calendar import on_call_now
from engine.policy.people import is_active
from engine.ports import UnitOfWork, Work
from engine.workflow.asking.ask_again import ask_again, should_ask_again
from engine.workflow.emergency.reassign import for_others, reassign
from engine.workflow.extending.telling import tell_extended
from engine.workflow.find import lock_request
from engine.workflow.granting.end import order_end
from engine.workflow.record import Recorder, name_of

PAGE = 200
"""Requests per look: few enough that nobody waits for the connection."""

_ENDS = frozenset({GrantState.PROVISIONING, GrantState.ACTIVE})


def people_now(work: Work) -> tuple[object, ...] | None:
    """Name what is known of people now; the same name, the same people. None without a company.

    Who is on call and who stands in for whom are part of it: so what changes by the clock alone is
    noticed, too, also where somebody stood in for somebody only since the last look.
    """
    with work() as uow:
        try:
            version = uow.companies.active()
        except NotFound:
            return None
        on_call = on_call_now(version.company.calendar, uow.now)
        turns = uow.delegations.turns()
        return version.number, version.accounts_number, on_call, turns


def follow_people(work: Work) -> int:
    """Let follow what follows from who works here now; says how many requests it changed.

    Each in a transaction of its own, under its locks, so that any number of clocks may do this at
    once. One that fails does not keep the others: the first failure is raised in the end.
    """
    done, failed = 0, None
    acts = chain(
        ((let_go, request) for request in _pages(work, _of_leavers)),
        ((ask_again, request) for request in _pages(work, _asking_others)),
        ((reassign, request) for request in _pages(work, _closed_by_others)),
    )
    for act, request in acts:
        try:
            done += act(work, request)
        except Exception as error:  # noqa: BLE001 - raised below, once the others had their turn
            failed = failed or error
    if failed is not None:
        raise failed
    return done


def let_go(work: Work, request: RequestId) -> bool:
    """End what somebody who left holds, or cancel what they asked for; says if there was any."""
    with work() as uow:
        dossier = lock_request(uow, request)
        version = uow.companies.active()
        recorder = Recorder(uow, version, dossier.request)
        left = _left(version.company, dossier)
        if left is None:
            return False
        if dossier.grant is not None:
            order_end(recorder, dossier.grant, EndCause.LEFT, should_end_at=uow.now)
        else:
            settled = uow.requests.save(dossier.request.move(RequestState.CANCELLED, at=uow.now))
            facts = {"left": left, "left_name": name_of(version.company, left)}
            recorder.note(Action.REQUEST_DROPPED, None, facts)
            tell_extended(uow, version, settled, "was cancelled")
        uow.commit()
        return True


def _left(company: Company, dossier: Dossier) -> PersonId | None:
    """Say because of whom something has to end; None where nothing has to."""
    request, grant = dossier.request, dossier.grant
    concerned: tuple[PersonId, ...] = ()
    if request.is_ahead:
        concerned = (request.holder, request.requester)
    elif grant is not None and grant.state in _ENDS:
        concerned = (grant.holder,)
    return next((person for person in concerned if not is_active(company, person)), None)


# ── finding them ────────────────────────────────────────────────────────────────────────────────

_Found = tuple[list[RequestId], RequestId | None]
"""Some requests, and after which to go on; None where there are no more."""


def _pages(work: Work, find: Callable[[UnitOfWork, RequestId], _Found]) -> Iterator[RequestId]:
    after: RequestId | None = RequestId(0)
    while after is not None:
        with work() as uow:
            found, after = find(uow, after)
        yield from found


def _of_leavers(uow: UnitOfWork, after: RequestId) -> _Found:
    company = uow.companies.active().company
    active = [person.id for person in company.people if person.active]
    found = list(uow.lists.of_others(active, after=after, limit=PAGE))
    return found, found[-1] if len(found) == PAGE else None


def _asking_others(uow: UnitOfWork, after: RequestId) -> _Found:
    version = uow.companies.active()
    page = uow.lists.pending(after=after, limit=PAGE)
    found = [d.request.id for d in page if should_ask_again(uow, version, d)]
    return found, page[-1].request.id if len(page) == PAGE else None


def _closed_by_others(uow: UnitOfWork, _: RequestId) -> _Found:
    return for_others(uow), None
