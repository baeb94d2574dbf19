"""Finds every kind of ticket system in this folder, and asks the one that a source names."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

import adapters.tickets
from adapters.tickets import Secret, TicketKind
from engine.model.rules.ticket import TicketSource
from engine.tickets import Ticket, TicketsAway


@cache
def kinds() -> Mapping[str, TicketKind]:
    """List the kinds of ticket systems of this build by name."""
    found: dict[str, TicketKind] = {}
    for module in pkgutil.iter_modules(adapters.tickets.__path__):
        path = f"{adapters.tickets.__name__}.{module.name}"
        kind: object = getattr(importlib.import_module(path), "KIND", None)
        if isinstance(kind, TicketKind):
            assert kind.name == module.name, f"{path} calls itself {kind.name}"
            found[kind.name] = kind
    return found


def settings_known() -> Mapping[str, Mapping[str, bool]]:
    """Say which settings each kind knows: what checking a company's files needs to know."""
    return {name: kind.settings for name, kind in kinds().items()}


class KnownTickets:
    """Looks tickets up in the kinds of ticket systems that this build knows."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def find(self, source: TicketSource, reference: str) -> Ticket | None:
        """Give a ticket as it is now; None where there is none. Raises `TicketsAway`."""
        kind = kinds().get(source.kind)
        if kind is None:
            raise TicketsAway("this build of the bot does not know such a ticket system")
        return kind.make(source.settings, self._secret).find(reference)
