"""A line becomes a command with its fields, or the form for what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.cards import FieldKind
from adapters.chat.commands import BY_WORD
from adapters.chat.grammar.asks import (
    Ask,
    blamed,
    build,
    errors_of,
    form,
    missing,
    read_known,
    understand,
    wants_form,
    word_of,
)
from adapters.chat.grammar.times import Stretch
from adapters.chat.speaker import Speaker
from engine.errors import Invalid, Refused
from tests.adapters.chat.grammar.conftest import speaker_of


def _ask(line: str, speaker: Speaker, fields: Mapping[str, str] | None = None) -> Ask:
    return understand(line, fields, speaker)


@pytest.mark.parametrize(
    "line",
    [
        'request netsuite-gl 4h "Q4 close"',
        "/jit request netsuite-gl 4h Q4 close",
        "jit request netsuite-gl 4h Q4 close",
        "/JIT  REQUEST  NetSuite-GL  4H  “Q4 close”",
        "<@BOT> request netsuite-gl 4h Q4 close",
        "request netsuite–gl 4h Q4 close",
        "request `netsuite-gl` 4h «Q4 close»",
        "request netsuite-gl for 4 hours Q4 close",
        "request 4h netsuite-gl Q4 close",
    ],
)
def test_one_ask_in_many_spellings(line: str, riya: Speaker) -> None:
    """Case, quotes, dashes, a prefix, a mention of the bot: all of it is the same ask."""
    ask = _ask(line, riya)

    assert ask.command is BY_WORD["request"]
    values = read_known(ask, riya)
    assert values["entitlement"] == "netsuite-gl"
    assert values["duration"] == Stretch(timedelta(hours=4))
    assert values["reason"] == "Q4 close"


@pytest.mark.parametrize(
    "line",
    [
        "request netsuite-gl 4h Q4 close --for @liam.murphy",
        "request netsuite-gl 4h --for liam.murphy Q4 close",
        "request --for @Liam.Murphy netsuite-gl 4h Q4 close",
        "request netsuite-gl 4h “Q4 close” —for @liam.murphy",
        "request netsuite-gl 4h “Q4 close” –for liam.murphy",
        "request netsuite-gl 4h “Q4 close” -for @liam.murphy",
        "request netsuite-gl 4h “Q4 close” --for=@liam.murphy",
        'request netsuite-gl 4h "Q4 close" --FOR <@liam.murphy|Liam>',
        'request netsuite-gl 4h "Q4 close" --for liam.murphy@acme.example',
    ],
)
def test_an_option_may_stand_anywhere(line: str, riya: Speaker) -> None:
    """With one dash or two, long or short, before or after the reason."""
    values = read_known(_ask(line, riya), riya)

    assert values["holder"] == "liam.murphy"
    assert values["reason"] == "Q4 close"


def test_a_long_dash_before_a_word_is_a_dash(riya: Speaker) -> None:
    """A reason may hold `—for Q4`, and quoted words are never options."""
    dashed = _ask("request netsuite-gl 4h closing —for Q4", riya)
    quoted = _ask('request netsuite-gl 4h "try --for real"', riya)

    assert dashed.texts["reason"] == "closing —for Q4"
    assert quoted.texts["reason"] == "try --for real"


@pytest.mark.parametrize("line", ["", "   ", "/jit", "jit", "<@BOT>", "help", "hello!", "?"])
def test_empty_words_and_greetings_are_help(line: str, riya: Speaker) -> None:
    """No dead end."""
    assert _ask(line, riya).command is BY_WORD["help"]


def test_a_number_alone_asks_for_its_status(riya: Speaker) -> None:
    """`JIT-42` is the shortest question there is."""
    ask = _ask("jit-42", riya)

    assert ask.command is BY_WORD["status"]
    assert read_known(ask, riya)["request"] == 42


@pytest.mark.parametrize(
    ("line", "code_and_words"),
    [
        ("aprove 1", ("command.unknown", "`approve`")),
        ("xyzzy", ("command.unknown", "`help`")),
        ("request netsuite-gl 4x why", ("duration.unclear", "30m")),
        ("request netsuit-gl 4h why", ("entitlement.unknown", "netsuite-gl")),
        ("request netsuite-gl 4h why --fro @ben.okafor", ("option.unknown", "--for")),
        ("request netsuite-gl 4h why --for", ("option.empty", "--for @person")),
        ("request netsuite-gl 4h why --for @nobody", ("person.unknown", "nobody")),
        ("status foo", ("request.number", "JIT-42")),
        ("status 1 2", ("command.left_over", "status JIT-42")),
        ("mine all", ("command.left_over", "`mine`")),
        ("approve 1 @3f9a0c11", ("seen.unclear", "the button")),
        ("approve JIT-x", ("request.number", "JIT-42")),
    ],
)
def test_a_wrong_word_gets_a_sentence(
    line: str, code_and_words: tuple[str, str], riya: Speaker
) -> None:
    """It says what would be right."""
    with pytest.raises(Refused) as refused:
        read_known(_ask(line, riya), riya)

    code, words = code_and_words
    assert refused.value.code == code
    assert words in refused.value.sentence


def test_a_button_is_understood_exactly(ben: Speaker) -> None:
    """The hash of what was shown reaches the command, whatever else follows."""
    approve = _ask("approve JIT-42 @3F9A0c11d2e4b567", ben)
    deny = _ask("deny JIT-42 @3f9a0c11d2e4b567", ben)
    reasoned = _ask("deny JIT-42 @3f9a0c11d2e4b567 not this month", ben)

    assert read_known(approve, ben) == {"request": 42, "seen": "3f9a0c11d2e4b567"}
    assert read_known(deny, ben) == {"request": 42, "seen": "3f9a0c11d2e4b567"}
    assert wants_form(deny)
    assert read_known(reasoned, ben)["reason"] == "not this month"


def test_a_missing_word_opens_the_form_with_the_others(ben: Speaker) -> None:
    """What the button knew stays in the line; only the reason is asked for."""
    ask = _ask("deny JIT-42 @3f9a0c11d2e4b567", ben)

    shown = form(ask, ben, {})

    assert shown.says == "deny JIT-42 @3f9a0c11d2e4b567"
    assert [field.name for field in shown.fields] == ["reason"]
    assert shown.fields[0].kind is FieldKind.TEXT


def test_a_form_keeps_what_was_typed_and_proposes_the_rest(riya: Speaker) -> None:
    """The entitlement is chosen; its own default is proposed for the length."""
    ask = _ask("request NETSUITE-GL", riya)

    shown = form(ask, riya, {})

    values = {field.name: field.value for field in shown.fields}
    assert values == {
        "entitlement": "netsuite-gl",
        "duration": "4 hours",
        "reason": "",
        "holder": "",
    }
    assert shown.fields[0].kind is FieldKind.CHOICE
    assert [field.optional for field in shown.fields] == [False, False, False, True]


def test_a_submitted_form_is_the_line_with_its_fields(riya: Speaker) -> None:
    """Fields are read like words; quotes in them are the person's own."""
    fields = {
        "entitlement": "netsuite-gl",
        "duration": "4 hours",
        "reason": '"Q4" close, R&amp;D',
        "holder": "",
        "nonsense": "x",
    }

    ask = _ask("request", riya, fields)

    assert not wants_form(ask)
    command = build(ask, read_known(ask, riya))
    assert getattr(command, "reason") == '"Q4" close, R&D'  # noqa: B009 - Command has no such field
    assert getattr(command, "holder") is None  # noqa: B009 - as above


def test_each_field_of_a_form_says_what_is_wrong_with_it(riya: Speaker) -> None:
    """All at once, and an empty one too."""
    fields = {"entitlement": "netsuite-xx", "duration": "soon", "reason": "", "holder": "@x"}

    errors = errors_of(_ask("request", riya, fields), riya)

    assert set(errors) == {"entitlement", "duration", "reason", "holder"}
    assert "netsuite-" in errors["entitlement"]
    assert errors["reason"] == "Please fill this in."


@pytest.mark.parametrize(
    ("code", "field"),
    [
        ("duration.too_long", "duration"),
        ("reason.pattern", "reason"),
        ("person.unknown", "holder"),
        ("sod.conflict", ""),
        ("request.not_eligible", ""),
    ],
)
def test_a_refusal_is_shown_at_the_field_that_it_is_about(
    code: str, field: str, riya: Speaker
) -> None:
    """By its code."""
    ask = _ask("request", riya, {})

    assert blamed(ask, Invalid(code, "No.")) == field


def test_the_audits_words_come_in_any_order(riya: Speaker) -> None:
    """Keywords announce their value; what fits needs none."""
    lines = [
        "audit @ben.okafor netsuite-gl from 2026-11-01 to yesterday",
        "audit from 2026-11-01 to yesterday netsuite-gl person ben.okafor",
        "audit entitlement netsuite-gl ben.okafor since 2026-11-01 until yesterday",
    ]

    asked = [read_known(_ask(line, riya), riya) for line in lines]

    assert asked[0] == asked[1] == asked[2]
    assert asked[0]["person"] == "ben.okafor"
    assert asked[0]["entitlement"] == "netsuite-gl"


def test_who_had_what_when(riya: Speaker) -> None:
    """As a question that a person would ask."""
    values = read_known(_ask("audit who had netsuite-gl at yesterday 14:00", riya), riya)

    assert values["had"] == "netsuite-gl"
    assert "at" in values


def test_an_open_question_opens_the_form(riya: Speaker) -> None:
    """`audit` alone asks what to ask; submitted empty, it asks everything."""
    bare, submitted = _ask("audit", riya), _ask("audit", riya, {"person": ""})

    assert wants_form(bare)
    assert not wants_form(submitted)
    assert not missing(submitted)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("/jit Request x", "request"),
        ("`approve` 1", "approve"),
        ("hi", "help"),
        ("/jit form request x", "request"),
        ("form", ""),
        ("secret words", ""),
        ("", ""),
        ('"', ""),
    ],
)
def test_the_word_for_the_log_is_a_known_one(line: str, word: str) -> None:
    """Never what somebody typed."""
    assert word_of(line) == word


OTHERS = """
    --for —for -- = @ben.okafor netsuite-gl 4h until 18:00 JIT-1 42
    from to who had at “ ” " ' @3f9a0c11d2e4b567 <@U1>
"""
WORDS = st.sampled_from([*BY_WORD, "form", *OTHERS.split()])
LINES = st.lists(st.one_of(WORDS, st.text(max_size=12)), max_size=9).map(" ".join)


@given(LINES)
def test_any_line_is_understood_or_refused(line: str) -> None:
    """Nothing that people can type breaks the grammar, nor the form that it leads to."""
    speaker = speaker_of("riya.patel")

    with suppress(Refused):
        ask = understand(line, None, speaker)
        values = read_known(ask, speaker)
        if wants_form(ask):
            assert form(ask, speaker, {}).fields
        else:
            assert build(ask, values).word == ask.command.word


@given(LINES, st.dictionaries(st.sampled_from(["reason", "duration", "request"]), st.text()))
def test_any_form_is_understood_or_refused(line: str, fields: dict[str, str]) -> None:
    """What a client sends as a form is only words, too."""
    speaker = speaker_of("riya.patel")

    with suppress(Refused):
        ask = understand(line, fields, speaker)
        assert form(ask, speaker, errors_of(ask, speaker)).says.startswith(ask.command.word)


@given(st.integers(min_value=1, max_value=2**63 - 1), st.integers(min_value=0, max_value=2**64 - 1))
def test_what_a_button_says_is_read_back(number: int, seen: int) -> None:
    """Whatever the request and the hash."""
    speaker = speaker_of("ben.okafor")

    for word in ("approve", "deny"):
        ask = understand(f"{word} JIT-{number} @{seen:016x}", None, speaker)

        assert read_known(ask, speaker) == {"request": number, "seen": f"{seen:016x}"}


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_a_quoted_reason_is_kept_word_for_word(reason: str) -> None:
    """But for what no database takes, and the space around it."""
    speaker = speaker_of("riya.patel")
    kept = understand(f'request netsuite-gl 4h "{reason}"', None, speaker).texts.get("reason", "")

    plain = understand("request", {"reason": reason}, speaker).texts["reason"]
    if '"' not in plain and not set(plain) & set("“”„‟«»"):
        assert kept.strip() == plain
