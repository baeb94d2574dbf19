"""How emergencies are said, and what is said of them louder than otherwise.

Part of the vocabulary (`vocabulary.py`): actions are named here by what is kept of them. An entry
of a request for which the glass was broken names the incident, and whom it tells although it does
not wait for them (`told`).
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.audit.meaning import Meaning

LOUD = frozenset(
    {
        "breakglass.opened",
        "breakglass.unanswered_found",
        "decision.denied",
        "grant.activated",
        "grant.revoked",
        "grant.failed",
        "grant.ended",
        "grant.access_kept",
        "grant.ended_unused",
        "grant.overdue_found",
        "closing.overdue_found",
        "closing.closed",
    }
)
"""What owners and compliance are written to about, and the admins' channel gets, where the glass
was broken."""

AFTERWARDS: Mapping[str, str] = {
    "request.submitted": (
        "{actor} needs {entitlement_name} at once, for {duration}, because of {incident}: "
        "“{reason}”"
    ),
    "stage.opened": (
        "Stage {stage} of {stages}, {stage_name}: asked {asked} whether giving it was right. "
        "To be answered until {due_at}."
    ),
    "stage.unreached_found": (
        "Nobody who is asked afterwards at stage {stage} of {stages}, {stage_name}, could be "
        "written to: {unreached}. Please tell them: whoever says “pending” to the bot can decide. "
        "To be answered until {due_at}."
    ),
    "stage.stalled_found": (
        "Nobody who may is left to decide the stage “{stalled_name}” afterwards. Unless people "
        "come back or the configuration changes, it can be closed as not justified from {due_at} "
        "on."
    ),
    "decision.approved": (
        "{actor}, {actor_title}, approved it afterwards, at stage {stage} of {stages}, "
        "{stage_name}, as {basis}."
    ),
    "decision.denied": (
        "{actor}, {actor_title}, did not approve it afterwards, at stage {stage} of {stages}, "
        "{stage_name}, as {basis}: “{verdict_reason}”"
    ),
    "request.approved": "Every stage approved it afterwards.",
    "request.denied": "It is not approved afterwards; what is left of the access is taken away.",
}
"""How something is said where the access was given first, if not as usual."""

EMERGENCIES: Mapping[str, Meaning] = {
    "breakglass.opened": Meaning(
        "{actor}, {actor_title}, broke the glass: {entitlement_name} ({permission} on {resource} "
        "as {account}) is given at once, for {duration}, because of {incident}. It begins as soon "
        "as a signed checkpoint of the record holds this, and is decided afterwards.",
        in_thread=True,
    ),
    "breakglass.unsigned_found": Meaning(
        "No signed checkpoint of the record holds this break-glass yet, so nothing is given; "
        "please look whether the clock runs and can sign.",
        in_thread=True,
        to_holder=True,
        to_admins=True,
    ),
    "breakglass.unanswered_found": Meaning(
        "Whether this break-glass was right should have been decided until {due_at}, at stage "
        "{stage} of {stages}, {stage_name}, by {assigned}. It stays open until somebody answers.",
        in_thread=True,
        to_holder=True,
    ),
    "breakglass.unapproved": Meaning(
        "Nobody approved it afterwards in time, so it counts as not approved.", in_thread=True
    ),
    "breakglass.ended_unused": Meaning(
        "Nothing was given, so there is nothing to approve afterwards.", in_thread=True
    ),
    "closing.opened": Meaning(
        "The access has ended; what was done with it? To be closed by {assigned}, until {due_at}.",
        in_thread=True,
        to_holder=True,
    ),
    "closing.reassigned": Meaning(
        "People have changed: this use of break-glass is to be closed by {assigned} now, until "
        "{due_at}.",
        in_thread=True,
    ),
    "closing.reminded": Meaning(
        "This use of break-glass is not closed yet; it is to be closed by {assigned}, until "
        "{due_at}.",
        in_thread=True,
    ),
    "closing.escalated": Meaning(
        "This use of break-glass is not closed yet, and {due_at} is near; from now on it can be "
        "closed by {assigned}.",
        in_thread=True,
    ),
    "closing.overdue_found": Meaning(
        "This use of break-glass should have been closed until {due_at} and is not; it can be "
        "closed by {assigned}, and is overdue until one of them does.",
        in_thread=True,
        to_holder=True,
    ),
    "closing.closed": Meaning(
        "{actor}, {actor_title}, closed this use of break-glass as {outcome_words}: “{finding}”",
        in_thread=True,
        to_holder=True,
    ),
    "closing.ended_unused": Meaning(
        "Nothing was given, so there is nothing to look at; it is closed.",
        in_thread=True,
        to_holder=True,
    ),
}
"""What only happens where the glass is broken, by its action."""
