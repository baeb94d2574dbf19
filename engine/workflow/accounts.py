"""A platform tells something of an account: whose it is by its address, and whether it still is.

Called whenever somebody speaks, and when a platform says on its own accord that an account changed.
Nearly always it is known already, and then nothing is written. What nobody of the directory owns is
never kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.audit.entry import Entry
from engine.audit.vocabulary import Action
from engine.model.account import Account
from engine.model.company import Person
from engine.policy.accounts import AccountFacts, Known, owner_of
from engine.ports import UnitOfWork, Work
from engine.workflow.record import BOT, Facts, actor_facts

PEOPLE_STREAM = "people"


def note_account(work: Work, told: AccountFacts) -> bool:
    """Keep what is new; says whether anything was. Raises `NotFound` where no company is there."""
    with work() as uow:
        if not _News(uow, told).are_any:
            return False
    with work() as uow:
        uow.accounts.lock()
        news = _News(uow, told)
        if news.are_any:
            news.keep()
        uow.commit()
        return news.are_any


class _News:
    """What a platform told, compared with what is known, in one transaction."""

    def __init__(self, uow: UnitOfWork, told: AccountFacts) -> None:
        self._uow = uow
        self._told = told
        self._version = version = uow.companies.active()
        self._files = uow.companies.version(version.number).company
        self._known = Known(self._files, version.company, version.accounts)
        self._pinned = self._files.person_on(told.platform, told.account)
        self._before = version.accounts.get((told.platform, told.account))
        self._now = self._known.learn(told, uow.now)

    @property
    def are_any(self) -> bool:
        """Whether anything is different now."""
        return _essence(self._before) != _essence(self._now)

    def keep(self) -> None:
        """Keep and record the difference; no commit."""
        if self._now is not None:
            self._uow.accounts.save(self._now)
            self._replace_other(self._now)
        else:
            assert self._before is not None, "something is different"
            self._uow.accounts.forget(self._before)
        for action, person in self._changes():
            self._record(action, person, self._told.account)

    def _replace_other(self, now: Account) -> None:
        """Let an address that moved to this account belong to no other."""
        other = self._known.other(self._told, now.person) if now.person else None
        if other is not None and now.person is not None:
            self._uow.accounts.forget(other)
            self._record(Action.ACCOUNT_UNLINKED, self._files.person[now.person], other.account)

    def _changes(self) -> Iterator[tuple[Action, Person]]:
        before, after = self._owner(self._before), self._owner(self._now)
        if before != after and before is not None:
            yield Action.ACCOUNT_UNLINKED, before
        if before != after and after is not None:
            yield Action.ACCOUNT_LINKED, after
        was_active = before != after or self._before is None or self._before.is_active
        if after is not None and was_active is bool(self._told.why_not):
            yield (Action.ACCOUNT_DEACTIVATED if was_active else Action.ACCOUNT_REACTIVATED), after

    def _owner(self, account: Account | None) -> Person | None:
        return owner_of(self._files, account) if account else self._pinned

    def _record(self, action: Action, person: Person, account: str) -> None:
        facts: Facts = actor_facts(self._version.company, None) | {
            "platform": self._told.platform,
            "account": account,
            "person": person.id,
            "person_name": person.name,
            "why": self._told.why_not,
            "config_version": self._version.number,
        }
        self._uow.audit.append(Entry(PEOPLE_STREAM, action, BOT, self._uow.now, facts))


def _essence(account: Account | None) -> object:
    """Give what matters of it: since when and why somebody is away changes nothing."""
    return account and (account.person, account.is_active)
