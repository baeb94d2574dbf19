"""A fact about a request is written down, with what its readers need to understand it alone.

Called by every use case, inside its transaction. Names and titles are copied into the entry as they
are now: the log must be readable when the person has left and the catalog has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.audit.canonical import Json
from engine.audit.emergencies import LOUD
from engine.audit.entry import Entry, instant
from engine.audit.vocabulary import VOCABULARY, Action, slots
from engine.model.company import Company
from engine.model.identifiers import DelegationId, PersonId, RequestId, show
from engine.model.request import Request
from engine.model.via import Via
from engine.policy.emergency.watchers import watchers
from engine.ports import CompanyVersion, Duty, EffectKind, UnitOfWork

BOT = "jitbot"
"""The actor of what the clock and the workers do."""

Facts = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Recorder:
    """Writes entries about one request and orders that they are announced."""

    uow: UnitOfWork
    version: CompanyVersion
    request: Request

    def note(self, action: Action, actor: PersonId | None, facts: Facts | None = None) -> None:
        """Record a fact about the request; `actor` None is the bot itself."""
        common = (
            self._common()
            | actor_facts(self.version.company, actor, self.uow.via)
            | dict(facts or {})
        )
        if self.request.is_breakglass:
            common |= self._emergency(action, common)
        entry = Entry(show(self.request.id), action, actor or BOT, self.uow.now, common)
        missing = slots(action) - common.keys() - {"actor"}
        assert not missing, f"{action} needs {sorted(missing)} for its sentence"
        self.uow.audit.append(entry)
        if VOCABULARY[action].in_thread or VOCABULARY[action].to_holder or common.get("told"):
            announce(self.uow, self.version.company, self.request.id)

    def _common(self) -> dict[str, Json]:
        company, request = self.version.company, self.request
        entitlement = company.entitlement.get(request.entitlement)
        return {
            "request": request.id,
            "requester": request.requester,
            "holder": request.holder,
            "holder_name": name_of(company, request.holder),
            "entitlement": request.entitlement,
            "entitlement_name": entitlement.name if entitlement else request.entitlement,
            "system": entitlement.system if entitlement else "",
            "config_version": self.version.number,
            "content_hash": request.content_hash,
            "revision": request.revision,
            "stages": len(request.stages),
            "stage": request.stage_number,
            "stage_name": request.stage.name,
            **_extends(request),
        }

    def _emergency(self, action: Action, facts: Facts) -> dict[str, Json]:
        """Name the incident, and who is told although it does not wait for them."""
        named = facts.get("told")
        told = list(named) if isinstance(named, list) else []
        if action in LOUD:
            told += watchers(self.version.company, self.request.entitlement)
        return {"incident": self.request.incident, "told": [*dict.fromkeys(map(str, told))]}


def _extends(request: Request) -> dict[str, Json]:
    """Say which access is to go on, since when it is there, and which end becomes which."""
    if request.held_since is None or request.held_until is None:
        return {}
    assert request.extends is not None
    return {
        "extends": request.extends,
        "extended": show(request.extends),
        "held_since_at": instant(request.held_since),
        "held_until_at": instant(request.held_until),
        "extended_until_at": instant(request.held_until + request.duration),
    }


def announce(uow: UnitOfWork, company: Company, request: RequestId) -> None:
    """Order that every platform with an audit channel shows the request as it is now."""
    for platform in company.audit_channels:
        uow.outbox.order(Duty(EffectKind.ANNOUNCE, request, platform))


def actor_facts(
    company: Company, actor: PersonId | None, via: Via | None = None
) -> dict[str, Json]:
    """Copy who somebody is now: name and title, and by which account they were recognised."""
    if actor is None:
        return {"actor_name": BOT, "actor_title": "the bot itself"}
    person = company.person.get(actor)
    facts: dict[str, Json] = {
        "actor_name": person.name if person else actor,
        "actor_title": person.title if person else "no longer in the directory",
    }
    if via is not None:
        facts["via"] = {
            "platform": via.platform,
            "account": via.account,
            "assurance": via.assurance.value,
        }
    return facts


def stead_facts(
    company: Company, instead_of: PersonId | None, delegation: DelegationId | None
) -> dict[str, Json]:
    """Copy in whose stead somebody acts, and by which delegation; nothing in their own right."""
    if instead_of is None:
        return {}
    return {
        "instead_of": instead_of,
        "instead_of_name": name_of(company, instead_of),
        "delegation": delegation,
    }


def name_of(company: Company, person: PersonId) -> str:
    """Name a person; the id where the directory does not know them any more."""
    known = company.person.get(person)
    return known.name if known else person
