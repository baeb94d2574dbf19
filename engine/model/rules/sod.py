"""Segregation of duties, as a company writes it: rules that join functions of the business."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.model.identifiers import FunctionId, SodRuleId


class SodMode(StrEnum):
    """What happens where a rule is broken."""

    BLOCK = "block"
    """Nothing is asked for, decided or given."""

    ALERT = "alert"
    """It goes on, and the thread, the admin channel and the record say so."""


@dataclass(frozen=True, slots=True)
class SodRule:
    """Functions of which one person may hold no two; or none of the ones beside the others."""

    id: SodRuleId
    name: str
    functions: tuple[FunctionId, ...]
    against: tuple[FunctionId, ...] = ()
    """Where it is given, each of `functions` is kept apart from each of these, and no others."""

    mode: SodMode = SodMode.BLOCK

    def pairs_up(self, one: frozenset[FunctionId], other: frozenset[FunctionId]) -> bool:
        """Say whether a function of the one must not meet a function of the other."""
        here, there = one & frozenset(self.functions), other & frozenset(self.functions)
        if not self.against:
            return bool(here and there and len(here | there) > 1)
        against = frozenset(self.against)
        return bool((here and other & against) or (there and one & against))
