"""What a unit of work is: the outbox."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.model.identifiers import EffectId, PlatformName
from engine.model.request import Request, RequestState
from engine.ports import Duty, Effect, EffectKind, Work
from tests.contracts.samples import AP, BEN, CHAT, HOUR, draft
from tests.contracts.test_unit_of_work import activate, add, now

LEASE = timedelta(minutes=1)
NO_TIME = timedelta(0)
Claimed = tuple[EffectId, EffectKind, int]


@pytest.fixture
def request_(work: Work) -> Request:
    """Keep a request for duties to be about."""
    return add(work, draft(now(work)))


def order(work: Work, *duties: Duty) -> None:
    """Order duties, in one transaction."""
    with work() as uow:
        for duty in duties:
            uow.outbox.order(duty)
        uow.commit()


def claim(work: Work, limit: int = 10) -> list[Claimed]:
    """Claim what is due."""
    with work() as uow:
        claimed = list(uow.outbox.claim(limit))
        uow.commit()
    return claimed


def start(work: Work, claimed: Claimed, *, lease: timedelta = LEASE) -> Effect | None:
    """Start what was claimed."""
    with work() as uow:
        effect = uow.outbox.start(claimed[0], claimed[2], lease)
        uow.commit()
    return effect


def run(work: Work, *, lease: timedelta = LEASE) -> Effect:
    """Claim and start the one effect that is due."""
    (claimed,) = claim(work)
    effect = start(work, claimed, lease=lease)
    assert effect is not None
    return effect


def finish(work: Work, effect: Effect) -> bool:
    """Finish an attempt."""
    with work() as uow:
        was_newest = uow.outbox.finish(effect)
        uow.commit()
    return was_newest


def test_a_duty_is_claimed_started_and_finished_once(work: Work, request_: Request) -> None:
    """It comes back whole, and never again once it is done."""
    duty = Duty(EffectKind.ANNOUNCE, request_.id, CHAT, exclusive="root")
    order(work, duty)

    (claimed,) = claim(work)
    assert claim(work) == []
    effect = start(work, claimed)
    assert effect is not None
    assert (effect.duty, effect.attempt, claimed[1]) == (duty, claimed[2], EffectKind.ANNOUNCE)
    assert finish(work, effect)

    assert claim(work) == []
    assert start(work, claimed) is None
    assert not finish(work, effect)


def test_what_is_not_committed_was_not_ordered(work: Work, request_: Request) -> None:
    """Effects belong to the transaction that decided them."""
    with work() as uow:
        uow.outbox.order(Duty(EffectKind.PROVISION, request_.id))

    assert claim(work) == []


def test_a_duty_is_read_before_it_is_started(work: Work, request_: Request) -> None:
    """Its request has to be locked first, so it has to be known."""
    order(work, Duty(EffectKind.PROVISION, request_.id, exclusive="k"))
    (claimed,) = claim(work)

    with work() as uow:
        duty = uow.outbox.duty_of(claimed[0])
        nothing = uow.outbox.duty_of(EffectId(4711))

    assert (duty, nothing) == (Duty(EffectKind.PROVISION, request_.id, exclusive="k"), None)


def test_claims_are_limited(work: Work, request_: Request) -> None:
    """No claim takes more than was asked for; the next one takes the rest."""
    kinds = [EffectKind.PROVISION, EffectKind.DEPROVISION, EffectKind.ANNOUNCE]
    order(work, *(Duty(kind, request_.id) for kind in kinds))

    first, second = claim(work, 2), claim(work, 2)

    assert (len(first), len(second)) == (2, 1)
    assert {claimed[1] for claimed in first + second} == set(kinds)


def test_ordering_again_makes_no_second_effect(work: Work, request_: Request) -> None:
    """One duty is one row per platform, however often it is ordered."""
    duty = Duty(EffectKind.ANNOUNCE, request_.id, CHAT)
    order(work, duty, duty)
    order(work, duty, Duty(EffectKind.ANNOUNCE, request_.id, PlatformName("slack")))

    assert len(claim(work)) == 2


def test_ordering_again_wakes_up_what_was_done(work: Work, request_: Request) -> None:
    """More to do is more to do: a new generation of the same effect."""
    order(work, Duty(EffectKind.ANNOUNCE, request_.id, CHAT))
    first = run(work)
    finish(work, first)

    order(work, Duty(EffectKind.ANNOUNCE, request_.id, CHAT))
    second = run(work)

    assert second.id == first.id
    assert second.generation > first.generation
    assert second.attempt > first.attempt


def test_finishing_leaves_what_was_ordered_meanwhile(work: Work, request_: Request) -> None:
    """A worker that began before the order cannot have seen what it is about."""
    order(work, Duty(EffectKind.ANNOUNCE, request_.id, CHAT))
    effect = run(work)
    order(work, Duty(EffectKind.ANNOUNCE, request_.id, CHAT))
    assert claim(work) == []

    assert finish(work, effect)

    again = run(work)
    assert finish(work, again)
    assert claim(work) == []


def test_a_lease_that_ran_out_is_taken_over(work: Work, request_: Request) -> None:
    """A dead worker's effect falls due; if it was only slow, it can finish nothing any more."""
    order(work, Duty(EffectKind.PROVISION, request_.id))
    slow = run(work, lease=NO_TIME)

    newer = run(work)

    assert newer.attempt == slow.attempt + 1
    with work() as uow:
        assert not uow.outbox.is_newest(slow)
        assert uow.outbox.is_newest(newer)
    assert not finish(work, slow)
    with work() as uow:
        uow.outbox.postpone(slow, NO_TIME, "late")
        uow.commit()
    assert claim(work) == []
    assert finish(work, newer)


def test_a_lease_that_ran_out_holds_nothing(work: Work, request_: Request) -> None:
    """Also before anybody claimed the effect again: its exclusive key is free already."""
    order(work, Duty(EffectKind.PROVISION, request_.id, exclusive="k"))
    late = run(work, lease=NO_TIME)

    with work() as uow:
        is_newest = uow.outbox.is_newest(late)

    assert not is_newest
    assert not finish(work, late)
    assert run(work).attempt == late.attempt + 1


def test_an_attempt_is_started_once(work: Work, request_: Request) -> None:
    """The queue may deliver twice, or deliver what was claimed again since."""
    order(work, Duty(EffectKind.PROVISION, request_.id))
    (claimed,) = claim(work)

    assert start(work, claimed) is not None
    assert start(work, claimed) is None
    assert start(work, (claimed[0], claimed[1], claimed[2] + 1)) is None
    assert start(work, (EffectId(4711), claimed[1], 1)) is None


def test_what_is_put_off_comes_again_later(work: Work, request_: Request) -> None:
    """Not before its time, and with a new attempt."""
    order(work, Duty(EffectKind.PROVISION, request_.id))
    effect = run(work)

    with work() as uow:
        uow.outbox.postpone(effect, HOUR, "the target did not answer")
        uow.commit()

    assert claim(work) == []
    with work() as uow:
        due_in = uow.outbox.due_in()
        assert due_in is not None
        assert timedelta(minutes=59) < due_in <= HOUR


def test_ordering_again_wakes_up_what_was_put_off(work: Work, request_: Request) -> None:
    """Whether ordered after it was put off, or while it was being tried."""
    duty = Duty(EffectKind.PROVISION, request_.id)
    order(work, duty)
    first = run(work)
    with work() as uow:
        uow.outbox.postpone(first, HOUR, "")
        uow.commit()

    order(work, duty)
    second = run(work)
    order(work, duty)
    with work() as uow:
        uow.outbox.postpone(second, HOUR, "")
        uow.commit()

    assert run(work).attempt == second.attempt + 1


def test_no_two_effects_with_one_key_run_at_once(work: Work, request_: Request) -> None:
    """The second one is put off for a moment, until the first one is done."""
    other = add(work, draft(now(work), entitlement=AP))
    order(work, Duty(EffectKind.PROVISION, request_.id, exclusive="gl/riya"))
    order(work, Duty(EffectKind.DEPROVISION, other.id, exclusive="gl/riya"))
    order(work, Duty(EffectKind.PROVISION, other.id, exclusive="ap/riya"))
    order(work, Duty(EffectKind.DEPROVISION, request_.id))
    claimed = sorted(claim(work))

    effects = [start(work, one) for one in claimed]

    assert [effect is not None for effect in effects] == [True, False, True, True]
    with work() as uow:
        due_in = uow.outbox.due_in()
        assert due_in is not None
        assert due_in <= timedelta(milliseconds=250)


def test_a_key_is_free_again_when_its_user_is_done(work: Work, request_: Request) -> None:
    """Finishing frees it, and so does a lease that ran out."""
    order(work, Duty(EffectKind.PROVISION, request_.id, exclusive="k"))
    finish(work, run(work))
    order(work, Duty(EffectKind.DEPROVISION, request_.id, exclusive="k"))
    run(work, lease=NO_TIME)

    other = add(work, draft(now(work), entitlement=AP))
    order(work, Duty(EffectKind.PROVISION, other.id, exclusive="k"))
    started = [start(work, one) for one in claim(work) if one[1] is EffectKind.PROVISION]

    assert [effect is not None for effect in started] == [True]


def test_nothing_waiting_is_never_due(work: Work) -> None:
    """Without anything in its care the clock may sleep."""
    with work() as uow:
        assert uow.outbox.due_in() is None


def test_the_next_due_thing_is_known(work: Work) -> None:
    """Stages, warnings, ends and effects: the soonest counts; what is overdue is due now."""
    at = now(work)

    def due_in() -> timedelta:
        with work() as uow:
            due = uow.outbox.due_in()
            assert due is not None
            return due

    stage_due = add(work, draft(at))
    assert HOUR - timedelta(minutes=1) < due_in() <= HOUR
    with work() as uow:
        uow.requests.save(stage_due.move(RequestState.CANCELLED, at=uow.now))
        uow.commit()
    activate(work, draft(at), at=at, duration=10 * HOUR)
    assert 9 * HOUR < due_in() <= 9.5 * HOUR
    activate(work, draft(at, holder=BEN), at=at - 2 * HOUR)
    assert due_in() == NO_TIME
