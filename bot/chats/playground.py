"""The local chat is put together: the company's people, the commands, and the ledger to try.

Only where the playground is switched on. The rest of the web process knows nothing of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from aiohttp import web
from psycopg2.extensions import make_dsn

from adapters.chat.commands import COMMANDS
from adapters.chat.inbox import Receive
from adapters.chat.playground.app import add_playground
from adapters.chat.playground.identity import PLAYGROUND, Channel, Directory, Profile
from adapters.chat.playground.memory import Memory
from adapters.chat.playground.parts import CommandHint, Suggestion
from adapters.chat.playground.parts import Parts as PlaygroundParts
from adapters.chat.playground.prepared import ACME
from adapters.chat.playground.try_it import PostgresSessions
from bot.wiring import Parts
from engine.model.company import Company
from engine.model.identifiers import SystemId
from engine.policy.people import may_request
from engine.workflow.look import company_now

LOGIN_CONNECTOR = "postgres"
"""Systems whose logins can be tried: those with real sessions."""

SUGGESTIONS_MAX = 8


def add_local_chat(app: web.Application, parts: Parts, receive: Receive) -> None:
    """Add the playground to the web process."""
    company = _Company(parts)
    memory = Memory(Path(parts.settings.playground_memory))
    add_playground(
        app,
        PlaygroundParts(
            memory=memory,
            directory=company.directory,
            receive=receive,
            bot_token=parts.settings.playground_token.get_secret_value(),
            commands=[CommandHint(c.word, c.usage, c.summary) for c in COMMANDS],
            suggest=company.suggest,
            try_it=PostgresSessions(company.login),
            prepared=ACME,
        ),
    )

    async def close(_app: web.Application) -> None:
        memory.close()

    app.on_cleanup.append(close)


class _Company:
    """The configuration in force, as a chat product asks for it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def _now(self) -> Company:
        version = await asyncio.to_thread(company_now, self._parts.work)
        return version.company

    async def directory(self) -> Directory:
        """Give people and channels."""
        company = await self._now()
        people = tuple(
            Profile(account, person.name, person.title, person.department)
            for person in company.people
            if person.active and (account := person.platforms.get(PLAYGROUND))
        )
        channels = (
            Channel("general"),
            *(
                Channel(name, topic)
                for name, topic in (
                    (company.audit_channels.get(PLAYGROUND), "A thread for every request."),
                    (company.admin_channels.get(PLAYGROUND), "For those who run the bot."),
                )
                if name
            ),
        )
        return Directory(company.name, people, channels)

    async def suggest(self, account: str, line: str) -> Sequence[Suggestion]:
        """Complete an entitlement's name where the command takes one."""
        company = await self._now()
        person = company.person_on(PLAYGROUND, account)
        words = line.split(" ")
        if person is None or len(words) != 2 or words[0] != "request":
            return ()
        return [
            Suggestion(entitlement.id, entitlement.name)
            for entitlement in company.entitlements
            if words[1].casefold() in entitlement.id and may_request(company, person, entitlement)
        ][:SUGGESTIONS_MAX]

    async def login(self, account: str, system: str) -> str | None:
        """Give the address of a person's own login, on the server that the connector uses."""
        company = await self._now()
        person = company.person_on(PLAYGROUND, account)
        known = company.system.get(SystemId(system))
        if person is None or known is None or known.connector != LOGIN_CONNECTOR:
            return None
        # The example's logins share one password with the connector; nobody else's do.
        connector = self._parts.settings.secret(known.settings["url_from"])
        return make_dsn(connector, user=company.account_of(person, known.id))
