"""An activity, as Teams writes it, becomes a turn; nothing else of it is ever looked at."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from adapters.chat.teams.door.texts import command_line
from adapters.chat.teams.turn import Kind, Scope, Turn

ID_MAX = 1_000
"""Characters of an id, or a name."""

_SCOPES: Mapping[str, Scope] = {"channel": "channel", "groupchat": "groupChat"}

_KINDS: Mapping[str, Kind] = {
    "message": "message",
    "invoke": "invoke",
    "conversationUpdate": "members",
}

# `add-upgrade` and `remove-upgrade` are new versions of what is there.
_INSTALLATIONS: Mapping[str, Kind] = {"add": "installed", "remove": "uninstalled"}

# No id has them, and Postgres takes neither: halves of characters, and control characters.
_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class Unreadable(ValueError):
    """What came is no activity. The text is ours, and quotes nothing."""


def parse(raw: bytes) -> Mapping[str, Any]:
    """Read a body. Raises `Unreadable`."""
    try:
        told = json.loads(raw, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Unreadable("no JSON") from None
    if not isinstance(told, dict):
        raise Unreadable("no object")
    return told


def _no_number(_constant: str) -> NoReturn:
    """Refuse what Python alone takes for JSON: NaN and infinities."""
    raise Unreadable("no JSON")


def read(told: Mapping[str, Any]) -> Turn:
    """Read an activity. Raises `Unreadable` where it does not say what happened, or where."""
    where, who = _part(told, "conversation"), _part(told, "from")
    conversation, service_url = _id(where, "id"), _id(told, "serviceUrl")
    if not conversation or not service_url or not _id(told, "type"):
        raise Unreadable("it does not say what happened where")
    scope = _scope(where)
    return Turn(
        kind=_kind(told),
        name=_id(told, "name"),
        activity_id=_id(told, "id"),
        service_url=service_url.rstrip("/") + "/",
        conversation=conversation,
        scope=scope,
        channel="" if scope == "personal" else conversation.partition(";")[0],
        team=_id(_part(_part(told, "channelData"), "team"), "id"),
        account=_id(who, "aadObjectId").lower(),
        mri=_id(who, "id"),
        name_of=_name(who),
        tenant=_tenant(told),
        locale=_id(told, "locale"),
        reply_to=_id(told, "replyToId"),
        text=_said(told),
        value=_value(told),
    )


def _kind(told: Mapping[str, Any]) -> Kind:
    kind = _id(told, "type")
    if kind == "installationUpdate":
        return _INSTALLATIONS.get(_id(told, "action"), "other")
    return _KINDS.get(kind, "other")


def _scope(where: Mapping[str, Any]) -> Scope:
    kind = _id(where, "conversationType").lower()
    if kind in _SCOPES:
        return _SCOPES[kind]
    # Where it is not said, a chat of several must not be taken for one with a person.
    return "groupChat" if where.get("isGroup") else "personal"


def _tenant(told: Mapping[str, Any]) -> str:
    """Say whose the person is: in a shared channel, the conversation may be another's."""
    of_person = _id(_part(_part(told, "channelData"), "tenant"), "id")
    of_sender = _id(_part(told, "from"), "tenantId")
    return (of_person or of_sender or _id(_part(told, "conversation"), "tenantId")).lower()


def _said(told: Mapping[str, Any]) -> str:
    text, entities = told.get("text"), told.get("entities")
    if not isinstance(text, str | None) or not isinstance(entities, list | None):
        raise Unreadable("text or entities are something else")
    return command_line(text or "", entities, _id(_part(told, "recipient"), "id"))


def _value(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give what was sent along. Other bots' cards may send a text along: that says nothing here."""
    value = told.get("value")
    return value if isinstance(value, dict) else {}


def _part(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = told.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Unreadable(f"{name} is no object")
    return found


def _id(told: Mapping[str, Any], name: str) -> str:
    found = told.get(name)
    if found is None:
        return ""
    if not isinstance(found, str) or len(found) > ID_MAX or _UNSPEAKABLE.search(found):
        raise Unreadable(f"{name} is no text, or none that Teams writes")
    return found


def _name(who: Mapping[str, Any]) -> str:
    """Give a person's name, which may be anything, as far as it can be shown."""
    name = who.get("name")
    return _UNSPEAKABLE.sub("", name)[:ID_MAX].strip() if isinstance(name, str) else ""
