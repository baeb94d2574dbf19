"""Whom does a policy point at?"""

from __future__ import annotations

from collections.abc import Iterable

from engine.model.company import Company, Entitlement, Person, Role, Selector, SelectorKind
from engine.model.identifiers import PersonId


def selected(company: Company, selector: Selector) -> tuple[PersonId, ...]:
    """List the active people that a selector points at, whoever asks.

    The requester's manager and the owners depend on a request: see `policy/approvers.py`.
    """
    match selector.kind:
        case SelectorKind.PERSON:
            found: Iterable[str] = (selector.name,)
        case SelectorKind.GROUP:
            found = (
                person
                for group in company.groups
                if group.id == selector.name
                for person in group.people
            )
        case SelectorKind.DEPARTMENT:
            found = (p.id for p in company.people if p.department == selector.name)
        case SelectorKind.EVERYONE:
            found = (p.id for p in company.people)
        case SelectorKind.ROLE:
            found = holders_of(company, Role(selector.name))
        case _:
            raise ValueError(f"{selector.kind} depends on a request")
    return tuple(PersonId(p) for p in found if is_active(company, PersonId(p)))


def is_active(company: Company, person: PersonId) -> bool:
    """Say whether a person works here, as far as the configuration in force knows."""
    known = company.person.get(person)
    return known is not None and known.active


def holders_of(company: Company, role: Role) -> tuple[PersonId, ...]:
    """List the active people who hold one of the bot's own roles."""
    found: dict[PersonId, None] = {}
    for selector in company.roles.get(role, ()):
        found.update(dict.fromkeys(selected(company, selector)))
    return tuple(found)


def has_role(company: Company, person: PersonId, role: Role) -> bool:
    """Say whether a person holds one of the bot's own roles."""
    return person in holders_of(company, role)


def may_request(company: Company, person: Person, entitlement: Entitlement) -> bool:
    """Say whether somebody may hold an entitlement, if it is approved."""
    return person.active and any(
        person.id in selected(company, selector) for selector in entitlement.requestable_by
    )
