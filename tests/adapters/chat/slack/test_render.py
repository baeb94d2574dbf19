"""Cards become messages that Slack takes and everybody can read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from adapters.chat.cards import (
    Answer,
    Button,
    Card,
    Emphasis,
    Fact,
    Field,
    File,
    Form,
    Table,
    Tone,
)
from adapters.chat.slack import render

AT = datetime(2026, 11, 22, 18, 41, tzinfo=UTC)
UTC_WORDS = "2026-11-22 18:41:00 UTC"
APPROVE = Button("Approve", "approve JIT-42 @3f9a", Emphasis.PRIMARY, "Approve JIT-42, GL posting")
ASKED = Card(
    "JIT-42: GL posting for Riya Patel: your decision",
    Tone.WAITING,
    lines=(("Liam approved ", AT, "."),),
    facts=(Fact("Why", "Q4 close"), Fact("Decide by", AT)),
    buttons=(APPROVE, Button("Deny", "deny JIT-42 @3f9a", Emphasis.DANGER), Button("Ask", "ask")),
)


def by_type(payload: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """Give the blocks of a kind."""
    return [block for block in payload["blocks"] if block["type"] == kind]


def texts(payload: object) -> str:
    """Give everything that is shown as it is."""
    if isinstance(payload, dict):
        own = payload["text"] if isinstance(payload.get("text"), str) else ""
        return own + "".join(texts(value) for value in payload.values())
    return "".join(map(texts, payload)) if isinstance(payload, list) else ""


def test_a_card_becomes_a_headline_facts_and_buttons() -> None:
    """In this order, and with what each button says."""
    shown = render.message(ASKED)

    assert [b["type"] for b in shown["blocks"]] == ["header", "rich_text", "rich_text", "actions"]
    assert shown["blocks"][0]["text"]["text"].endswith(ASKED.title)
    approve, deny, ask = by_type(shown, "actions")[0]["elements"]
    assert approve["value"] == "approve JIT-42 @3f9a"
    assert approve["accessibility_label"] == "Approve JIT-42, GL posting"
    assert [b.get("style") for b in (approve, deny, ask)] == ["primary", "danger", None]
    assert [b["action_id"] for b in (approve, deny, ask)] == ["say:0", "say:1", "say:2"]


def test_the_text_tells_the_whole_story() -> None:
    """Screen readers read it and nothing else; what was asked, why, and until when."""
    text = render.message(ASKED)["text"]

    assert text.splitlines() == [
        ASKED.title,
        f"Liam approved {UTC_WORDS}.",
        "Why: Q4 close",
        f"Decide by: {UTC_WORDS}",
    ]


def test_an_instant_is_shown_in_the_viewers_zone_with_utc_beside() -> None:
    """Two people in two places talk about one moment."""
    [_, facts] = by_type(render.message(ASKED), "rich_text")

    elements = facts["elements"][-1]["elements"]
    assert elements[-2:] == [
        {
            "type": "date",
            "timestamp": int(AT.timestamp()),
            "format": "{date_num} {time_secs}",
            "fallback": UTC_WORDS,
        },
        {"type": "text", "text": f" ({UTC_WORDS})"},
    ]


def test_a_few_words_are_no_headline() -> None:
    """A thread is read line by line."""
    note = Card("Approved", Tone.GOOD, lines=(("Ben approved.",),), facts=(Fact("At", AT),))

    shown = render.message(note)

    [block] = shown["blocks"]
    [section] = block["elements"]
    assert section["elements"][0]["style"] == {"bold": True}
    assert texts(section) == f"✅ Approved\nBen approved.\nAt:  ({UTC_WORDS})"


def test_nobodys_words_mention_link_or_format() -> None:
    """They stand in plain elements only, and escaped in the text."""
    evil = "<!here> <@U1> *b* https://evil.example &amp; :tada:"
    card = Card(evil, lines=((evil,),), facts=(Fact(evil, evil),), buttons=(Button(evil, "x"),))

    shown = render.message(card)

    assert "<" not in shown["text"]
    assert "&amp;amp;" in shown["text"]
    assert "mrkdwn" not in str(shown["blocks"])
    assert "'link'" not in str(shown["blocks"])
    assert texts(shown["blocks"]).count(evil) >= 4


def test_words_to_be_typed_are_code() -> None:
    """They stand between backticks in a card's lines."""
    shown = render.message(Card("Help", lines=(("Say `mine` now.",),), buttons=(APPROVE,)))

    elements = by_type(shown, "rich_text")[0]["elements"][0]["elements"]
    assert {"type": "text", "text": "mine", "style": {"code": True}} in elements


def test_a_whole_reason_is_shown_as_its_writers_words() -> None:
    """3,000 characters fit; and a line of it cannot pass for one of the bot's facts."""
    reason = ("Q4 close.\nDecide by: never " + "x" * 3000)[:3000]
    card = Card("JIT-42", facts=(Fact("Why", reason), Fact("Decide by", AT)), buttons=(APPROVE,))

    shown = render.message(card)

    quotes = [
        element["text"]
        for block in by_type(shown, "rich_text")
        for part in block["elements"]
        if part["type"] == "rich_text_quote"
        for element in part["elements"]
    ]
    assert "".join(quotes) == reason
    assert not any(line.startswith("Decide by: never") for line in shown["text"].splitlines())


def test_what_is_too_long_says_where_the_whole_is() -> None:
    """In the blocks, and in the text for screen readers."""
    card = Card("JIT-42", facts=(Fact("Why", "x" * 20_000),), buttons=(APPROVE,))

    shown = render.message(card, command="/access")

    assert "the whole text: /access status JIT-42" in texts(shown["blocks"])
    assert shown["text"].endswith("the whole text: /access status JIT-42")
    assert len(shown["text"]) < 4000


def test_what_is_about_no_request_is_cut_with_a_sentence_too() -> None:
    """There is no number to look it up by."""
    shown = render.message(Card("All", facts=(Fact("Why", "x" * 20_000),), buttons=()))

    assert "the rest does not fit here" in texts(shown["blocks"])
    assert shown["text"].endswith("the rest is in the message.")


def test_a_table_is_slacks_own() -> None:
    """One in a message, wrapped, with its headings; instants in the viewer's zone."""
    table = Table(("Request", "Until"), (("JIT-1", AT), ("", "over")))

    shown = render.message(Card("Yours", table=table))

    [block] = by_type(shown, "table")
    assert [cell["text"] for cell in block["rows"][0]] == ["Request", "Until"]
    assert block["rows"][1][1]["type"] == "rich_text"
    assert texts(block["rows"][2]) == "–over"


def test_rows_that_do_not_fit_are_counted() -> None:
    """Nobody takes a part for the whole."""
    rows = tuple((f"JIT-{n}", "x") for n in range(250))

    shown = render.message(Card("All", table=Table(("Request", "What"), rows)))

    assert len(by_type(shown, "table")[0]["rows"]) == 100
    assert "Shown: 99 of 250 rows" in texts(shown["blocks"])


def test_a_dashboard_has_its_parts_one_below_the_other() -> None:
    """On Home a table is a list; each button of the page is its own."""
    part = Card("Yours", table=Table(("Request", "Ends"), (("JIT-1", AT),)), buttons=(APPROVE,))

    shown = render.home(Card("Hello Riya", buttons=(APPROVE,), parts=(part, part)))

    kinds = [block["type"] for block in shown["blocks"]]
    assert shown["type"] == "home"
    assert kinds == ["header", "actions", *["divider", "header", "rich_text", "actions"] * 2]
    ids = [element["action_id"] for b in by_type(shown, "actions") for element in b["elements"]]
    assert ids == ["say:0", "say:1", "say:2"]
    assert "JIT-1 · Ends: " in texts(shown["blocks"])


def test_parts_that_do_not_fit_are_counted() -> None:
    """A message ends where Slack's does, and says so."""
    part = Card("Part", lines=(("Something.",),), buttons=(APPROVE,))

    shown = render.message(Card("Many", parts=(part,) * 40))

    assert len(shown["blocks"]) <= 50
    assert "more parts do not fit here" in texts(shown["blocks"][-1])


def test_a_button_that_says_too_much_is_left_out() -> None:
    """A shortened command line would be another command."""
    shown = render.message(Card("x", buttons=(Button("Go", "x" * 2001), APPROVE)))

    [actions] = by_type(shown, "actions")
    assert [element["value"] for element in actions["elements"]] == [APPROVE.says]


def test_an_answer_is_for_its_asker_unless_it_is_shared() -> None:
    """Slack's own default is never relied on."""
    assert render.response(Answer(ASKED))["response_type"] == "ephemeral"
    assert render.response(Answer(ASKED, is_shared=True))["response_type"] == "in_channel"


def test_a_form_that_cannot_be_opened_is_offered() -> None:
    """A press opens it, with what was said before."""
    asked = Form("Deny a request", "deny JIT-42", "Deny", (Field("reason", "Why", error="Short."),))

    shown = render.response(Answer(form=asked))

    [button] = by_type(shown, "actions")[0]["elements"]
    assert button["value"] == "deny JIT-42"
    assert "Why: Short." in shown["text"]


def test_a_file_and_nothing_at_all_are_answers_too() -> None:
    """Something is said in any case."""
    file = File("audit.csv", "text/csv", "a,b")

    assert "direct messages" in render.response(Answer(file=file))["text"]
    assert render.response(Answer())["text"]
