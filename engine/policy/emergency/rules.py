"""May somebody break the glass, for what, and for how long?"""

from __future__ import annotations

import re
from datetime import timedelta

from engine.errors import Invalid
from engine.model.company import Breakglass, Company, Entitlement
from engine.model.duration import spell
from engine.model.identifiers import PersonId
from engine.policy.people import is_active, selected


def rule_of(company: Company, entitlement: Entitlement) -> Breakglass | None:
    """Find the rule of an entitlement's emergencies; None where the glass stays whole."""
    return company.emergency[entitlement.breakglass] if entitlement.breakglass else None


def may_break(company: Company, rule: Breakglass, person: PersonId) -> bool:
    """Say whether a rule lets somebody who works here break the glass."""
    return is_active(company, person) and any(
        person in selected(company, selector) for selector in rule.by
    )


def breakable_by(company: Company, person: PersonId) -> tuple[Entitlement, ...]:
    """List what somebody may have in an emergency."""
    rules = ((entitlement, rule_of(company, entitlement)) for entitlement in company.entitlements)
    return tuple(e for e, rule in rules if rule is not None and may_break(company, rule, person))


def find_incident(rule: Breakglass, reason: str) -> str:
    """Read the incident's reference out of a justification. Raises `Invalid` where it has none."""
    found = re.search(rule.incident_pattern, reason)
    if found is None:
        raise Invalid(
            "reason.incident",
            f"Break-glass is for an incident, so the reason must name it, "
            f"e.g. {rule.incident_example}; please add it.",
        )
    return found[0]


def emergency_length(
    rule: Breakglass, entitlement: Entitlement, wanted: timedelta | None
) -> timedelta:
    """Return how long it is given: what is wanted, else the most. Raises `Invalid`.

    Never longer than the rule says, nor than the entitlement may ever be held.
    """
    most = min(rule.duration_max, entitlement.duration_max)
    if wanted is None:
        return most
    least = min(entitlement.duration_min, most)
    if not least <= wanted <= most:
        raise Invalid(
            "duration.emergency",
            f"Break-glass gives {entitlement.name} for {spell(least)} to {spell(most)}; "
            f"you asked for {spell(wanted)}.",
        )
    return wanted
