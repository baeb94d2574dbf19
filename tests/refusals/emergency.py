"""How break-glass refuses."""

from __future__ import annotations

from datetime import timedelta

from engine.errors import Invalid
from engine.policy.emergency.rules import emergency_length, find_incident
from tests.refusals import Row
from tests.simulation.company import EMERGENCY, GL, company

ROWS = (
    Row(
        "reason.incident",
        Invalid,
        "Break-glass is for an incident, so the reason must name it, e.g. INC-4711; please add it.",
        lambda world: find_incident(EMERGENCY, "payments stuck since 09:00"),
    ),
    Row(
        "duration.emergency",
        Invalid,
        "Break-glass gives NETSUITE GL for 1 minute to 1 hour; you asked for 2 hours.",
        lambda world: emergency_length(EMERGENCY, company().entitlement[GL], timedelta(hours=2)),
    ),
)
