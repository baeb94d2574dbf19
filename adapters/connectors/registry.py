"""Finds every connector in this folder: a module with a constant `KIND`.

Nothing is listed by hand, so adding a connector is adding its file.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

import adapters.connectors
from adapters.connectors import ConnectorKind, Secret
from engine.errors import Permanent
from engine.ports import Connector


@cache
def kinds() -> Mapping[str, ConnectorKind]:
    """List the connectors of this build by name."""
    found: dict[str, ConnectorKind] = {}
    for module in pkgutil.iter_modules(adapters.connectors.__path__):
        path = f"{adapters.connectors.__name__}.{module.name}"
        kind: object = getattr(importlib.import_module(path), "KIND", None)
        if isinstance(kind, ConnectorKind):
            assert kind.name == module.name, f"{path} calls itself {kind.name}"
            found[kind.name] = kind
    return found


def settings_known() -> Mapping[str, Mapping[str, bool]]:
    """Say which settings each connector knows: what checking a company's files needs to know."""
    return {name: kind.settings for name, kind in kinds().items()}


def connector(name: str, settings: Mapping[str, str], secret: Secret) -> Connector:
    """Make a connector. Raises `Permanent` where this build has none of that name."""
    kind = kinds().get(name)
    if kind is None:
        raise Permanent(f"this build of the bot has no connector {name}; add it or go back.")
    return kind.make(settings, secret)
