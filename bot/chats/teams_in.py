"""Teams is put together: what comes in, and the Inbox.

Only where it is switched on: the Bot Framework takes memory that nobody else should pay for.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import Executor

import structlog
from aiohttp import web

from adapters.chat.cards import Card
from adapters.chat.inbox import Inbox, Receive
from adapters.chat.platform import PlatformError
from adapters.chat.teams.address import TEAMS
from adapters.chat.teams.chat import ChatParts, TeamsChat
from adapters.chat.teams.connector.client import BotConnector
from adapters.chat.teams.door.app import TeamsParts, add_teams
from adapters.chat.teams.hosts import SERVICE_HOSTS
from bot.chats.addresses import Book
from bot.chats.teams_out import teams_connector
from bot.wiring import Parts
from engine.workflow.announce import story_at

log = structlog.get_logger(__name__)


def add_teams_chat(app: web.Application, parts: Parts, *, receive: Receive, pool: Executor) -> None:
    """Add Teams to the web process. Its settings have the bot's id and the tenant."""
    settings = parts.settings
    app_id, tenant = settings.microsoft_app_id, settings.microsoft_app_tenant_id
    assert app_id, "Teams is switched on by the bot's id"
    assert tenant, "the settings ask for both"
    connector = teams_connector(settings)
    memory = _Memory(parts, pool)
    chat = TeamsChat(
        ChatParts(
            receive=receive,
            shown_now=memory.shown_now,
            remembers=memory.remembers,
            connector=connector,
            book=Book(parts.work, TEAMS, pool),
            app_id=app_id,
            tenant=tenant,
            trusts_upn=settings.teams_link == "managed-email",
        )
    )

    async def living(_app: web.Application) -> AsyncIterator[None]:
        signing_in = asyncio.ensure_future(_sign_in(connector))
        yield
        signing_in.cancel()
        await asyncio.gather(signing_in, return_exceptions=True)
        await chat.close()
        await connector.close()

    app.cleanup_ctx.append(living)
    door = TeamsParts(
        hear=chat.hear,
        app_id=app_id,
        openid_url=settings.teams_openid_metadata_url,
        service_hosts=settings.teams_service_hosts or SERVICE_HOSTS,
    )
    add_teams(app, door)


async def _sign_in(connector: BotConnector) -> None:
    """Sign in before anybody waits for it; an operator who starts the process sees why not."""
    try:
        await connector.sign_in()
    except PlatformError as problem:
        log.warning("teams.not_signed_in", problem=str(problem), more="python -m bot doctor")


class _Memory:
    """What is remembered of messages, asked for in a thread."""

    def __init__(self, parts: Parts, pool: Executor) -> None:
        self._work, self._pool = parts.work, pool
        self._inbox = Inbox(parts.work)

    async def shown_now(self, account: str, reference: str) -> Card | None:
        """Give what a message shows now; None where it is none for this account."""
        loop = asyncio.get_running_loop()
        shown = self._inbox.shown_now
        return await loop.run_in_executor(self._pool, shown, TEAMS, account, reference)

    async def remembers(self, reference: str) -> bool:
        """Say whether a message is one of ours; raises while the database is away."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._pool, story_at, self._work, TEAMS, reference)
        return found is not None
