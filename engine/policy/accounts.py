"""Whose is an account, and what follows from it for who works here?

The files come first: an account that they name is that person's, and who is named with an account
on a platform has no other there. What a platform tells adds to them, and takes people away: whose
account was deactivated counts as having left, wherever the files stand.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from engine.model.account import Account
from engine.model.company import Company, Person
from engine.model.identifiers import PersonId, PlatformName
from engine.model.via import Assurance
from engine.ports import CompanyVersion


def owner_of(files: Company, account: Account) -> Person | None:
    """Say whose an account is; `files` is the company as its files say. None: nobody's any more."""
    pinned = files.person_on(*account.key)
    if pinned is not None or account.person is None:
        return pinned
    linked = files.person.get(account.person)
    return linked if linked is not None and account.platform not in linked.platforms else None


def follow_up(files: Company, accounts: Collection[Account]) -> Company:
    """Give the company as the files say, with what platforms told of its people's accounts."""
    followed: dict[PersonId, Person] = {}
    for account in accounts:
        owner = owner_of(files, account)
        if owner is not None:
            known = followed.get(owner.id, owner)
            followed[owner.id] = replace(
                known,
                platforms={**known.platforms, account.platform: account.account},
                active=known.active and account.is_active,
            )
    if not followed:
        return files
    return replace(files, people=tuple(followed.get(p.id, p) for p in files.people))


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What a platform says of an account now."""

    platform: PlatformName
    account: str
    """The platform's own id."""

    email: str = ""
    """Its address, where the platform vouches that the organisation manages it and the person
    cannot change it; empty says nothing of whose the account is."""

    why_not: str = ""
    """Why it is not a member's account any more, e.g. `a guest in this workspace`; else empty."""


@dataclass(frozen=True, slots=True)
class Directory:
    """Who people are on chat platforms: what the files say, and what platforms told since."""

    files: Company
    followed: Company
    """The company following its people's accounts."""

    accounts: Mapping[tuple[PlatformName, str], Account]

    def met(self, person: Person, platform: PlatformName, account: str) -> bool:
        """Say whether somebody is met by another account on a platform than this one.

        Whoever is met already is not met by a second account: an address that was given to somebody
        new would otherwise open the door of the one who had it before. The files can say otherwise.
        """
        return self.followed.person[person.id].platforms.get(platform, account) != account

    def learn(self, told: AccountFacts, at: datetime) -> Account | None:
        """Say what is to be known of an account from now on; None where nothing is to be kept."""
        pinned = self.files.person_on(told.platform, told.account)
        person = None if pinned else self._linked(told)
        if (pinned and not told.why_not) or not (pinned or person):
            return None
        return Account(
            told.platform,
            told.account,
            person.id if person else None,
            Assurance.MANAGED_EMAIL if person else Assurance.PINNED,
            is_active=not told.why_not,
            why=told.why_not,
            told_at=at,
        )

    def _linked(self, told: AccountFacts) -> Person | None:
        """Say whose it is by its address, or was before where the address is the same or unsaid."""
        known = self.accounts.get((told.platform, told.account))
        before = owner_of(self.files, known) if known else None
        if before and told.email.casefold() in {"", before.email.casefold()}:
            return before
        person = self.files.person_at(told.email)
        if person is None or self.met(person, told.platform, told.account):
            return None
        return person


def directory_of(version: CompanyVersion) -> Directory:
    """Give who people are on chat platforms, as a version in force knows it."""
    return Directory(version.files or version.company, version.company, version.accounts)
