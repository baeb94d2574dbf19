"""Access is given, read back, and only then is it a grant whose time runs.

::

    begin ─ look (was it there before us?) ─ note ─ give ─ read back ─ settle
      │ the rules say no any more                  │ useless             ▼
      └──────────────▶ fail ◀──────────────────────┘                  ACTIVE

What was there before us is noted *before* anything is changed: after a crash nobody could tell our
change from a standing right, and standing rights are never removed.
"""

from __future__ import annotations

from engine.errors import Permanent, Temporary
from engine.ports import Effect, Work
from engine.workflow.granting.attempt import Attempt, Boundary, Taken, retry_after
from engine.workflow.granting.begin_grant import begin_grant
from engine.workflow.granting.settle_grant import fail_grant, note_before, settle_grant


def provision(attempt: Attempt) -> None:
    """Try once to give what was decided. Any number of attempts gives it once.

    A failure that may pass lets the duty come again; one that will not ends the grant as FAILED,
    after making sure that nothing stays given.
    """
    taken = begin_grant(attempt)
    if taken is None:
        return
    attempt.reached(Boundary.STARTED)
    try:
        _give(attempt, taken)
    except Temporary as problem:
        _postpone(attempt.work, taken.effect, problem)
    except Permanent as problem:
        fail_grant(attempt.work, taken.effect, str(problem))


def _give(attempt: Attempt, taken: Taken) -> None:
    connector = attempt.connectors(taken.grant.system)
    if taken.grant.held_before is None:
        was_there = connector.observe(taken.grant.target)
        attempt.reached(Boundary.LOOKED)
        if not note_before(attempt.work, taken.effect, was_there=was_there):
            return
        attempt.reached(Boundary.NOTED)
    connector.ensure_present(taken.grant.target)
    attempt.reached(Boundary.CHANGED)
    if not connector.observe(taken.grant.target):
        raise Temporary("the system took the change, but reads back as if it had not.")
    attempt.reached(Boundary.READ_BACK)
    settle_grant(attempt.work, taken.effect)
    attempt.reached(Boundary.SETTLED)


def _postpone(work: Work, effect: Effect, problem: Temporary) -> None:
    with work() as uow:
        after = retry_after(effect.attempt, problem.retry_after)
        uow.outbox.postpone(effect, after, str(problem))
        uow.commit()
