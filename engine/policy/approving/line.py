"""The line of managers, from somebody upwards.

A line that goes in a circle is refused when a company is applied. Where one is met all the same,
nobody is passed twice, so nothing here runs for ever; and everybody in a circle is below everybody
else in it, so none of them decides about another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice

from engine.model.company import Company
from engine.model.identifiers import PersonId


def managers(company: Company, person: PersonId) -> Iterator[PersonId]:
    """Go up the line: the person's manager, that one's, and so on, also those who left."""
    passed: set[PersonId] = set()
    known = company.person.get(person)
    while known is not None and known.manager is not None and known.manager not in passed:
        passed.add(known.manager)
        yield known.manager
        known = company.person.get(known.manager)


def manager_of(company: Company, person: PersonId, levels: int) -> PersonId | None:
    """Name who is so many levels above somebody: 1 is their manager. None above the top."""
    return next(islice(managers(company, person), levels - 1, None), None)


def is_below(company: Company, person: PersonId, others: Collection[PersonId]) -> bool:
    """Say whether one of the others is above a person in the line, at whatever distance."""
    return any(above in others for above in managers(company, person))
