"""Everything that can be recorded, and the one sentence that says it.

The same sentence is used in the thread, in chat answers, on the command line and in evidence, so
that chat and record cannot disagree. The list only grows: an action that is no longer written
stays, because old entries still have to be read.

A template names facts of its entry. `actor` is the acting person's name. A fact whose name ends in
`_at` is an instant, one that ends in `duration` a length in seconds; both are spelled for people.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum

from engine.audit.canonical import Json
from engine.audit.emergencies import AFTERWARDS, EMERGENCIES, LOUD
from engine.audit.entry import Entry
from engine.audit.extensions import EXTENDING, EXTENSIONS
from engine.audit.meaning import Meaning
from engine.model.duration import spell


class Action(StrEnum):
    """What happened: `thing.past_participle`."""

    REQUEST_SUBMITTED = "request.submitted"
    REQUEST_ROUTED = "request.routed"
    TICKET_CHECKED = "ticket.checked"
    SOD_ALERTED = "sod.alerted"
    STAGE_OPENED = "stage.opened"
    STAGE_UNREACHED = "stage.unreached_found"
    STAGE_REACHED = "stage.reached"
    REQUEST_QUESTIONED = "request.questioned"
    REQUEST_ANSWERED = "request.answered"
    STAGE_ASKED_AGAIN = "stage.asked_again"
    STAGE_STALLED = "stage.stalled_found"
    DECISION_APPROVED = "decision.approved"
    DECISION_DENIED = "decision.denied"
    REQUEST_APPROVED = "request.approved"
    REQUEST_DENIED = "request.denied"
    REQUEST_CANCELLED = "request.cancelled"
    REQUEST_DROPPED = "request.dropped"
    REQUEST_LAPSED = "request.lapsed"
    REQUEST_OVERTAKEN = "request.overtaken"
    GRANT_STANDING = "grant.standing_found"
    GRANT_ACTIVATED = "grant.activated"
    GRANT_WARNED = "grant.warned"
    GRANT_EXTENSION_ASKED = "grant.extension_asked"
    GRANT_EXTENDED = "grant.extended"
    GRANT_NOT_EXTENDED = "grant.extension_settled"
    GRANT_EXPIRED = "grant.expired"
    GRANT_REVOKED = "grant.revoked"
    GRANT_RETURNED = "grant.returned"
    GRANT_LEFT = "grant.left_behind"
    GRANT_FROZEN = "grant.frozen"
    GRANT_FAILED = "grant.failed"
    GRANT_OVERDUE = "grant.overdue_found"
    GRANT_ENDED = "grant.ended"
    GRANT_KEPT = "grant.access_kept"
    GRANT_UNUSED = "grant.ended_unused"
    ACCOUNT_LINKED = "account.linked"
    ACCOUNT_UNLINKED = "account.unlinked"
    ACCOUNT_DEACTIVATED = "account.deactivated"
    ACCOUNT_REACTIVATED = "account.reactivated"
    FREEZE_BEGUN = "freeze.begun"
    FREEZE_LIFTED = "freeze.lifted"
    DELEGATION_GIVEN = "delegation.given"
    DELEGATION_ENDED = "delegation.ended"
    ATTEMPT_REFUSED = "attempt.refused"
    CONFIG_ACTIVATED = "config.activated"
    AUDIT_READ = "audit.read"
    BREAKGLASS_OPENED = "breakglass.opened"
    BREAKGLASS_UNSIGNED = "breakglass.unsigned_found"
    BREAKGLASS_UNANSWERED = "breakglass.unanswered_found"
    BREAKGLASS_UNAPPROVED = "breakglass.unapproved"
    BREAKGLASS_UNUSED = "breakglass.ended_unused"
    CLOSING_OPENED = "closing.opened"
    CLOSING_REASSIGNED = "closing.reassigned"
    CLOSING_REMINDED = "closing.reminded"
    CLOSING_ESCALATED = "closing.escalated"
    CLOSING_OVERDUE = "closing.overdue_found"
    CLOSING_CLOSED = "closing.closed"
    CLOSING_UNUSED = "closing.ended_unused"


VOCABULARY: dict[Action, Meaning] = {
    Action.REQUEST_SUBMITTED: Meaning(
        "{actor} asked for {entitlement_name} for {holder_name}, for {duration}: “{reason}”",
        in_thread=True,
    ),
    Action.REQUEST_ROUTED: Meaning("{route_words}", in_thread=True),
    Action.TICKET_CHECKED: Meaning(
        "{ticket} was looked up in {ticket_source}: {ticket_words}.", in_thread=True
    ),
    Action.SOD_ALERTED: Meaning(
        "Segregation of duties: {holder_name} would combine {entitlement_name} with {beside} "
        "({beside_request}), which the rule {sod_rule} ({sod_rule_name}) reports but allows.",
        in_thread=True,
        to_admins=True,
    ),
    Action.STAGE_OPENED: Meaning(
        "Stage {stage} of {stages}, {stage_name}: asked {asked}. Lapses {due_at}.",
        in_thread=True,
    ),
    Action.STAGE_UNREACHED: Meaning(
        "Nobody who is asked at stage {stage} of {stages}, {stage_name}, could be written to: "
        "{unreached}. Please tell them: whoever says “pending” to the bot can decide. "
        "It lapses {due_at}.",
        in_thread=True,
        to_holder=True,
        to_admins=True,
    ),
    Action.STAGE_REACHED: Meaning(
        "{reached} could be written to by now, and can decide stage {stage} of {stages}, "
        "{stage_name}.",
        in_thread=True,
    ),
    Action.REQUEST_QUESTIONED: Meaning(
        "{actor}, {actor_title}, asks at stage {stage} of {stages}, {stage_name}: “{question}”",
        in_thread=True,
        to_holder=True,
    ),
    Action.REQUEST_ANSWERED: Meaning(
        "{actor} answers {askers}: “{answer}”", in_thread=True, to_askers=True
    ),
    Action.STAGE_ASKED_AGAIN: Meaning(
        "Stage {stage} of {stages}, {stage_name}: {why_again}; it asks {asked} now.",
        in_thread=True,
    ),
    Action.STAGE_STALLED: Meaning(
        "Nobody who may is left to decide the stage “{stalled_name}”, so nothing can be given "
        "before it lapses {due_at}, unless people come back or the configuration changes.",
        in_thread=True,
        to_holder=True,
        to_admins=True,
    ),
    Action.DECISION_APPROVED: Meaning(
        "{actor}, {actor_title}, approved stage {stage} of {stages}, {stage_name}, as {basis}.",
        in_thread=True,
        to_holder=True,
    ),
    Action.DECISION_DENIED: Meaning(
        "{actor}, {actor_title}, denied it at stage {stage} of {stages}, {stage_name}, "
        "as {basis}: “{verdict_reason}”",
        in_thread=True,
        to_holder=True,
    ),
    Action.REQUEST_APPROVED: Meaning(
        "Every stage is satisfied; the access is being given.", in_thread=True
    ),
    Action.REQUEST_DENIED: Meaning("The request is denied; nothing is given."),
    Action.REQUEST_CANCELLED: Meaning(
        "{actor} took the request back; nothing is given.", in_thread=True, to_holder=True
    ),
    Action.REQUEST_DROPPED: Meaning(
        "{left_name} has left, so the request is cancelled; nothing is given.",
        in_thread=True,
        to_holder=True,
    ),
    Action.REQUEST_LAPSED: Meaning(
        "Nobody decided stage {stage} of {stages}, {stage_name}, in time; nothing is given.",
        in_thread=True,
        to_holder=True,
    ),
    Action.GRANT_STANDING: Meaning(
        "{account} held {permission} on {resource} before this grant; "
        "that standing access will be left as it was.",
        in_thread=True,
    ),
    Action.GRANT_ACTIVATED: Meaning(
        "{holder_name} now has {entitlement_name} ({permission} on {resource} as {account}), "
        "read back from the system. It ends {ends_at}.",
        in_thread=True,
        to_holder=True,
    ),
    Action.GRANT_WARNED: Meaning("{entitlement_name} ends {ends_at}.", to_holder=True),
    Action.GRANT_EXPIRED: Meaning(
        "The time is over; the access is being taken away.", in_thread=True
    ),
    Action.GRANT_REVOKED: Meaning(
        "{actor}, {actor_title}, ended the access early: “{revoke_reason}”",
        in_thread=True,
        to_holder=True,
    ),
    Action.GRANT_RETURNED: Meaning("{actor} gave the access back early.", in_thread=True),
    Action.GRANT_LEFT: Meaning(
        "{holder_name} has left; the access is being taken away.",
        in_thread=True,
    ),
    Action.GRANT_FROZEN: Meaning(
        "{by_name} froze {entitlement_name} and what is held of it (“{freeze_reason}”); "
        "the access is being taken away.",
        in_thread=True,
        to_holder=True,
    ),
    Action.GRANT_FAILED: Meaning(
        "The access could not be given: {problem}", in_thread=True, to_holder=True
    ),
    Action.GRANT_OVERDUE: Meaning(
        "The access should have gone {should_end_at} and is still there: {problem} "
        "It is tried again without end; please look at the system.",
        in_thread=True,
        to_admins=True,
    ),
    Action.GRANT_ENDED: Meaning(
        "The access is gone, read back from the system; {late_words}.",
        in_thread=True,
        to_holder=True,
    ),
    Action.GRANT_KEPT: Meaning(
        "This grant ended; the permission was left as it is, because {kept_because}.",
        in_thread=True,
        to_holder=True,
    ),
    Action.GRANT_UNUSED: Meaning(
        "This grant ended before anything was given; nothing was taken away.",
        in_thread=True,
        to_holder=True,
    ),
    Action.ACCOUNT_LINKED: Meaning(
        "The account {account} on {platform} is {person_name}'s, as its managed address says."
    ),
    Action.ACCOUNT_UNLINKED: Meaning(
        "The account {account} on {platform} is not {person_name}'s any more."
    ),
    Action.ACCOUNT_DEACTIVATED: Meaning(
        "{person_name} counts as having left: their account {account} on {platform} is {why}."
    ),
    Action.ACCOUNT_REACTIVATED: Meaning(
        "{person_name}'s account {account} on {platform} is a member's again."
    ),
    Action.FREEZE_BEGUN: Meaning(
        "{actor} froze {pattern}: “{freeze_reason}”{live_words}.",
    ),
    Action.FREEZE_LIFTED: Meaning("{actor} lifted the freeze of {pattern}: “{lift_reason}”."),
    Action.DELEGATION_GIVEN: Meaning(
        "{actor} let {delegate_name} decide for {delegator_name}, {scope}, from {begins_at} until "
        "{ends_at}: “{delegation_reason}” ({shown})."
    ),
    Action.DELEGATION_ENDED: Meaning(
        "{actor} ended {shown}: {delegate_name} does not decide for {delegator_name} any more."
    ),
    Action.ATTEMPT_REFUSED: Meaning("{actor} tried “{word}” and was refused ({code}): {sentence}"),
    Action.CONFIG_ACTIVATED: Meaning(
        "{actor} put configuration {config_version} in force ({digest}): {difference}"
    ),
    Action.AUDIT_READ: Meaning("{actor} read the audit log: {question} ({count} entries)."),
    **{Action(action): meaning for action, meaning in EMERGENCIES.items()},
    **{Action(action): meaning for action, meaning in EXTENSIONS.items()},
}

_SLOT = re.compile(r"\{(\w+)\}")


def sentence(entry: Entry) -> tuple[str | datetime, ...]:
    """Say an entry: pieces of text and instants, for a platform to dress."""
    template = VOCABULARY[Action(entry.action)].template
    if "incident" in entry.facts:
        template = AFTERWARDS.get(entry.action, template)
    if "extends" in entry.facts:
        template = EXTENDING.get(entry.action, template)
    pieces: list[str | datetime] = []
    for position, part in enumerate(_SLOT.split(template)):
        if part:
            pieces.append(_fact(entry, part) if position % 2 else part)
    return tuple(pieces)


def slots(action: Action) -> frozenset[str]:
    """List the facts that an action's sentence needs."""
    return frozenset(_SLOT.findall(VOCABULARY[action].template))


def is_loud(entry: Entry) -> bool:
    """Say whether owners, compliance and the admins' channel get it: only of emergencies."""
    return "incident" in entry.facts and entry.action in LOUD


_BEFORE: dict[str, Json] = {"why_again": "people have changed"}
"""What facts would have said that older entries do not have."""


def _actor(entry: Entry) -> Json:
    """Name who acted, and in whose stead, e.g. `Ana Silva for Ben Cho`."""
    name = entry.facts.get("actor_name", entry.actor)
    instead_of = entry.facts.get("instead_of_name")
    return f"{name} for {instead_of}" if instead_of else name


def _fact(entry: Entry, name: str) -> str | datetime:
    value = _actor(entry) if name == "actor" else {**_BEFORE, **entry.facts}[name]
    if name.endswith("_at") and isinstance(value, str):
        return datetime.fromisoformat(value)
    if name.endswith("duration") and isinstance(value, int):
        return spell(timedelta(seconds=value))
    return str(value)
