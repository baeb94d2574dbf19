"""A real browser before a real playground."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from adapters.chat.cards import Card
from adapters.chat.platform import Place
from adapters.chat.playground.platform import PlaygroundPlatform
from tests.adapters.chat.playground.stage import TOKEN, Stage, make_stage

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WITHIN_MS = 10_000
"""Far above what anything takes, for a machine under load."""

T = TypeVar("T")


@contextmanager
def browser_at(path: str) -> Iterator[Browser]:
    """Start the browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class Served:
    """A playground that is served from a thread, and can be restarted."""

    def __init__(self, folder: Path) -> None:
        """Serve at once, on a free port."""
        self.stage: Stage = make_stage(folder)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.run(self.stage.start())
        self.address = self.stage.address

    def run(self, work: Coroutine[object, object, T]) -> T:
        """Run something where the server runs."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def post(self, place: Place, card: Card, token: str) -> str:
        """Let the bot post."""

        async def post() -> str:
            platform = PlaygroundPlatform(self.address, TOKEN)
            try:
                return await platform.post(place, card, token)
            finally:
                await platform.close()

        return self.run(post())

    def edit(self, reference: str, card: Card) -> None:
        """Let the bot edit."""

        async def edit() -> None:
            platform = PlaygroundPlatform(self.address, TOKEN)
            try:
                await platform.edit(reference, card)
            finally:
                await platform.close()

        self.run(edit())

    def stop(self) -> None:
        """Stop serving; the memory stays."""
        self.run(self.stage.stop())

    def start_again(self) -> None:
        """Serve again, at the same address."""
        self.run(self.stage.start(int(self.address.rsplit(":", 1)[1])))

    def close(self) -> None:
        """End everything."""
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        self.stage.memory.close()


class Tab:
    """A tab of somebody's, and what its console complained about."""

    def __init__(self, context: BrowserContext, served: Served) -> None:
        """Nothing is open yet."""
        context.set_default_timeout(WITHIN_MS)
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self._served = served
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)

    def _listen(self, said: ConsoleMessage) -> None:
        # What the network refused is what some tests are about.
        if said.type in ("error", "warning") and "net::" not in said.text:
            self.complaints.append(said.text)

    def open(self, query: str = "") -> Page:
        """Open the playground, and wait until it is there."""
        self.page.goto(f"{self._served.address}/playground{query}")
        self.page.wait_for_selector(".shell .beginning, .shell .message, .welcome .person")
        return self.page

    def write(self, text: str) -> None:
        """Write something and send it, as a person does who knows what they want."""
        area = self.page.locator("#composer-text")
        area.fill(text)
        area.press("Escape")
        area.press("Enter")
