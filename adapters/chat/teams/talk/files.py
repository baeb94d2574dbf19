"""A file is handed over the way Teams wants it: offered first, and uploaded once it is accepted.

::

    offer ──▶ the person accepts ──▶ uploaded to their own OneDrive ──▶ a card that opens it
                         declines ──▶ nothing is kept

What was offered waits in memory, a few minutes and a few megabytes of it. If it is not there any
more, because time passed or another process is asked, it is made again from the command line that
led to it: as a new saying of the same person, with all that is checked and recorded of one.
"""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.chat.cards import File
from adapters.chat.teams.turn import Turn

WAITS_FOR = 900.0
"""Seconds for which a file is kept for the person whom it was offered to."""

BYTES_MAX = 16_000_000
"""Bytes of all files that wait; the oldest makes room. One has a few hundred kilobytes."""

SAYS_MAX = 4_000
"""Characters of the line that an offer may carry: no saying is longer."""

CONSENT = "application/vnd.microsoft.teams.card.file.consent"
INFO = "application/vnd.microsoft.teams.card.file.info"


class NotOurs(Exception):
    """An answer to an offer that was not made, or was made to somebody else."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Where to upload what, as somebody accepted it."""

    token: str
    says: str
    """The line that makes the file again."""

    upload_url: str
    content_url: str
    unique_id: str
    kind: str
    name: str


@dataclass(slots=True)
class _Waiting:
    account: str
    name: str
    content: bytes
    at: float


@dataclass(slots=True)
class Files:
    """Files that were offered. Belongs to one event loop."""

    clock: Callable[[], float] = time.monotonic
    _waiting: OrderedDict[str, _Waiting] = field(default_factory=OrderedDict)

    def offer(self, file: File, turn: Turn, said: str) -> Mapping[str, Any]:
        """Keep a file for the person, and give the message that offers it."""
        token, content = secrets.token_urlsafe(16), file.text.encode()
        self._waiting[token] = _Waiting(turn.account, file.name, content, self.clock())
        while sum(len(one.content) for one in self._waiting.values()) > BYTES_MAX:
            self._waiting.popitem(last=False)
        context = {"file": token, "says": said if len(said) <= SAYS_MAX else "", "name": file.name}
        return {
            "type": "message",
            "summary": f"A file for you: {file.name}",
            "attachments": [
                {
                    "contentType": CONSENT,
                    "name": file.name,
                    "content": {
                        "description": "What you asked for, to be saved in your OneDrive.",
                        "sizeInBytes": len(content),
                        "acceptContext": context,
                        "declineContext": {"file": token},
                    },
                }
            ],
        }

    def take(self, token: str, account: str) -> bytes | None:
        """Give a file, once; None where it waits no more. Raises `NotOurs`."""
        now = self.clock()
        for old in [key for key, one in self._waiting.items() if now - one.at > WAITS_FOR]:
            del self._waiting[old]
        kept = self._waiting.get(token)
        if kept is None:
            return None
        if kept.account != account:
            raise NotOurs("offered to somebody else")
        del self._waiting[token]
        return kept.content

    def drop(self, token: str, account: str) -> None:
        """Let go of a file that nobody wants."""
        kept = self._waiting.get(token)
        if kept is not None and kept.account == account:
            del self._waiting[token]


def read(turn: Turn) -> tuple[str, Accepted | None]:
    """Read an answer to an offer: its token, and where to upload where it was accepted.

    Raises `NotOurs` for what is none of ours; the addresses are looked at where they are used.
    """
    value = turn.value
    context, action = value.get("context"), value.get("action")
    is_answer = action in ("accept", "decline") and not turn.channel
    if not isinstance(context, Mapping) or not is_answer:
        raise NotOurs("no answer to an offer")
    token = _text(context, "file")
    if not token:
        raise NotOurs("no offer")
    if action == "decline":
        return token, None
    where = value.get("uploadInfo")
    if not isinstance(where, Mapping):
        raise NotOurs("nowhere to upload")
    return token, Accepted(
        token=token,
        says=_text(context, "says"),
        upload_url=_text(where, "uploadUrl"),
        content_url=_text(where, "contentUrl"),
        unique_id=_text(where, "uniqueId"),
        kind=_text(where, "fileType"),
        name=_text(where, "name") or _text(context, "name"),
    )


def info(accepted: Accepted) -> Mapping[str, Any]:
    """Give the message with a file that was uploaded."""
    return {
        "type": "message",
        "summary": f"Your file: {accepted.name}",
        "attachments": [
            {
                "contentType": INFO,
                "contentUrl": accepted.content_url,
                "name": accepted.name,
                "content": {"uniqueId": accepted.unique_id, "fileType": accepted.kind},
            }
        ],
    }


def _text(told: Mapping[str, Any], name: str) -> str:
    found = told.get(name)
    if not isinstance(found, str) or len(found) > SAYS_MAX:
        return ""
    return found
