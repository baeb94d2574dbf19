"""Who is told of an emergency, at once and in person?"""

from __future__ import annotations

from engine.model.company import Company, Role
from engine.model.identifiers import EntitlementId, PersonId
from engine.policy.people import holders_of, is_active


def watchers(company: Company, entitlement: EntitlementId) -> tuple[PersonId, ...]:
    """List the owners of what is broken open, and compliance; only those who work here."""
    known = company.entitlement.get(entitlement)
    owners = (company.system[known.system].owner, known.owner) if known else ()
    people = dict.fromkeys((*owners, *holders_of(company, Role.COMPLIANCE)))
    return tuple(person for person in people if is_active(company, person))
