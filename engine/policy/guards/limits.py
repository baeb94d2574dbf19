"""Is there still room: has too much been asked for, or is it held by too many?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from engine.errors import Invalid
from engine.model.company import Company, Entitlement
from engine.model.duration import spell
from engine.model.identifiers import PersonId
from engine.model.request import Request


def check_pending(company: Company, pending: Sequence[Request], name: str) -> None:
    """Raise `Invalid` where as much as is allowed waits for a decision for one person."""
    most = company.pending_max
    if most is not None and len(pending) >= most:
        raise Invalid(
            "limit.pending",
            f"Already {len(pending)} requests for {name} wait for a decision, which is the most at "
            f"a time; take one back with `cancel`, or wait until one is decided.",
        )


def check_rate(
    entitlement: Entitlement, asked: Sequence[datetime], name: str, now: datetime
) -> None:
    """Raise `Invalid` where one person has asked as often as they may. `asked` is when they did."""
    rate = entitlement.limits.requests
    if rate is None:
        return
    counted = sorted(at for at in asked if at > now - rate.within)
    if len(counted) >= rate.count:
        again = counted[-rate.count] + rate.within
        times = "once" if rate.count == 1 else f"{rate.count} times"
        raise Invalid(
            "limit.rate",
            f"{entitlement.name} was asked for {times} within {spell(rate.within)} for {name}, "
            f"which is the most; ask again from {_instant(again)} on.",
        )


def check_denial(entitlement: Entitlement, denied_at: datetime | None, now: datetime) -> None:
    """Raise `Invalid` where it was denied to the same person a short while ago."""
    after = entitlement.limits.after_denial
    if after is not None and denied_at is not None and now < denied_at + after:
        raise Invalid(
            "limit.denied",
            f"{entitlement.name} was denied on {_instant(denied_at)}, and may be asked for again "
            f"from {_instant(denied_at + after)} on; talk to whoever denied it where that is late.",
        )


def check_places(entitlement: Entitlement, holders: frozenset[PersonId], holder: PersonId) -> None:
    """Raise `Invalid` where as many others have it as may at once."""
    most = entitlement.limits.holders
    others = holders - {holder}
    if most is not None and len(others) >= most:
        people = "1 other person" if len(others) == 1 else f"{len(others)} other people"
        raise Invalid(
            "limit.holders",
            f"{entitlement.name} is held by {people} now, and no more may have it at a time; "
            f"try again when somebody has given it back.",
        )


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
