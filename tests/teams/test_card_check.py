"""The check finds in a message what Teams would refuse, cut off, expand or read out badly."""

from __future__ import annotations

from copy import deepcopy

import pytest

from tests.teams import card_schema
from tests.teams.card_check import ATTACK, check_activity, check_card
from tests.teams.fake_teams.world import FILE_CONSENT, FILE_INFO, Json
from tests.teams.sample_bot import asked, button, card, said, showing

OURS = "{{DATE(2026-11-22T18:41:00Z, SHORT)}} {{TIME(2026-11-22T18:41:00Z)}}"


def good() -> Json:
    """Make a card with a little of everything."""
    reason = {"type": "TextRun", "text": ATTACK.replace("{{", "{ {")}
    shown = card(asked("reason", isRequired=True, errorMessage="Say why."))
    return card(
        {"type": "TextBlock", "text": f"Until {OURS}", "wrap": True, "style": "heading"},
        {"type": "RichTextBlock", "inlines": [reason]},
        {"type": "FactSet", "facts": [{"title": "Who", "value": "Riya Patel"}]},
        {"type": "Container", "items": [{"type": "TextBlock", "text": "More", "wrap": True}]},
        asked("why", value="{{as it was typed}}"),
        actions=(
            button("Approve", says="approve JIT-42"),
            {"type": "Action.ShowCard", "title": "Deny", "card": shown},
        ),
        refresh={"action": button("Refresh"), "userIds": ["29:riya"]},
        msteams={"width": "Full"},
    )


def test_a_good_card_is_good() -> None:
    """By Microsoft's schema, if it is at hand, and by everything else."""
    assert check_activity(showing(good())) == []


def text(said: str, **more: object) -> Json:
    """Make a text block."""
    return {"type": "TextBlock", "text": said, "wrap": True, **more}


SUBMIT = {"type": "Action.Submit", "title": "Send", "data": {}}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"version": "1.6"}, "/version: must be"),
        ({"fallbackText": ""}, "/fallbackText"),
        ({"lang": ""}, "/lang"),
        ({"body": []}, "/body: nothing"),
        ({"body": [text("x" * 28_000)]}, "too many"),
        ({"body": [text("long", wrap=False)]}, "/body/0/wrap"),
        ({"body": [text("see [this](https://evil.example)")]}, "/body/0/text: '](http'"),
        ({"body": [text("<at>Everyone</at>")]}, "'<at>'"),
        ({"body": [text("{{DATE(tomorrow)}}")]}, "would be expanded"),
        ({"body": [{"type": "TextRun", "text": OURS}]}, "would be expanded"),
        ({"body": [{"type": "RichTextBlock", "inlines": [OURS]}]}, "/body/0/inlines"),
        ({"body": [text(ATTACK.replace("{{", "{ {"))]}, "/body/0/text: '**bold**'"),
        ({"body": [{"type": "FactSet", "facts": [{"title": "a", "value": "{{x"}]}]}, "expanded"),
        (
            {"body": [{"type": "FactSet", "facts": [{"title": "a", "value": "**bold**"}]}]},
            "/body/0/facts/0",
        ),
        ({"body": [asked("why", label=" ")]}, "/body/0/label"),
        ({"body": [asked("why", id="")]}, "/body/0/id"),
        ({"body": [asked("why", isRequired=True)]}, "/body/0/errorMessage"),
        ({"body": [asked("why"), asked("why")]}, "2 inputs are called field:why"),
        ({"body": [{"type": "Image", "url": "https://a.example/b.png"}]}, "/body/0/altText"),
        ({"actions": [button(f"{number}") for number in range(7)]}, "7 buttons"),
        ({"actions": [button("Yes"), button("Yes")]}, "2 buttons say 'Yes'"),
        ({"actions": [button("")]}, "/actions/0/title"),
        ({"actions": [button("Yes") | {"verb": ""}]}, "/actions/0/verb"),
        ({"actions": [SUBMIT]}, "/actions/0: Action.Execute"),
        ({"refresh": {"action": SUBMIT, "userIds": []}}, "/refresh/action: must be"),
        ({"refresh": {"action": button("Refresh")}}, "/refresh/userIds: in a large"),
        (
            {"refresh": {"action": button("R"), "userIds": ["29:a"] * 61}},
            "/refresh/userIds: more than 60",
        ),
        (
            {"refresh": {"action": button("R"), "userIds": ["riya@acme.example"]}},
            "/refresh/userIds: Teams knows",
        ),
    ],
)
def test_what_people_could_not_use_is_found(change: Json, found: str) -> None:
    """By its place in the card."""
    findings = check_card(good() | change)

    assert any(found in finding for finding in findings), findings


def test_what_is_wrong_in_a_card_that_a_button_shows_is_found() -> None:
    """As everywhere else; and no card is shown inside that one."""
    made = good()
    inner = made["actions"][1]["card"]
    inner["body"].append(asked("more", label=""))
    inner["actions"] = [deepcopy(made["actions"][1])]

    findings = check_card(made)

    assert "/actions/1/card/body/2/label: a screen reader says nothing here" in findings
    assert any("no card inside a card" in finding for finding in findings)


def test_a_dialog_is_what_submit_is_for() -> None:
    """It says so in its data."""
    opens = SUBMIT | {"data": {"msteams": {"type": "task/fetch"}}}

    assert check_card(good() | {"actions": [opens]}) == []


@pytest.mark.parametrize(
    ("activity", "found"),
    [
        ({"type": "message"}, "/text: nothing is said"),
        (showing(good()) | {"summary": ""}, "/summary"),
        (showing(good()) | {"attachments": showing(good())["attachments"] * 2}, "one card in each"),
        (said("see [this](https://evil.example)"), "/text: '](http'"),
        (said("<at>Riya</at>, I answered"), "'<at>'"),
        (said("<at>Riya</at>, I answered") | {"textFormat": "plain"}, "without its entity"),
        (said("x" * 45_000), "more than 80000 bytes"),
        (said("Hi") | {"entities": [{"type": "mention", "text": "<at>R</at>"}]}, "/entities/0"),
        (
            said("Hi") | {"attachments": [{"contentType": "image/png"}]},
            "image/png is none of Teams'",
        ),
        (said("Hi") | {"attachments": [{"contentType": FILE_CONSENT}]}, "/content/sizeInBytes"),
        (said("Hi") | {"attachments": [{"contentType": FILE_INFO}]}, "/contentUrl"),
    ],
)
def test_what_is_wrong_around_a_card_is_found(activity: Json, found: str) -> None:
    """Nothing for a notification to say, several cards, markup in a text."""
    findings = check_activity(activity)

    assert any(found in finding for finding in findings), findings


def test_a_mention_with_its_entity_is_good() -> None:
    """What stands in the text is what the entity says."""
    mention = {"type": "mention", "text": "<at>Riya</at>", "mentioned": {"id": "29:riya"}}

    assert check_activity(said("<at>Riya</at>, hi") | {"entities": [mention]}) == []


@pytest.mark.skipif(not card_schema.SCHEMA.is_file(), reason="Microsoft's schema is not at hand")
@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"body": [text("a", style="loud")]}, "/body/0/style"),
        ({"body": [text("a", wrpa=True)]}, "/body/0/wrpa: unknown"),
        ({"body": [{"type": "Carousel"}]}, "/body/0"),
        ({"body": [{"type": "TextBlock", "wrap": True}]}, "/body/0: text is missing"),
        ({"actions": [button("Yes") | {"style": "loud"}]}, "/actions/0/style"),
        ({"verson": "1.5"}, "/verson: unknown"),
        (
            {"body": [{"type": "Container", "items": [{"type": "ColumnSet", "columns": "two"}]}]},
            "/body/0/items/0/columns: must be array",
        ),
    ],
)
def test_what_microsofts_schema_refuses_is_found(change: Json, found: str) -> None:
    """What is misspelled, unknown or of a wrong kind, however deep."""
    findings = check_card(good() | change)

    assert any(found in finding for finding in findings), findings
