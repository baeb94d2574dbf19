"""What the entries of one request say that its rows should be.

Entries are facts and rows are where things stand: the second must follow from the first, by moves
that the state machines allow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.audit.canonical import Json
from engine.audit.entry import Entry
from engine.audit.vocabulary import Action
from engine.model.closing import MOVES as CLOSING_MOVES
from engine.model.closing import ClosingState
from engine.model.grant import MOVES as GRANT_MOVES
from engine.model.grant import GrantState
from engine.model.request import MOVES as REQUEST_MOVES
from engine.model.request import RequestState

_REQUEST = {
    Action.REQUEST_SUBMITTED: RequestState.PENDING,
    Action.REQUEST_APPROVED: RequestState.APPROVED,
    Action.REQUEST_DENIED: RequestState.DENIED,
    Action.REQUEST_CANCELLED: RequestState.CANCELLED,
    Action.REQUEST_DROPPED: RequestState.CANCELLED,
    Action.REQUEST_LAPSED: RequestState.LAPSED,
    Action.BREAKGLASS_UNAPPROVED: RequestState.DENIED,
    Action.BREAKGLASS_UNUSED: RequestState.CANCELLED,
    Action.REQUEST_OVERTAKEN: RequestState.CANCELLED,
}
_GRANT = {
    Action.REQUEST_APPROVED: GrantState.PROVISIONING,
    Action.BREAKGLASS_OPENED: GrantState.PROVISIONING,
    Action.GRANT_ACTIVATED: GrantState.ACTIVE,
    Action.GRANT_EXPIRED: GrantState.DEPROVISIONING,
    Action.GRANT_REVOKED: GrantState.DEPROVISIONING,
    Action.GRANT_RETURNED: GrantState.DEPROVISIONING,
    Action.GRANT_LEFT: GrantState.DEPROVISIONING,
    Action.GRANT_FROZEN: GrantState.DEPROVISIONING,
    Action.GRANT_ENDED: GrantState.ENDED,
    Action.GRANT_KEPT: GrantState.ENDED,
    Action.GRANT_UNUSED: GrantState.ENDED,
}
_CLOSING = {
    Action.BREAKGLASS_OPENED: ClosingState.WAITING,
    Action.CLOSING_OPENED: ClosingState.OPEN,
    Action.CLOSING_CLOSED: ClosingState.DONE,
    Action.CLOSING_UNUSED: ClosingState.DONE,
}
_ASKED = ("requester", "holder", "entitlement", "content_hash", "reason", "revision")
_TARGET = ("account", "resource", "permission")
_KEPT: Mapping[str, tuple[str, ...]] = {
    Action.REQUEST_SUBMITTED: _ASKED,
    Action.REQUEST_APPROVED: _TARGET,
    Action.BREAKGLASS_OPENED: _TARGET,
    Action.CLOSING_CLOSED: ("outcome", "finding"),
    Action.CLOSING_UNUSED: ("outcome",),
    Action.GRANT_ACTIVATED: ("ends_at",),
    Action.GRANT_EXTENDED: ("ends_at",),
}
"""Facts that are columns too, by the action that tells them."""

_DECISIONS = {Action.DECISION_APPROVED: "approve", Action.DECISION_DENIED: "deny"}


@dataclass(slots=True)
class Told:
    """What the entries have told so far."""

    request: RequestState | None = None
    grant: GrantState | None = None
    closing: ClosingState | None = None
    decisions: dict[str, str] = field(default_factory=dict)
    """Verdicts by approver, and by what they answered: `ben.okafor (2)` is on revision 2."""

    facts: dict[str, Json] = field(default_factory=dict)
    """What the rows' columns must hold, by their names; the last telling counts."""

    def take_in(self, entry: Entry) -> str:
        """Follow one entry; says what is impossible about it, or nothing."""
        action = entry.action
        kept = _KEPT.get(action, ())
        self.facts.update({name: entry.facts[name] for name in kept if name in entry.facts})
        if action in _DECISIONS:
            revision = entry.facts.get("revision", 1)
            answered = entry.actor if revision == 1 else f"{entry.actor} ({revision})"
            if answered in self.decisions:
                return f"{answered} decides a second time"
            self.decisions[answered] = _DECISIONS[Action(action)]
        if action == Action.CLOSING_CLOSED:
            self.facts["closed_by"] = entry.actor
        return (
            self._request_to(_request_state(action))
            or self._grant_to(_grant_state(entry))
            or self._closing_to(_closing_state(action))
        )

    def _request_to(self, state: RequestState | None) -> str:
        if state is None:
            return ""
        beginning = state is RequestState.PENDING and self.request is None
        if not beginning and (self.request is None or state not in REQUEST_MOVES[self.request]):
            return f"the request goes from {self.request or 'nothing'} to {state}"
        self.request = state
        return ""

    def _grant_to(self, state: GrantState | None) -> str:
        if state is None:
            return ""
        beginning = state is GrantState.PROVISIONING and self.grant is None
        if not beginning and (self.grant is None or state not in GRANT_MOVES[self.grant]):
            return f"the grant goes from {self.grant or 'nothing'} to {state}"
        self.grant = state
        return ""

    def _closing_to(self, state: ClosingState | None) -> str:
        if state is None:
            return ""
        beginning = state is ClosingState.WAITING and self.closing is None
        if not beginning and (self.closing is None or state not in CLOSING_MOVES[self.closing]):
            return f"the closing goes from {self.closing or 'nothing'} to {state}"
        self.closing = state
        return ""


def _closing_state(action: str) -> ClosingState | None:
    return _CLOSING.get(Action(action)) if action in _CLOSING else None


def _request_state(action: str) -> RequestState | None:
    return _REQUEST.get(Action(action)) if action in _REQUEST else None


def _grant_state(entry: Entry) -> GrantState | None:
    if "extends" in entry.facts:
        return None  # it has no grant of its own
    if entry.action == Action.GRANT_FAILED:
        touched = entry.facts.get("was_touched") is True
        return GrantState.DEPROVISIONING if touched else GrantState.ENDED
    if entry.action == Action.REQUEST_APPROVED and entry.facts.get("incident"):
        return None  # in an emergency it was given first
    return _GRANT.get(Action(entry.action)) if entry.action in _GRANT else None
