"""What was written is what the grammar reads, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.grammar.words import clean
from adapters.chat.teams.door.texts import command_line

BOT = "28:3f6f0b52-9d2e-4c0b-8a58-0f2d6c1e7a90"
OMAR = "29:1omar-_x"


def mention(name: str, who: str = BOT, text: str | None = None) -> dict[str, object]:
    """Make a mention as Teams does."""
    said = f"<at>{name}</at>" if text is None else text
    return {"type": "mention", "text": said, "mentioned": {"id": who, "name": name}}


def read(text: str, *entities: object) -> str:
    """Give it as the grammar reads it."""
    return clean(command_line(text, list(entities), BOT), lambda _account: None).strip()


@pytest.mark.parametrize(
    ("text", "name", "wanted"),
    [
        ("<at>JIT</at> show JIT-7", "JIT", "show JIT-7"),
        ("<at>JIT</at>request jit-admin 4h", "JIT", "request jit-admin 4h"),
        ("<at>jit</at>&nbsp;request jit-admin 4h", "jit", "request jit-admin 4h"),
        ("approve JIT-7 <at>JIT</at>", "JIT", "approve JIT-7"),
        ("  <at>JIT</at>\u00a0home\u00a0", "JIT", "home"),
        ("<at>R&D (jit)</at> home", "R&D (jit)", "home"),
        ("<at>a.*b</at> home", "a.*b", "home"),
    ],
)
def test_the_call_of_the_bot_is_taken_out_and_no_more(text: str, name: str, wanted: str) -> None:
    """What is called like the bot stays: requests, and what may be requested."""
    assert read(text, mention(name)) == wanted


def test_each_call_of_the_bot_is_taken_out() -> None:
    """Teams tells each of them."""
    text = "<at>JIT</at> <at>JIT</at> home"

    assert read(text, mention("JIT"), mention("JIT")) == "home"


def test_people_stay_as_those_who_are_meant() -> None:
    """By the id that only Teams can have written, and with their name, whatever that is."""
    text = "<at>JIT</at> delegate <at>Omar | <b>&co</at> 2d"
    omar = mention("Omar | <b>&co", OMAR)

    line = command_line(text, [mention("JIT"), omar], BOT)

    assert line == "delegate <@29:1omar-_x|Omar  b&amp;co> 2d"
    assert clean(line, lambda _account: None) == "delegate @Omar  b&co 2d"
    assert clean(line, {OMAR: "omar"}.get) == "delegate @omar 2d"


def test_people_who_are_called_alike_are_told_apart() -> None:
    """In the order in which they stand there."""
    first, second = mention("Sam", "29:1a"), mention("Sam", "29:1b")

    line = command_line("<at>Sam</at> and <at>Sam</at>", [first, second], BOT)

    assert line == "<@29:1a|Sam> and <@29:1b|Sam>"


def test_a_name_is_no_place_for_another_mention() -> None:
    """Whatever a client says that stands in the text is looked for in what was typed alone."""
    first, second = mention("Sam", "29:1a"), mention("Sam", "29:1b", text="Sam")

    line = command_line("<at>Sam</at> and Sam", [first, second], BOT)

    assert line == "<@29:1a|Sam> and <@29:1b|Sam>"


def test_nobody_types_a_mention() -> None:
    """Neither as it is written here, nor as Teams does."""
    told = {OMAR: "omar"}

    typed = command_line(f"delegate <@{OMAR}|me> &lt;@{OMAR}&gt;", [], BOT)

    assert clean(typed, told.get) == f"delegate <@{OMAR}|me> <@{OMAR}>"


@pytest.mark.parametrize(
    ("typed", "arrives"),
    [
        ("R&D asked", "R&amp;D asked"),
        ("R&D asked", "R&D asked"),
        ("a < b > c", "a &lt; b &gt; c"),
        ("see https://x.example/?a=1&copy=2&para=3", "see https://x.example/?a=1&copy=2&para=3"),
        ("two  spaces", "two &nbsp;spaces"),
        ("she said “no” – twice", "she said &quot;no&quot; &ndash; twice"),
        ("it's", "it&#39;s"),
        ("half ½, square ², ™", "half ½, square ², ™"),
        ("café", "cafe\u0301"),
        ("request ledger 4h!", "ｒｅｑｕｅｓｔ　ｌｅｄｇｅｒ　４ｈ！"),
        ("&amp; as typed", "&amp;amp; as typed"),
    ],
)
def test_what_was_typed_arrives(typed: str, arrives: str) -> None:
    """Teams escapes what was formatted; a reason is a reason."""
    assert read(arrives).replace('"no"', "“no”") == typed


@pytest.mark.parametrize(
    "text",
    ['<at id="0"></at> home', "<at></at>home", "</at>home<at>", "<AT> home"],
)
def test_what_is_left_of_teams_markup_is_no_word(text: str) -> None:
    """The SDK leaves it there."""
    assert read(text) == "home"


@pytest.mark.parametrize(
    "entity",
    [
        None,
        5,
        "mention",
        {"type": "mention"},
        {"type": "mention", "text": "<at>JIT</at>"},
        {"type": "mention", "text": "", "mentioned": {"id": BOT}},
        {"type": "mention", "text": "home", "mentioned": {"id": 5}},
        {"type": "mention", "text": ["home"], "mentioned": {"id": BOT}},
        {"type": "clientInfo", "text": "home", "mentioned": {"id": BOT}},
        {"type": "mention", "text": "home", "mentioned": {"id": "28:another-app"}},
    ],
)
def test_a_mention_of_nobody_is_none(entity: object) -> None:
    """The SDK breaks at some of them."""
    assert read("home", entity) == "home"


@given(st.text(max_size=300), st.text(max_size=20), st.sampled_from([BOT, OMAR]))
def test_whatever_is_typed_is_no_mention_of_somebody(text: str, name: str, who: str) -> None:
    """But for what Teams marked."""
    line = command_line(f"{text}<at>{name}</at>", [mention(name, who)], BOT)

    assert line.count("<@") == (who == OMAR)
    assert line.count("<") == line.count(">") == (who == OMAR)
