"""What one person would combine is judged, also where the catalog has changed since.

An entitlement that was taken out of the catalog is still held: what it stands for is then read from
the configuration that its request began with. Otherwise taking it out would lift the rule.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import Conflict
from engine.model.company import Company
from engine.model.dossier import Access
from engine.model.identifiers import EntitlementId, FunctionId, PersonId, RequestId, show
from engine.policy.sod import SodConflict, conflicts
from engine.ports import CompanyVersion, UnitOfWork
from engine.workflow.record import name_of


def find_conflicts(
    uow: UnitOfWork,
    company: Company,
    wanted: EntitlementId,
    *,
    access: Access,
    request: RequestId | None = None,
) -> tuple[SodConflict, ...]:
    """List the rules that holding `wanted` beside `access` would break, as `policy.sod` does."""
    removed: dict[EntitlementId, frozenset[FunctionId]] = {}
    for entitlement, because in _all(wanted, access, request):
        if entitlement not in company.entitlement:
            stood_for = _functions_then(uow, because, entitlement)
            removed[entitlement] = removed.get(entitlement, frozenset()) | stood_for
    return conflicts(company, wanted, access, request=request, removed=removed)


def _all(
    wanted: EntitlementId, access: Access, request: RequestId | None
) -> Iterator[tuple[EntitlementId, RequestId]]:
    if request is not None:
        yield wanted, request
    yield from ((grant.entitlement, grant.id) for grant in access.live)
    yield from ((pending.entitlement, pending.id) for pending in access.pending)


def _functions_then(
    uow: UnitOfWork, request: RequestId, entitlement: EntitlementId
) -> frozenset[FunctionId]:
    found = uow.requests.find(request)
    assert found is not None, "what is held was asked for"
    pinned = uow.companies.version(found.request.config_version).company
    return frozenset(pinned.entitlement[entitlement].functions)


def refuse_conflicts(
    uow: UnitOfWork,
    version: CompanyVersion,
    wanted: EntitlementId,
    *,
    holder: PersonId,
    request: RequestId | None = None,
) -> None:
    """Raise `Conflict` where the holder would combine what must be kept apart.

    Says which rule forbids it, and what would make it right. The holder must be locked.
    """
    company, access = version.company, uow.requests.access_of(holder)
    found = find_conflicts(uow, company, wanted, access=access, request=request)
    if not found:
        return
    first = found[0]
    other = company.entitlement.get(first.other)
    raise Conflict(
        "sod.conflict",
        f"{company.entitlement[wanted].name} cannot be combined with "
        f"{other.name if other else first.other}, which {name_of(company, holder)} holds or asked "
        f"for in {show(first.request)} (rule {first.rule.id}: {first.rule.name}); "
        f"end or cancel that one first.",
    )
