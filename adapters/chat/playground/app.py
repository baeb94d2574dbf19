"""The playground's server: a small chat product, inside the web process.

    browser ──▶ page_api ──▶ receive (the bot's inbox)
       ▲            │
       │ live       ▼
       └──────── memory ◀── bot_api ◀── PlaygroundPlatform, in the worker

Everything under /playground goes through `guard`.
"""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from adapters.chat.playground.bot_api import BotApi
from adapters.chat.playground.guard import add_headers, guard
from adapters.chat.playground.live import Bell
from adapters.chat.playground.page_api import PageApi
from adapters.chat.playground.parts import Parts

PATH = "/playground"
_STATIC = Path(__file__).parent / "static"


def add_playground(app: web.Application, parts: Parts) -> None:
    """Add the playground to an application, at /playground; `/` leads there.

    Closing the application says goodbye to the browsers and ends the sessions of `parts.try_it`;
    the memory belongs to the caller.
    """
    app.add_subapp(PATH, playground_app(parts))
    app.router.add_get("/", _go_there)


def playground_app(parts: Parts) -> web.Application:
    """Make the playground as an application of its own, to be put under /playground."""
    bell = Bell()
    page = PageApi(parts, bell)
    app = web.Application(middlewares=[guard])
    app.on_response_prepare.append(add_headers)
    app.router.add_get("", _index)
    app.router.add_get("/", _index)
    app.router.add_routes(page.routes())
    app.router.add_routes(BotApi(parts, bell).routes())
    app.router.add_static("/static", _STATIC)

    async def say_goodbye(_app: web.Application) -> None:
        await page.live.close()

    async def end_sessions(_app: web.Application) -> None:
        if parts.try_it is not None:
            await parts.try_it.close()

    app.on_shutdown.append(say_goodbye)
    app.on_cleanup.append(end_sessions)
    return app


async def _index(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(_STATIC / "index.html")


async def _go_there(_request: web.Request) -> web.Response:
    raise web.HTTPFound(PATH)
