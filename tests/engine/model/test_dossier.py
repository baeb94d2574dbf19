"""A dossier knows which of its decisions count."""

from __future__ import annotations

from dataclasses import replace

from engine.model.dossier import Dossier
from tests.contracts.samples import BEN, MARA, decision
from tests.engine.model.test_request import ASKED


def test_decisions_count_for_what_they_answered() -> None:
    """Those on what was asked before are history: they stay and count no more."""
    before = decision(ASKED, approver=BEN)
    changed = replace(ASKED, revision=2)
    now = decision(changed, approver=MARA)

    assert Dossier(ASKED, (before,)).standing == (before,)
    assert Dossier(changed, (before,)).standing == ()
    assert Dossier(changed, (before, now)).standing == (now,)
