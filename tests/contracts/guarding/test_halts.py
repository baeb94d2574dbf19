"""What freezes and counts of use are. Run against every implementation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from engine.model.halt import Halt
from engine.model.identifiers import HaltId, PersonId
from engine.model.request import RequestState
from engine.ports import Work
from tests.contracts.samples import AP, BEN, GL, HOUR, MARA, RIYA, draft
from tests.contracts.test_unit_of_work import activate, add, approve, end, now


def freeze(work: Work, pattern: str, *, ends_live: bool = False) -> Halt:
    """Keep a freeze."""
    with work() as uow:
        uow.halts.lock()
        found = uow.halts.add(
            Halt(HaltId(0), pattern, ends_live, "it is copied", MARA, "Mara Lind", uow.now)
        )
        uow.commit()
    return found


def test_a_freeze_is_in_force_until_it_is_lifted(work: Work) -> None:
    """The oldest first; each with a number of its own."""
    first, second = freeze(work, "netsuite-*"), freeze(work, "netsuite-*", ends_live=True)
    assert first.id < second.id
    with work() as uow:
        assert uow.halts.in_force() == [first, second]

        uow.halts.lock()
        uow.halts.lift(replace(first, lifted_at=uow.now, lifted_by=PersonId(BEN)))
        uow.commit()

    with work() as uow:
        assert uow.halts.in_force() == [second]


def test_a_freeze_that_was_not_committed_never_was(work: Work) -> None:
    """Leaving without `commit` undoes it."""
    with work() as uow:
        uow.halts.lock()
        uow.halts.add(Halt(HaltId(0), "*", False, "no", MARA, "Mara Lind", uow.now))

    with work() as uow:
        assert uow.halts.in_force() == []


def test_what_was_asked_for_is_counted_whatever_came_of_it(work: Work) -> None:
    """By holder and entitlement, after an instant; the instant itself does not count."""
    at = now(work)
    early = add(work, draft(at - 2 * HOUR))
    with work() as uow:
        uow.requests.lock(early.id)
        uow.requests.save(early.move(RequestState.CANCELLED, at=at - HOUR))
        uow.commit()
    add(work, draft(at))
    add(work, draft(at, holder=BEN))
    add(work, draft(at, entitlement=AP))

    with work() as uow:
        assert uow.usage.asked(RIYA, GL, at - 3 * HOUR) == [at - 2 * HOUR, at]
        assert uow.usage.asked(RIYA, GL, at - 2 * HOUR) == [at]
        assert uow.usage.asked(MARA, GL, at - 3 * HOUR) == []


def test_the_last_denial_counts(work: Work) -> None:
    """Of several; and no cancelled request is one."""
    at = now(work)
    for hours, state in ((3, "denied"), (2, "denied"), (1, "cancelled")):
        asked = add(work, draft(at - 4 * HOUR))
        with work() as uow:
            uow.requests.lock(asked.id)
            uow.requests.save(asked.move(RequestState(state), at=at - hours * HOUR))
            uow.commit()

    with work() as uow:
        assert uow.usage.denied_at(RIYA, GL) == at - 2 * HOUR
        assert uow.usage.denied_at(RIYA, AP) is None
        assert uow.usage.denied_at(BEN, GL) is None


def test_holders_have_it_from_the_decision_to_its_end(work: Work) -> None:
    """Who waits for a decision has nothing, and who gave it back has it no more."""
    at = now(work)
    add(work, draft(at, holder=MARA))
    approve(work, add(work, draft(at)))
    ended = activate(work, draft(at, holder=BEN), at=at)

    with work() as uow:
        uow.usage.lock(GL)
        assert uow.usage.holders(GL) == {RIYA, BEN}
        assert uow.usage.holders(AP) == frozenset()
    end(work, ended, at=at + timedelta(minutes=1))
    with work() as uow:
        assert uow.usage.holders(GL) == {RIYA}


def test_what_a_freeze_ends_is_found(work: Work) -> None:
    """What is being given or held, of what fits one of the patterns; a page by number."""
    at = now(work)
    _, beginning = approve(work, add(work, draft(at)))
    held = activate(work, draft(at, holder=BEN), at=at)
    bills = activate(work, draft(at, holder=MARA, entitlement=AP), at=at)
    end(work, activate(work, draft(at, holder=MARA), at=at), at=at)
    ledger, other = freeze(work, f"{GL[:-1]}*"), freeze(work, "other-*")
    everything = freeze(work, "*")

    with work() as uow:
        assert uow.usage.to_end([ledger, other], 10) == [beginning.id, held.id]
        assert uow.usage.to_end([other], 10) == []
        assert uow.usage.to_end([other, everything], 2) == [beginning.id, held.id]
        assert uow.usage.to_end([everything], 10) == [beginning.id, held.id, bills.id]
