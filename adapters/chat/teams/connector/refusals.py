"""What Teams refuses, in our words: what it means, and what a person can do about it.

Nothing that Teams, or a library, writes in prose is passed on: it may quote what was sent. Its
codes are a closed list of its own and are quoted; whom and what a call was about is never named.
The codes: "Status codes from bot conversational APIs" in Microsoft's documentation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from adapters.chat.platform import Gone, PlatformError

AWAY = timedelta(seconds=5)
"""When to try again while Teams fails and does not say when."""

AFTER_MAX = timedelta(minutes=15)
"""The longest `Retry-After` that is believed: a mistake in it cannot silence the bot for a day."""

CREATE = "a new conversation"
"""What a call is called that begins a conversation: an unknown person or channel is a wrong
argument of it."""

_NOT_INSTALLED = (
    "I am not installed there: let that person, or an owner of the team or chat, add the app in "
    "Teams, or let an admin install it for everyone by a setup policy"
)
_BLOCKED = (
    "that person has blocked or removed me, or moderation keeps me from posting: let them add the "
    "app again in Teams, or let an owner of the channel allow it to post"
)
_NO_CONVERSATION = (
    "that conversation is not there, or not for me: add the app there, or correct its id in the "
    "company's files"
)
_NO_MESSAGE = "that message is not there any more"
_UNKNOWN = (
    "Teams knows no such person or channel in this organisation: correct the id in the company's "
    "files"
)

_GONE: Mapping[str, str] = {
    "MessageWritesBlocked": _BLOCKED,
    "ConversationBlockedByUser": _BLOCKED,
    "BotNotInConversationRoster": _NOT_INSTALLED,
    "ForbiddenOperationException": _NOT_INSTALLED,
    "BotDisabledByAdmin": "an admin has blocked the app for this organisation: allow it in the "
    "Teams admin center (Manage apps)",
    "NotEnoughPermissions": "the app may not do that there: let an owner of the team allow it",
    "ConversationNotFound": _NO_CONVERSATION,
    "MemberNotFoundInConversation": "that person is no member of that conversation",
    "ActivityNotFoundInConversation": _NO_MESSAGE,
    "ActivityNotFound": _NO_MESSAGE,
    "MessageSizeTooBig": "the message is larger than Teams takes",
    "RequestEntityTooLarge": "the message is larger than Teams takes",
}

_BY_STATUS: Mapping[int, str] = {
    HTTPStatus.FORBIDDEN: "I may not write there: add the app there, or let an admin allow it",
    HTTPStatus.NOT_FOUND: "that conversation or message is not there any more",
    HTTPStatus.METHOD_NOT_ALLOWED: "that cannot be done there",
    HTTPStatus.GONE: "that conversation or message is not there any more",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "the message is larger than Teams takes",
}

_OURS: Mapping[str, str] = {
    "BotNotRegistered": "Teams knows no bot with MICROSOFT_APP_ID: connect the Teams channel in "
    "the Azure Bot's settings",
    "InvalidBotApiHost": "that address is for another cloud: set TEAMS_SERVICE_URL and "
    "TEAMS_SERVICE_HOSTS to this cloud's",
}

_SIGN_IN = (
    "the bot's token is not accepted: compare MICROSOFT_APP_ID and MICROSOFT_APP_TENANT_ID with "
    "the Azure Bot's settings"
)

_NOT_AMONG_THEM = frozenset({"ConversationNotFound", "BotNotInConversationRoster"})

# Refused before anything was done; 412: others are at the same conversation at this moment.
_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.PRECONDITION_FAILED})

_CODE = re.compile(r"[A-Za-z]{1,60}")


class NoConversation(Gone):
    """The conversation is not there (any more), or we are not in it: another one may be."""


def refusal(what: str, status: int, told: Mapping[str, Any], after: str | None) -> PlatformError:
    """Say what an answer that is not well means; `what` completes "Teams refused …".

    `after` is its Retry-After header.
    """
    codes = [*_codes(told)]
    code = next((one for one in codes if one in _GONE or one in _OURS), codes[0] if codes else "")
    quoted = code or f"HTTP {status}"
    if status in _BUSY:
        return busy(what, quoted, after)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return PlatformError(f"Teams failed at {what} ({quoted}).", retry_after=_wait(after))
    if code not in _OURS and (gone := _gone(what, status, code)):
        kind = NoConversation if code in _NOT_AMONG_THEM else Gone
        return kind(f"Teams refused {what} ({quoted}): {gone}.")
    why = _OURS.get(code, _SIGN_IN if status == HTTPStatus.UNAUTHORIZED else "")
    text = f"Teams refused {what} ({quoted}){why and f': {why}'}."
    return PlatformError(text, may_have_arrived=False)


def _gone(what: str, status: int, code: str) -> str:
    if status == HTTPStatus.BAD_REQUEST and what == CREATE:
        return _UNKNOWN
    return _GONE.get(code) or _BY_STATUS.get(status, "")


def busy(what: str, quoted: str, after: str | None) -> PlatformError:
    """Say that too much is asked for at once, and when to ask again. Nothing was done."""
    wait = _wait(after)
    return PlatformError(
        f"Teams takes no more of {what} for {wait.total_seconds():.0f} s ({quoted}).",
        retry_after=wait,
        may_have_arrived=False,
    )


def unreached(what: str, failed: Exception, *, is_sure: bool) -> PlatformError:
    """Say that no answer came; `is_sure` where nothing was sent. What failed may hold addresses."""
    return PlatformError(
        f"Teams could not be reached for {what} ({type(failed).__name__}).",
        retry_after=AWAY,
        may_have_arrived=not is_sure,
    )


def _wait(after: str | None) -> timedelta:
    """Read a Retry-After header (RFC 9110, 10.2.3): seconds, or an HTTP date."""
    if not after:
        return AWAY
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", after.strip()):
        return min(timedelta(seconds=float(after)), AFTER_MAX)
    try:
        at = parsedate_to_datetime(after)
    except ValueError:
        return AWAY
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(at - datetime.now(UTC), timedelta(0)), AFTER_MAX)


def _codes(told: Mapping[str, Any]) -> Iterator[str]:
    """Name the codes in an answer: Teams writes them in several places."""
    error = told.get("error")
    inner = error if isinstance(error, dict) else {"code": error}
    for found in (inner.get("code"), told.get("code"), _sub_code(told), _sub_code(inner)):
        plain = found.replace(" ", "") if isinstance(found, str) else ""
        if _CODE.fullmatch(plain):
            yield plain


def _sub_code(told: Mapping[str, Any]) -> object:
    """Read the code out of a message that is JSON itself, as it is with MessageWritesBlocked."""
    try:
        inner = json.loads(told.get("message") or "")
    except (TypeError, ValueError):
        return None
    return inner.get("subCode") if isinstance(inner, dict) else None
