"""What lists of live grants are, and homes. Run against every implementation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from engine.audit.entry import Entry
from engine.listing import GrantFilter, Home
from engine.model.grant import EndCause, Grant
from engine.model.identifiers import PlatformName
from engine.ports import EntryFilter, Work
from tests.contracts.samples import AP, BEN, CHAT, GL, HOUR, MARA, RIYA, draft, entry, shared_entry
from tests.contracts.test_records import append, told
from tests.contracts.test_unit_of_work import activate, add, approve, end, now, save

EVERY = GrantFilter()
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


# ── live grants ─────────────────────────────────────────────────────────────────────────────────


def live(work: Work, wanted: GrantFilter) -> list[Grant | None]:
    """List live grants."""
    with work() as uow:
        return [dossier.grant for dossier in uow.lists.live(wanted)]


def count(work: Work, wanted: GrantFilter) -> int:
    """Count live grants."""
    with work() as uow:
        return uow.lists.count_live(wanted)


def ending(work: Work, at: datetime, wanted: GrantFilter = EVERY) -> list[Grant | None]:
    """List what ends soon."""
    with work() as uow:
        return [dossier.grant for dossier in uow.lists.ending(wanted, at)]


def overdue(work: Work, at: datetime, wanted: GrantFilter = EVERY) -> list[Grant | None]:
    """List what should have gone."""
    with work() as uow:
        return [dossier.grant for dossier in uow.lists.overdue(wanted, at)]


def test_live_grants_are_listed_until_they_ended(work: Work) -> None:
    """What is being given, held or taken away is live; the newest comes first."""
    at = now(work)
    held = activate(work, draft(at), at=at)
    end(work, activate(work, draft(at, entitlement=AP), at=at), at=at)
    _, beginning = approve(work, add(work, draft(at, holder=BEN)))
    add(work, draft(at, holder=MARA))

    assert live(work, EVERY) == [beginning, held]
    assert count(work, EVERY) == 2


def test_live_grants_are_narrowed_and_paged(work: Work) -> None:
    """Each condition leaves out the rest; a page begins where it is told to, the count does not."""
    at = now(work)
    first = activate(work, draft(at), at=at)
    second = activate(work, draft(at, entitlement=AP), at=at)
    third = activate(work, draft(at, holder=BEN), at=at)

    assert live(work, GrantFilter(holder=RIYA)) == [second, first]
    assert live(work, GrantFilter(entitlement=GL)) == [third, first]
    assert live(work, GrantFilter(holder=RIYA, entitlement=GL)) == [first]
    assert live(work, GrantFilter(among=frozenset({AP}))) == [second]
    assert live(work, GrantFilter(among=frozenset())) == []
    assert live(work, GrantFilter(limit=1)) == [third]
    assert live(work, GrantFilter(limit=1, skip=2)) == [first]
    assert live(work, GrantFilter(skip=3)) == []
    assert count(work, GrantFilter(limit=1, skip=2)) == 3
    assert count(work, GrantFilter(holder=RIYA, among=frozenset({GL, AP}))) == 2


def test_what_ends_soon_is_in_its_last_quarter_or_day(work: Work) -> None:
    """The soonest first; neither what has most of its time left nor what should be gone."""
    at = now(work)
    quarter = activate(work, draft(at), at=at - 180 * MINUTE, duration=240 * MINUTE)
    last_day = activate(work, draft(at, entitlement=AP), at=at - 9 * DAY, duration=10 * DAY)
    early = activate(work, draft(at, holder=BEN), at=at - 179 * MINUTE, duration=240 * MINUTE)
    activate(work, draft(at, holder=BEN, entitlement=AP), at=at - 8 * DAY, duration=10 * DAY)
    activate(work, draft(at, holder=MARA), at=at - HOUR, duration=HOUR)

    assert ending(work, at) == [quarter, last_day]
    assert ending(work, at + MINUTE) == [quarter, early, last_day]
    assert ending(work, at, GrantFilter(limit=1, skip=1)) == [last_day]
    assert ending(work, at, GrantFilter(entitlement=AP)) == [last_day]


def test_what_is_overdue_should_have_gone_and_is_live(work: Work) -> None:
    """Whether its end was ordered, or nobody noticed yet; the longest overdue first."""
    at = now(work)
    unseen = activate(work, draft(at), at=at - 2 * HOUR)
    taken = activate(work, draft(at, entitlement=AP), at=at - HOUR, duration=4 * HOUR)
    activate(work, draft(at, holder=BEN), at=at)
    end(work, activate(work, draft(at, holder=MARA), at=at - 2 * HOUR), at=at - HOUR)
    ordered = taken.begin_end(EndCause.REVOKED, at=at - MINUTE)
    save(work, ordered)

    found = overdue(work, at)

    assert [one.id for one in found if one] == [unseen.id, taken.id]
    assert overdue(work, at - MINUTE) == [unseen]
    assert [one.id for one in overdue(work, at, GrantFilter(entitlement=AP)) if one] == [taken.id]
    assert [one.id for one in overdue(work, at, GrantFilter(limit=1, skip=1)) if one] == [taken.id]


# ── the newest entries ──────────────────────────────────────────────────────────────────────────


def test_a_search_is_narrowed_to_entitlements_and_actions(work: Work) -> None:
    """Only entries that name one of them; the newest of all of them, in order."""
    at = now(work)
    first, second = add(work, draft(at)), add(work, draft(at, holder=BEN, entitlement=AP))
    entries: list[Entry] = []
    for number, request in enumerate((first, second, first)):
        entries.append(entry(request, "grant.ended", at + number * MINUTE))
    kept = entry(second, "grant.access_kept", at + 3 * MINUTE)
    append(work, *entries, kept, shared_entry("audit", at + 4 * MINUTE))

    def found(*wanted: str, limit: int = 9, actions: frozenset[str] | None = None) -> list[Entry]:
        among = frozenset(one for one in (GL, AP) if one in wanted)
        return told(work, EntryFilter(entitlements=among, actions=actions, limit=limit))

    assert found(GL, AP) == [kept, *reversed(entries)]
    assert found(GL) == [entries[2], entries[0]]
    assert found(GL, AP, limit=2) == [kept, entries[2]]
    assert found() == []
    assert found(GL, AP, actions=frozenset({"grant.access_kept"})) == [kept]
    assert told(work, EntryFilter(actions=frozenset({"grant.access_kept"}))) == [kept]
    assert told(work, EntryFilter(actions=frozenset())) == []


# ── homes ───────────────────────────────────────────────────────────────────────────────────────

FIRST = Home(CHAT, "riya", datetime.min.replace(tzinfo=UTC))
"""Where Riya's dashboard is; a home is told by platform and account."""


def visit(work: Work, *accounts: str) -> None:
    """Open some homes."""
    with work() as uow:
        for account in accounts:
            uow.homes.open(CHAT, account)
        uow.commit()


def homes(work: Work, *accounts: str, ago: timedelta = HOUR) -> list[Home]:
    """List the homes that were opened lately."""
    with work() as uow:
        return list(uow.homes.opened(CHAT, accounts, uow.now - ago))


def begin(work: Work, read_at: datetime) -> bool:
    """Begin to show Riya's."""
    with work() as uow:
        begun = uow.homes.begin(FIRST, read_at)
        uow.commit()
    return begun


def finish(work: Work, read_at: datetime, digest: str) -> bool:
    """Keep what is shown to Riya."""
    with work() as uow:
        kept = uow.homes.finish(FIRST, read_at, digest)
        uow.commit()
    return kept


def test_homes_that_were_opened_are_listed(work: Work) -> None:
    """Those that were asked for, on that platform, and not too long ago."""
    visit(work, "riya", "ben")
    visit(work, "ben")

    assert [home.account for home in homes(work, "riya", "ben", "mara", "ben")] == ["ben", "riya"]
    assert [home.account for home in homes(work, "riya")] == ["riya"]
    assert homes(work) == []
    assert homes(work, "riya", ago=-HOUR) == []
    with work() as uow:
        assert list(uow.homes.opened(PlatformName("other"), ["riya"], uow.now - HOUR)) == []


def test_what_is_shown_is_known_after_it_was_shown(work: Work) -> None:
    """And not while it is being shown, nor where it was opened again."""
    visit(work, "riya")
    at = now(work)
    opened_at = homes(work, "riya")[0].opened_at

    assert homes(work, "riya") == [Home(CHAT, "riya", opened_at)]
    assert begin(work, at)
    assert homes(work, "riya") == [Home(CHAT, "riya", opened_at, at, "")]
    assert finish(work, at, "aa")
    assert homes(work, "riya") == [Home(CHAT, "riya", opened_at, at, "aa")]
    visit(work, "riya")
    assert not finish(work, at, "bb")
    (again,) = homes(work, "riya")
    assert (again.read_at, again.digest) == (None, "")


def test_an_older_dashboard_never_takes_a_newer_ones_place_unseen(work: Work) -> None:
    """Who read earlier may not begin any more, and learns at the end of a newer one."""
    visit(work, "riya")
    at = now(work)

    assert begin(work, at)
    assert begin(work, at + MINUTE)
    assert not begin(work, at)
    assert not begin(work, at + MINUTE)
    assert not finish(work, at, "older")
    assert finish(work, at + MINUTE, "newer")
    (home,) = homes(work, "riya")
    assert home.digest == "newer"


def test_a_forgotten_home_is_not_shown(work: Work) -> None:
    """Nor can it be begun or finished; forgetting it again is harmless."""
    visit(work, "riya")
    at = now(work)
    begin(work, at)

    for _ in range(2):
        with work() as uow:
            uow.homes.forget(FIRST)
            uow.commit()

    assert homes(work, "riya") == []
    assert not finish(work, at, "aa")
    assert not begin(work, at + MINUTE)
