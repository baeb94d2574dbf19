"""Whom does a policy point at?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.model.company import Company, Entitlement, Person, Role, Selector, SelectorKind
from engine.model.identifiers import GroupId, PersonId


def selected(company: Company, selector: Selector) -> tuple[PersonId, ...]:
    """List the active people that a selector points at, whoever asks.

    The requester's manager and the owners depend on a request: see `policy/approvers.py`.
    """
    return tuple(_selection(company, selector))


def _selection(company: Company, selector: Selector) -> Mapping[PersonId, None]:
    """Find them once per company: every decision asks, and a company may have thousands."""
    found = company.selections.get(selector)
    if found is None:
        people = (PersonId(person) for person in _pointed_at(company, selector))
        found = {person: None for person in people if is_active(company, person)}
        company.selections[selector] = found
    return found


def _pointed_at(company: Company, selector: Selector) -> Iterable[str]:
    match selector.kind:
        case SelectorKind.PERSON:
            return (selector.name,)
        case SelectorKind.GROUP:
            group = company.group.get(GroupId(selector.name))
            return group.people if group else ()
        case SelectorKind.DEPARTMENT:
            return (p.id for p in company.people if p.department == selector.name)
        case SelectorKind.EVERYONE:
            return (p.id for p in company.people)
        case SelectorKind.ROLE:
            held_by = company.roles.get(Role(selector.name), ())
            return (person for each in held_by for person in _selection(company, each))
        case _:
            raise ValueError(f"{selector.kind} depends on a request")


def is_active(company: Company, person: PersonId) -> bool:
    """Say whether a person works here, as far as the configuration in force knows."""
    known = company.person.get(person)
    return known is not None and known.active


def holders_of(company: Company, role: Role) -> tuple[PersonId, ...]:
    """List the active people who hold one of the bot's own roles."""
    return selected(company, Selector(SelectorKind.ROLE, role))


def has_role(company: Company, person: PersonId, role: Role) -> bool:
    """Say whether a person holds one of the bot's own roles."""
    return person in _selection(company, Selector(SelectorKind.ROLE, role))


def may_request(company: Company, person: Person, entitlement: Entitlement) -> bool:
    """Say whether somebody may hold an entitlement, if it is approved."""
    return person.active and any(
        person.id in _selection(company, selector) for selector in entitlement.requestable_by
    )
