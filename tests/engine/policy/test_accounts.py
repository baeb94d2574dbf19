"""Whose is an account, and who left because of one?"""

from __future__ import annotations

from dataclasses import replace

from engine.model.account import Account
from engine.model.identifiers import PersonId
from engine.model.via import Assurance
from engine.policy.accounts import follow_up, owner_of
from tests.engine.acts import with_person
from tests.simulation.company import CHAT, RIYA, SECOND_CHAT, SOFIA, company
from tests.simulation.memory import BEGINNING

FILES = company()
LINKED = Account(SECOND_CHAT, "U1", RIYA, Assurance.MANAGED_EMAIL, True, "", BEGINNING)
"""Riya's, by its address."""

PINNED_GONE = Account(CHAT, SOFIA, None, Assurance.PINNED, False, "deactivated", BEGINNING)
"""Sofia's, by the files."""


def test_without_accounts_the_files_are_all_there_is() -> None:
    """The very same value, with all that was found out about it."""
    assert follow_up(FILES, ()) is FILES


def test_a_linked_account_is_its_persons() -> None:
    """They are found by it, and nobody else is different."""
    company = follow_up(FILES, (LINKED,))

    riya = company.person[RIYA]
    assert company.person_on(SECOND_CHAT, "U1") == riya
    assert riya.platforms == {CHAT: RIYA, SECOND_CHAT: "U1"}
    assert [p for p in company.people if p.id != RIYA] == [p for p in FILES.people if p.id != RIYA]
    assert [p.id for p in company.people] == [p.id for p in FILES.people]


def test_whose_account_was_deactivated_left() -> None:
    """Whichever of them it is, and however it is known."""
    gone = replace(LINKED, is_active=False, why="a guest")
    elsewhere = replace(LINKED, platform=CHAT, account=str(RIYA), person=None)

    company = follow_up(FILES, (gone, elsewhere, PINNED_GONE))

    assert not company.person[RIYA].active
    assert not company.person[SOFIA].active
    assert company.person_on(SECOND_CHAT, "U1") == company.person[RIYA]


def test_who_left_by_the_files_does_not_come_back_by_an_account() -> None:
    """A platform adds and takes away; it gives nobody back."""
    files = with_person(FILES, RIYA, lambda riya: replace(riya, active=False))

    assert not follow_up(files, (LINKED,)).person[RIYA].active


def test_the_files_come_first() -> None:
    """An account that they name is that person's; who is named with one has no other there."""
    pinned = with_person(FILES, SOFIA, lambda sofia: replace(sofia, platforms={SECOND_CHAT: "U1"}))
    other = with_person(FILES, RIYA, lambda riya: replace(riya, platforms={SECOND_CHAT: "U2"}))

    assert owner_of(pinned, LINKED) == pinned.person[SOFIA]
    assert owner_of(other, LINKED) is None
    assert follow_up(other, (replace(LINKED, is_active=False),)) is other


def test_an_account_of_nobody_changes_nothing() -> None:
    """Whoever it belonged to is not in the files any more."""
    stranger = replace(LINKED, person=PersonId("somebody.else"))
    unpinned = replace(PINNED_GONE, account="U9")

    assert follow_up(FILES, (stranger, unpinned)) is FILES
