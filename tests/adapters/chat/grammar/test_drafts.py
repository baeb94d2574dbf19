"""A form while it is filled in, and a typed line that is handed back in one."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from adapters.chat.cards import Form
from adapters.chat.grammar.asks import SAYS_MAX, draft, read_known, search, to_correct, understand
from adapters.chat.speaker import Speaker
from engine.errors import Invalid, NotFound, Refused

REASON = "Q4 close, posting accruals"


def _draft(speaker: Speaker, fields: Mapping[str, str], line: str = "request") -> Form:
    return draft(understand(line, fields, speaker), speaker)


def _errors(form: Form) -> dict[str, str]:
    return {field.name: field.error for field in form.fields if field.error}


def test_what_is_empty_still_is_not_wrong(riya: Speaker) -> None:
    """Nobody is told to fill in what they have not come to yet."""
    form = _draft(riya, {"entitlement": "", "duration": "", "reason": ""})

    assert not _errors(form)
    assert not form.lines
    assert [field.name for field in form.fields if field.is_live] == [
        "entitlement",
        "duration",
        "reason",
        "holder",
    ]


@pytest.mark.parametrize(
    ("fields", "wrong", "words"),
    [
        ({"duration": "9h"}, "duration", "8 hours or less"),
        ({"duration": "soon"}, "duration", "does not say how long"),
        ({"reason": "because"}, "reason", "does not say why"),
        ({"holder": "@nobody"}, "holder", "nobody called"),
        ({"entitlement": "netsuite-lg"}, "entitlement", "netsuite-gl"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    riya: Speaker, fields: dict[str, str], wrong: str, words: str
) -> None:
    """By the same rules as when it is submitted, and everything that was written stays."""
    form = _draft(riya, {"entitlement": "netsuite-gl"} | fields)

    errors = _errors(form)
    assert set(errors) == {wrong}
    assert words in errors[wrong]
    assert {field.name: field.value for field in form.fields}[wrong] == fields[wrong]


def test_what_is_chosen_is_explained(riya: Speaker) -> None:
    """Exactly what it is, how long at most, and who will be asked; the usual length is proposed."""
    form = _draft(riya, {"entitlement": "netsuite-gl", "duration": "", "reason": REASON})

    said = ["".join(map(str, line)) for line in form.lines]
    duration = next(field for field in form.fields if field.name == "duration")
    assert said[0] == (
        "Exactly: netsuite_gl on ledger, in Finance ledger, tier 2; for 8 hours at most."
    )
    assert said[1] == "Stage 1 of 3, Finance manager: Ben Okafor or Marta Kowalska."
    assert len(said) == 4
    assert (duration.value, duration.proposals[0].label) == ("4 hours", "4 hours (usual)")
    assert [choice.value for choice in duration.proposals] == [
        "4 hours",
        "30 minutes",
        "1 hour",
        "8 hours",
    ]


def test_every_proposal_is_a_length_that_may_be_asked_for(riya: Speaker) -> None:
    """Whatever the entitlement: none of them leads to an error."""
    for entitlement in riya.company.entitlements:
        fields = {"entitlement": entitlement.id}
        duration = next(f for f in _draft(riya, fields).fields if f.name == "duration")

        assert duration.proposals
        for choice in duration.proposals:
            form = _draft(riya, fields | {"duration": choice.value})
            assert "duration" not in _errors(form)


def test_a_command_without_fields_has_no_form(riya: Speaker) -> None:
    """And a draft of it does nothing, as any draft."""
    with pytest.raises(Invalid) as refused:
        _draft(riya, {}, "mine")

    assert refused.value.code == "form.none"


def test_a_menu_is_searched_for_what_the_speaker_may_request(riya: Speaker) -> None:
    """Closest first; a field that offers nothing, and one that is not there, find nothing."""
    ask = understand("request", {}, riya)

    found = search(ask, riya, "entitlement", "reports")

    assert found[0].value == "netsuite-reports"
    assert not search(ask, riya, "entitlement", "payments-db")
    assert not search(ask, riya, "reason", "x")
    assert not search(ask, riya, "nothing", "x")


# ── handed back ─────────────────────────────────────────────────────────────────────────────────


def _refusal(line: str, speaker: Speaker) -> Refused:
    with pytest.raises(Refused) as caught:
        read_known(understand(line, None, speaker), speaker)
    return caught.value


@pytest.mark.parametrize(
    "line",
    [
        f'request netsuite-gl 4x "{REASON}"',
        f'/jit request netsuite-gl 4x "{REASON}"',
        f"<@BOT> request netsuite-gl 4x {REASON}",
        f"/JIT request 4x netsuite-gl “{REASON}”",
    ],
)
def test_a_refused_line_is_handed_back_in_the_form(line: str, riya: Speaker) -> None:
    """Word for word, with what is wrong at its field."""
    ask = understand(line, None, riya)

    button = to_correct(ask, line, _refusal(line, riya))

    assert button is not None
    again = understand(button.says, None, riya)
    assert again.opens_form
    form = draft(again, riya)
    values = {field.name: field.value for field in form.fields}
    assert form.says == "request"
    assert (values["entitlement"], values["duration"], values["reason"]) == (
        "netsuite-gl",
        "4x",
        REASON,
    )
    assert set(_errors(form)) == {"duration"}


@pytest.mark.parametrize(
    "line",
    [
        "form request netsuite-gl 4x why",
        f"request netsuite-gl 4x {'x' * SAYS_MAX}",
    ],
    ids=["a form already", "too long"],
)
def test_a_line_is_not_handed_back(line: str, riya: Speaker) -> None:
    """Where that would help nobody, or a button could not say it."""
    assert to_correct(understand(line, None, riya), line, _refusal(line, riya)) is None


def test_one_word_is_typed_again_as_fast(riya: Speaker) -> None:
    """A form with a single field would help nobody."""
    ask = understand("status 99", None, riya)

    assert to_correct(ask, "status 99", NotFound("request.unknown", "No.")) is None


def test_a_form_is_not_handed_back(riya: Speaker) -> None:
    """It is shown again with what is wrong."""
    ask = understand("request", {"entitlement": "netsuite-gl", "duration": "4x"}, riya)

    assert to_correct(ask, "request", Invalid("duration.unclear", "No.")) is None


def test_somebody_elses_refusal_is_no_word_of_the_line(riya: Speaker) -> None:
    """What is not about a word cannot be corrected by another one."""
    ask = understand(f'request netsuite-gl 4h "{REASON}"', None, riya)

    assert to_correct(ask, "request", Invalid("request.undecidable", "No.")) is None
