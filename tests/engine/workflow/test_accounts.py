"""A platform tells something of an account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from engine.audit.entry import Entry
from engine.audit.vocabulary import Action
from engine.errors import NotFound
from engine.model.company import Company, Person
from engine.model.identifiers import PersonId
from engine.model.via import Via
from engine.policy.accounts import AccountFacts
from engine.ports import UnitOfWork
from engine.workflow.accounts import PEOPLE_STREAM, note_account
from engine.workflow.look import company_now
from tests.engine.acts import with_person
from tests.engine.workflow.closely import said
from tests.simulation.company import CHAT, RIYA, SECOND_CHAT, SOFIA, company
from tests.simulation.memory import MemoryWork

EMAIL = "Riya.Patel@acme.example"
GUEST = "a guest"
SEEN = AccountFacts(SECOND_CHAT, "U1", EMAIL)
"""Riya says something."""

LEFT = "counts as having left: their account"

GONE = AccountFacts(SECOND_CHAT, "U1", why_not=GUEST)


@pytest.fixture
def work() -> MemoryWork:
    """Give units of work where the company is configured."""
    made = MemoryWork()
    made.configure(company())
    return made


def person(work: MemoryWork, who: PersonId = RIYA) -> Person:
    """Say what is known of somebody now."""
    return company_now(work).company.person[who]


def recorded(work: MemoryWork) -> list[Entry]:
    """List what was recorded of people."""
    return [one.entry for one in work.state.entries if one.entry.stream == PEOPLE_STREAM]


def nothing_kept(work: MemoryWork) -> bool:
    """Say whether nothing is known but what the files say."""
    return company_now(work).accounts == {} and recorded(work) == []


def changed(work: MemoryWork, change: Callable[[Person], Person], who: PersonId = RIYA) -> None:
    """Put files in force in which somebody is different."""
    files: Company = with_person(company(), who, change)
    work.configure(files)


def test_an_account_is_linked_by_its_address(work: MemoryWork) -> None:
    """From then on it is the person's; the entry says which, whose, and why."""
    version = note_account(work, SEEN)

    assert version.company.person_on(SECOND_CHAT, "U1") == person(work)
    assert person(work).platforms == {CHAT: RIYA, SECOND_CHAT: "U1"}
    (entry,) = recorded(work)
    assert (entry.action, entry.actor, entry.facts["person"]) == ("account.linked", "jitbot", RIYA)
    assert said(entry) == ("The account U1 on second is Riya Patel's, as its managed address says.")


def test_what_is_known_is_written_once(work: MemoryWork) -> None:
    """However often somebody speaks."""
    note_account(work, SEEN)
    state = work.state

    for told in (SEEN, replace(SEEN, email="")):
        assert note_account(work, told) == company_now(work)
    assert work.state is state


@pytest.mark.parametrize("email", ["", "stranger@elsewhere.example"])
def test_strangers_are_not_kept(work: MemoryWork, email: str) -> None:
    """Neither when they speak, nor when they leave."""
    note_account(work, replace(SEEN, email=email))
    note_account(work, replace(GONE, email=email))

    assert nothing_kept(work)


def test_an_address_of_several_people_is_nobodys(work: MemoryWork) -> None:
    """A team's mailbox does not say who somebody is."""
    changed(work, lambda sofia: replace(sofia, email=EMAIL), SOFIA)

    note_account(work, SEEN)

    assert nothing_kept(work)


def test_who_is_named_in_the_files_needs_no_link(work: MemoryWork) -> None:
    """Whatever address the account has."""
    mine = AccountFacts(CHAT, RIYA, "sofia.almeida@acme.example")

    note_account(work, mine)
    note_account(work, AccountFacts(CHAT, "U7", EMAIL))

    assert nothing_kept(work)


def test_a_deactivated_account_takes_its_person_away(work: MemoryWork) -> None:
    """Linked or named in the files; and coming back undoes it."""
    note_account(work, SEEN)

    note_account(work, GONE)
    note_account(work, AccountFacts(CHAT, SOFIA, why_not="deactivated"))

    assert not person(work).active
    assert not person(work, SOFIA).active
    assert [said(entry) for entry in recorded(work)[1:]] == [
        f"Riya Patel {LEFT} U1 on second is a guest.",
        f"Sofia Almeida {LEFT} sofia.almeida on playground is deactivated.",
    ]
    note_account(work, replace(GONE, why_not="deactivated"))  # no news: away is away
    assert len(recorded(work)) == 3

    note_account(work, replace(GONE, why_not=""))
    note_account(work, AccountFacts(CHAT, SOFIA))

    assert person(work).active
    assert person(work, SOFIA) == company().person[SOFIA]
    assert [said(entry) for entry in recorded(work)[3:]] == [
        "Riya Patel's account U1 on second is a member's again.",
        "Sofia Almeida's account sofia.almeida on playground is a member's again.",
    ]


def test_somebody_who_never_spoke_can_leave(work: MemoryWork) -> None:
    """The account is linked by its address, to say whose it was."""
    note_account(work, replace(GONE, email=EMAIL))

    assert not person(work).active
    assert [entry.action for entry in recorded(work)] == [
        Action.ACCOUNT_LINKED,
        Action.ACCOUNT_DEACTIVATED,
    ]


def test_a_second_account_with_the_same_address_is_nobodys(work: MemoryWork) -> None:
    """Until the files name it: an address may be given to somebody new."""
    note_account(work, SEEN)
    note_account(work, GONE)
    state = work.state

    note_account(work, replace(SEEN, account="U2"))
    note_account(work, AccountFacts(SECOND_CHAT, "U0", EMAIL, GUEST))

    assert work.state is state
    changed(work, lambda riya: replace(riya, platforms={SECOND_CHAT: "U2"}))
    assert person(work).active
    assert company_now(work).company.person_on(SECOND_CHAT, "U2") == person(work)
    assert company_now(work).company.person_on(SECOND_CHAT, "U1") is None


def test_who_left_by_the_files_keeps_their_account(work: MemoryWork) -> None:
    """They are recognised, and told that they are not active."""
    note_account(work, SEEN)
    changed(work, lambda riya: replace(riya, active=False))

    note_account(work, SEEN)

    assert company_now(work).company.person_on(SECOND_CHAT, "U1") == person(work)
    assert len(recorded(work)) == 1


def test_an_account_whose_address_changes_is_somebody_elses(work: MemoryWork) -> None:
    """Or nobody's."""
    note_account(work, SEEN)

    note_account(work, replace(SEEN, email="sofia.almeida@acme.example"))
    hers = company_now(work).company.person_on(SECOND_CHAT, "U1")
    note_account(work, replace(SEEN, email="nobody@acme.example"))

    assert hers is not None
    assert hers.id == SOFIA
    assert company_now(work).company == company()
    assert [entry.action for entry in recorded(work)[1:]] == [
        Action.ACCOUNT_UNLINKED,
        Action.ACCOUNT_LINKED,
        Action.ACCOUNT_UNLINKED,
    ]


def test_once_the_files_name_an_account_they_are_enough(work: MemoryWork) -> None:
    """What was linked is forgotten; if the files say the same, nobody is told."""
    note_account(work, SEEN)
    changed(work, lambda riya: replace(riya, platforms={SECOND_CHAT: "U1"}))

    note_account(work, SEEN)

    assert company_now(work).accounts == {}
    assert len(recorded(work)) == 1


def test_the_files_can_give_a_linked_account_to_somebody_else(work: MemoryWork) -> None:
    """They come first: whom it was linked to by its address has it no more."""
    note_account(work, SEEN)
    changed(work, lambda sofia: replace(sofia, platforms={SECOND_CHAT: "U1"}), SOFIA)

    note_account(work, GONE)

    assert person(work).active
    assert not person(work, SOFIA).active
    assert said(recorded(work)[1]) == f"Sofia Almeida {LEFT} U1 on second is a guest."
    assert len(recorded(work)) == 2


def test_what_nobody_owns_any_more_is_forgotten(work: MemoryWork) -> None:
    """The files named an account that was deactivated, and do not name it now."""
    note_account(work, AccountFacts(CHAT, SOFIA, why_not="deactivated"))
    changed(work, lambda sofia: replace(sofia, platforms={}), SOFIA)

    note_account(work, AccountFacts(CHAT, SOFIA))

    assert company_now(work).accounts == {}
    assert len(recorded(work)) == 1


def test_news_that_somebody_else_kept_meanwhile_are_kept_once(work: MemoryWork) -> None:
    """Two processes hear of the same: the second finds it done, under the lock."""
    begun: list[int] = []

    @contextmanager
    def with_rival(via: Via | None = None) -> Iterator[UnitOfWork]:
        begun.append(1)
        if len(begun) == 2:
            note_account(work, SEEN)
        with work(via) as uow:
            yield uow

    note_account(with_rival, SEEN)

    assert len(recorded(work)) == 1


def test_without_a_company_there_are_no_people() -> None:
    """It is said, as to everybody."""
    with pytest.raises(NotFound):
        note_account(MemoryWork(), SEEN)
