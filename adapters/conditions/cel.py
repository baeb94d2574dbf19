"""Conditions in the Common Expression Language (CEL), as cel.dev specifies it.

CEL always ends, touches nothing outside of its facts, and is checked for types before it runs; the
library is Google's own, on their C++ implementation. An expression is compiled once per process.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from cel_expr_python import cel

from engine.conditions import FACTS, ConditionFailed, FactKind, Facts

LENGTH_MAX = 500
"""Characters. Longer ones are read by nobody, and stages can be split."""

COMPILED_MAX = 4096
"""Expressions that are kept compiled: more than a company has, with some to spare."""

_TYPES: Mapping[FactKind, cel.Type] = {
    FactKind.TEXT: cel.Type.STRING,
    FactKind.TEXTS: cel.Type.List(cel.Type.STRING),
    FactKind.NUMBER: cel.Type.INT,
    FactKind.TRUTH: cel.Type.BOOL,
    FactKind.LENGTH: cel.Type.DURATION,
    FactKind.INSTANT: cel.Type.TIMESTAMP,
}


class CelConditions:
    """Understands CEL. Usable from every thread."""

    def __init__(self) -> None:
        """Declare the facts."""
        self._env = cel.NewEnv(variables={name: _TYPES[f.kind] for name, f in FACTS.items()})
        self._compiled = lru_cache(COMPILED_MAX)(self._compile)

    def problem(self, expression: str) -> str:
        """Say in a clause what is wrong with an expression; empty where it is sound."""
        if len(expression) > LENGTH_MAX:
            return f"it has {len(expression)} characters, and {LENGTH_MAX} are the most"
        try:
            compiled = self._compiled(expression)
        except ConditionFailed as failed:
            return str(failed)
        if compiled.return_type() != cel.Type.BOOL:
            return f"it gives a {compiled.return_type().name()}, and must be true or false"
        return ""

    def holds(self, expression: str, facts: Facts) -> bool:
        """Say whether it holds. Raises `ConditionFailed` where it gives anything but that."""
        data = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in facts.items()
        }
        try:
            answer = self._compiled(expression).eval(data=data)
        except RuntimeError:  # more than ten thousand steps; what it says may quote the facts
            raise ConditionFailed("it takes too long") from None
        if answer.type() != cel.Type.BOOL:
            raise ConditionFailed("it cannot be computed")
        return bool(answer.value())

    def _compile(self, expression: str) -> cel.Expression:
        try:
            return self._env.compile(expression)
        except RuntimeError as error:
            raise ConditionFailed(_first_problem(str(error))) from None


def _first_problem(told: str) -> str:
    """Take the first sentence out of the compiler's report, which draws arrows below it."""
    first = told.splitlines()[0].removeprefix("INVALID_ARGUMENT: ")
    where, _, what = first.removeprefix("ERROR: <input>:").partition(": ")
    line, _, column = where.partition(":")
    if not (what and column.isdigit()):
        return first
    return f"{what} (at character {column})" if line == "1" else f"{what} (in line {line})"
