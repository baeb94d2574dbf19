"""Thousands of histories, in which all that always holds does hold."""

from __future__ import annotations

import pytest

from engine.audit.vocabulary import Action
from tests.simulation.history import ACTS, Failure, play, shrink
from tests.simulation.mutations.edits import mutated
from tests.simulation.mutations.granting import ENDING

CHUNK = 250
"""Histories per test: a few seconds, so that several workers share them evenly."""

CHUNKS = 8

OF_OTHERS = {
    *(Action.AUDIT_READ, Action.ATTEMPT_REFUSED),
    *(Action.STAGE_UNREACHED, Action.STAGE_REACHED),
}
"""What nobody in a history does: the chat's adapters record refusals, and find out whom they reach;
and people read the log."""


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_all_that_always_holds_holds(chunk: int) -> None:
    """No history breaks an invariant."""
    for seed in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        try:
            play(seed)
        except Failure as failure:
            pytest.fail(str(shrink(failure)), pytrace=False)


def test_everything_that_can_happen_happens() -> None:
    """Between them, the histories record every action that there is."""
    missing = set(Action) - OF_OTHERS

    for seed in range(CHUNK * CHUNKS):
        if not missing:
            break
        missing -= {one.entry.action for one in play(seed).state.entries}

    assert not missing


def test_the_same_seed_gives_the_same_history() -> None:
    """A failure can be played again: nothing but the seed decides."""
    first, second = play(7), play(7)

    assert first.steps == second.steps
    assert [one.entry.body() for one in first.state.entries] == [
        one.entry.body() for one in second.state.entries
    ]


def test_a_failure_is_told_with_as_few_acts_as_lead_to_it() -> None:
    """What has nothing to do with a failure is left out, and what is left still leads to it."""
    with mutated(ENDING[0]):
        failure = next(failed for seed in range(CHUNK) if (failed := _failure(seed)))
        smaller = shrink(failure)
        again = _failure(smaller.seed, list(smaller.acts))

    assert len(smaller.acts) < len(failure.acts)
    assert again is not None
    assert again.steps == smaller.steps
    assert f"--seed {smaller.seed}" in str(smaller)


def _failure(seed: int, acts: list[int] | None = None) -> Failure | None:
    try:
        play(seed, range(ACTS) if acts is None else acts)
    except Failure as failure:
        return failure
    return None
