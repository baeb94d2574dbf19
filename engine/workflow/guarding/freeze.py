"""Somebody freezes entitlements, or lifts that again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.audit.canonical import Json
from engine.audit.entry import Entry
from engine.audit.vocabulary import Action
from engine.errors import Invalid, NotAllowed, NotFound
from engine.model.company import Company, Role
from engine.model.halt import Halt
from engine.model.identifiers import EntitlementId, HaltId, PersonId
from engine.policy.guards.halts import covered
from engine.policy.people import has_role
from engine.policy.reason import check_words
from engine.ports import UnitOfWork, Work
from engine.workflow.record import actor_facts, name_of

STREAM = "freezes"

HALTS_MAX = 50
"""In force at once: more are not kept in view by anybody, and a pattern covers many at once."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A freeze, and what of today's catalog it covers."""

    halt: Halt
    entitlements: tuple[EntitlementId, ...]


def freeze(work: Work, actor: PersonId, pattern: str, reason: str, *, ends_live: bool) -> Frozen:
    """Let nothing new be given of what fits the pattern, from this commit on.

    Admins and compliance may. With `ends_live` the clock takes away what is held, too. The same
    freeze again is the first one. Raises `NotAllowed`, or `Invalid` with what would be right.
    """
    with work() as uow:
        version = uow.companies.active()
        _check_may(version.company, actor, "freeze")
        names = covered(pattern.lower(), version.company.entitlement)
        words = check_words(reason, "A freeze needs a reason")
        uow.halts.lock()
        there = uow.halts.in_force()
        for halt in there:
            if (halt.pattern, halt.ends_live) == (pattern.lower(), ends_live):
                return Frozen(halt, names)
        if len(there) >= HALTS_MAX:
            raise Invalid(
                "halt.too_many",
                f"{HALTS_MAX} freezes are in force, which is the most; lift one that is not "
                f"needed any more with `admin unfreeze`.",
            )
        name = name_of(version.company, actor)
        halt = uow.halts.add(
            Halt(HaltId(0), pattern.lower(), ends_live, words, actor, name, uow.now)
        )
        _record(uow, actor, Action.FREEZE_BEGUN, _facts(halt, names))
        uow.commit()
        return Frozen(halt, names)


def unfreeze(work: Work, actor: PersonId, pattern: str, reason: str) -> tuple[Halt, ...]:
    """Lift every freeze of exactly this pattern. Raises `NotAllowed`, or `NotFound`."""
    with work() as uow:
        version = uow.companies.active()
        _check_may(version.company, actor, "unfreeze")
        words = check_words(reason, "Lifting a freeze needs a reason")
        uow.halts.lock()
        found = [halt for halt in uow.halts.in_force() if halt.pattern == pattern.lower()]
        if not found:
            raise NotFound(
                "halt.none",
                f"Nothing is frozen as “{pattern[:63]}”; `admin freezes` lists what is.",
            )
        for halt in found:
            uow.halts.lift(replace(halt, lifted_at=uow.now, lifted_by=actor))
            names = tuple(e for e in version.company.entitlement if halt.covers(e))
            facts = _facts(halt, names) | {"lift_reason": words}
            _record(uow, actor, Action.FREEZE_LIFTED, facts)
        uow.commit()
        return tuple(found)


def freezes(work: Work) -> Sequence[Frozen]:
    """List what is frozen, with what of today's catalog that covers. Everybody may know."""
    with work() as uow:
        known = uow.companies.active().company.entitlement
        return [
            Frozen(halt, tuple(e for e in known if halt.covers(e))) for halt in uow.halts.in_force()
        ]


def _check_may(company: Company, actor: PersonId, word: str) -> None:
    if not (has_role(company, actor, Role.ADMIN) or has_role(company, actor, Role.COMPLIANCE)):
        raise NotAllowed(
            "halt.not_allowed",
            f"Only admins and compliance can {word} entitlements; please tell one of them.",
        )


def _facts(halt: Halt, names: Sequence[EntitlementId]) -> dict[str, Json]:
    return {
        "freeze": halt.id,
        "pattern": halt.pattern,
        "ends_live": halt.ends_live,
        "live_words": "; what is held is taken away" if halt.ends_live else "",
        "freeze_reason": halt.reason,
        "entitlements": list(names),
    }


def _record(uow: UnitOfWork, actor: PersonId, action: Action, facts: dict[str, Json]) -> None:
    version = uow.companies.active()
    common = {"config_version": version.number, **actor_facts(version.company, actor, uow.via)}
    uow.audit.append(Entry(STREAM, action, actor, uow.now, common | facts))
