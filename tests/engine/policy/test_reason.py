"""Whether a justification says something."""

from __future__ import annotations

import pytest

from engine.errors import Invalid
from engine.policy.reason import check_reason, check_words
from tests.simulation.company import AP, GL, company

GL_ENTITLEMENT = company().entitlement[GL]
AP_ENTITLEMENT = company().entitlement[AP]


@pytest.mark.parametrize(
    "reason",
    [
        "Q4 close",
        "  Q4 close, posting accruals\n",
        "Jahresabschluss prüfen",
        "月末処理 のため、仕訳を記帳",
        "GL posting for the Q4 close",
        "🔥 payment run, please",
        "Q4 close " + "x" * 2991,
    ],
)
def test_a_reason_that_says_something_is_kept(reason: str) -> None:
    """Without outer space, in whatever language."""
    assert check_reason(GL_ENTITLEMENT, reason) == reason.strip()


@pytest.mark.parametrize(
    "reason",
    [
        "",
        "   ",
        "asap",
        "Q4  cls",
        "please please please",
        "Please, please! PLEASE?",
        "…………………… !!!",
        "🔥🔥🔥🔥🔥 🙏🙏🙏🙏🙏",
        "netsuite-gl",
        "NetSuite GL!",
        "access to netsuite-gl",
        "Access to: NETSUITE GL.",
    ],
)
def test_a_reason_that_says_nothing_is_refused(reason: str) -> None:
    """Too short, one word over and over, or just the name of what is asked for."""
    with pytest.raises(Invalid) as caught:
        check_reason(GL_ENTITLEMENT, reason)

    assert caught.value.code == "reason.empty"


def test_a_reason_is_never_cut() -> None:
    """One that no platform could show whole is refused, not shortened."""
    with pytest.raises(Invalid) as caught:
        check_reason(GL_ENTITLEMENT, "Q4 close " + "x" * 2992)

    assert caught.value.code == "reason.too_long"


@pytest.mark.parametrize("reason", ["FIN-1 Q4 close", "bills for Q4, see FIN-1234"])
def test_a_reference_may_stand_anywhere(reason: str) -> None:
    """Where the entitlement asks for one."""
    assert check_reason(AP_ENTITLEMENT, reason) == reason


def test_a_missing_reference_is_asked_for() -> None:
    """With an example of what would be right."""
    with pytest.raises(Invalid, match="such as FIN-1234") as caught:
        check_reason(AP_ENTITLEMENT, "bills for Q4, see FIN")

    assert caught.value.code == "reason.pattern"


@pytest.mark.parametrize("words", ["wrong role", " " + "x" * 1000 + " "], ids=["short", "long"])
def test_a_denials_words_are_kept(words: str) -> None:
    """From ten characters to a thousand, without outer space."""
    assert check_words(words, "A denial needs a reason") == words.strip()


@pytest.mark.parametrize("words", ["", "no", " " * 20, "x" * 1001], ids=len)
def test_words_that_teach_nothing_are_refused(words: str) -> None:
    """Nor is a novel kept."""
    with pytest.raises(Invalid, match="A denial needs a reason of 10 to 1000 characters"):
        check_words(words, "A denial needs a reason")
