"""What exactly was shown to an approver?

The content hash binds a decision to it: if anything that matters changes, the hash does.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from engine.audit.canonical import canonical
from engine.model.company import Chain
from engine.model.identifiers import ConfigVersion
from engine.model.request import HASH_SHOWN
from engine.policy.approvers import Asking


def content_hash(
    asking: Asking, *, duration: timedelta, reason: str, chain: Chain, config: ConfigVersion
) -> str:
    """Hash who gets exactly what, for how long, why, and by which decisions: SHA-256 in hex."""
    entitlement = asking.entitlement
    shown = canonical(
        {
            "requester": asking.requester,
            "holder": asking.holder,
            "entitlement": entitlement.id,
            "system": entitlement.system,
            "resource": entitlement.resource,
            "permission": entitlement.permission,
            "duration": int(duration.total_seconds()),
            "reason": reason,
            "stages": [[stage.name, stage.quorum] for stage in chain.stages],
            "config": config,
        }
    )
    return hashlib.sha256(shown.encode()).hexdigest()


def shown_hash(full: str) -> str:
    """Shorten a content hash to what a button carries."""
    return full[:HASH_SHOWN]
