"""A configuration is put in force."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.audit.entry import Entry
from engine.audit.vocabulary import Action
from engine.errors import Invalid, NotFound
from engine.listing import GrantFilter
from engine.model.company import Company
from engine.model.identifiers import show
from engine.ports import CompanyVersion, UnitOfWork, Work
from engine.workflow.record import Facts

CONFIG_STREAM = "config"
LIVE_MAX = 100_000
"""Live grants that are looked at: more than any company of the size we serve has at once."""

DIFFERENCE_MAX = 200
"""Sentences of a difference that an entry holds: an entry's leaf and body stay small."""

Difference = Callable[[Company | None, Company], Sequence[str]]


def apply_config(
    work: Work, company: Company, *, applied_by: str, difference: Difference
) -> tuple[CompanyVersion, Sequence[str]]:
    """Keep a configuration as the next version, in force at once; the same again changes nothing.

    Raises `Invalid` where a system would be lost in which somebody holds access.
    Gives the version in force and what changed, in sentences. `applied_by` is who ran the command.
    """
    with work() as uow:
        uow.companies.lock()
        before = _in_force(uow)
        if before is not None and before.company == company:
            return before, ()
        _refuse_lost_systems(uow, company)
        changes = list(difference(before.company if before else None, company))
        version = uow.companies.add(company, applied_by=applied_by)
        facts: Facts = {
            "config_version": version.number,
            "digest": version.digest,
            "before": before.digest if before else "",
            "difference": " ".join(changes[:DIFFERENCE_MAX]),
            "changes": len(changes),
        }
        uow.audit.append(Entry(CONFIG_STREAM, Action.CONFIG_ACTIVATED, applied_by, uow.now, facts))
        uow.commit()
        return version, changes


def _refuse_lost_systems(uow: UnitOfWork, company: Company) -> None:
    """Keep every system in which somebody holds access: without it, nobody could end that."""
    lost = sorted(
        (dossier.grant.system, show(dossier.request.id))
        for dossier in uow.lists.live(GrantFilter(limit=LIVE_MAX))
        if dossier.grant is not None and dossier.grant.system not in company.system
    )
    if lost:
        system, request = lost[0]
        raise Invalid(
            "config.system_in_use",
            f"The system “{system}” cannot be taken out while access in it is held ({request}); "
            f"revoke it first, or wait for its end.",
        )


def _in_force(uow: UnitOfWork) -> CompanyVersion | None:
    try:
        # As its files say: what platforms told of people is no part of what is compared.
        return uow.companies.version(uow.companies.active().number)
    except NotFound:
        return None
