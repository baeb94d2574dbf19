"""One request lives its whole life, before a newcomer's eyes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.adapters.chat.playground.browsing import browser_at
from tests.story.staged import SEEN_WITHIN_MS, Demo, Somebody, running

PICTURES = Path(__file__).resolve().parent.parent.parent / "build" / "pictures"
"""Where a person can look at what the test saw."""

POST_A_JOURNAL = "Post a journal"
DENIED = "Permission denied for table journals."
WORKED = "1 row inserted."

LIFE = (
    "Riya Patel asked for GL posting for Riya Patel, for 25 seconds",
    "Stage 1 of 3, Finance manager: asked",
    "Ben Okafor, Finance Manager, General Ledger, approved stage 1 of 3",
    "Stage 2 of 3, System owner: asked",
    "Aisha Farouk, Head of Finance Systems, approved stage 2 of 3",
    "Stage 3 of 3, CFO or compliance: asked",
    "Helen Moreau, Chief Financial Officer, approved stage 3 of 3",
    "Every stage is satisfied",
    "Riya Patel now has GL posting",
    "The time is over",
    "The access is gone, read back from the system",
)
"""What the thread says, in this order and nothing else."""


@pytest.fixture
def demo() -> Iterator[Demo]:
    """Give a demo in a folder whose path is short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="jit-") as folder, running(Path(folder)) as demo:
        yield demo


@pytest.fixture
def browser(browser_path: str) -> Iterator[Browser]:
    """Give a real browser."""
    with browser_at(browser_path) as browser:
        yield browser


def _picture(somebody: Somebody, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    somebody.page.screenshot(path=PICTURES / f"{name}.png")


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_a_request_lives_its_whole_life(browser: Browser, demo: Demo) -> None:
    """Asked for, approved by three, given, used, ended on time, denied again, and proven."""
    riya = Somebody(browser, demo, "riya.patel")
    assert DENIED in riya.try_it(POST_A_JOURNAL)
    riya.say('/jit request netsuite-gl 25s "Q4 close, posting the November accruals"')
    riya.sees("JIT-1: GL posting for Riya Patel: asked")
    _picture(riya, "1-asked")

    for number, person in enumerate(("ben.okafor", "aisha.farouk", "helen.moreau"), start=1):
        approver = Somebody(browser, demo, person)
        approver.open_messages()
        approver.sees("Q4 close, posting the November accruals")
        _picture(approver, f"2-asked-{number}")
        approver.page.get_by_role("button", name="Approve").click()
        expect(approver.page.get_by_role("button", name="Approve")).to_have_count(
            0, timeout=SEEN_WITHIN_MS
        )
        _picture(approver, f"3-approved-{number}")

    riya.tries_until(POST_A_JOURNAL, WORKED)
    _picture(riya, "4-access-works")
    riya.open_channel("access-audit")
    riya.open_thread()
    riya.sees(LIFE[-1], within_ms=60_000)  # it lasts for 25 s
    _picture(riya, "5-thread")
    assert _said(riya.thread(), LIFE) == list(LIFE)
    assert DENIED in riya.try_it(POST_A_JOURNAL)

    ingrid = Somebody(browser, demo, "ingrid.solberg")
    ingrid.say("/jit audit request JIT-1")
    ingrid.sees("Helen Moreau, Chief Financial Officer, approved stage 3 of 3")
    _picture(ingrid, "6-audit")
    verdict = demo.bot("audit", "verify")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


def _said(replies: list[str], expected: tuple[str, ...]) -> list[str]:
    """Name what each reply says, in the thread's order; a reply that nobody expected as it is."""
    return [next((text for text in expected if text in reply), reply) for reply in replies]
