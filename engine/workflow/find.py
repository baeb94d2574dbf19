"""Something is looked up by the name that a person used, or refused with the closest names."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from engine.errors import NotFound
from engine.model.company import Company, Entitlement, Person, System
from engine.model.dossier import Dossier
from engine.model.identifiers import EntitlementId, PersonId, RequestId, SystemId, show
from engine.ports import UnitOfWork

CLOSEST_MAX = 3
CLOSENESS_MIN = 0.5
"""Of difflib's ratio: `netsuit` finds `netsuite-gl`, `xyz` finds nothing."""


def find_person(company: Company, person: PersonId) -> Person:
    """Find a person of the directory. Raises `NotFound` with the closest names."""
    found = company.person.get(person)
    if found is None:
        raise NotFound(
            "person.unknown",
            f"There is nobody called “{person}” in the directory{_closest(person, company.person)}",
        )
    return found


def find_entitlement(company: Company, wanted: EntitlementId) -> Entitlement:
    """Find an entitlement of the catalog. Raises `NotFound` with the closest names."""
    found = company.entitlement.get(wanted)
    if found is None:
        raise NotFound(
            "entitlement.unknown",
            f"There is no entitlement “{wanted}” in the catalog"
            f"{_closest(wanted, company.entitlement)}",
        )
    return found


def find_system(company: Company, wanted: SystemId) -> System:
    """Find a system. Raises `NotFound` with the closest names."""
    found = company.system.get(wanted)
    if found is None:
        raise NotFound(
            "system.unknown",
            f"There is no system “{wanted}” in the catalog{_closest(wanted, company.system)}",
        )
    return found


def lock_request(uow: UnitOfWork, request: RequestId) -> Dossier:
    """Lock a request with the holder's access. Raises `NotFound`."""
    return _there(uow.requests.lock(request), request)


def read_request(uow: UnitOfWork, request: RequestId) -> Dossier:
    """Read a request without a lock. Raises `NotFound`."""
    return _there(uow.requests.find(request), request)


def _there(dossier: Dossier | None, request: RequestId) -> Dossier:
    if dossier is None:
        raise NotFound("request.unknown", f"There is no request {show(request)}; check the number.")
    return dossier


def _closest(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, list(known), n=CLOSEST_MAX, cutoff=CLOSENESS_MIN)
    return f"; did you mean {' or '.join(close)}?" if close else "."
