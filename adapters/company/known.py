"""What this build of the bot knows beside the company: connectors, chats, languages, tickets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.conditions import Conditions


@dataclass(frozen=True, slots=True)
class Known:
    """What a company's files may name, beside each other.

    Handed in by `bot/wiring.py`, so that a company can be checked without importing a connector.
    """

    connectors: Mapping[str, Mapping[str, bool]]
    """Each connector with the settings that it knows, and whether it cannot do without."""

    platforms: frozenset[str]

    conditions: Conditions
    """Says whether a policy's condition is sound."""

    tickets: Mapping[str, Mapping[str, bool]]
    """Each kind of ticket system, as with connectors."""
