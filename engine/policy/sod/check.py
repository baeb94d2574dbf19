"""Would one person combine functions that must be kept apart?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.audit.canonical import Json, canonical
from engine.model.company import Company
from engine.model.dossier import Access
from engine.model.identifiers import EntitlementId, FunctionId, RequestId
from engine.model.rules.sod import SodRule

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
    """List the rules, of any mode, that holding `wanted` beside `access` would break.

    Counts live grants and pending requests. Of two pending requests the earlier one has the right
    of way, so that they can never block each other; `request` is the one that is being judged.
    """
    ours = _functions(company, wanted, removed or {})
    return tuple(
        SodConflict(rule, other, because)
        for other, because in _others(access, request)
        for rule in company.sod_rules
        if rule.pairs_up(ours, _functions(company, other, removed or {}))
    )


def inputs(
    company: Company,
    wanted: EntitlementId,
    access: Access,
    *,
    request: RequestId | None = None,
    gone: Removed,
) -> dict[str, Json]:
    """Give what `conflicts` looks at beside the rules, and its hash.

    With the version of the configuration, which every entry names, somebody else can work the
    result out again. `digest` is SHA-256 over the canonical JSON of the rest.
    """
    beside: list[Json] = [
        [because, other, sorted(_functions(company, other, gone))]
        for other, because in _others(access, request)
    ]
    looked_at: dict[str, Json] = {
        "wanted": [wanted, sorted(_functions(company, wanted, gone))],
        "beside": beside,
    }
    digest = hashlib.sha256(canonical(looked_at).encode()).hexdigest()
    return {**looked_at, "digest": f"sha256:{digest}"}


def _others(access: Access, request: RequestId | None) -> Iterable[tuple[EntitlementId, RequestId]]:
    for grant in access.live:
        if grant.id != request:
            yield grant.entitlement, grant.id
    for pending in access.pending:
        if request is None or pending.id < request:
            yield pending.entitlement, pending.id


def _functions(
    company: Company, entitlement: EntitlementId, removed: Removed
) -> frozenset[FunctionId]:
    known = company.entitlement.get(entitlement)
    return frozenset(known.functions) if known else removed.get(entitlement, frozenset())
