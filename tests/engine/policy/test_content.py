"""What an approver saw is bound to what they decide."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from engine.model.company import Chain
from engine.model.identifiers import ChainId, ConfigVersion
from engine.policy.approvers import Asking
from engine.policy.content import Terms, content_hash, shown_hash
from tests.engine.acts import whole
from tests.engine.model.test_request import ASKED
from tests.simulation.company import AP, BANK, GL, HOUR, OLA, RIYA, company

ENTITLEMENT = company().entitlement[GL]


ASKING = Asking(RIYA, RIYA, ENTITLEMENT, at=None)
TERMS = Terms(HOUR, "Q4 close")


def hashed(
    asking: Asking = ASKING,
    *,
    terms: Terms = TERMS,
    chain: Chain | None = None,
    config: int = 1,
) -> str:
    """Hash a request, in some respect different."""
    known = company()
    return content_hash(
        asking,
        terms,
        plan=whole(chain or known.chain[ChainId("three")]),
        config=ConfigVersion(config),
    )


def test_it_is_stable() -> None:
    """The same request has the same hash, today and in a year: SHA-256 in hex."""
    assert hashed() == hashed()
    assert len(bytes.fromhex(hashed())) == 32


@pytest.mark.parametrize(
    "other",
    [
        hashed(replace(ASKING, requester=OLA)),
        hashed(replace(ASKING, holder=OLA)),
        hashed(terms=replace(TERMS, duration=2 * HOUR)),
        hashed(terms=replace(TERMS, reason="Q3 close")),
        hashed(chain=company().chain[ChainId("one")]),
        hashed(config=2),
        hashed(terms=replace(TERMS, incident="INC-4711")),
        hashed(terms=replace(TERMS, revision=2)),
        hashed(replace(ASKING, entitlement=replace(ENTITLEMENT, id=AP))),
        hashed(replace(ASKING, entitlement=replace(ENTITLEMENT, system=BANK))),
        hashed(replace(ASKING, entitlement=replace(ENTITLEMENT, resource="other"))),
        hashed(replace(ASKING, entitlement=replace(ENTITLEMENT, permission="other"))),
    ],
)
def test_whatever_matters_changes_it(other: str) -> None:
    """Who gets exactly what, for how long, why, and by which decisions."""
    assert other != hashed()


def test_a_button_is_for_one_content_at_one_stage() -> None:
    """16 hex digits, and other ones as soon as the content or the open stage is another."""
    request = replace(ASKED, content_hash=hashed())

    shown = shown_hash(request)

    assert re.fullmatch("[0-9a-f]{16}", shown)
    assert shown_hash(replace(request, stage_number=2)) != shown
    other = hashed(terms=replace(TERMS, reason="another reason"))
    assert shown_hash(replace(request, content_hash=other)) != shown
