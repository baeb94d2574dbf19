"""The engine and target systems: one file (or folder) per system; `sandbox.py` is the one to copy.

A connector's module says what it is in a constant `KIND`; `registry.py` finds it by that, and
`tests/contracts/test_connector.py` runs the contract against it. Connectors never import each
other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from engine.ports import Connector

Secret: TypeAlias = Callable[[str], str]
"""Reads a setting of the bot's own by its name, e.g. `LEDGER_CONNECTOR_URL`."""


@dataclass(frozen=True, slots=True)
class ConnectorKind:
    """What a company's `systems.yaml` may say of a connector, and how to make one."""

    name: str
    settings: Mapping[str, bool]
    """The settings that it knows, and whether it cannot do without. `…_from` names a secret."""

    make: Callable[[Mapping[str, str], Secret], Connector]
    """Makes a connector from a system's settings. Must not connect: nothing can fail here."""
