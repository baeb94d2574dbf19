"""A closing's moves, and when it is overdue."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import IllegalMove
from engine.model.closing import MOVES, Closing, ClosingState
from engine.model.identifiers import EntitlementId, PersonId, RequestId

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
S = ClosingState
KEPT = Closing(
    RequestId(42), S.OPEN, 0, PersonId("riya.patel"), EntitlementId("payments"), AT, AT, AT
)


@pytest.mark.parametrize("source", S)
@pytest.mark.parametrize("to", S)
def test_a_closing_moves_by_its_table(source: S, to: S) -> None:
    """It waits, is open, and is done; done is final."""
    closing = replace(KEPT, state=source)

    if to in MOVES[source]:
        moved = closing.move(to)
        assert moved.state is to
        assert moved.is_done is (to is S.DONE)
    else:
        with pytest.raises(IllegalMove):
            closing.move(to)


def test_only_what_is_open_is_overdue() -> None:
    """From the instant at which it was due."""
    assert KEPT.is_overdue(AT)
    assert not KEPT.is_overdue(AT - timedelta(microseconds=1))
    assert not replace(KEPT, state=S.DONE).is_overdue(AT)
    assert not replace(KEPT, due_at=None).is_overdue(AT)
