"""The page's forms, in a real browser: what they say while they are filled in, and afterwards."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from adapters.chat.inbox import Inbound
from tests.adapters.chat.playground.browsing import WITHIN_MS, Served
from tests.adapters.chat.playground.conftest import OPEN_TAB
from tests.adapters.chat.playground.stage import RIYA
from tests.waiting import until

pytestmark = pytest.mark.browser
expect.set_options(timeout=WITHIN_MS)

AS_RIYA = f"?as={RIYA}"


def test_a_form_asks_until_all_is_right(tab: OPEN_TAB, served: Served) -> None:
    """What is wrong stands at its field, which has the focus; what was written stays."""
    riya = tab()
    page = riya.open(AS_RIYA)
    riya.write("/jit request")
    dialog = page.get_by_role("dialog", name="Ask for access")
    dialog.get_by_label("Entitlement").select_option("netsuite-gl")
    why = dialog.get_by_label("Why")
    why.fill("close")
    dialog.get_by_role("button", name="Ask").click()

    expect(dialog.locator(".error")).to_have_text("Say in a sentence what you will do with it.")
    expect(why).to_be_focused()
    expect(why).to_have_value("close")
    expect(why).to_have_attribute("aria-invalid", "true")
    why.fill("Post the Q4 accruals")
    dialog.get_by_role("button", name="Ask").click()

    expect(page.locator(".whisper h3")).to_have_text("netsuite-gl is asked for.")
    expect(page.locator("dialog")).to_have_count(0)
    assert _submitted(served)[-1].fields == {
        "entitlement": "netsuite-gl",
        "duration": "4h",
        "justification": "Post the Q4 accruals",
        "for": "",
    }


def test_a_form_says_what_it_would_come_to(tab: OPEN_TAB, served: Served) -> None:
    """Who will be asked, and what is usual then, as it is filled in; what was typed stays."""
    riya = tab()
    page = riya.open(AS_RIYA)
    riya.write("/jit request")
    dialog = page.get_by_role("dialog", name="Ask for access")
    expect(dialog.get_by_role("status")).to_have_text("Choose first what you need.")

    dialog.get_by_label("Why").fill("Posting accruals")
    dialog.get_by_label("Entitlement").select_option("netsuite-ap")

    expect(dialog.get_by_role("status")).to_contain_text("netsuite-ap: James Whitaker will be")
    expect(dialog.get_by_role("status").locator("time")).to_be_visible()
    expect(dialog.get_by_role("radio", name="2 hours (usual)")).to_be_visible()
    expect(dialog.get_by_label("Why")).to_have_value("Posting accruals")
    expect(dialog.get_by_label("For how long", exact=True)).to_have_value("4h")
    drafts = [heard for heard in served.stage.bot.heard if heard.is_draft]
    assert drafts[-1].fields == {
        "entitlement": "netsuite-ap",
        "duration": "4h",
        "justification": "Posting accruals",
        "for": "",
    }
    assert len({heard.delivery for heard in served.stage.bot.heard}) == len(served.stage.bot.heard)


def test_a_proposal_is_one_press_and_anything_else_may_be_written(
    tab: OPEN_TAB, served: Served
) -> None:
    """By mouse or keyboard; what is written beside the proposals is none of them."""
    riya = tab()
    page = riya.open(AS_RIYA)
    riya.write("/jit request")
    dialog = page.get_by_role("dialog", name="Ask for access")
    written = dialog.get_by_label("For how long", exact=True)
    expect(dialog.get_by_role("radio", name="4 hours (usual)")).to_be_checked()

    dialog.get_by_role("radio", name="4 hours (usual)").press("ArrowRight")
    expect(written).to_have_value("1h")
    written.fill("90m")
    expect(dialog.get_by_role("radio", checked=True)).to_have_count(0)
    dialog.get_by_label("Entitlement").select_option("netsuite-gl")
    dialog.get_by_text("8 hours").click()
    dialog.get_by_label("Why").fill("Post the Q4 accruals")
    dialog.get_by_role("button", name="Ask").click()

    expect(page.locator("dialog")).to_have_count(0)
    assert _submitted(served)[-1].fields == {
        "entitlement": "netsuite-gl",
        "duration": "8h",
        "justification": "Post the Q4 accruals",
        "for": "",
    }


def test_a_mistake_is_said_once_somebody_has_finished(tab: OPEN_TAB, served: Served) -> None:
    """Not at each key; and it goes away at the key that mends it."""
    riya = tab()
    page = riya.open(AS_RIYA)
    riya.write("/jit request")
    dialog = page.get_by_role("dialog", name="Ask for access")
    why, error = dialog.get_by_label("Why"), dialog.locator(".error")

    why.press_sequentially("Post")
    until(lambda: (served.stage.bot.heard[-1].fields or {}).get("justification") == "Post")
    expect(error).to_have_count(0)
    why.press("Tab")
    expect(error).to_have_text("Say more.")
    expect(page.locator("#announcer")).to_contain_text("Why: Say more.")
    expect(why).to_have_attribute("aria-invalid", "true")
    why.focus()
    why.press("End")
    why.press_sequentially("ing the accruals")

    expect(error).to_have_count(0)
    expect(why).to_have_value("Posting the accruals")


def _submitted(served: Served) -> list[Inbound]:
    """List what was said for good: a draft of what was filled in before may be heard later."""
    return [heard for heard in served.stage.bot.heard if not heard.is_draft]
