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
from engine.policy.accounts import AccountFacts, directory_of, owner_of
from engine.ports import CompanyVersion, UnitOfWork, Work
from engine.workflow.look import LIST_MAX
from engine.workflow.record import BOT, Facts, actor_facts, announce

PEOPLE_STREAM = "people"


def note_account(work: Work, told: AccountFacts) -> CompanyVersion:
    """Keep what is new, and give the configuration in force, which follows it.

    Raises `NotFound` where no company is there.
    """
    with work() as uow:
        news = _News(uow, told)
        if not news.are_any:
            return news.version
    with work() as uow:
        uow.accounts.lock()
        news = _News(uow, told)
        if news.are_any:
            news.keep()
        uow.commit()
    with work() as uow:
        return uow.companies.active()


class _News:
    """What a platform told, compared with what is known, in one transaction."""

    def __init__(self, uow: UnitOfWork, told: AccountFacts) -> None:
        self._uow = uow
        self._told = told
        self.version = uow.companies.active()
        directory = directory_of(self.version)
        self._files = directory.files
        self._before = directory.accounts.get((told.platform, told.account))
        self._now = directory.learn(told, uow.now)

    @property
    def are_any(self) -> bool:
        """Whether anything is different now."""
        return _essence(self._before) != _essence(self._now)

    def keep(self) -> None:
        """Keep and record the difference; no commit."""
        if self._now is not None:
            self._uow.accounts.save(self._now)
        else:
            assert self._before is not None, "something is different"
            self._uow.accounts.forget(self._before)
        for action, person in self._changes():
            self._record(action, person)
            if action is Action.ACCOUNT_LINKED:
                self._ask(person)

    def _ask(self, person: Person) -> None:
        """Let what waits for somebody be shown to them, who can be reached from now on."""
        for dossier in self._uow.lists.waiting_for(person.id, LIST_MAX):
            announce(self._uow, self.version.company, dossier.request.id)

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
        if account is not None:
            return owner_of(self._files, account)
        return self._files.person_on(self._told.platform, self._told.account)

    def _record(self, action: Action, person: Person) -> None:
        facts: Facts = actor_facts(self.version.company, None) | {
            "platform": self._told.platform,
            "account": self._told.account,
            "person": person.id,
            "person_name": person.name,
            "why": self._told.why_not,
            "config_version": self.version.number,
        }
        self._uow.audit.append(Entry(PEOPLE_STREAM, action, BOT, self._uow.now, facts))


def _essence(account: Account | None) -> object:
    """Give what matters of it: since when and why somebody is away changes nothing."""
    return account and (account.person, account.is_active)
