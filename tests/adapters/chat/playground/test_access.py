"""Everybody can read and reach everything: contrast, names and the keyboard, in both themes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from adapters.chat.cards import Card, Tone
from adapters.chat.platform import Place
from tests.adapters.chat.playground.browsing import Served, Tab
from tests.adapters.chat.playground.stage import CHANNEL, JAMES, RIYA, sample_card, waiting_card
from tests.waiting import until

pytestmark = pytest.mark.browser

CONTRAST_MIN = 4.5
"""WCAG 2.2, 1.4.3, for text of the usual size."""

# Finds each shown text, the colours that it really has after all that lies above each other, and
# the contrast between them as WCAG reckons it.
FAINT_TEXTS = """(least) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], ground) => [r, g, b].map((c, i) => c * a + ground[i] * (1 - a));
  const light = (colour) => {
    const [r, g, b] = colour.map((c) => c / 255).map((c) =>
      c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const groundOf = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) {
      layers.unshift(rgba(getComputedStyle(e).backgroundColor));
    }
    return layers.reduce((ground, layer) => over(layer, ground), [255, 255, 255]);
  };
  const faint = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const text = texts.currentNode.textContent.trim();
    const box = element.getBoundingClientRect();
    if (!text || box.width < 2 || !element.checkVisibility({ opacityProperty: true })) continue;
    const ground = groundOf(element);
    const text_colour = over(rgba(getComputedStyle(element).color), ground);
    const [one, other] = [light(text_colour), light(ground)];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < least) faint.push([text.slice(0, 40), element.className, contrast]);
  }
  return faint;
}"""

NAMELESS = """() => [...document.querySelectorAll("a, button, input, textarea, select, [role]")]
  .filter((e) => e.checkVisibility())
  .filter((e) => !(e.getAttribute("aria-label") || e.labels?.length || e.textContent.trim()
    || e.getAttribute("aria-labelledby")))
  .map((e) => e.outerHTML.slice(0, 120))"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """Give a playground with a card of every tone, a thread and a direct message."""
    made = Served(tmp_path)
    for tone in Tone:
        root = made.post(Place(channel=CHANNEL), Card(f"A {tone} card", tone), tone)
    made.post(Place(channel=CHANNEL, thread=root), sample_card(), "reply")
    made.post(Place(account=JAMES), waiting_card(), "direct")
    yield made
    made.close()


def show_thread(tab: Tab) -> None:
    """Open a thread, with an answer and another person's words beside it."""
    tab.open(f"?as={RIYA}")
    tab.write("Morning!")
    tab.write("/jit mine")
    tab.write("/jit fail now")
    tab.page.get_by_role("button", name="1 reply").click()
    tab.page.wait_for_selector(".panel .card")


def show_completion(tab: Tab) -> None:
    """Complete a command, with one chosen."""
    tab.open(f"?as={JAMES}&in=@{JAMES}")
    tab.page.locator("#composer-text").fill("/jit request ")
    tab.page.locator("#composer-text").fill("/")
    tab.page.wait_for_selector("[role=option][aria-selected=true]")


def show_form(tab: Tab) -> None:
    """Open a form with an error in it."""
    tab.open(f"?as={RIYA}")
    tab.write("/jit request")
    tab.page.get_by_role("dialog").get_by_role("button", name="Ask").click()
    tab.page.wait_for_selector("dialog .error")


def show_try_it(tab: Tab) -> None:
    """Show an outcome of each kind."""
    tab.open(f"?as={RIYA}&panel=try")
    tab.page.get_by_role("button", name="Run").click()
    tab.page.wait_for_selector(".result.no")
    tab.page.get_by_role("button", name="Read the journals").click()
    tab.page.get_by_role("button", name="Run").click()
    tab.page.wait_for_selector(".result.ok")


def show_switcher(tab: Tab) -> None:
    """Open the list of people."""
    tab.open(f"?as={RIYA}")
    tab.page.locator(".you").click()
    tab.page.wait_for_selector(".switcher .person")


def show_welcome(tab: Tab) -> None:
    """Open the first page."""
    tab.open()


SIGHTS = (show_thread, show_completion, show_form, show_try_it, show_switcher, show_welcome)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("show", SIGHTS, ids=lambda show: show.__name__)
def test_every_text_has_contrast_and_every_control_a_name(
    browser: Browser,
    served: Served,
    *,
    show: Callable[[Tab], None],
    theme: Literal["light", "dark"],
) -> None:
    """In what is shown together, whatever was opened."""
    context = browser.new_context(color_scheme=theme, reduced_motion="reduce")
    tab = Tab(context, served)

    show(tab)

    assert tab.page.evaluate(FAINT_TEXTS, CONTRAST_MIN) == []
    assert tab.page.evaluate(NAMELESS) == []
    context.close()


def focused(page: Page) -> str:
    """Say what has the focus."""
    return str(
        page.evaluate(
            "document.activeElement.getAttribute('aria-label') || "
            "document.activeElement.textContent.trim().slice(0, 60) || document.activeElement.id"
        )
    )


def test_everything_is_reached_by_the_tab_key(browser: Browser, served: Served) -> None:
    """From the first link on: people, places, cards' buttons, threads, the composer."""
    context = browser.new_context()
    tab = Tab(context, served)
    page = tab.open(f"?as={JAMES}&in=@{JAMES}")
    page.locator(".skip").focus()

    reached = [focused(page)]
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(focused(page))

    everything = " | ".join(reached)
    for name in ("James Whitaker", "access-audit", "Try it", "Approve JIT-42", "Deny JIT-42"):
        assert name in everything
    assert "Say a command to jit" in everything
    context.close()


def test_the_focus_is_seen(browser: Browser, served: Served) -> None:
    """An outline of two pixels, wherever the keyboard is."""
    context = browser.new_context()
    page = Tab(context, served).open(f"?as={JAMES}&in=@{JAMES}")
    page.get_by_role("button", name="Deny JIT-42").focus()
    page.keyboard.press("Shift+Tab")

    outline = page.evaluate("getComputedStyle(document.activeElement).outline")

    assert "2px" in outline
    assert "solid" in outline
    context.close()


def test_what_arrives_is_read_out(browser: Browser, served: Served) -> None:
    """In a live region of its own, and nothing that was there before is."""
    context = browser.new_context()
    page = Tab(context, served).open(f"?as={RIYA}")
    log = page.get_by_role("log")
    assert log.inner_text() == ""

    served.post(Place(channel=CHANNEL), Card("JIT-43 waits"), "t9")

    expect(log).to_have_text("jit in #access-audit: JIT-43 waits")
    context.close()


def test_the_theme_is_the_systems_until_somebody_chooses(browser: Browser, served: Served) -> None:
    """The choice outlives a reload; choosing back follows the system again."""
    context = browser.new_context(color_scheme="dark")
    page = Tab(context, served).open(f"?as={RIYA}")
    theme = "document.documentElement.dataset.theme"
    assert page.evaluate(theme) == "dark"

    page.get_by_role("button", name="Light or dark").click()
    page.reload()
    chosen = page.evaluate(theme)
    page.wait_for_selector(".shell")
    page.get_by_role("button", name="Light or dark").click()
    page.emulate_media(color_scheme="light")

    assert chosen == "light"
    until(lambda: page.evaluate(theme) == "light", what="the system's theme")
    assert page.evaluate("localStorage.getItem('theme')") is None
    context.close()
