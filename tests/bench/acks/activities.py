"""What Teams delivers in a benchmark: messages, presses and forms, in turn."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from tests.bench.company import QUICK, REASON
from tests.teams.fake_teams import App

KINDS = ("message", "press", "form")
"""In turn. A press and a form are answered at once, a message afterwards."""

PEOPLE = 200
"""In Teams. Each is met before: whom Teams has not named for five minutes is asked for there, and
Teams itself takes no more than 50 calls a second for all of an organisation."""

APP = App()

Json = dict[str, Any]

LOOKS: Json = {"says": "pending"}


def account(number: int) -> str:
    """Name the account of one of the many."""
    return str(uuid5(NAMESPACE_URL, f"https://bench.example/{number}"))


def chat(number: int) -> str:
    """Name the chat of one of the many with the bot."""
    return f"a:1bench-{number}"


@dataclass(frozen=True, slots=True)
class Sending:
    """One delivery, before it is signed."""

    kind: str
    chat: str
    body: bytes


def sending(turn: int, service_url: str) -> Sending:
    """Give the delivery whose turn it is. Its people are none of Slack's."""
    number, thing = turn % PEOPLE, QUICK[turn // PEOPLE % len(QUICK)]
    reason = f"{REASON} {turn}"
    kind = KINDS[turn % len(KINDS)]
    if kind == "message":
        told: Json = {"type": "message", "text": f"request {thing} 1h {reason}"}
    elif kind == "press":
        told = _press(turn, LOOKS)
    else:
        fields = {"entitlement": thing, "duration": "1h", "reason": reason}
        filled = {f"field:{name}": text for name, text in fields.items()}
        told = _press(turn, {"says": "request", "form": True, **filled})
    activity = _by(number, service_url) | told
    return Sending(kind, chat(number), json.dumps(activity).encode())


def first(number: int, service_url: str) -> Sending:
    """Give the press with which somebody is met."""
    activity = _by(number, service_url) | _press(0, LOOKS)
    return Sending("press", chat(number), json.dumps(activity).encode())


def _by(number: int, service_url: str) -> Json:
    tenant = APP.tenant
    return {
        "id": f"f:{uuid4()}",
        "channelId": "msteams",
        "serviceUrl": service_url,
        "from": {
            "id": f"29:1bench-{number}",
            "aadObjectId": account(number),
            "name": f"Holder {number}",
        },
        "recipient": APP.json(),
        "conversation": {
            "id": chat(number),
            "conversationType": "personal",
            "tenantId": tenant,
        },
        "channelData": {"tenant": {"id": tenant}},
        "locale": "en-GB",
    }


def _press(turn: int, data: Json) -> Json:
    return {
        "type": "invoke",
        "name": "adaptiveCard/action",
        "replyToId": f"1:{turn}",
        "value": {
            "action": {"type": "Action.Execute", "verb": "say", "data": data},
            "trigger": "manual",
        },
    }
