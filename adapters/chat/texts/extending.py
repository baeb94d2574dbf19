"""How an extension is said on cards, where it differs from a request. Called by `wording.py`."""

from __future__ import annotations

from adapters.chat.cards import Fact
from engine.model.duration import spell
from engine.model.identifiers import show
from engine.model.request import Request, RequestState

EXTENSION_WORDS = {
    RequestState.APPROVED: "Approved; the access goes on",
    RequestState.DENIED: "Denied; the access ends on time",
    RequestState.CANCELLED: "Cancelled; the access ends on time",
    RequestState.LAPSED: "Lapsed, because nobody decided in time; the access ends on time",
}


def length_facts(request: Request) -> tuple[Fact, ...]:
    """Say for how long; of an extension, of what, since when that is there, and until when."""
    if request.extends is None or request.held_since is None or request.held_until is None:
        return (Fact("How long", f"{spell(request.duration)}, from when it is given"),)
    until = request.held_until + request.duration
    total = spell(until - request.held_since)
    return (
        Fact("Extends", f"{show(request.extends)}, by {spell(request.duration)}; {total} in all"),
        Fact("There since", request.held_since),
        Fact("Ends now", request.held_until),
        Fact("Would end", until),
    )
