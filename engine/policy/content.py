"""What exactly was shown to an approver?

The content hash binds a decision to it: if anything that matters changes, the hash does.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.audit.canonical import canonical
from engine.audit.entry import instant
from engine.model.identifiers import ConfigVersion, RequestId
from engine.model.request import HASH_SHOWN, Request
from engine.policy.approvers import Asking
from engine.policy.plan import Plan


@dataclass(frozen=True, slots=True)
class GoingOn:
    """Which access is to go on, since when it is there, and when it ends as it is."""

    request: RequestId
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """For how long and why somebody asks, and how often that was changed."""

    duration: timedelta
    reason: str
    revision: int = 1
    incident: str = ""
    """Why the glass was broken; empty where it was not."""

    extends: GoingOn | None = None
    """What is extended by `duration`; None where it is access of its own."""


def content_hash(asking: Asking, terms: Terms, *, plan: Plan, config: ConfigVersion) -> str:
    """Hash who gets exactly what, for how long, why, and by which decisions: SHA-256 in hex.

    The revision is part of it: to go back to what was asked earlier revives no button of then.
    That the glass was broken is part of it, too: then it is decided whether that was right. So is
    what an extension extends.
    """
    extends = terms.extends
    entitlement = asking.entitlement
    shown = canonical(
        {
            "requester": asking.requester,
            "holder": asking.holder,
            "entitlement": entitlement.id,
            "system": entitlement.system,
            "resource": entitlement.resource,
            "permission": entitlement.permission,
            "duration": int(terms.duration.total_seconds()),
            "reason": terms.reason,
            "stages": [[step.rule.name, step.rule.quorum] for step in plan.taken],
            "config": config,
            "revision": terms.revision,
            **({"breakglass": terms.incident} if terms.incident else {}),
            **(
                {"extends": [extends.request, instant(extends.since), instant(extends.until)]}
                if extends
                else {}
            ),
        }
    )
    return hashlib.sha256(shown.encode()).hexdigest()


def shown_hash(request: Request) -> str:
    """Hash what the open stage's approvers are shown, as short as a button carries it.

    The stage is part of it: who may decide two stages and presses the button of the first one late
    must not be taken to have decided the second one, which they were never shown.
    """
    shown = f"{request.content_hash}/{request.stage_number}"
    return hashlib.sha256(shown.encode()).hexdigest()[:HASH_SHOWN]
