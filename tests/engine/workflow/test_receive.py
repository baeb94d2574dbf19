"""A delivery comes in, and is answered once; an attempt that was refused is recorded."""

from __future__ import annotations

from functools import partial

from engine.audit.entry import Entry
from engine.audit.vocabulary import Action
from engine.errors import NotAllowed, Refused
from engine.model.identifiers import PersonId, RequestId
from engine.model.via import Assurance, Via
from engine.workflow.granting.end import revoke
from engine.workflow.receive import (
    REFUSALS,
    answer_of,
    claim_delivery,
    keep_answer,
    note_refusal,
)
from tests.engine.acts import ask, entries, given, refusal
from tests.engine.workflow.closely import said
from tests.simulation.company import CHAT, OLA
from tests.simulation.world import World

REFUSED = NotAllowed("decision.not_approver", "Stage 1 of JIT-1 is not yours to decide.")


def refusals(world: World) -> list[Entry]:
    """Read the refused attempts that are about no request."""
    return [one.entry for one in world.state.entries if one.entry.stream == REFUSALS]


def test_a_delivery_is_taken_on_once() -> None:
    """A platform that hears nothing sends it again."""
    world = World()

    assert claim_delivery(world.work, "slack:1")
    assert not claim_delivery(world.work, "slack:1")
    assert claim_delivery(world.work, "slack:2")


def test_a_delivery_that_comes_again_gets_the_same_answer() -> None:
    """As the platform's adapter wrote it."""
    world = World()
    claim_delivery(world.work, "slack:1")

    keep_answer(world.work, "slack:1", "Done.")

    assert answer_of(world.work, "slack:1") == "Done."


def test_a_delivery_that_is_still_being_answered_has_no_answer() -> None:
    """Nor has one that never came."""
    world = World()
    claim_delivery(world.work, "slack:1")

    assert answer_of(world.work, "slack:1") is None
    assert answer_of(world.work, "slack:2") is None


def test_a_refused_attempt_names_the_account_that_made_it(world: World) -> None:
    """A leaked account is found by what was refused to it, too."""
    via = Via(CHAT, "U1", Assurance.PINNED)

    note_refusal(partial(world.work, via=via), OLA, "approve", REFUSED)

    (entry,) = refusals(world)
    assert entry.facts["via"] == {"platform": CHAT, "account": "U1", "assurance": "pinned"}


def test_a_refused_attempt_at_a_request_is_in_the_requests_record(world: World) -> None:
    """Who tried what, and why not."""
    request = ask(world)

    note_refusal(world.work, OLA, "approve", REFUSED, request=request)

    entry = entries(world, request)[-1]
    assert (entry.action, entry.actor, entry.at) == (Action.ATTEMPT_REFUSED, OLA, world.now)
    assert entry.facts["request"] == request
    assert refusals(world) == []
    assert said(entry) == (
        "Ola Berg tried “approve” and was refused (decision.not_approver): "
        "Stage 1 of JIT-1 is not yours to decide."
    )


def test_a_refused_attempt_about_no_request_is_recorded(world: World) -> None:
    """In a stream of its own."""
    note_refusal(world.work, OLA, "audit", REFUSED)

    (entry,) = refusals(world)
    assert (entry.action, entry.actor) == (Action.ATTEMPT_REFUSED, OLA)
    assert "request" not in entry.facts


def test_a_refused_attempt_about_an_unknown_request_is_recorded(world: World) -> None:
    """A number that does not exist makes no record of its own."""
    note_refusal(world.work, OLA, "revoke", REFUSED, request=RequestId(4711))

    (entry,) = refusals(world)
    assert "request" not in entry.facts
    assert set(world.state.streams) == {REFUSALS}


def test_an_attempt_by_a_stranger_is_recorded(world: World) -> None:
    """With what is known of them: the name that they gave."""
    note_refusal(world.work, PersonId("eve"), "audit", REFUSED)

    (entry,) = refusals(world)
    assert entry.facts["actor_name"] == "eve"
    assert entry.facts["actor_title"] == "no longer in the directory"


def test_the_words_of_a_refused_attempt_are_not_recorded(world: World) -> None:
    """They may hold anything; the command's word and our own sentence are enough."""
    request = given(world)
    secret = "because the password is hunter2"
    refused: Refused = refusal(lambda: revoke(world.work, OLA, request, secret))

    note_refusal(world.work, OLA, "revoke", refused, request=request)

    entry = entries(world, request)[-1]
    assert set(entry.facts) == {
        *("actor_name", "actor_title", "word", "code", "sentence", "request"),
    }
    assert "hunter2" not in entry.body()
