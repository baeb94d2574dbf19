"""A demo that runs for a test, and the people who use it in a browser."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.waiting import until

ROOT = Path(__file__).resolve().parent.parent.parent
ACME = ROOT / "examples" / "acme"

READY_WITHIN = 90.0
SEEN_WITHIN_MS = 20_000
"""Far above what anything takes, for a machine under load."""


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo."""

    address: str
    folder: Path

    def bot(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run an operator's verb on it, as the demo's welcome says."""
        honcho = Path(sys.executable).parent / "honcho"
        command = [str(honcho), "-e", str(self.folder / "env"), "run", sys.executable, "-m", "bot"]
        return subprocess.run(
            [*command, *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
        )


@contextmanager
def running(folder: Path) -> Iterator[Demo]:
    """Run the demo in a folder, with an Acme whose access may be as short as five seconds."""
    company = folder / "acme"
    shutil.copytree(ACME, company)
    entitlements = company / "entitlements.yaml"
    entitlements.write_text(entitlements.read_text().replace("{min: 1m,", "{min: 5s,"))
    state = folder / "state"
    port = _free_port()
    command = ["demo", "--folder", str(state), "--company", str(company)]
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *command],
        cwd=ROOT,
        env=os.environ | {"PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield Demo(_welcomed(process, port), state)
    finally:
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said


def _welcomed(process: subprocess.Popen[str], port: int) -> str:
    """Wait for the welcome; a demo that gives up instead says why."""
    assert process.stdout is not None
    said: list[str] = []
    for line in process.stdout:
        said.append(line)
        if "jitbot is running" in line:
            return f"http://127.0.0.1:{port}"
    raise AssertionError("".join(said))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Somebody:
    """A person in a browser of their own."""

    def __init__(self, browser: Browser, demo: Demo, person: str) -> None:
        """Open the playground as this person."""
        context = browser.new_context(viewport={"width": 1280, "height": 860})
        context.set_default_timeout(SEEN_WITHIN_MS)
        self.page: Page = context.new_page()
        self.page.goto(f"{demo.address}/playground?as={person}")
        self.page.wait_for_selector("#composer-text")

    def say(self, text: str) -> None:
        """Write something and send it."""
        area = self.page.locator("#composer-text")
        area.fill(text)
        area.press("Enter")

    def open_channel(self, name: str) -> None:
        """Open a channel."""
        self.page.get_by_role("navigation").get_by_text(name, exact=True).click()

    def open_messages(self) -> None:
        """Open the conversation with the bot."""
        self.open_channel("jit")

    def open_thread(self) -> None:
        """Open the thread of the request at hand."""
        self.page.get_by_role("button", name="replies").click()

    def thread(self) -> list[str]:
        """Read the thread's replies, in order."""
        in_thread = self.page.locator("ol.messages").last
        return in_thread.locator(".message").all_inner_texts()[1:]

    def sees(self, text: str, *, within_ms: int = SEEN_WITHIN_MS) -> None:
        """Wait until something is on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=within_ms)

    def try_it(self, label: str) -> str:
        """Run a prepared statement in the ledger with one's own login; gives what came of it."""
        if not self.page.get_by_role("button", name="Run").is_visible():
            self.page.get_by_role("button", name="Try it").click()
        results = self.page.locator(".results > *")
        before = results.count()
        self.page.get_by_role("button", name=label).click()
        self.page.get_by_role("button", name="Run").click()
        expect(results).to_have_count(before + 1, timeout=SEEN_WITHIN_MS)
        return results.first.inner_text()

    def tries_until(self, label: str, outcome: str) -> None:
        """Try again until that comes of it: what a person does who waits for access."""
        until(lambda: outcome in self.try_it(label), within=60, what=outcome)
