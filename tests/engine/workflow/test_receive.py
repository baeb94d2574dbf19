"""A delivery is answered once, and a refused attempt is recorded."""

from __future__ import annotations

from engine.errors import NotAllowed
from engine.model.identifiers import PersonId, RequestId
from engine.workflow.receive import REFUSALS, answer_of, claim_delivery, keep_answer, note_refusal
from tests.engine.acts import actions, ask
from tests.simulation.company import OLA
from tests.simulation.world import World

REFUSED = NotAllowed("decision.own_request", "You cannot decide JIT-1, because it is your own.")


def test_a_delivery_is_taken_on_once(world: World) -> None:
    """The second copy finds the first one's answer, as soon as there is one."""
    assert claim_delivery(world.work, "slack/1")
    assert not claim_delivery(world.work, "slack/1")
    assert answer_of(world.work, "slack/1") is None

    keep_answer(world.work, "slack/1", "done")

    assert answer_of(world.work, "slack/1") == "done"
    assert answer_of(world.work, "slack/2") is None


def test_an_attempt_is_recorded_with_the_request(world: World) -> None:
    """In the request's own stream: who tried what, and why it was refused."""
    request = ask(world)

    note_refusal(world.work, OLA, "approve", REFUSED, request=request)

    entry = world.state.entries[-1].entry
    assert actions(world, request)[-1] == "attempt.refused"
    assert (entry.actor, entry.facts) == (
        OLA,
        {
            "actor_name": "Ola Berg",
            "actor_title": "Accountant",
            "word": "approve",
            "code": REFUSED.code,
            "sentence": REFUSED.sentence,
            "request": request,
        },
    )


def test_an_attempt_on_nothing_has_a_stream_of_its_own(world: World) -> None:
    """Whether there was no request, or none with that number; and whoever it was."""
    stranger = PersonId("somebody.else")

    note_refusal(world.work, stranger, "audit", REFUSED)
    note_refusal(world.work, stranger, "approve", REFUSED, request=RequestId(4711))

    entries = [one.entry for one in world.state.entries]
    assert [entry.stream for entry in entries] == [REFUSALS, REFUSALS]
    assert entries[0].facts["actor_name"] == stranger
    assert entries[0].facts["actor_title"] == "no longer in the directory"
    assert "request" not in entries[1].facts
