"""Somebody asks what happened. The answer is the record, and asking is recorded, too."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from engine.audit.entry import Entry
from engine.audit.vocabulary import Action
from engine.model.company import Company
from engine.model.identifiers import EntitlementId, PersonId, RequestId, show
from engine.model.via import Assurance, Via
from engine.ports import EntryFilter
from engine.workflow.granting.end import give_back
from engine.workflow.note_read import AUDIT_STREAM, Showing
from engine.workflow.read_audit import read_audit, read_holdings
from tests.engine.acts import answer, ask, configure, given, refusal, settle
from tests.engine.workflow.closely import said
from tests.simulation.company import (
    AP,
    BANK,
    BEN,
    CHAT,
    CLOSE,
    GL,
    HOUR,
    LEDGER,
    LI,
    MARA,
    OLA,
    PAYMENTS,
    REPORTS,
    RIYA,
    SOFIA,
    TOM,
    Setup,
)
from tests.simulation.memory import BEGINNING
from tests.simulation.world import World

EVERYTHING = EntryFilter()
MINUTE = timedelta(minutes=1)
NOBODY = PersonId("nobody")


@pytest.fixture
def lived(world: World) -> World:
    """Give a world in which the ledger and the bank have records of three people."""
    given(world, RIYA, CLOSE)  # JIT-1
    world.advance(MINUTE)
    payments = ask(world, OLA, PAYMENTS)  # JIT-2
    answer(world, BEN, payments)
    world.advance(MINUTE)
    ask(world, BEN, REPORTS, holder=LI)  # JIT-3
    return world


def reads(world: World) -> list[Entry]:
    """List what was recorded of reading."""
    return [one.entry for one in world.state.entries if one.entry.stream == AUDIT_STREAM]


def with_entitlement_owner(known: Company, wanted: EntitlementId, owner: PersonId) -> Company:
    """Give the company with one entitlement owned by somebody else."""
    changed = (replace(e, owner=owner) if e.id == wanted else e for e in known.entitlements)
    return replace(known, entitlements=tuple(changed))


def streams(world: World, actor: PersonId, wanted: EntryFilter = EVERYTHING) -> set[str]:
    """List whose records somebody gets to see."""
    return {one.entry.stream for one in read_audit(world.work, actor, wanted).entries}


# ── who may ask ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("actor", [TOM, LI], ids=["compliance", "admin"])
def test_compliance_and_admins_read_everything(lived: World, actor: PersonId) -> None:
    """Newest first."""
    found = read_audit(lived.work, actor, EVERYTHING)

    assert {one.entry.stream for one in found.entries} == {"JIT-1", "JIT-2", "JIT-3"}
    instants = [one.entry.at for one in found.entries]
    assert instants == sorted(instants, reverse=True)
    assert found.company == lived.version.company


@pytest.mark.parametrize(
    ("actor", "expected"), [(MARA, {"JIT-1", "JIT-3"}), (SOFIA, {"JIT-2"})], ids=[LEDGER, BANK]
)
def test_an_owner_reads_what_concerns_their_systems(
    lived: World, actor: PersonId, expected: set[str]
) -> None:
    """And nothing of what concerns others'."""
    assert streams(lived, actor) == expected


def test_an_owner_does_not_widen_what_they_may_read(lived: World) -> None:
    """Asking for another system's request gives nothing of it."""
    assert streams(lived, SOFIA, EntryFilter(request=RequestId(1))) == set()
    assert streams(lived, SOFIA, EntryFilter(systems=frozenset({LEDGER}))) == {"JIT-2"}
    assert streams(lived, SOFIA, EntryFilter(person=OLA)) == {"JIT-2"}


def test_the_owner_of_an_entitlement_reads_what_concerns_it(lived: World) -> None:
    """Also where the system is somebody else's: all of it, by name, or one request of it."""
    configure(lived, Setup(is_ben_owner=True))

    assert streams(lived, MARA) == {"JIT-1", "JIT-3"}
    assert streams(lived, MARA, EntryFilter(entitlement=CLOSE)) == {"JIT-1"}
    assert streams(lived, MARA, EntryFilter(request=RequestId(1))) == {"JIT-1"}
    assert streams(lived, MARA, EntryFilter(request=RequestId(2))) == set()
    assert streams(lived, MARA, EntryFilter(entitlement=PAYMENTS)) == set()


def test_the_owner_of_a_system_and_of_something_elsewhere_reads_both(lived: World) -> None:
    """What is elsewhere is asked for by its name."""
    configure(lived, Setup(is_ben_owner=True))
    owner = with_entitlement_owner(lived.version.company, PAYMENTS, BEN)
    lived.work.configure(owner)

    assert streams(lived, BEN, EntryFilter(entitlement=PAYMENTS)) == {"JIT-2"}


def test_an_owner_who_left_reads_nothing(lived: World) -> None:
    """Being named in the files is not enough."""
    configure(lived, Setup(gone=frozenset({SOFIA})))

    assert refusal(lambda: streams(lived, SOFIA)).code == "audit.not_allowed"


@pytest.mark.parametrize(
    ("actor", "expected"),
    [(RIYA, {"JIT-1"}), (OLA, {"JIT-2"}), (BEN, {"JIT-2", "JIT-3"})],
)
def test_anybody_reads_what_concerns_themselves(
    lived: World, actor: PersonId, expected: set[str]
) -> None:
    """What they asked for, hold, or did."""
    assert streams(lived, actor, EntryFilter(person=actor)) == expected


@pytest.mark.parametrize("actor", [BEN, LI], ids=["requester", "holder"])
def test_anybody_reads_their_own_requests_record_whole(lived: World, actor: PersonId) -> None:
    """Also what others did to it."""
    request = RequestId(3)
    answer(lived, TOM, request)

    found = read_audit(lived.work, actor, EntryFilter(request=request)).entries

    assert TOM in {one.entry.actor for one in found}
    assert len(found) == lived.state.streams[show(request)]


@pytest.mark.parametrize(
    "wanted",
    [
        EVERYTHING,
        EntryFilter(person=OLA),
        EntryFilter(entitlement=CLOSE),
        EntryFilter(request=RequestId(2)),
        EntryFilter(request=RequestId(4711)),
        EntryFilter(from_at=BEGINNING),
    ],
)
def test_nobody_else_reads_the_log(lived: World, wanted: EntryFilter) -> None:
    """The refusal names one's own part of it, and nothing was read."""
    refused = refusal(lambda: read_audit(lived.work, RIYA, wanted))

    assert refused.code == "audit.not_allowed"
    assert refused.recorded
    assert refused.sentence == (
        "The audit log is read by compliance, admins and the owners of what it is about; "
        "your own part of it is `audit person riya.patel`."
    )
    assert reads(lived) == []


# ── what is asked ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("wanted", "expected", "question"),
    [
        (EVERYTHING, {"JIT-1", "JIT-2", "JIT-3"}, "everything"),
        (EntryFilter(person=RIYA), {"JIT-1"}, "person riya.patel"),
        (EntryFilter(entitlement=PAYMENTS), {"JIT-2"}, "entitlement payments"),
        (EntryFilter(request=RequestId(3)), {"JIT-3"}, "request JIT-3"),
        (
            EntryFilter(from_at=BEGINNING + MINUTE, until_at=BEGINNING + 2 * MINUTE),
            {"JIT-2"},
            "from 2026-11-22T09:01:00.000000Z, until 2026-11-22T09:02:00.000000Z",
        ),
        (
            EntryFilter(person=OLA, entitlement=PAYMENTS),
            {"JIT-2"},
            "person ola.berg, entitlement payments",
        ),
    ],
)
def test_a_question_gets_its_answer_and_is_recorded(
    lived: World, wanted: EntryFilter, expected: set[str], question: str
) -> None:
    """Who asked, what, and how much they saw."""
    found = read_audit(lived.work, TOM, wanted).entries

    assert {one.entry.stream for one in found} == expected
    (read,) = reads(lived)
    assert (read.action, read.actor, read.at) == (Action.AUDIT_READ, TOM, lived.now)
    assert said(read) == f"Tom Reyes read the audit log: {question} ({len(found)} entries)."


@pytest.mark.parametrize(
    ("showing", "words", "facts"),
    [
        (Showing(shared_in="slack C1"), "shared in slack C1", {"shared_in": "slack C1"}),
        (Showing(as_file=True), "taken along as a file", {"as_file": True}),
    ],
)
def test_to_whom_an_answer_is_shown_is_recorded(
    lived: World, showing: Showing, words: str, facts: dict[str, object]
) -> None:
    """Of entries, and of who had something."""
    found = read_audit(lived.work, TOM, EntryFilter(request=RequestId(1)), showing)
    read_holdings(lived.work, TOM, CLOSE, lived.now, showing=showing)

    entries, holdings = reads(lived)
    assert said(entries) == (
        f"Tom Reyes read the audit log: request JIT-1, {words} ({len(found.entries)} entries)."
    )
    assert f", {words} (1 entries)." in said(holdings)
    for entry in (entries, holdings):
        assert {n: entry.facts[n] for n in ("shared_in", "as_file") if n in entry.facts} == facts
    assert found.at == lived.now


def test_a_read_is_seen_by_the_next_one(lived: World) -> None:
    """Whoever watches is watched."""
    read_audit(lived.work, LI, EVERYTHING)

    assert AUDIT_STREAM in streams(lived, TOM)
    assert streams(lived, LI, EntryFilter(person=LI)) == {AUDIT_STREAM, "JIT-3"}


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (EntryFilter(person=PersonId("ola.bergg")), "person.unknown"),
        (EntryFilter(entitlement=EntitlementId("payment")), "entitlement.unknown"),
    ],
)
def test_a_name_that_nobody_knows_is_refused(lived: World, wanted: EntryFilter, code: str) -> None:
    """No answer would look as if nothing had happened."""
    refused = refusal(lambda: read_audit(lived.work, TOM, wanted))

    assert refused.code == code
    assert "did you mean" in refused.sentence
    assert reads(lived) == []


def test_nothing_found_is_an_answer_too(lived: World) -> None:
    """And was asked."""
    assert streams(lived, TOM, EntryFilter(person=MARA, entitlement=AP)) == set()
    assert said(reads(lived)[0]).endswith("(0 entries).")


def test_what_is_not_in_the_files_any_more_is_in_the_record_still(lived: World) -> None:
    """A catalog changes, what happened does not."""
    configure(lived, Setup(removed=frozenset({CLOSE})))

    assert streams(lived, TOM, EntryFilter(entitlement=CLOSE)) == {"JIT-1"}
    assert [h.holder for h in read_holdings(lived.work, TOM, CLOSE, lived.now).holdings] == [RIYA]


# ── who had what ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("actor", [MARA, TOM, LI], ids=["owner", "compliance", "admin"])
def test_owners_compliance_and_admins_ask_who_had_something(lived: World, actor: PersonId) -> None:
    """With since when, and until when it is decided."""
    held = read_holdings(lived.work, actor, CLOSE, lived.now)

    (holding,) = held.holdings
    assert (holding.holder, holding.request) == (RIYA, 1)
    assert (holding.entitlement, holding.system) == (CLOSE, LEDGER)
    assert (holding.starts_at, holding.ends_at) == (BEGINNING, BEGINNING + HOUR)
    assert holding.ended_at is None
    assert held.company == lived.version.company
    assert reads(lived)[0].actor == actor
    assert said(reads(lived)[0]).endswith(
        "read the audit log: who had netsuite-close at 2026-11-22T09:02:00.000000Z (1 entries)."
    )


def test_the_owner_of_the_system_asks_too(lived: World) -> None:
    """Beside the entitlement's own owner."""
    configure(lived, Setup(is_ben_owner=True))

    assert len(read_holdings(lived.work, BEN, CLOSE, lived.now).holdings) == 1
    assert len(read_holdings(lived.work, MARA, CLOSE, lived.now).holdings) == 1


@pytest.mark.parametrize("actor", [RIYA, SOFIA, BEN, NOBODY])
def test_nobody_else_asks_who_had_something(lived: World, actor: PersonId) -> None:
    """Neither its holder nor the owner of something else."""
    refused = refusal(lambda: read_holdings(lived.work, actor, CLOSE, lived.now))

    assert refused.code == "audit.not_allowed"
    assert refused.sentence == (
        "Who had NETSUITE CLOSE can be asked by its owners, compliance and admins only."
    )
    assert reads(lived) == []


def test_who_had_something_is_asked_of_an_instant(lived: World) -> None:
    """From when it was read back as present until it was read back as gone."""
    give_back(lived.work, RIYA, RequestId(1))
    settle(lived)
    just = timedelta(microseconds=1)

    instants = (BEGINNING - just, BEGINNING, lived.now - just, lived.now)
    had = [len(read_holdings(lived.work, TOM, CLOSE, at).holdings) for at in instants]

    assert had == [0, 1, 1, 0]


@pytest.mark.parametrize("actor", [TOM, MARA])
def test_who_had_something_that_does_not_exist_is_refused(lived: World, actor: PersonId) -> None:
    """With the closest names."""
    wanted = EntitlementId("netsuite-clos")

    refused = refusal(lambda: read_holdings(lived.work, actor, wanted, lived.now))

    assert refused.code == "entitlement.unknown"
    assert "did you mean netsuite-close" in refused.sentence


def test_that_nobody_had_something_is_an_answer(lived: World) -> None:
    """It is in the catalog, and nobody held it."""
    assert read_holdings(lived.work, TOM, GL, lived.now).holdings == []
    assert len(reads(lived)) == 1


def test_reading_names_the_account_that_read(lived: World) -> None:
    """Who looked at the log, and through which chat."""
    via = Via(CHAT, "U1", Assurance.PINNED)

    read_audit(partial(lived.work, via=via), TOM, EVERYTHING)

    assert lived.state.entries[-1].entry.facts["via"] == {
        "platform": CHAT,
        "account": "U1",
        "assurance": "pinned",
    }
