"""What did approvers ask about a request, and what is not answered yet?

The record is the only place where questions and answers are kept.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.audit.entry import Recorded
from engine.audit.vocabulary import Action
from engine.model.identifiers import PersonId

QUESTIONS_MAX = 10
"""Questions about one request: all of them, answered, still fit on an approver's card."""


def questions(entries: Sequence[Recorded]) -> tuple[Recorded, ...]:
    """List what was asked about a request, in order."""
    return tuple(one for one in entries if one.entry.action == Action.REQUEST_QUESTIONED)


def exchanged(entries: Sequence[Recorded]) -> tuple[Recorded, ...]:
    """List questions and answers, in order."""
    both = {Action.REQUEST_QUESTIONED, Action.REQUEST_ANSWERED}
    return tuple(one for one in entries if one.entry.action in both)


def unanswered(entries: Sequence[Recorded]) -> tuple[Recorded, ...]:
    """List the questions since the last answer: one answer is for all that were open."""
    found: tuple[Recorded, ...] = ()
    for one in exchanged(entries):
        found = (*found, one) if one.entry.action == Action.REQUEST_QUESTIONED else ()
    return found


def askers(asked: Sequence[Recorded]) -> tuple[PersonId, ...]:
    """List who asked some questions: each once, who asked last comes first."""
    return tuple(dict.fromkeys(PersonId(one.entry.actor) for one in reversed(asked)))
