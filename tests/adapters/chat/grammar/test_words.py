"""What was typed becomes words, spelled in one way, and loses nothing that a person meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.grammar.words import TEXT_LENGTH_MAX, clean, split
from engine.errors import Invalid


def _nobody(_account: str) -> str | None:
    return None


def _texts(line: str) -> list[str]:
    return [word.text for word in split(line).words]


@pytest.mark.parametrize(
    "quoted",
    [
        '"Q4 close"',
        "“Q4 close”",
        "”Q4 close”",
        "„Q4 close“",
        "«Q4 close»",
        "»Q4 close«",
        '“Q4 close"',
        "'Q4 close'",
        "‘Q4 close’",
        "‚Q4 close‘",
    ],
)
def test_every_keyboards_quotes_hold_words_together(quoted: str) -> None:
    """Curly, low, angled, single, mixed: a phone decides, not the person."""
    words = _texts(f"4h {quoted} now")

    assert words == ["4h", "Q4 close", "now"]


def test_apostrophes_inside_words_open_and_close_nothing() -> None:
    """`Riya's` and `it’s` are words."""
    words = _texts("it’s Riya's month-end, isn‘t it")

    assert words == ["it’s", "Riya's", "month-end,", "isn‘t", "it"]


def test_a_quote_that_is_never_closed_is_overlooked() -> None:
    """The words after it are words."""
    words = _texts('4h "Q4 close of November')

    assert words == ["4h", "Q4", "close", "of", "November"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('x "Q4  close"', "Q4  close"),
        ("x Q4  close\nand more", "Q4  close\nand more"),
        ('x "Q4 close', "Q4 close"),
        ("x “close of “Q4” for John”", "close of “Q4” for John"),
        ('x "Q4 close" needs "GL"', '"Q4 close" needs "GL"'),
        ('x the "GL" close', 'the "GL" close'),
        ("x '90s ledgers, it's late", "'90s ledgers, it's late"),
    ],
)
def test_a_reason_is_kept_as_it_was_typed(line: str, reason: str) -> None:
    """Without the quotes around all of it, and with those around a part of it."""
    typed = split(line)

    assert typed.as_typed(typed.words[1:]) == reason


def test_hard_spaces_separate_words() -> None:
    """Teams and macOS put them where a space was typed."""
    cleaned = clean("request\u00a0netsuite-gl\u202f4h\u2007x", _nobody)

    assert _texts(cleaned) == ["request", "netsuite-gl", "4h", "x"]


def test_three_escapes_are_undone_once() -> None:
    """Slack escapes exactly these; whoever typed `&amp;` themselves gets it back."""
    assert clean("R&amp;D &lt;b&gt; &amp;lt; &quot;", _nobody) == "R&D <b> &lt; &quot;"


def test_a_mention_names_the_person_of_the_account() -> None:
    """With a label or without; an account of nobody keeps its label."""
    names = {"U1": "ben.okafor"}

    cleaned = clean("<@U1> <@U1|Ben O> <@W9|guest> <@W8>", names.get)

    assert cleaned == "@ben.okafor @ben.okafor @guest @W8"


def test_an_escaped_mention_is_text() -> None:
    """`&lt;@U1&gt;` was typed by a person, and mentions nobody."""
    assert clean("&lt;@U1&gt;", {"U1": "ben.okafor"}.get) == "<@U1>"


def test_what_no_database_takes_is_taken_out() -> None:
    """NUL and other control characters, zero-width spaces, marks of direction, half characters."""
    cleaned = clean("a\x00b\x1bc\u200bd\ufeffe\u202ef\ud800g\th\ni", _nobody)

    assert cleaned == "abcdef\ufffdg\th\ni"


def test_emoji_of_several_parts_survive() -> None:
    """The invisible joiner in a family belongs to it."""
    family = "👩‍👩‍👧 👍🏽 🇳🇴"

    assert clean(family, _nobody) == family


def test_more_than_can_be_read_is_refused() -> None:
    """The sentence says how much there was and what is the most."""
    with pytest.raises(Invalid, match=r"4,001 characters, and 4,000") as refused:
        clean("a" * (TEXT_LENGTH_MAX + 1), _nobody)

    assert refused.value.code == "text.too_long"


@given(st.text(max_size=200))
def test_splitting_loses_nothing_but_space(line: str) -> None:
    """Every character that is no space belongs to exactly one word, in order."""
    typed = split(line)

    assert "".join(word.raw for word in typed.words if not word.quoted) == "".join(
        "".join(line[w.start : w.end].split()) for w in typed.words if not w.quoted
    )
    covered = "".join(line[word.start : word.end] for word in typed.words)
    assert "".join(covered.split()) == "".join(line.split())


@given(st.text(max_size=200))
def test_all_words_as_typed_are_the_line_itself(line: str) -> None:
    """But for the outer space and the quotes around all of it."""
    typed = split(line)

    text = typed.as_typed(typed.words)

    assert text in line
