"""What one person would combine is judged, also where the catalog has changed since.

An entitlement that was taken out of the catalog is still held: what it stands for is then read from
the configuration that its request began with. Otherwise taking it out would lift the rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.audit.canonical import Json
from engine.audit.vocabulary import Action
from engine.errors import Conflict
from engine.model.company import Company
from engine.model.dossier import Access
from engine.model.identifiers import EntitlementId, FunctionId, PersonId, RequestId, show
from engine.model.rules.sod import SodMode
from engine.policy.sod.check import SodConflict, conflicts, inputs
from engine.ports import CompanyVersion, UnitOfWork
from engine.workflow.record import Recorder, name_of


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules say of one person having something."""

    forbidden: tuple[SodConflict, ...]
    """By the rules that block."""

    alerts: tuple[SodConflict, ...]
    """By those that only say it."""

    facts: Mapping[str, Json]
    """What was looked at, for the record, so that the result can be worked out again."""


def judge(
    uow: UnitOfWork,
    company: Company,
    wanted: EntitlementId,
    *,
    access: Access,
    request: RequestId | None = None,
) -> Judged:
    """Ask the rules about holding `wanted` beside `access`, as `policy.sod` does."""
    removed: dict[EntitlementId, frozenset[FunctionId]] = {}
    for entitlement, because in _all(wanted, access, request):
        if entitlement not in company.entitlement:
            stood_for = _functions_then(uow, because, entitlement)
            removed[entitlement] = removed.get(entitlement, frozenset()) | stood_for
    found = conflicts(company, wanted, access, request=request, removed=removed)
    alerts = tuple(one for one in found if one.rule.mode is SodMode.ALERT)
    looked_at = inputs(company, wanted, access, request=request, gone=removed)
    return Judged(
        # Whatever is no alert forbids: a mode that is added is strict until somebody says how.
        forbidden=tuple(one for one in found if one not in alerts),
        alerts=alerts,
        facts={**looked_at, "broken": [[one.rule.id, one.request] for one in found]},
    )


def find_conflicts(
    uow: UnitOfWork,
    company: Company,
    wanted: EntitlementId,
    *,
    access: Access,
    request: RequestId | None = None,
) -> tuple[SodConflict, ...]:
    """List what forbids holding `wanted` beside `access`."""
    return judge(uow, company, wanted, access=access, request=request).forbidden


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
) -> Mapping[str, Json]:
    """Raise `Conflict` where the holder would combine what must be kept apart.

    Says which rule forbids it, and what would make it right. The holder must be locked. Gives what
    was looked at, for the record.
    """
    company, access = version.company, uow.requests.access_of(holder)
    judged = judge(uow, company, wanted, access=access, request=request)
    if judged.forbidden:
        first = judged.forbidden[0]
        raise Conflict(
            "sod.conflict",
            f"{company.entitlement[wanted].name} cannot be combined with "
            f"{_named(company, first)}, which {name_of(company, holder)} holds or asked "
            f"for in {show(first.request)} (rule {first.rule.id}: {first.rule.name}); "
            f"end or cancel that one first.",
        )
    return judged.facts


def note_alerts(recorder: Recorder) -> None:
    """Record which rules that only alert are broken by what is asked. The holder must be locked."""
    uow, company, request = recorder.uow, recorder.version.company, recorder.request
    access = uow.requests.access_of(request.holder)
    judged = judge(uow, company, request.entitlement, access=access, request=request.id)
    for one in judged.alerts:
        recorder.note(
            Action.SOD_ALERTED,
            None,
            {
                "sod_rule": one.rule.id,
                "sod_rule_name": one.rule.name,
                "beside": _named(company, one),
                "beside_request": show(one.request),
                "sod": dict(judged.facts),
            },
        )


def _named(company: Company, conflict: SodConflict) -> str:
    other = company.entitlement.get(conflict.other)
    return other.name if other else conflict.other
