"""What a unit of work is: the audit log, companies, posts and the inbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.audit.entry import Entry
from engine.chats import NOWHERE, Post
from engine.errors import NotFound
from engine.model.identifiers import ConfigVersion, PlatformName, SystemId, show
from engine.model.request import Request
from engine.ports import EntryFilter, Holding, Work
from tests.contracts.samples import (
    AP,
    BEN,
    CHAT,
    GL,
    HOUR,
    LEDGER,
    MARA,
    RIYA,
    company,
    draft,
    entry,
    shared_entry,
)
from tests.contracts.test_unit_of_work import activate, add, end, now

SECOND = timedelta(seconds=1)


def append(work: Work, *entries: Entry) -> None:
    """Record entries, in one transaction."""
    with work() as uow:
        for one in entries:
            uow.audit.append(one)
        uow.commit()


def told(work: Work, wanted: EntryFilter) -> list[Entry]:
    """Search the log."""
    with work() as uow:
        return [recorded.entry for recorded in uow.audit.search(wanted)]


def test_a_stream_is_read_in_order_without_gaps(work: Work) -> None:
    """Entries of several transactions come back as they were, numbered from 1."""
    at = now(work)
    request = add(work, draft(at))
    entries = [
        entry(request, action, at) for action in ("request.submitted", "stage.opened", "x.y")
    ]

    append(work, *entries[:2])
    append(work, shared_entry("audit", at))
    append(work, entries[2])

    with work() as uow:
        found = uow.audit.stream(show(request.id))
    assert [recorded.entry for recorded in found] == entries
    assert [recorded.stream_seq for recorded in found] == [1, 2, 3]


def test_a_locked_requests_stream_goes_on(work: Work) -> None:
    """An entry that is appended under the request's lock follows the ones before."""
    at = now(work)
    request = add(work, draft(at))
    append(work, entry(request, "request.submitted", at))

    with work() as uow:
        uow.requests.lock(request.id)
        uow.audit.append(entry(request, "decision.approved", at))
        uow.commit()

    with work() as uow:
        assert [found.stream_seq for found in uow.audit.stream(show(request.id))] == [1, 2]


def test_entries_are_read_in_the_transaction_that_wrote_them(work: Work) -> None:
    """What was appended is in the stream at once, for whoever appended it."""
    at = now(work)

    with work() as uow:
        uow.audit.append(shared_entry("audit", at))
        assert len(uow.audit.stream("audit")) == 1
        uow.audit.append(shared_entry("audit", at))
        assert [found.stream_seq for found in uow.audit.stream("audit")] == [1, 2]


def test_an_unknown_stream_is_empty(work: Work) -> None:
    """Nobody is surprised by a stream without entries."""
    with work() as uow:
        assert list(uow.audit.stream("JIT-4711")) == []


@pytest.fixture
def two(work: Work) -> tuple[Request, Request]:
    """Keep Riya's request for GL and Ben's for AP."""
    at = now(work)
    return add(work, draft(at)), add(work, draft(at, holder=BEN, entitlement=AP))


def test_a_search_finds_what_a_person_did_asked_for_or_holds(
    work: Work, two: tuple[Request, Request]
) -> None:
    """An entry about Riya's request is about her, also where it names only somebody else."""
    at = now(work)
    hers = entry(two[0], "decision.approved", at, actor=MARA)
    refused = Entry(show(two[0].id), "attempt.refused", BEN, at + SECOND, {"word": "approve"})
    did = shared_entry("audit", at + 2 * SECOND, actor=RIYA)
    append(work, hers)
    append(work, refused)
    append(work, entry(two[1], "request.submitted", at, actor=BEN))
    append(work, did)

    assert told(work, EntryFilter(person=RIYA)) == [did, refused, hers]


def test_a_search_is_narrowed(work: Work, two: tuple[Request, Request]) -> None:
    """Each condition leaves out the rest; all of them must hold."""
    at = now(work)
    first = entry(two[0], "request.submitted", at)
    second = entry(two[1], "request.submitted", at + SECOND, actor=BEN)
    third = shared_entry("audit", at + 2 * SECOND)
    append(work, first, second, third)

    assert told(work, EntryFilter()) == [third, second, first]
    assert told(work, EntryFilter(limit=2)) == [third, second]
    assert told(work, EntryFilter(entitlement=GL)) == [first]
    assert told(work, EntryFilter(request=two[1].id)) == [second]
    assert told(work, EntryFilter(person=BEN, entitlement=GL)) == []


def test_a_period_is_half_open(work: Work, two: tuple[Request, Request]) -> None:
    """From is in it, until is not: periods that meet share no entry."""
    at = now(work)
    entries = [entry(two[0], "x.y", at + n * SECOND) for n in range(3)]
    append(work, *entries)

    assert told(work, EntryFilter(from_at=at, until_at=at + SECOND)) == [entries[0]]
    assert told(work, EntryFilter(from_at=at + SECOND)) == [entries[2], entries[1]]
    assert told(work, EntryFilter(until_at=at)) == []


def test_an_owner_sees_only_their_systems(work: Work, two: tuple[Request, Request]) -> None:
    """A request's first entry names its system, and speaks for the later ones."""
    at = now(work)
    first = entry(two[0], "request.submitted", at)
    refused = Entry(show(two[0].id), "attempt.refused", BEN, at + SECOND, {"word": "approve"})
    append(work, first, refused, shared_entry("audit", at))

    ledgers = EntryFilter(systems=frozenset({LEDGER, SystemId("hr")}))
    assert told(work, ledgers) == [refused, first]
    assert told(work, EntryFilter(systems=frozenset({SystemId("hr")}))) == []
    assert told(work, EntryFilter(systems=frozenset())) == []


def test_access_was_held_from_read_back_to_read_back(work: Work) -> None:
    """From the instant it was there, until the one it was gone, and not when it should have."""
    at = now(work)
    given = activate(work, draft(at), at=at - 3 * HOUR)
    ended = end(work, given, at=at - HOUR)
    other = activate(work, draft(at, holder=BEN, entitlement=AP), at=at - 2 * HOUR)

    def holders(instant_ago: timedelta, entitlement: bool) -> list[str]:
        with work() as uow:
            wanted = GL if entitlement else None
            return [held.holder for held in uow.audit.holdings_at(wanted, at - instant_ago)]

    assert holders(3 * HOUR + SECOND, entitlement=True) == []
    assert holders(3 * HOUR, entitlement=True) == [RIYA]
    assert holders(HOUR + SECOND, entitlement=True) == [RIYA]
    assert holders(HOUR, entitlement=True) == []
    assert sorted(holders(2 * HOUR, entitlement=False)) == [BEN, RIYA]
    assert holders(timedelta(0), entitlement=False) == [BEN]
    with work() as uow:
        (held,) = uow.audit.holdings_at(GL, at - 2 * HOUR)
    assert ended.starts_at is not None
    assert ended.ends_at is not None
    assert held == Holding(
        given.id, RIYA, GL, LEDGER, ended.starts_at, ended.ended_at, ended.ends_at
    )
    assert other.ends_at is not None


def test_no_company_is_not_found(bare_work: Work) -> None:
    """Before the first configuration there is none in force."""
    with bare_work() as uow, pytest.raises(NotFound):
        uow.companies.active()


def test_the_newest_configuration_is_in_force(work: Work) -> None:
    """Versions are numbered from 1, hashed, and all kept."""
    with work() as uow:
        uow.companies.lock()
        added = uow.companies.add(company("Acme & Söhne"), applied_by="mara.lind")
        uow.commit()

    with work() as uow:
        assert uow.companies.active() == added
        assert uow.companies.version(ConfigVersion(1)).company == company()
    assert (added.number, added.company) == (2, company("Acme & Söhne"))
    assert len(bytes.fromhex(added.digest)) == 32


def test_the_same_company_has_the_same_digest(work: Work) -> None:
    """The digest stands for the content, whatever the number."""
    with work() as uow:
        again = uow.companies.add(company(), applied_by="operator")
        assert again.digest == uow.companies.version(ConfigVersion(1)).digest


def test_a_configuration_that_was_not_committed_never_was(work: Work) -> None:
    """Its number is given to the next one, and nobody ever reads it."""
    with work() as uow:
        uow.companies.add(company("Undone"), applied_by="operator")
        assert uow.companies.active().company.name == "Undone"
    with work() as uow:
        assert uow.companies.active().company.name == "Acme"
        uow.companies.add(company("Done"), applied_by="operator")
        uow.commit()

    with work() as uow:
        assert uow.companies.version(ConfigVersion(2)).company.name == "Done"


def test_an_unknown_configuration_is_not_found(work: Work) -> None:
    """A number that was never given is an answer, not a defect."""
    with work() as uow, pytest.raises(NotFound):
        uow.companies.version(ConfigVersion(99))


def test_a_place_is_remembered_and_never_forgotten(work: Work) -> None:
    """First without a reference, then with it; a late writer without one changes nothing of it."""
    request = add(work, draft(now(work)))
    first = Post(request.id, CHAT, "root", None, "aa")
    known = replace(first, reference="m1", digest="bb")
    elsewhere = replace(first, platform=PlatformName("slack"))

    for post in (first, known, elsewhere, replace(first, digest="cc")):
        with work() as uow:
            uow.posts.remember(post)
            uow.commit()

    with work() as uow:
        assert uow.posts.of(request.id, CHAT) == [replace(known, digest="cc")]
        assert uow.posts.of(request.id, PlatformName("slack")) == [elsewhere]


def test_a_place_that_is_nowhere_may_be_found_later(work: Work) -> None:
    """Whoever could not be written to installs the app, or comes back."""
    request = add(work, draft(now(work)))
    nowhere = Post(request.id, CHAT, "ask:1:ben.okafor", NOWHERE, "aa")
    found = replace(nowhere, reference="m1", digest="bb")

    for post, kept in (
        (nowhere, nowhere),
        (replace(nowhere, reference=None, digest=""), replace(nowhere, digest="")),
        (found, found),
    ):
        with work() as uow:
            uow.posts.remember(post)
            uow.commit()
        with work() as uow:
            assert uow.posts.of(request.id, CHAT) == [kept]


def test_a_message_is_found_by_the_platforms_name_for_it(work: Work) -> None:
    """The one that is remembered; none where it is another platform's, or never arrived."""
    request = add(work, draft(now(work)))
    other = add(work, draft(now(work), holder=MARA))
    root = Post(request.id, CHAT, "root", "19:a@thread.tacv2;messageid=1/1", "aa")
    ask = replace(root, key="ask:1:ben.okafor", reference="a:" + "1" * 3000 + "/2")
    gone = replace(root, request=other.id, reference=NOWHERE)
    unknown = replace(gone, key="entry:1", reference=None)
    with work() as uow:
        for post in (root, ask, gone, unknown):
            uow.posts.remember(post)
        uow.commit()

    with work() as uow:
        assert uow.posts.at(CHAT, "19:a@thread.tacv2;messageid=1/1") == root
        assert uow.posts.at(CHAT, "a:" + "1" * 3000 + "/2") == ask
        assert uow.posts.at(CHAT, "19:a@thread.tacv2;messageid=1/9") is None
        assert uow.posts.at(PlatformName("slack"), "19:a@thread.tacv2;messageid=1/1") is None
        assert uow.posts.at(CHAT, "") is None


def test_a_delivery_is_taken_on_once(work: Work) -> None:
    """The second claim of a key is refused, and gets the first one's answer."""
    with work() as uow:
        assert uow.inbox.claim("d1")
        assert uow.inbox.answer_of("d1") is None
        uow.commit()
    with work() as uow:
        uow.inbox.remember("d1", '{"card": "…"}')
        uow.commit()

    with work() as uow:
        assert not uow.inbox.claim("d1")
        assert uow.inbox.answer_of("d1") == '{"card": "…"}'
        assert uow.inbox.answer_of("d2") is None


def test_a_claim_that_was_undone_can_be_made_again(work: Work) -> None:
    """A process that died before its commit has claimed nothing."""
    with work() as uow:
        assert uow.inbox.claim("d1")

    with work() as uow:
        assert uow.inbox.claim("d1")
