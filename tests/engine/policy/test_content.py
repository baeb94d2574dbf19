"""What an approver saw is bound to what they decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.model.company import Chain, Entitlement
from engine.model.identifiers import ChainId, ConfigVersion, PersonId
from engine.policy.approvers import Asking
from engine.policy.content import content_hash, shown_hash
from tests.simulation.company import AP, BANK, GL, HOUR, OLA, RIYA, company

ENTITLEMENT = company().entitlement[GL]


def hashed(
    *,
    requester: PersonId = RIYA,
    holder: PersonId = RIYA,
    duration: timedelta = HOUR,
    reason: str = "Q4 close",
    chain: Chain | None = None,
    config: int = 1,
    entitlement: Entitlement = ENTITLEMENT,
) -> str:
    """Hash a request, in some respect different."""
    known = company()
    return content_hash(
        Asking(requester, holder, entitlement),
        duration=duration,
        reason=reason,
        chain=chain or known.chain[ChainId("three")],
        config=ConfigVersion(config),
    )


def test_it_is_stable() -> None:
    """The same request has the same hash, today and in a year: SHA-256 in hex."""
    assert hashed() == hashed()
    assert len(bytes.fromhex(hashed())) == 32


@pytest.mark.parametrize(
    "other",
    [
        hashed(requester=OLA),
        hashed(holder=OLA),
        hashed(duration=2 * HOUR),
        hashed(reason="Q3 close"),
        hashed(chain=company().chain[ChainId("one")]),
        hashed(config=2),
        hashed(entitlement=replace(ENTITLEMENT, id=AP)),
        hashed(entitlement=replace(ENTITLEMENT, system=BANK)),
        hashed(entitlement=replace(ENTITLEMENT, resource="other")),
        hashed(entitlement=replace(ENTITLEMENT, permission="other")),
    ],
)
def test_whatever_matters_changes_it(other: str) -> None:
    """Who gets exactly what, for how long, why, and by which decisions."""
    assert other != hashed()


def test_a_button_carries_its_beginning() -> None:
    """16 hex digits: 64 bits that nobody meets by accident."""
    assert shown_hash(hashed()) == hashed()[:16]
