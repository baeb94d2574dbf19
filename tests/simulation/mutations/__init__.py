"""Defects to put into the engine, one at a time, and what must find each of them.

A simulation that finds nothing may be blind. Each mutation here is a mistake that somebody could
make while changing the engine; the suite makes it, plays histories until one fails, and checks that
it failed for the right reason.
"""

from __future__ import annotations

from tests.simulation.mutations.deciding import DECIDING, SOD
from tests.simulation.mutations.emergency import EMERGENCY
from tests.simulation.mutations.following import FOLLOWING
from tests.simulation.mutations.granting import ENDING, GIVING
from tests.simulation.mutations.guarding import GUARDING
from tests.simulation.mutations.prolonging import PROLONGING
from tests.simulation.mutations.standing import STANDING
from tests.simulation.mutations.telling import TALKING, TELLING

MUTATIONS = (
    *DECIDING,
    *SOD,
    *GIVING,
    *ENDING,
    *FOLLOWING,
    *GUARDING,
    *EMERGENCY,
    *PROLONGING,
    *STANDING,
    *TELLING,
    *TALKING,
)
