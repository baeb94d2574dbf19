"""A playground that runs, and a page's way of talking to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from playwright.sync_api import Browser

from adapters.chat.playground.app import add_playground
from tests.adapters.chat.playground.browsing import Served, Tab, browser_at
from tests.adapters.chat.playground.stage import RIYA, TOKEN, Stage, make_stage

PageClient = TestClient[web.Request, web.Application]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Give a playground that nobody serves yet."""
    made = make_stage(tmp_path)
    yield made
    await made.stop()
    made.memory.close()


@pytest.fixture
async def page(stage: Stage) -> AsyncIterator[PageClient]:
    """Give a client that sends what our own page sends."""
    app = web.Application()
    add_playground(app, stage.parts())
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    headers = {"Origin": f"http://127.0.0.1:{server.port}", "X-Playground": "page"}
    async with TestClient(server, headers=headers) as client:
        yield client


@pytest.fixture
async def outsider(page: PageClient) -> AsyncIterator[PageClient]:
    """Give a client that sends no header of its own, to the same server."""
    assert isinstance(page.server, TestServer)
    async with TestClient(page.server) as client:
        yield client


def saying(text: str, **more: object) -> dict[str, object]:
    """Give what the page sends when Riya types something in the audit channel."""
    return {"as": RIYA, "place": "#access-audit", "delivery": "d" * 16, "text": text, **more}


def bearer(token: str = TOKEN) -> dict[str, str]:
    """Give the header that the bot sends."""
    return {"Authorization": f"Bearer {token}"}


# ── in a browser ────────────────────────────────────────────────────────────────────────────────

OPEN_TAB = Callable[..., Tab]


@pytest.fixture(scope="module")
def browser(browser_path: str) -> Iterator[Browser]:
    """Give one browser to all tests here."""
    with browser_at(browser_path) as started:
        yield started


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """Give a playground with nothing in it."""
    made = Served(tmp_path)
    yield made
    made.close()


@pytest.fixture
def tab(browser: Browser, served: Served) -> Iterator[OPEN_TAB]:
    """Give tabs, each of which has no complaint in its console at the end."""
    tabs: list[Tab] = []

    def make(width: int = 1280, height: int = 800, zone: str = "Europe/Berlin") -> Tab:
        context = browser.new_context(
            viewport={"width": width, "height": height}, timezone_id=zone, locale="en-GB"
        )
        tabs.append(Tab(context, served))
        return tabs[-1]

    yield make
    for made in tabs:
        made.page.context.close()
    assert [complaint for made in tabs for complaint in made.complaints] == []
