"""What Slack delivers in a benchmark: commands, presses, forms and messages, in turn."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from tests.bench.acks.pace import PEOPLE
from tests.bench.company import QUICK, REASON
from tests.slack.fake_slack.deliver import FORM, sign

APP, TEAM, BOSS, CHANNEL = "A0BENCH", "T0BENCH", "U0OWNER", "C0BENCH"

SECRET = "signs-for-benchmarks-only"

METADATA = json.dumps({"says": "request", "from": {"channel": CHANNEL, "thread": ""}})

KINDS = (*("command", "press", "form") * 5, "message")
"""In turn. Few messages: Slack itself takes only a few hundred answers a minute in a workspace."""

Json = dict[str, Any]


def account(number: int) -> str:
    """Name the account of one of the many."""
    return f"U{number:08}"


@dataclass(frozen=True, slots=True)
class Sending:
    """One delivery, before it is signed."""

    kind: str
    body: bytes
    media: str

    @property
    def headers(self) -> Mapping[str, str]:
        """Sign it, as of now."""
        at = str(int(time.time()))
        return {
            "Content-Type": self.media,
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": sign(SECRET, at, self.body),
        }


def sending(turn: int, answer_to: str) -> Sending:
    """Give the delivery whose turn it is; `answer_to` is its response URL."""
    number, thing = turn % PEOPLE, QUICK[turn // PEOPLE % len(QUICK)]
    reason = f"{REASON} {turn}"
    kind = KINDS[turn % len(KINDS)]
    if kind == "command":
        line = f"request {thing} 1h {reason}"
        return _form(kind, _command(account(number), line, answer_to))
    if kind == "press":
        return _form(kind, {"payload": json.dumps(_press(turn, answer_to))})
    if kind == "message":
        return Sending(kind, json.dumps(_message(turn)).encode(), "application/json")
    filled = {"entitlement": thing, "duration": "1h", "reason": reason}
    return _form(kind, {"payload": json.dumps(_submission(account(number), filled))})


def _form(kind: str, fields: Mapping[str, str]) -> Sending:
    return Sending(kind, urlencode(fields).encode(), FORM)


def _command(user: str, text: str, answer_to: str) -> dict[str, str]:
    return {
        "command": "/jit",
        "text": text,
        "user_id": user,
        "team_id": TEAM,
        "api_app_id": APP,
        "channel_id": CHANNEL,
        "trigger_id": uuid4().hex,
        "response_url": answer_to,
    }


def _interaction(kind: str, user: str) -> Json:
    return {
        "type": kind,
        "user": {"id": user},
        "team": {"id": TEAM},
        "api_app_id": APP,
        "trigger_id": uuid4().hex,
    }


def _press(turn: int, answer_to: str) -> Json:
    action = {"type": "button", "action_id": "say:0", "block_id": "b", "value": "pending"}
    return {
        **_interaction("block_actions", BOSS),
        "container": {"type": "message", "message_ts": f"{turn}.1", "channel_id": CHANNEL},
        "channel": {"id": CHANNEL},
        "response_url": answer_to,
        "actions": [action | {"action_ts": f"{turn}.2"}],
    }


def _message(turn: int) -> Json:
    said = {"type": "message", "channel_type": "im", "channel": direct(turn), "text": "pending"}
    return {
        "type": "event_callback",
        "event_id": uuid4().hex,
        "team_id": TEAM,
        "api_app_id": APP,
        "event": said | {"user": BOSS, "ts": f"{turn}.1"},
    }


def direct(turn: int) -> str:
    """Name the conversation of a turn: its answer is told from others by it."""
    return f"D{turn}"


def _submission(user: str, filled: Mapping[str, str]) -> Json:
    view = {
        "id": uuid4().hex,
        "type": "modal",
        "callback_id": "form",
        "private_metadata": METADATA,
        "state": {"values": {name: {"value": {"value": text}} for name, text in filled.items()}},
    }
    return {**_interaction("view_submission", user), "view": view}
