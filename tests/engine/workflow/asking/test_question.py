"""An approver asks something before deciding, and whom the request concerns answers."""

from __future__ import annotations

import pytest

from engine.audit.entry import Entry
from engine.audit.vocabulary import Action
from engine.errors import Invalid, NotAllowed, Stale
from engine.model.identifiers import PersonId, RequestId
from engine.model.request import Verdict
from engine.policy.content import shown_hash
from engine.policy.reason import WORDS_LENGTH_MAX
from engine.workflow.asking.question import answer, ask, open_questions
from engine.workflow.look import questioned
from tests.engine import acts
from tests.engine.acts import actions, configure, entries, refusal, request_of
from tests.simulation.company import BEN, GL, HOUR, LI, MARA, OLA, RIYA, SOFIA, TOM, Setup
from tests.simulation.world import World

WHICH = "For which month is it?"
NOVEMBER = "For November."


@pytest.fixture
def request_(world: World) -> RequestId:
    """Give a request that Li made for Riya, and Ben, Sofia or Tom may decide."""
    return acts.ask(world, LI, holder=RIYA)


def last(world: World, request: RequestId) -> Entry:
    """Read the newest entry."""
    return entries(world, request)[-1]


# ── asking ──────────────────────────────────────────────────────────────────────────────────────


def test_a_question_is_recorded_and_changes_nothing_else(world: World, request_: RequestId) -> None:
    """What an approver was shown is what they still decide about, and the time goes on."""
    before = request_of(world, request_)

    ask(world.work, SOFIA, request_, f"  {WHICH} ")

    asked = last(world, request_)
    assert (asked.action, asked.actor) == (Action.REQUEST_QUESTIONED, SOFIA)
    assert (asked.facts["question"], asked.facts["basis"]) == (WHICH, "one of Controllers")
    assert request_of(world, request_) == before
    decided = acts.answer(world, SOFIA, request_, seen=shown_hash(before))
    assert not decided.dossier.request.is_pending


@pytest.mark.parametrize(
    ("actor", "code"),
    [
        (LI, "question.own_request"),
        (RIYA, "question.own_request"),
        (MARA, "decision.not_approver"),
        (OLA, "decision.not_approver"),
    ],
)
def test_who_may_not_decide_asks_nothing(
    world: World, request_: RequestId, actor: PersonId, code: str
) -> None:
    """Neither whom it concerns, nor the owner, nor anybody else."""
    before = world.state

    refused = refusal(lambda: ask(world.work, actor, request_, WHICH))

    assert (refused.code, type(refused)) == (code, NotAllowed)
    assert world.state is before


def test_only_the_open_stages_approvers_ask(world: World) -> None:
    """Who has decided has asked enough, and a later stage's approver has their turn then."""
    request = acts.ask(world, wanted=GL)
    too_early = refusal(lambda: ask(world.work, MARA, request, WHICH))
    acts.answer(world, BEN, request)

    refused = refusal(lambda: ask(world.work, BEN, request, WHICH))
    ask(world.work, MARA, request, WHICH)

    assert too_early.code == refused.code == "decision.not_approver"
    assert last(world, request).facts["stage"] == 2


def test_who_left_asks_nothing(world: World, request_: RequestId) -> None:
    """By the directory of today, as when deciding."""
    configure(world, Setup(gone=frozenset({SOFIA})))

    refused = refusal(lambda: ask(world.work, SOFIA, request_, WHICH))

    assert refused.code == "decision.not_approver"


def test_what_is_settled_is_not_asked_about(world: World, request_: RequestId) -> None:
    """It could change nothing any more."""
    acts.answer(world, BEN, request_, verdict=Verdict.DENY, reason="not this week")

    refused = refusal(lambda: ask(world.work, SOFIA, request_, WHICH))

    assert (refused.code, type(refused)) == ("request.settled", Stale)


def test_what_lapses_is_not_asked_about(world: World, request_: RequestId) -> None:
    """Also before the clock has come by."""
    world.advance(2 * HOUR)

    assert refusal(lambda: ask(world.work, SOFIA, request_, WHICH)).code == "request.too_late"


@pytest.mark.parametrize("text", ["", " Why?  ", "x" * (WORDS_LENGTH_MAX + 1)])
def test_a_question_says_something_and_not_too_much(
    world: World, request_: RequestId, text: str
) -> None:
    """It is kept for years, and shown on every approver's card."""
    refused = refusal(lambda: ask(world.work, SOFIA, request_, text))

    assert (refused.code, type(refused)) == ("reason.length", Invalid)
    assert refused.sentence.startswith("A question has a text of 10 to 1000 characters")


def test_the_same_question_twice_is_once(world: World, request_: RequestId) -> None:
    """A double click; somebody else's same question is theirs, and after an answer it is new."""
    ask(world.work, SOFIA, request_, WHICH)
    ask(world.work, SOFIA, request_, WHICH)
    assert actions(world, request_).count(Action.REQUEST_QUESTIONED) == 1

    ask(world.work, BEN, request_, WHICH)
    answer(world.work, RIYA, request_, NOVEMBER)
    ask(world.work, SOFIA, request_, WHICH)

    assert actions(world, request_).count(Action.REQUEST_QUESTIONED) == 3


# ── answering ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("actor", [LI, RIYA], ids=["requester", "holder"])
def test_whom_it_concerns_answers(world: World, request_: RequestId, actor: PersonId) -> None:
    """Whoever asked for it, and whoever would get it."""
    ask(world.work, SOFIA, request_, WHICH)

    told = answer(world.work, actor, request_, " no ")

    answered = last(world, request_)
    assert (answered.action, answered.actor) == (Action.REQUEST_ANSWERED, actor)
    assert (answered.facts["answer"], answered.facts["asked_by"]) == ("no", [SOFIA])
    assert told == answered.facts["askers"] == "Sofia Almeida"


@pytest.mark.parametrize("actor", [BEN, SOFIA, MARA, TOM])
def test_nobody_else_answers(world: World, request_: RequestId, actor: PersonId) -> None:
    """Neither who asked, nor who else may decide, nor the owner."""
    ask(world.work, SOFIA, request_, WHICH)
    before = world.state

    refused = refusal(lambda: answer(world.work, actor, request_, NOVEMBER))

    assert (refused.code, type(refused)) == ("question.not_yours", NotAllowed)
    assert world.state is before


def test_one_answer_is_for_all_who_wait_for_one(world: World, request_: RequestId) -> None:
    """Each is told once, who asked last comes first; who was answered before is left alone."""
    ask(world.work, TOM, request_, WHICH)
    answer(world.work, RIYA, request_, NOVEMBER)
    ask(world.work, SOFIA, request_, WHICH)
    ask(world.work, BEN, request_, "Who else could do this?")
    ask(world.work, SOFIA, request_, "Since when do you need it?")

    told = answer(world.work, RIYA, request_, "For November, nobody, since today.")

    assert told == "Sofia Almeida and Ben Okafor"
    assert last(world, request_).facts["asked_by"] == [SOFIA, BEN]


def test_without_a_question_there_is_no_answer(world: World, request_: RequestId) -> None:
    """Neither before one was asked, nor a second one after the first."""
    refused = refusal(lambda: answer(world.work, RIYA, request_, NOVEMBER))
    ask(world.work, SOFIA, request_, WHICH)
    answer(world.work, RIYA, request_, NOVEMBER)
    too_much = refusal(lambda: answer(world.work, RIYA, request_, "And for December."))
    other = refusal(lambda: answer(world.work, LI, request_, NOVEMBER))

    assert {one.code for one in (refused, too_much, other)} == {"question.none_open"}


def test_the_same_answer_twice_is_once(world: World, request_: RequestId) -> None:
    """A double click is told what the first one was told."""
    ask(world.work, SOFIA, request_, WHICH)
    first = answer(world.work, RIYA, request_, NOVEMBER)

    second = answer(world.work, RIYA, request_, NOVEMBER)

    assert second == first
    assert actions(world, request_).count(Action.REQUEST_ANSWERED) == 1


def test_what_is_settled_is_not_answered(world: World, request_: RequestId) -> None:
    """Nobody would read it before deciding."""
    ask(world.work, SOFIA, request_, WHICH)
    acts.answer(world, BEN, request_)

    assert refusal(lambda: answer(world.work, RIYA, request_, NOVEMBER)).code == "request.settled"


@pytest.mark.parametrize("text", [" ", "y", "x" * (WORDS_LENGTH_MAX + 1)])
def test_an_answer_says_something(world: World, request_: RequestId, text: str) -> None:
    """It may be short: the question stands beside it."""
    ask(world.work, SOFIA, request_, WHICH)

    refused = refusal(lambda: answer(world.work, RIYA, request_, text))

    assert refused.sentence.startswith("An answer has a text of 2 to 1000 characters")


# ── looking ─────────────────────────────────────────────────────────────────────────────────────


def test_whom_it_concerns_reads_what_is_open(world: World, request_: RequestId) -> None:
    """What was answered is not open any more."""
    ask(world.work, TOM, request_, WHICH)
    answer(world.work, RIYA, request_, NOVEMBER)
    ask(world.work, SOFIA, request_, "Who else could do this?")
    before = world.state

    found = open_questions(world.work, LI, request_)

    assert [one.entry.facts["question"] for one in found] == ["Who else could do this?"]
    assert world.state is before


def test_where_nothing_is_open_reading_is_refused_as_answering_is(
    world: World, request_: RequestId
) -> None:
    """Before anybody writes an answer for nothing."""
    nothing = refusal(lambda: open_questions(world.work, RIYA, request_))
    ask(world.work, SOFIA, request_, WHICH)
    stranger = refusal(lambda: open_questions(world.work, OLA, request_))
    acts.answer(world, BEN, request_)
    settled = refusal(lambda: open_questions(world.work, RIYA, request_))

    assert [one.code for one in (nothing, stranger, settled)] == [
        "question.none_open",
        "question.not_yours",
        "request.settled",
    ]


def test_what_waits_for_an_answer_is_listed(world: World, request_: RequestId) -> None:
    """For requester and holder, while the request is open; others have nothing to answer."""
    ask(world.work, SOFIA, request_, WHICH)
    acts.ask(world, RIYA, GL)

    listed = {
        person: [dossier.request.id for dossier in questioned(world.work, person).dossiers]
        for person in (LI, RIYA, SOFIA)
    }
    answer(world.work, RIYA, request_, NOVEMBER)

    assert listed == {LI: [request_], RIYA: [request_], SOFIA: []}
    assert not questioned(world.work, RIYA).dossiers
