"""What Teams refuses is said in our words, and says what would mend it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from adapters.chat.platform import Gone, PlatformError
from adapters.chat.teams.connector.refusals import (
    AFTER_MAX,
    AWAY,
    CREATE,
    NoConversation,
    refusal,
)

PROSE = "Riya's reason: Q4 close, in 19:audit@thread.tacv2"


def _told(code: object) -> dict[str, object]:
    return {"error": {"code": code, "message": PROSE}}


@pytest.mark.parametrize(
    ("status", "code", "mended_by"),
    [
        (403, "MessageWritesBlocked", "add the app again"),
        (403, "ConversationBlockedByUser", "add the app again"),
        (403, "BotNotInConversationRoster", "install it for everyone by a setup policy"),
        (403, "ForbiddenOperationException", "install it for everyone by a setup policy"),
        (403, "BotDisabledByAdmin", "Teams admin center"),
        (403, "SomethingNew", "let an admin allow it"),
        (403, "", "let an admin allow it"),
        (404, "ConversationNotFound", "correct its id in the company's files"),
        (404, "ActivityNotFoundInConversation", "not there any more"),
        (404, "", "not there any more"),
        (413, "MessageSizeTooBig", "larger than Teams takes"),
        (413, "", "larger than Teams takes"),
    ],
)
def test_what_is_gone_says_what_would_mend_it(status: int, code: str, mended_by: str) -> None:
    """Nothing that Teams wrote in prose is in the sentence."""
    failed = refusal("a message", status, _told(code), None)

    assert isinstance(failed, Gone)
    assert mended_by in str(failed)
    assert (code or f"HTTP {status}") in str(failed)
    assert "Riya" not in str(failed)
    assert "19:" not in str(failed)


@pytest.mark.parametrize(
    ("status", "may_have_arrived"),
    [(429, False), (412, False), (500, True), (502, True), (503, True), (504, True)],
)
def test_what_is_worth_another_try_says_when_and_whether_it_arrived(
    status: int, may_have_arrived: bool
) -> None:
    """A server that fails may have done it; one that is busy has not."""
    failed = refusal("a message", status, {}, "7")

    assert not isinstance(failed, Gone)
    assert failed.retry_after == timedelta(seconds=7)
    assert failed.may_have_arrived is may_have_arrived


@pytest.mark.parametrize(
    ("after", "wait"),
    [
        (None, AWAY),
        ("", AWAY),
        ("0", timedelta(0)),
        ("2.5", timedelta(seconds=2.5)),
        ("86400", AFTER_MAX),
        ("999999999", AFTER_MAX),
        ("-1", AWAY),
        ("nan", AWAY),
        ("soon", AWAY),
        ("Wed, 21 Oct 2015 07:28:00 GMT", timedelta(0)),
    ],
)
def test_retry_after_is_honoured_within_reason(after: str | None, wait: timedelta) -> None:
    """Seconds or a date; what is no such thing is as if it were not there."""
    assert refusal("a message", 429, {}, after).retry_after == wait


def test_retry_after_may_be_a_date() -> None:
    """As RFC 9110 has it."""
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)

    wait = refusal("a message", 503, {}, later).retry_after

    assert wait is not None
    assert timedelta(seconds=55) < wait <= timedelta(seconds=60)


@pytest.mark.parametrize(
    "told",
    [
        _told("MessageWritesBlocked"),
        {"error": "MessageWritesBlocked"},
        {"code": "MessageWritesBlocked"},
        {"errorCode": 209, "message": '{"subCode": "MessageWritesBlocked", "details": "x"}'},
        {"error": {"code": "Forbidden", "message": '{"subCode": "MessageWritesBlocked"}'}},
    ],
)
def test_a_code_is_found_wherever_teams_writes_it(told: dict[str, object]) -> None:
    """It has several ways."""
    failed = refusal("a message", 403, told, None)

    assert isinstance(failed, Gone)
    assert "(MessageWritesBlocked)" in str(failed)


@pytest.mark.parametrize("code", [f"<b>{PROSE}</b>", 7, None, ["x"], {"x": 1}, "a" * 100])
def test_what_is_no_code_is_not_quoted(code: object) -> None:
    """Whatever stands in its place."""
    failed = refusal("a message", 400, {"error": {"code": code}, "message": [PROSE]}, None)

    assert str(failed) == "Teams refused a message (HTTP 400)."
    assert not failed.may_have_arrived
    assert failed.retry_after is None


def test_only_where_another_one_may_be_is_the_conversation_gone() -> None:
    """A chat is begun again where it is not there, and not where it is refused."""
    assert isinstance(refusal("x", 404, _told("ConversationNotFound"), None), NoConversation)
    assert isinstance(refusal("x", 403, _told("BotNotInConversationRoster"), None), NoConversation)
    assert not isinstance(refusal("x", 403, _told("MessageWritesBlocked"), None), NoConversation)


def test_an_unknown_person_or_channel_is_a_wrong_argument() -> None:
    """Where a conversation is begun; elsewhere a wrong argument is our own mistake."""
    begun = refusal(CREATE, 400, _told("Bad Argument"), None)
    sent = refusal("a message", 400, _told("Bad Argument"), None)

    assert isinstance(begun, Gone)
    assert "correct the id in the company's files" in str(begun)
    assert type(sent) is PlatformError
    assert "(BadArgument)" in str(sent)


@pytest.mark.parametrize(
    ("status", "code", "mended_by"),
    [
        (401, "BotNotRegistered", "connect the Teams channel"),
        (401, "", "MICROSOFT_APP_TENANT_ID"),
        (403, "InvalidBotApiHost", "TEAMS_SERVICE_URL"),
    ],
)
def test_what_an_operator_has_to_mend_says_so(status: int, code: str, mended_by: str) -> None:
    """It is neither gone nor a matter of waiting."""
    failed = refusal("a message", status, _told(code), None)

    assert type(failed) is PlatformError
    assert mended_by in str(failed)
    assert failed.retry_after is None
    assert not failed.may_have_arrived
