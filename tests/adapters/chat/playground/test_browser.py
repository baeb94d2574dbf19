"""The page, in a real browser: what people see, press and hear read out."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from adapters.chat.cards import Button, Card, Fact, Table, Tone
from adapters.chat.platform import Place
from adapters.chat.playground.memory import Draft
from adapters.chat.playground.try_it import Session
from tests.adapters.chat.playground.browsing import WITHIN_MS, Served
from tests.adapters.chat.playground.conftest import OPEN_TAB
from tests.adapters.chat.playground.stage import (
    CHANNEL,
    CSV,
    HASH,
    JAMES,
    NOON,
    RIYA,
    in_minutes,
    sample_card,
    waiting_card,
)
from tests.waiting import until

pytestmark = pytest.mark.browser
expect.set_options(timeout=WITHIN_MS)

AS_RIYA = f"?as={RIYA}"
AS_JAMES = f"?as={JAMES}"
DIRECT = f"&in=@{JAMES}"


def test_a_newcomer_chooses_who_to_be(tab: OPEN_TAB) -> None:
    """By a name, a title or a department; the address then says who one is."""
    page = tab().open()

    page.get_by_label("Find a person").fill("controller")
    page.locator(".person").get_by_text("James Whitaker").click()

    expect(page.locator(".you")).to_contain_text("James Whitaker")
    assert page.url.endswith(f"?as={JAMES}")


def test_two_tabs_are_two_people_who_see_each_other_at_once(tab: OPEN_TAB) -> None:
    """Without a reload, and each message once."""
    riya, james = tab(), tab()
    riya.open(AS_RIYA)
    james.open(AS_JAMES)

    riya.write("Morning!")
    james.write("Hello Riya.")

    for page in (riya.page, james.page):
        expect(page.locator(".message .words")).to_have_text(["Morning!", "Hello Riya."])


def test_an_answer_is_seen_by_the_one_who_asked(tab: OPEN_TAB) -> None:
    """It says so, outlives a reload, and can be dismissed."""
    riya, james = tab(), tab()
    riya.open(AS_RIYA)
    james.open(AS_JAMES)

    riya.write("/jit mine")
    expect(riya.page.locator(".whisper")).to_contain_text("Only visible to you")
    expect(riya.page.locator(".whisper h3")).to_have_text("What you hold")
    riya.page.reload()
    expect(riya.page.locator(".whisper h3")).to_have_text("What you hold")
    riya.page.get_by_role("button", name="Dismiss").click()

    expect(riya.page.locator(".whisper")).to_have_count(0)
    expect(james.page.locator(".message")).to_have_count(0)


def test_a_command_is_completed_by_keyboard(tab: OPEN_TAB, served: Served) -> None:
    """The arrows choose, Enter and Tab take, and a screen reader is told which one is chosen."""
    page = tab().open(AS_RIYA)
    area = page.get_by_role("combobox")

    area.press_sequentially("/")
    expect(area).to_have_attribute("aria-expanded", "true")
    area.press("ArrowUp")
    chosen = page.locator(f"#{area.get_attribute('aria-activedescendant')}")
    expect(chosen).to_contain_text("/jit help")
    area.press("ArrowDown")
    area.press("Enter")
    assert area.input_value() == "/jit request "
    area.press_sequentially("netsuite-r")
    expect(page.get_by_role("option")).to_have_count(1)
    area.press("Tab")
    assert area.input_value() == "/jit request netsuite-reports "
    expect(page.locator(".usage b")).to_have_text("<duration>")
    area.press_sequentially('4h "Q4 close')
    expect(page.locator(".usage b")).to_have_text('"<justification>"')
    area.press("Enter")

    expect(page.locator(".whisper h3")).to_have_text("JIT-42 is asked for.")
    assert served.stage.bot.heard[0].text == 'request netsuite-reports 4h "Q4 close'


def test_a_whole_word_is_sent_as_it_is(tab: OPEN_TAB, served: Served) -> None:
    """What a completion would make of it is not chosen unasked."""
    page = tab().open(AS_RIYA)
    area = page.get_by_role("combobox")

    area.press_sequentially("/jit request netsuite-g")
    expect(page.get_by_role("option")).to_have_count(1)
    area.press("Enter")

    until(lambda: served.stage.bot.heard, what="the command")
    assert served.stage.bot.heard[0].text == "request netsuite-g"


def test_a_double_click_is_one_delivery(tab: OPEN_TAB, served: Served) -> None:
    """The button says its line once, and shows that it is at it."""
    served.stage.bot.pause = 0.3
    served.post(Place(account=JAMES), waiting_card(), "t1")
    page = tab().open(AS_JAMES + DIRECT)

    page.get_by_role("button", name="Approve JIT-42").dblclick()

    expect(page.locator(".whisper h3")).to_have_text("You approved JIT-42.")
    assert [heard.text for heard in served.stage.bot.heard] == [f"approve JIT-42 {HASH}"]


def test_an_edit_takes_the_buttons_away_and_keeps_the_focus(tab: OPEN_TAB, served: Served) -> None:
    """Whoever was about to press stays at the message."""
    reference = served.post(Place(account=JAMES), waiting_card(), "t1")
    page = tab().open(AS_JAMES + DIRECT)
    page.get_by_role("button", name="Approve JIT-42").focus()

    served.edit(reference, Card("Helen Moreau approved JIT-42.", Tone.GOOD))

    expect(page.locator(".message h3")).to_have_text("Helen Moreau approved JIT-42.")
    expect(page.get_by_role("button", name="Approve JIT-42")).to_have_count(0)
    assert page.evaluate("document.activeElement.classList.contains('message')")


def test_what_is_shared_is_the_bots_message_to_all(tab: OPEN_TAB) -> None:
    """Once, and nothing is left that only one sees."""
    riya, james = tab(), tab()
    riya.open(AS_RIYA)
    james.open(AS_JAMES)

    riya.write("/jit share")

    for page in (riya.page, james.page):
        expect(page.locator(".message h3")).to_have_text(["The record: 1 entry"])
        expect(page.locator(".whisper")).to_have_count(0)


def test_a_file_is_kept_under_its_name(tab: OPEN_TAB) -> None:
    """Also after a reload, and every character of it."""
    riya = tab()
    page = riya.open(AS_RIYA)
    riya.write("/jit csv")
    expect(page.locator(".whisper h3")).to_have_text("The record: 1 entry")
    page.reload()

    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download audit-2026-11-22.csv").click()

    assert downloading.value.suggested_filename == CSV.name
    assert Path(downloading.value.path()).read_bytes() == CSV.text.encode()


def test_escape_leaves_a_form(tab: OPEN_TAB) -> None:
    """And one is back where one was writing."""
    riya = tab()
    page = riya.open(AS_RIYA)
    riya.write("/jit request")
    expect(page.locator("dialog")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator("#composer-text")).to_be_focused()


def test_a_form_in_a_card_is_filled_in_there(tab: OPEN_TAB) -> None:
    """With its errors, too."""
    riya = tab()
    page = riya.open(AS_RIYA)
    riya.write("/jit audit")
    page.get_by_label("Entitlement").select_option("netsuite-gl")

    page.get_by_role("button", name="Ask", exact=True).click()

    expect(page.locator(".card .error")).to_be_visible()
    page.get_by_label("Why").fill("Post the Q4 accruals")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".whisper h3").last).to_have_text("netsuite-gl is asked for.")


def test_a_dashboard_shows_the_cards_within_it(tab: OPEN_TAB, served: Served) -> None:
    """Each under a heading of its own, with buttons that say something; the page is in order."""
    held = Card("You hold GL posting", Tone.GOOD, buttons=(Button("Give it back", "return JIT-1"),))
    table = Card("Your requests", table=Table(("Request", "What"), (("JIT-2", "AP processing"),)))
    card = Card("Riya, this is your dashboard", lines=(("1 grant.",),), parts=(held, table))
    served.post(Place(account=RIYA), card, "t1")
    page = tab().open(f"{AS_RIYA}&in=@{RIYA}")

    expect(page.get_by_role("heading", level=4)).to_have_text(
        ["You hold GL posting", "Your requests"]
    )
    expect(page.get_by_role("region", name="Your requests")).to_contain_text("AP processing")
    page.get_by_role("region", name="You hold GL posting").get_by_role("button").click()

    until(lambda: [one.text for one in served.stage.bot.heard] == ["return JIT-1"])


def test_a_thread_opens_beside_and_closes_with_escape(tab: OPEN_TAB, served: Served) -> None:
    """Its replies are in order, live, and not in the channel."""
    root = served.post(Place(channel=CHANNEL), Card("JIT-42"), "t0")
    thread = Place(channel=CHANNEL, thread=root)
    served.post(thread, Card("James approved"), "r1")
    page = tab().open(AS_RIYA)

    page.get_by_role("button", name="1 reply").click()
    panel = page.get_by_role("complementary", name="Thread")
    served.post(thread, Card("Helen approved"), "r2")
    expect(panel.locator("h3")).to_have_text(["JIT-42", "James approved", "Helen approved"])
    panel.get_by_role("combobox").fill("Thanks!")
    panel.get_by_role("combobox").press("Enter")
    expect(panel.locator(".words")).to_have_text("Thanks!")
    expect(page.locator("main .replies")).to_contain_text("3 replies")
    page.keyboard.press("Escape")

    expect(panel).to_have_count(0)
    expect(page.locator("main .words")).to_have_count(0)


def test_what_is_unread_is_counted_until_it_is_seen(tab: OPEN_TAB, served: Served) -> None:
    """In the sidebar and in the title, and in all tabs of that person."""
    here, elsewhere = tab(), tab()
    here.open(f"{AS_JAMES}&in=%23jit-admin")
    elsewhere.open(f"{AS_JAMES}&in=%23jit-admin")
    link = here.page.get_by_role("link", name="access-audit")

    served.post(Place(channel=CHANNEL), Card("one"), "t1")
    served.post(Place(channel=CHANNEL), Card("two"), "t2")
    expect(link.locator(".badge")).to_have_text("2 unread")
    expect(here.page).to_have_title("(2) #jit-admin · James Whitaker · Acme Corporation")
    link.click()

    expect(here.page.locator(".divider.new")).to_be_visible()
    for page in (here.page, elsewhere.page):
        expect(page.locator(".badge")).to_have_count(0)


def test_older_messages_come_when_asked_for(tab: OPEN_TAB, served: Served) -> None:
    """What one was reading stays where it was."""
    for number in range(70):
        draft = Draft(place=f"#{CHANNEL}", author=JAMES, token=f"t{number}", text=f"n {number}")
        served.stage.memory.post(draft)
    page = tab().open(AS_RIYA)
    expect(page.get_by_text("n 69", exact=True)).to_be_in_viewport()
    older = page.get_by_role("button", name="Show older messages")
    older.scroll_into_view_if_needed()

    older.click()

    expect(page.locator(".words")).to_have_count(70)
    expect(older).to_have_count(0)
    expect(page.get_by_text("n 20", exact=True)).to_be_in_viewport()


MARKUP = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


def test_markup_stays_text_wherever_people_write(tab: OPEN_TAB, served: Served) -> None:
    """In messages, titles, facts, tables, forms, completions and names."""
    card = Card(MARKUP, lines=((MARKUP,),), facts=(Fact(MARKUP, MARKUP),))
    served.post(Place(channel=CHANNEL), card, "t1")
    riya = tab()
    page = riya.open(AS_RIYA)

    riya.write(MARKUP)
    riya.write(f"/{MARKUP}")

    expect(page.locator(".words")).to_have_text(MARKUP)
    expect(page.locator(".said")).to_have_text(f"/{MARKUP}")
    expect(page.locator(".facts dd")).to_have_text(MARKUP)
    assert page.locator(".message img, .message script").count() == 0
    assert "owned" not in page.title()


def test_the_longest_reason_wraps(tab: OPEN_TAB, served: Served) -> None:
    """A word of 3,000 letters makes nothing wider, not even on a phone."""
    served.post(Place(channel=CHANNEL), Card("x" * 3000, lines=(("x" * 3000,),)), "t1")

    for width in (1280, 380):
        page = tab(width=width).open(AS_RIYA)

        widths = page.evaluate(
            "[...document.querySelectorAll('.scroller, .card')].map((e) => "
            "e.scrollWidth - e.clientWidth)"
        )
        assert max(widths) <= 0


def test_an_instant_is_shown_in_the_viewers_zone_with_utc_beside(
    tab: OPEN_TAB, served: Served
) -> None:
    """And what is left of the time, where it is ahead."""
    card = Card("t", facts=(Fact("Asked at", NOON), Fact("Ends at", in_minutes(90))))
    served.post(Place(channel=CHANNEL), card, "t1")

    page = tab(zone="Asia/Kolkata").open(AS_RIYA)

    instant = page.locator("time.instant").first
    expect(instant).to_contain_text("17:30:00 · 12:00:00 UTC".replace(" · ", ""))
    expect(instant).to_have_attribute("datetime", "2026-11-22T12:00:00+00:00")
    expect(page.locator(".until")).to_have_text("in 90 min")


def test_the_page_comes_back_after_a_restart(tab: OPEN_TAB, served: Served) -> None:
    """It says that it is waiting, catches up with what it missed, and doubles nothing."""
    served.post(Place(channel=CHANNEL), Card("before"), "t1")
    riya = tab()
    page = riya.open(AS_RIYA)
    expect(page.locator(".message h3")).to_have_text(["before"])

    served.stop()
    expect(page.locator(".offline")).to_be_visible()
    riya.write("Said while the server was away.")
    served.start_again()
    served.post(Place(channel=CHANNEL), Card("after"), "t2")

    expect(page.locator(".offline")).to_be_hidden()
    expect(page.locator(".message h3")).to_have_text(["before", "after"])
    expect(page.locator(".words")).to_have_text(["Said while the server was away."])


def test_a_phone_has_room_for_all_of_it(tab: OPEN_TAB, served: Served) -> None:
    """At 380 pixels: the sidebar opens and closes, and nothing scrolls sideways."""
    served.post(Place(channel=CHANNEL), sample_card(), "t1")
    page = tab(width=380, height=720).open(AS_JAMES)
    assert page.evaluate("document.documentElement.scrollWidth") == 380
    expect(page.locator(".sidebar")).to_be_hidden()

    page.get_by_role("button", name="Channels and people").click()
    page.get_by_role("link", name="jit-admin").click()

    expect(page.get_by_role("heading", name="jit-admin", exact=True)).to_be_visible()
    expect(page.locator(".sidebar")).to_be_hidden()


def test_a_statement_is_tried_beside_the_conversation(tab: OPEN_TAB, served: Served) -> None:
    """With its outcome in words, and the session's end as it happens."""
    page = tab().open(AS_RIYA)

    page.get_by_role("button", name="Try it").click()
    page.get_by_role("button", name="Run").click()
    expect(page.locator(".result .outcome")).to_have_text(
        "Refused: Permission denied for table journals."
    )
    expect(page.locator(".session")).to_have_text("Session open")
    page.get_by_role("button", name="Read the journals").click()
    page.get_by_role("button", name="Run").click()
    expect(page.locator(".result.ok td").first).to_have_text("JE-10235")
    assert page.locator(".try").evaluate("(e) => e.scrollWidth - e.clientWidth") == 0
    served.stage.try_it.state = Session.ENDED

    expect(page.locator(".session")).to_have_text("Session ended by the server")


def test_a_bot_that_fails_is_told_about_and_asked_again(tab: OPEN_TAB) -> None:
    """Nothing that was said is lost silently."""
    riya = tab()
    page = riya.open(AS_RIYA)

    riya.write("/jit crash")

    expect(page.locator(".failed")).to_contain_text("failed at this")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    riya.complaints.clear()
