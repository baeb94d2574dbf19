"""May access go on, and until when?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.errors import Invalid
from engine.model.company import Entitlement
from engine.model.dossier import Dossier
from engine.model.duration import spell
from engine.model.grant import Grant, GrantState
from engine.model.identifiers import RequestId, show


@dataclass(frozen=True, slots=True)
class Running:
    """Access that is there: since when, and when it ends as it is now."""

    request: RequestId
    grant: Grant
    since: datetime
    until: datetime


def running(dossier: Dossier, now: datetime) -> Running:
    """Find the access that could go on. Raises `Invalid` where none is there."""
    request, grant = dossier.request, dossier.grant
    shown = show(request.id)
    if request.is_breakglass:
        raise Invalid(
            "extend.breakglass",
            f"{shown} is break-glass, which is never extended: what is needed for longer leaves "
            "time to be decided first; ask for it with `request`.",
        )
    if request.windows:
        raise Invalid(
            "extend.windows",
            f"{shown} is for certain times, which were decided as they are; ask for others with "
            "`request`.",
        )
    if (
        grant is None
        or grant.state is not GrantState.ACTIVE
        or grant.starts_at is None
        or grant.ends_at is None
        or now >= grant.ends_at
    ):
        raise Invalid(
            "extend.not_there",
            f"{shown} has no access that is there now, so nothing can go on; what is needed again "
            "is asked for with `request`.",
        )
    return Running(request.id, grant, grant.starts_at, grant.ends_at)


@dataclass(frozen=True, slots=True)
class Longer:
    """How much longer somebody wants access: for a length, or until an instant."""

    length: timedelta
    """Does not count where an instant is said."""

    until: datetime | None = None


def check_longer(
    entitlement: Entitlement, access: Running, wanted: Longer, *, extended: int
) -> timedelta:
    """Say by how much it may go on, in whole seconds.

    `extended` is how often it did already. Raises `Invalid` with what would be right.
    """
    shown, rule = show(access.request), entitlement.extend
    if rule.times == 0:
        raise Invalid(
            "extend.never",
            f"The policy of {entitlement.name} lets no access go on; ask for it anew with "
            "`request`, also before it ends.",
        )
    if extended >= rule.times:
        often = "once" if rule.times == 1 else f"{rule.times} times"
        raise Invalid(
            "extend.often",
            f"{shown} was extended {often} already, which is the most; ask for it anew with "
            "`request`, also before it ends.",
        )
    check_same(entitlement, access)
    length = wanted.length if wanted.until is None else wanted.until - access.until
    seconds = timedelta(seconds=int(length.total_seconds()))
    if seconds <= timedelta(0):
        raise Invalid(
            "extend.not_later",
            f"{shown} ends {_instant(access.until)} as it is, which is not sooner than that; say a "
            "later end, or how much longer you need it.",
        )
    check_length(entitlement, access, seconds)
    return seconds


def check_same(entitlement: Entitlement, access: Running) -> None:
    """Raise `Invalid` where the catalog means something else by now than what was given."""
    given = access.grant
    means = (entitlement.system, entitlement.resource, entitlement.permission)
    if means != (given.system, given.resource, given.permission):
        raise Invalid(
            "extend.changed",
            f"{entitlement.name} stands for something else by now than what {show(access.request)} "
            "gave; ask for it anew with `request`.",
        )


def check_length(entitlement: Entitlement, access: Running, seconds: timedelta) -> None:
    """Raise `Invalid` where it would be there for longer in all than it may be."""
    latest = access.since + entitlement.duration_max
    if access.until + seconds > latest:
        left = timedelta(seconds=int((latest - access.until).total_seconds()))
        instead = (
            f"extend it by {spell(left)} or less"
            if left > timedelta(0)
            else "ask for it anew with `request`"
        )
        raise Invalid(
            "extend.too_long",
            f"{show(access.request)} is there since {_instant(access.since)}, and "
            f"{entitlement.name} may be held for {spell(entitlement.duration_max)} at a time; "
            f"{instead}.",
        )


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
