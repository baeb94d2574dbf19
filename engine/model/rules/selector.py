"""How a policy points at people, and what people may do with the bot itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person may do with the bot itself."""

    ADMIN = "admin"
    """Configures the bot; may revoke any grant; never an approver by being an admin."""

    COMPLIANCE = "compliance"
    """Reads the whole audit log; may revoke any grant."""

    APPROVER = "approver"
    """May decide at all. Which requests, the chains say."""


class SelectorKind(StrEnum):
    """How a policy points at people."""

    PERSON = "person"
    GROUP = "group"
    DEPARTMENT = "department"
    EVERYONE = "everyone"
    MANAGER = "manager"
    """The requester's manager; named `2`, that one's manager, and so on."""

    SYSTEM_OWNER = "system-owner"
    ENTITLEMENT_OWNER = "entitlement-owner"
    COST_CENTRE_OWNER = "cost-centre-owner"
    """Whoever answers for the requester's cost centre."""

    ON_CALL = "on-call"
    """Whoever is on call by the schedule of this name, at the instant that it is asked."""

    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Selector:
    """One way in which a policy points at people; `name` is empty where the kind needs none."""

    kind: SelectorKind
    name: str = ""
