"""The simulation is not blind: each defect that somebody might make is found for what it is."""

from __future__ import annotations

import pytest

from tests.simulation.asked import Broken
from tests.simulation.history import Failure, play
from tests.simulation.mutations import MUTATIONS
from tests.simulation.mutations.edits import Found, Mutation, mutated

HISTORIES_MAX = 2000
"""As many as the suite plays without any defect: what they do not find, nobody would."""


# The longest takes half a minute alone, and several times that on a machine that is busy.
@pytest.mark.timeout(600)
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_defect_is_found(mutation: Mutation) -> None:
    """Some history fails, and names an invariant that the defect breaks."""
    failure = None

    with mutated(mutation):
        for seed in range(HISTORIES_MAX):
            try:
                play(seed)
            except Failure as failed:
                failure = failed
                break

    assert failure is not None, f"“{mutation.name}” was not found"
    assert any(_is(failure.error, found) for found in mutation.found_by), str(failure)


def _is(error: BaseException, found: Found) -> bool:
    if isinstance(found, type):
        return type(error) is found
    return isinstance(error, Broken) and error.rule == found.__doc__
