"""What waits for somebody who is away, or is back, asks whoever may decide it now."""

from __future__ import annotations

from engine.model.delegation import Delegation
from engine.ports import Work
from engine.workflow.asking.ask_again import ask_again
from engine.workflow.look import LIST_MAX


def ask_affected(work: Work, delegation: Delegation) -> int:
    """Let the open stages that ask the one who is away ask anew; says how many changed.

    The newest ones at once, which is as many as anybody has; others are found by the clock, as is
    all of it where this process dies.
    """
    with work() as uow:
        waiting = uow.lists.waiting_for(delegation.delegator, LIST_MAX)
    return sum(ask_again(work, dossier.request.id) for dossier in waiting)
