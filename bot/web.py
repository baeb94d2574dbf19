"""The web process: what comes in from chat, and what an operator looks at.

::

    /healthz      this process is alive
    /readyz       it can reach Postgres, and a company is configured
    /metrics      for Prometheus
    /playground   the local chat, where it is switched on
    /slack/events what Slack delivers, where it is switched on and not over a socket
    /api/messages what Teams delivers, where it is switched on

The engine is synchronous: a bounded pool of threads enters it, so that a slow database slows
answers down and never stops the loop that acknowledges them.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import structlog
from aiohttp import web

from adapters.chat.cards import Answer, Choice
from adapters.chat.inbox import Choose, Inbound, Inbox, Receive
from bot.chats.playground import add_local_chat
from bot.chats.slack import Note, add_slack_chat
from bot.watch.metrics import render_metrics
from bot.wiring import Parts
from engine.errors import NotFound
from engine.policy.accounts import AccountFacts
from engine.workflow.accounts import note_account
from engine.workflow.look import company_now

log = structlog.get_logger(__name__)

_PARTS = web.AppKey("parts", Parts)
_POOL = web.AppKey("pool", ThreadPoolExecutor)

READY_WITHIN = 3.0
"""Seconds in which a ready process has asked its database."""


LINGERS = 0.0
"""Seconds for which the rest of a body is still read that nobody asked for: not at all. Who is
refused before their body was read could send one that unpacks into gigabytes, and unpacking it, to
throw it away, would stop the event loop for most of a second."""


def run(parts: Parts) -> None:
    """Serve until SIGTERM or SIGINT."""
    settings = parts.settings
    app = make_app(parts)
    app.on_startup.append(settled)
    web.run_app(
        app,
        host=settings.host,
        port=settings.port,
        print=lambda *_: log.info("web.started", host=settings.host, port=settings.port),
        access_log=None,
        lingering_time=LINGERS,
    )


async def settled(_app: web.Application) -> None:
    """Take what was loaded by now out of the garbage collector's sight.

    It is never garbage, and looking through all of it stops the event loop for 100 to 200 ms, every
    few seconds under load: the Bot Framework alone brings tens of thousands of objects.
    """
    gc.collect()
    gc.freeze()


def make_app(parts: Parts) -> web.Application:
    """Put the routes together."""
    app = web.Application()
    app[_PARTS] = parts
    app[_POOL] = ThreadPoolExecutor(parts.settings.engine_threads, "engine")
    app.router.add_get("/healthz", _healthz)
    app.router.add_get("/readyz", _readyz)
    app.router.add_get("/metrics", _metrics)
    app.cleanup_ctx.append(_pumping)
    if parts.settings.playground:
        add_local_chat(app, parts, _receiver(parts, app[_POOL]))
    if parts.settings.slack_bot_token is not None:
        pool = app[_POOL]
        add_slack_chat(
            app,
            parts.settings,
            receive=_receiver(parts, pool),
            choose=_chooser(parts, pool),
            note=_noter(parts, pool),
        )
    if parts.settings.microsoft_app_id is not None:
        from bot.chats.teams_in import add_teams_chat  # noqa: PLC0415 - the SDK costs memory

        add_teams_chat(app, parts, receive=_receiver(parts, app[_POOL]), pool=app[_POOL])
    return app


def _receiver(parts: Parts, pool: ThreadPoolExecutor) -> Receive:
    inbox = Inbox(parts.work)

    async def receive(inbound: Inbound) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(pool, inbox.receive, inbound)

    return receive


def _chooser(parts: Parts, pool: ThreadPoolExecutor) -> Choose:
    inbox = Inbox(parts.work)

    async def choose(inbound: Inbound, field: str, typed: str) -> tuple[Choice, ...]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(pool, inbox.choices, inbound, field, typed)

    return choose


def _noter(parts: Parts, pool: ThreadPoolExecutor) -> Note:
    async def note(told: AccountFacts) -> None:
        with suppress(NotFound):  # no company was ever applied, and nobody has an account
            await asyncio.get_running_loop().run_in_executor(pool, note_account, parts.work, told)

    return note


async def _pumping(app: web.Application) -> AsyncIterator[None]:
    with app[_PARTS].pumping():
        yield
        app[_POOL].shutdown(wait=True)


async def _healthz(_request: web.Request) -> web.Response:
    return web.json_response({"status": "alive"})


async def _readyz(request: web.Request) -> web.Response:
    """Say what is missing, without saying anything about where it should be."""
    parts = request.app[_PARTS]
    asked = asyncio.get_running_loop().run_in_executor(request.app[_POOL], company_now, parts.work)
    try:
        version = await asyncio.wait_for(asked, READY_WITHIN)
    except NotFound:
        return _not_ready("no company is configured yet: python -m bot config apply DIR")
    except Exception:
        log.exception("web.not_ready")
        return _not_ready("the database does not answer")
    return web.json_response({"status": "ready", "config": version.number})


def _not_ready(problem: str) -> web.Response:
    return web.json_response({"status": "not ready", "problem": problem}, status=503)


async def _metrics(request: web.Request) -> web.Response:
    parts = request.app[_PARTS]
    asked = asyncio.get_running_loop().run_in_executor(
        request.app[_POOL], render_metrics, parts.engine
    )
    text = await asyncio.wait_for(asked, READY_WITHIN)
    return web.Response(text=text, content_type="text/plain", charset="utf-8")
