"""How it is said that access goes on, or does not.

Part of the vocabulary (`vocabulary.py`): actions are named here by what is kept of them. An entry
of an extension names what it extends (`extends`), since when that is there, and both ends.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.audit.meaning import Meaning

EXTENDING: Mapping[str, str] = {
    "request.submitted": (
        "{actor} asked that {entitlement_name} of {holder_name} ({extended}) goes on for "
        "{duration} more, until {extended_until_at} instead of {held_until_at}: “{reason}”"
    ),
    "stage.opened": (
        "Stage {stage} of {stages}, {stage_name}: asked {asked}. Lapses {due_at}; the access goes "
        "on without a break where it is approved, and ends {held_until_at} where it is not."
    ),
    "stage.stalled_found": (
        "Nobody who may is left to decide the stage “{stalled_name}”, so the access ends "
        "{held_until_at}, unless people come back or the configuration changes."
    ),
    "request.approved": (
        "Every stage is satisfied; the access of {extended} goes on until {extended_until_at}."
    ),
    "request.denied": "The extension is denied; the access ends {held_until_at}, as before.",
    "request.cancelled": (
        "{actor} took the extension back; the access ends {held_until_at}, as before."
    ),
    "request.dropped": "{left_name} has left, so the extension is cancelled.",
    "request.lapsed": (
        "Nobody decided stage {stage} of {stages}, {stage_name}, in time; the access ends "
        "{held_until_at}, as before."
    ),
}
"""How something is said of an extension, if not as usual."""

EXTENSIONS: Mapping[str, Meaning] = {
    "request.overtaken": Meaning(
        "The access of {extended} ended before this was decided, so there is nothing to extend.",
        in_thread=True,
        to_holder=True,
    ),
    "grant.extension_asked": Meaning(
        "{actor} asked in {extension} that it goes on until {longer_until_at} instead of "
        "{ends_at}: “{reason}”",
        in_thread=True,
    ),
    "grant.extended": Meaning(
        "The access goes on until {ends_at} instead of {ended_before_at}, as {extension} was "
        "approved.",
        in_thread=True,
        to_holder=True,
    ),
    "grant.extension_settled": Meaning(
        "{extension} {outcome}; the access ends {ends_at}, as before.", in_thread=True
    ),
}
"""What only happens where access is to go on, by its action."""
