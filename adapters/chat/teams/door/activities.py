"""An activity, as Teams writes it, becomes a turn; nothing else of it is ever looked at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from adapters.chat.teams.door.texts import command_line
from adapters.chat.teams.turn import Kind, Scope, Turn

ID_MAX = 1_000
"""Characters of an id, or a name."""

_SCOPES: Mapping[str, Scope] = {"channel": "channel", "groupchat": "groupChat"}


class Unreadable(ValueError):
    """What came is no activity. The text is ours, and quotes nothing."""


def parse(raw: bytes) -> Mapping[str, Any]:
    """Read a body. Raises `Unreadable`."""
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):
        raise Unreadable("no JSON") from None
    if not isinstance(told, dict):
        raise Unreadable("no object")
    return told


def read(told: Mapping[str, Any]) -> Turn:
    """Read an activity. Raises `Unreadable` where it does not say where it happened, or what."""
    who, where, data = (_part(told, name) for name in ("from", "conversation", "channelData"))
    conversation, scope = _text(where, "id"), _scope(where)
    if not _text(told, "type") or not conversation or not _text(told, "serviceUrl"):
        raise Unreadable("it does not say what happened where")
    return Turn(
        kind=_kind(told),
        name=_text(told, "name"),
        activity_id=_text(told, "id"),
        service_url=_text(told, "serviceUrl"),
        conversation=conversation,
        scope=scope,
        channel="" if scope == "personal" else conversation.partition(";")[0],
        team=_text(_part(data, "team"), "id"),
        account=_text(who, "aadObjectId").lower(),
        mri=_text(who, "id"),
        name_of=_text(who, "name"),
        tenant=(_text(_part(data, "tenant"), "id") or _text(where, "tenantId")).lower(),
        locale=_text(told, "locale"),
        reply_to=_text(told, "replyToId"),
        text=_said(told),
        value=_part(told, "value", is_strict=False),
    )


def _kind(told: Mapping[str, Any]) -> Kind:
    match _text(told, "type"):
        case "message":
            return "message"
        case "invoke":
            return "invoke"
        case "conversationUpdate":
            return "members"
        case "installationUpdate":
            # `add-upgrade` and `remove-upgrade` are new versions of what is there.
            kinds: Mapping[str, Kind] = {"add": "installed", "remove": "uninstalled"}
            return kinds.get(_text(told, "action"), "members")
    return "other"


def _scope(where: Mapping[str, Any]) -> Scope:
    kind = _text(where, "conversationType").lower()
    if kind in _SCOPES:
        return _SCOPES[kind]
    # Where it is not said, a chat of several must not be taken for one with a person.
    return "groupChat" if where.get("isGroup") else "personal"


def _said(told: Mapping[str, Any]) -> str:
    text = told.get("text")
    bot = _text(_part(told, "recipient"), "id")
    return command_line(text, told.get("entities"), bot) if isinstance(text, str) else ""


def _part(told: Mapping[str, Any], name: str, *, is_strict: bool = True) -> Mapping[str, Any]:
    found = told.get(name)
    if found is None or (not is_strict and not isinstance(found, dict)):
        return {}
    if not isinstance(found, dict):
        raise Unreadable(f"{name} is no object")
    return found


def _text(told: Mapping[str, Any], name: str) -> str:
    found = told.get(name)
    if found is None:
        return ""
    if not isinstance(found, str) or len(found) > ID_MAX:
        raise Unreadable(f"{name} is no text, or too long")
    return found
