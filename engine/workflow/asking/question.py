"""An approver asks something before deciding, and whom the request concerns answers.

Both are recorded and change nothing else: the request waits as before, its stage's time goes on,
and what the approvers were shown stays what they decide about.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.audit.entry import Recorded
from engine.audit.vocabulary import Action
from engine.errors import Invalid, NotAllowed
from engine.model.identifiers import PersonId, RequestId, show
from engine.model.request import Request
from engine.policy.questions import QUESTIONS_MAX, askers, exchanged, questions, unanswered
from engine.policy.reason import ANSWER_LENGTH_MIN, check_words
from engine.ports import Work
from engine.workflow.asking.open_stage import check_in_time, check_pending, find_approver
from engine.workflow.find import lock_request, read_request
from engine.workflow.record import Recorder, name_of, stead_facts


def ask(work: Work, actor: PersonId, request: RequestId, text: str) -> Request:
    """Record a question about a pending request; its requester and holder are told.

    Only who may decide the open stage asks. The text has 10 to 1000 characters, and a request has
    at most 10 questions. A person's same question again, not answered yet, is the first one.
    """
    with work() as uow:
        dossier = lock_request(uow, request)
        current, version = dossier.request, uow.companies.active()
        check_pending(current)
        check_in_time(current, uow.now)
        if actor in _concerned(current):
            raise NotAllowed(
                "question.own_request",
                f"You cannot ask about {show(request)}, because it is your own; "
                f"those who decide it may ask you.",
            )
        approver = find_approver(uow, version, dossier, actor=actor)
        words = check_words(text, "A question has a text")
        asked = uow.audit.stream(show(request))
        if _is_open(asked, actor, words):
            return current
        _check_count(asked, request)
        facts = {"question": words, "basis": approver.basis}
        stead = stead_facts(version.company, approver.instead_of, approver.delegation)
        Recorder(uow, version, current).note(Action.REQUEST_QUESTIONED, actor, {**facts, **stead})
        uow.commit()
        return current


def answer(work: Work, actor: PersonId, request: RequestId, text: str) -> str:
    """Record an answer to all that is asked and not answered yet; names whom it is told to.

    Only requester and holder answer, while the request is pending. The text has 2 to 1000
    characters. The same answer again, with nothing asked since, is the first one.
    """
    with work() as uow:
        current, version = lock_request(uow, request).request, uow.companies.active()
        _check_answerer(current, actor)
        words = check_words(text, "An answer has a text", least=ANSWER_LENGTH_MIN)
        entries = uow.audit.stream(show(request))
        people = askers(unanswered(entries))
        if not people:
            return _answered_already(entries, actor, words)
        names = " and ".join(name_of(version.company, person) for person in people)
        Recorder(uow, version, current).note(
            Action.REQUEST_ANSWERED,
            actor,
            {"answer": words, "askers": names, "asked_by": list(people)},
        )
        uow.commit()
        return names


def _concerned(request: Request) -> frozenset[PersonId]:
    return frozenset({request.requester, request.holder})


def _is_open(entries: Sequence[Recorded], actor: PersonId, words: str) -> bool:
    """Say whether the same person's same question waits for an answer: a second click."""
    open_ones = [one.entry for one in unanswered(entries)]
    return any(e.actor == actor and e.facts["question"] == words for e in open_ones)


def _check_count(entries: Sequence[Recorded], request: RequestId) -> None:
    if len(questions(entries)) >= QUESTIONS_MAX:
        raise Invalid(
            "question.too_many",
            f"{show(request)} has had {QUESTIONS_MAX} questions, and more do not fit in one "
            f"record; please talk to each other, and write the outcome into your decision.",
        )


def _answered_already(entries: Sequence[Recorded], actor: PersonId, words: str) -> str:
    """Say whom the last answer was told to, where it was this one: a second click."""
    for last in exchanged(entries)[-1:]:
        if (last.entry.actor, last.entry.facts["answer"]) == (actor, words):
            return str(last.entry.facts["askers"])
    raise _none_open()


def open_questions(work: Work, actor: PersonId, request: RequestId) -> tuple[Recorded, ...]:
    """Read what waits for a person's answer; there is something, or it is refused like one."""
    with work() as uow:
        _check_answerer(read_request(uow, request).request, actor)
        found = unanswered(uow.audit.stream(show(request)))
        if not found:
            raise _none_open()
        return found


def _check_answerer(request: Request, actor: PersonId) -> None:
    if actor not in _concerned(request):
        raise NotAllowed(
            "question.not_yours",
            f"Questions about {show(request.id)} are for its requester and holder to answer.",
        )
    check_pending(request)


def _none_open() -> Invalid:
    return Invalid(
        "question.none_open",
        "There is no question that waits for your answer; `status` shows what was asked.",
    )
