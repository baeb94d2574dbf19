"""What Slack refuses, in our words: what it means, and what a person can do about it.

Nothing that Slack, or a library, writes in prose is passed on: it may quote what was sent. Its
codes are a closed list of its own and are quoted; whom and what a call was about is never named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from adapters.chat.platform import Gone, PlatformError

AWAY = timedelta(seconds=5)
"""When to try again while Slack fails. Not sooner: what did arrive may take moments to be seen."""

_INVITE = "I am not in that channel: invite me there with `/invite`"
_CLOSED = "that message may not be changed any more"
_NO_MESSAGE = "that message is not there any more"
_NO_PERSON = "there is no such account in this workspace: correct it in the company's files"
_POSTING = "posting in that channel is restricted: let a workspace admin allow me to post there"
_OUTSIDE = "that account belongs to another organisation, or may not see me"

_GONE: Mapping[str, str] = {
    # Channels.
    "channel_not_found": "that conversation is not there, or it is private and I am not in it: "
    "invite me there with `/invite`, or correct its id in the company's files",
    "not_in_channel": _INVITE,
    "is_archived": "that channel is archived: restore it, or name another one in the company's "
    "files",
    "restricted_action": _POSTING,
    "restricted_action_read_only_channel": _POSTING,
    "restricted_action_thread_only_channel": _POSTING,
    "restricted_action_non_threadable_channel": _POSTING,
    "restricted_action_thread_locked": "that thread is locked: let a workspace admin unlock it",
    "team_access_not_granted": "I am not installed in that workspace: let an admin of the "
    "organisation add me there",
    # People.
    "user_not_found": _NO_PERSON,
    "users_not_found": _NO_PERSON,
    "user_disabled": "that account is deactivated",
    "user_not_visible": _OUTSIDE,
    "cannot_dm_bot": "that account is a bot: correct it in the company's files",
    "messages_tab_disabled": "I may not write direct messages: switch the Messages tab on in the "
    "app's settings (App Home)",
    # Messages and threads.
    "message_not_found": _NO_MESSAGE,
    "thread_not_found": _NO_MESSAGE,
    "invalid_thread_ts": _NO_MESSAGE,
    "cannot_reply_to_message": "nobody can reply to that message",
    "edit_window_closed": f"{_CLOSED}: the workspace sets for how long messages can be edited",
    "cant_update_message": _CLOSED,
    "is_inactive": _CLOSED,
    # Views, and addresses to answer to.
    "not_found": "that window is closed",
    "expired_trigger_id": "the press was too long ago: press again",
    "trigger_expired": "the press was too long ago: press again",
    "exchanged_trigger_id": "that press was used already: press again",
    "trigger_exchanged": "that press was used already: press again",
    "invalid_trigger_id": "that press is not known: press again",
    "used_url": "the answer's address was used as often as it can be",
    "expired_url": "the answer's address is too old",
}

_REINSTALL = "install the app again and set SLACK_BOT_TOKEN to its new token"

_OURS: Mapping[str, str] = {
    "invalid_auth": f"the token is not valid: {_REINSTALL}",
    "not_authed": f"no token was sent: {_REINSTALL}",
    # Said of a token, and never of the person who is written to.
    "account_inactive": f"the token is of an app or workspace that was removed: {_REINSTALL}",
    "token_revoked": f"the token was revoked: {_REINSTALL}",
    "token_expired": "the token expired: switch token rotation off for this app, "
    f"then {_REINSTALL}",
    "not_allowed_token_type": "it is the wrong kind of token: SLACK_BOT_TOKEN begins with xoxb-, "
    "SLACK_APP_TOKEN with xapp-",
    "no_permission": "the token lacks a permission: install the app again from its manifest",
    "org_login_required": "the workspace is being moved to an organisation: try again afterwards",
    "not_enabled": "the Home tab is switched off: switch it on in the app's settings (App Home)",
}

_AWAY = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
"""Slack itself failed: it may have done what was asked, or some of it."""

_BUSY = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})

_SCOPES = re.compile(r"[a-z:._,\- ]{1,200}")
_CODE = re.compile(r"[a-z_]{1,60}")


class MissingScope(PlatformError):
    """The app may not do this, by its own installation; nothing was done."""


def refusal(method: str, status: int, told: Mapping[str, Any], after: str | None) -> PlatformError:
    """Say what an answer that is not well means; `after` is its Retry-After, in seconds."""
    given = str(told.get("error") or "")
    code = given if _CODE.fullmatch(given) else f"HTTP {status}"
    if status == HTTPStatus.TOO_MANY_REQUESTS or code in _BUSY:
        return busy(method, after)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or code in _AWAY:
        return PlatformError(f"Slack failed at {method} ({code}).", retry_after=AWAY)
    if _names_nobody(code, told):
        code = "user_not_found"
    if code in _GONE:
        return Gone(f"Slack refused {method} ({code}): {_GONE[code]}.")
    kind = MissingScope if code == "missing_scope" else PlatformError
    why = _scope(told) if kind is MissingScope else _OURS.get(code, "")
    return kind(f"Slack refused {method} ({code}){why and f': {why}'}.", may_have_arrived=False)


def _names_nobody(code: str, told: Mapping[str, Any]) -> bool:
    """Tell an unknown account from other wrong arguments: `views.publish` has no code for it."""
    metadata = told.get("response_metadata")
    details = metadata.get("messages") if isinstance(metadata, dict) else None
    return code == "invalid_arguments" and any("user_id" in str(one) for one in details or ())


def busy(method: str, after: str | None) -> PlatformError:
    """Say that a method is called too often, and when to call it again."""
    seconds = int(after) if after and after.isdecimal() else AWAY.seconds
    return PlatformError(
        f"Slack takes no more of {method} for {seconds} s: it is called too often.",
        retry_after=timedelta(seconds=seconds),
        may_have_arrived=False,
    )


def unreached(method: str, failed: Exception, *, is_sure: bool) -> PlatformError:
    """Say that no answer came; `is_sure` where nothing was sent. What failed may hold addresses."""
    return PlatformError(
        f"Slack could not be reached for {method} ({type(failed).__name__}).",
        retry_after=AWAY,
        may_have_arrived=not is_sure,
    )


def _scope(told: Mapping[str, Any]) -> str:
    needed = str(told.get("needed") or "")
    named = f"the scope {needed}" if _SCOPES.fullmatch(needed) else "a scope"
    return f"the app lacks {named}; add it under OAuth & Permissions, then install the app again"
