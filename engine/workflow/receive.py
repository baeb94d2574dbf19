"""A delivery comes in, and is answered once; an attempt that was refused is recorded."""

from __future__ import annotations

from engine.audit.entry import Entry
from engine.audit.vocabulary import Action
from engine.errors import Refused
from engine.model.identifiers import PersonId, RequestId, show
from engine.ports import Work
from engine.workflow.record import actor_facts

REFUSALS = "refusals"
"""The stream of refused attempts that are about no request."""


def claim_delivery(work: Work, key: str) -> bool:
    """Take a delivery on; False where it was seen before."""
    with work() as uow:
        is_new = uow.inbox.claim(key)
        uow.commit()
        return is_new


def answer_of(work: Work, key: str) -> str | None:
    """Read what a delivery was answered with; None where that is not known."""
    with work() as uow:
        return uow.inbox.answer_of(key)


def keep_answer(work: Work, key: str, answer: str) -> None:
    """Keep what a delivery was answered with."""
    with work() as uow:
        uow.inbox.remember(key, answer)
        uow.commit()


def note_refusal(
    work: Work, actor: PersonId, word: str, refused: Refused, *, request: RequestId | None = None
) -> None:
    """Record a refused attempt (PCI DSS 10.2.1.4), without the words that the person used."""
    with work() as uow:
        known = request is not None and uow.requests.lock(request) is not None
        company = uow.companies.active().company
        facts = actor_facts(company, actor, uow.via) | {
            "word": word,
            "code": refused.code,
            "sentence": refused.sentence,
        }
        if known and request is not None:
            facts |= {"request": request}
        stream = show(request) if known and request is not None else REFUSALS
        uow.audit.append(Entry(stream, Action.ATTEMPT_REFUSED, actor, uow.now, facts))
        uow.commit()
