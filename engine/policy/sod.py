"""Would one person combine functions that must be kept apart?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.model.company import Company, SodRule
from engine.model.dossier import Access
from engine.model.identifiers import EntitlementId, FunctionId, RequestId

Removed = Mapping[EntitlementId, frozenset[FunctionId]]
"""What entitlements stood for that are not in the catalog any more, and are held still."""


@dataclass(frozen=True, slots=True)
class SodConflict:
    """A rule that the combination would break."""

    rule: SodRule
    other: EntitlementId
    """The entitlement that the person holds, or asked for, already."""

    request: RequestId
    """Because of which request."""


def conflicts(
    company: Company,
    wanted: EntitlementId,
    access: Access,
    *,
    request: RequestId | None = None,
    removed: Removed | None = None,
) -> tuple[SodConflict, ...]:
    """List the rules that holding `wanted` beside `access` would break.

    Counts live grants and pending requests. Of two pending requests the earlier one has the right
    of way, so that they can never block each other; `request` is the one that is being judged.
    """
    ours = _functions(company, wanted, removed or {})
    return tuple(
        SodConflict(rule, other, because)
        for other, because in _others(access, request)
        for rule in company.sod_rules
        if _breaks(rule, ours, _functions(company, other, removed or {}))
    )


def _others(access: Access, request: RequestId | None) -> Iterable[tuple[EntitlementId, RequestId]]:
    for grant in access.live:
        if grant.id != request:
            yield grant.entitlement, grant.id
    for pending in access.pending:
        if request is None or pending.id < request:
            yield pending.entitlement, pending.id


def _breaks(rule: SodRule, ours: frozenset[FunctionId], theirs: frozenset[FunctionId]) -> bool:
    """Two entitlements break a rule where they bring two different functions of it together."""
    first, second = ours & set(rule.functions), theirs & set(rule.functions)
    return bool(first and second and len(first | second) > 1)


def _functions(
    company: Company, entitlement: EntitlementId, removed: Removed
) -> frozenset[FunctionId]:
    known = company.entitlement.get(entitlement)
    return frozenset(known.functions) if known else removed.get(entitlement, frozenset())
