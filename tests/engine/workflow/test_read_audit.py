"""Somebody asks what happened, and that they asked is recorded."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.model.identifiers import EntitlementId, PersonId
from engine.ports import EntryFilter
from engine.workflow.read_audit import AUDIT_STREAM, read_audit, read_holdings
from tests.engine.acts import ask, configure, given, refusal, settle
from tests.simulation.company import (
    BANK,
    CLOSE,
    GL,
    HOUR,
    LI,
    MARA,
    OLA,
    PAYMENTS,
    REPORTS,
    RIYA,
    SOFIA,
    TOM,
    Setup,
    company,
)
from tests.simulation.world import World

EVERYTHING = EntryFilter()


def requests_read(world: World, actor: PersonId, wanted: EntryFilter) -> set[object]:
    """Read entries; gives which requests they are about."""
    found = read_audit(world.work, actor, wanted)
    return {recorded.entry.facts.get("request") for recorded in found.entries}


def questions(world: World) -> list[object]:
    """Give what was asked of the log."""
    entries = [one.entry for one in world.state.entries if one.entry.stream == AUDIT_STREAM]
    return [(entry.actor, entry.facts["question"], entry.facts["count"]) for entry in entries]


@pytest.mark.parametrize("actor", [TOM, LI])
def test_compliance_and_admins_read_everything(world: World, actor: PersonId) -> None:
    """Newest first, with the company to name things by."""
    ask(world)

    found = read_audit(world.work, actor, EVERYTHING)

    assert [r.entry.action for r in found.entries] == ["stage.opened", "request.submitted"]
    assert found.company == world.version.company


def test_an_owner_reads_what_concerns_their_systems(world: World) -> None:
    """And nothing of other systems, however they ask."""
    ledger, bank = ask(world, RIYA, CLOSE), ask(world, OLA, PAYMENTS)

    assert requests_read(world, SOFIA, EVERYTHING) == {bank}
    assert requests_read(world, SOFIA, EntryFilter(person=RIYA)) == set()
    assert requests_read(world, MARA, EVERYTHING) == {ledger}


def test_an_owner_who_left_reads_nothing(world: World) -> None:
    """Even while the files still name them."""
    ask(world)
    configure(world, Setup(gone=frozenset({MARA})))

    refused = refusal(lambda: read_audit(world.work, MARA, EVERYTHING))

    assert refused.code == "audit.not_allowed"


def test_everybody_reads_what_concerns_themselves(world: World) -> None:
    """Their own part of the log, and the record of what they asked for or hold."""
    hers = ask(world, RIYA, holder=OLA)
    other = ask(world, RIYA)

    assert requests_read(world, OLA, EntryFilter(person=OLA)) == {hers}
    assert requests_read(world, OLA, EntryFilter(request=hers)) == {hers}
    assert refusal(lambda: read_audit(world.work, OLA, EntryFilter(request=other))).code == (
        "audit.not_allowed"
    )
    assert refusal(lambda: read_audit(world.work, OLA, EntryFilter(person=RIYA))).code == (
        "audit.not_allowed"
    )


def test_the_question_is_recorded_with_how_much_it_gave(world: World) -> None:
    """Each condition that was asked for, in words."""
    request = ask(world)
    since = world.now - HOUR
    wanted = EntryFilter(
        person=RIYA, entitlement=CLOSE, request=request, from_at=since, until_at=since + 2 * HOUR
    )

    read_audit(world.work, TOM, wanted)
    read_audit(world.work, TOM, EVERYTHING)

    asked = (
        "person riya.patel, entitlement netsuite-close, request JIT-1, "
        "from 2026-11-22T08:00:00.000000Z, until 2026-11-22T10:00:00.000000Z"
    )
    assert questions(world) == [(TOM, asked, 2), (TOM, "everything", 3)]


def test_a_refused_question_is_not_a_reading(world: World) -> None:
    """Nothing was read; the attempt is recorded by whoever refused it."""
    ask(world)

    refusal(lambda: read_audit(world.work, RIYA, EVERYTHING))

    assert questions(world) == []


def test_what_is_not_in_the_files_any_more_is_in_the_record_still(world: World) -> None:
    """An auditor asks about what was, not only about what is."""
    given(world, RIYA)
    without_riya = tuple(person for person in company().people if person.id != RIYA)
    now_without = company(Setup(removed=frozenset({CLOSE})))
    object.__setattr__(now_without, "people", without_riya)
    world.work.configure(now_without)

    assert requests_read(world, TOM, EntryFilter(person=RIYA)) == {1}
    assert requests_read(world, TOM, EntryFilter(entitlement=CLOSE)) == {1}
    assert len(read_holdings(world.work, TOM, CLOSE, world.now).holdings) == 1


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (EntryFilter(person=PersonId("riya")), "person.unknown"),
        (EntryFilter(entitlement=EntitlementId("netsuite")), "entitlement.unknown"),
    ],
    ids=["person", "entitlement"],
)
def test_a_name_that_nothing_is_known_of_is_a_slip(
    world: World, wanted: EntryFilter, code: str
) -> None:
    """The answer is not an empty list but the closest names."""
    assert refusal(lambda: read_audit(world.work, TOM, wanted)).code == code


def test_a_known_name_may_have_no_entries(world: World) -> None:
    """Nothing happened, and that is the answer."""
    wanted = EntryFilter(person=RIYA, entitlement=GL)

    assert read_audit(world.work, TOM, wanted).entries == []


def test_who_had_something_is_asked_of_an_instant(world: World) -> None:
    """From the read-back that it was there to the one that it was gone."""
    given(world, OLA, REPORTS)
    began = world.now
    world.advance(HOUR)
    settle(world)

    during = read_holdings(world.work, MARA, REPORTS, began + HOUR / 2)
    after = read_holdings(world.work, MARA, REPORTS, began + HOUR)

    assert [(held.holder, held.ended_at) for held in during.holdings] == [(OLA, began + HOUR)]
    assert after.holdings == []
    assert during.company == world.version.company
    assert questions(world)[0] == (
        MARA,
        "who had netsuite-reports at 2026-11-22T09:30:00.000000Z",
        1,
    )


@pytest.mark.parametrize(("actor", "is_allowed"), [(TOM, True), (LI, True), (SOFIA, False)])
def test_who_had_something_is_told_to_owners_compliance_and_admins(
    world: World, actor: PersonId, is_allowed: bool
) -> None:
    """Sofia owns another system."""
    assert world.version.company.system[BANK].owner == SOFIA
    at = world.now - timedelta(minutes=1)

    if is_allowed:
        assert read_holdings(world.work, actor, GL, at).holdings == []
    else:
        refused = refusal(lambda: read_holdings(world.work, actor, GL, at))
        assert refused.code == "audit.not_allowed"


@pytest.mark.parametrize("actor", [TOM, RIYA])
def test_an_entitlement_that_never_was_is_a_slip(world: World, actor: PersonId) -> None:
    """Whoever asks gets the closest names."""
    unknown = EntitlementId("netsuite")

    refused = refusal(lambda: read_holdings(world.work, actor, unknown, world.now))

    assert refused.code == "entitlement.unknown"
