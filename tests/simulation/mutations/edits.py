"""A defect is put into the engine, and taken out again."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from types import CodeType, FunctionType, ModuleType

import engine
from tests.simulation.company import company

AROUND = ["bot.leased", "tests.simulation.world", "tests.simulation.memory.outbox"]
"""What stands around the engine here, and has defects of its own."""

Found = Callable[..., object] | type[Exception]
"""An invariant, or what the engine itself or the memory raises."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A piece of source that is there once, in whichever module, and what takes its place."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Mutation:
    """A defect: one or more edits, because some rules are checked twice."""

    name: str
    edits: tuple[Edit, ...]
    found_by: tuple[Found, ...]


def mutation(name: str, *edits: Edit, by: Found | tuple[Found, ...]) -> Mutation:
    """Name a defect, its edits, and what finds it."""
    return Mutation(name, edits, by if isinstance(by, tuple) else (by,))


@contextmanager
def mutated(defect: Mutation) -> Iterator[None]:
    """Put a defect in, and take it out again."""
    # All are read before any is made: the second of two in one module must not undo the first.
    changes = [(edit, dict(_changed(_module_with(edit), edit))) for edit in defect.edits]
    with ExitStack() as stack:
        for edit, changed in changes:
            assert changed, f"{edit} changes nothing"
            stack.enter_context(_edited(changed))
        # A company remembers what the code of another time found out about it.
        company.cache_clear()
        stack.callback(company.cache_clear)
        yield


@contextmanager
def _edited(changed: Mapping[FunctionType, CodeType]) -> Iterator[None]:
    """Change the code of functions, which stay the same objects for whoever imported them."""
    kept = {function: function.__code__ for function in changed}
    for function, code in changed.items():
        function.__code__ = code
    try:
        yield
    finally:
        for function, code in kept.items():
            function.__code__ = code


def _module_with(edit: Edit) -> ModuleType:
    found = [module for module, source in _sources().items() if edit.old in source]
    times = sum(_sources()[module].count(edit.old) for module in found)
    assert times == 1, f"{edit} is there {times} times: {found}"
    return importlib.import_module(found[0])


@cache
def _sources() -> Mapping[str, str]:
    """Read every module of the engine, and what stands in for the program around it."""
    walked = pkgutil.walk_packages(engine.__path__, "engine.")
    names = [module.name for module in walked] + AROUND
    return {name: inspect.getsource(importlib.import_module(name)) for name in names}


def _changed(module: ModuleType, edit: Edit) -> Iterator[tuple[FunctionType, CodeType]]:
    # Under the module's own name, by which dataclasses look for what annotations mean.
    scratch = ModuleType(module.__name__)
    file = inspect.getsourcefile(module) or ""
    source = _sources()[module.__name__].replace(edit.old, edit.new)
    exec(compile(source, file, "exec"), vars(scratch))  # noqa: S102 - our own source, edited above
    edited = dict(_functions(scratch, file))
    for name, function in _functions(module, file):
        if name in edited and edited[name].__code__ != function.__code__:
            yield function, edited[name].__code__


def _functions(module: ModuleType, file: str) -> Iterator[tuple[str, FunctionType]]:
    for name, held in _written(vars(module), file):
        yield name, held
    for name, held in vars(module).items():
        if isinstance(held, type) and held.__module__ == module.__name__:
            for inner, method in _written(vars(held), file):
                yield f"{name}.{inner}", method


def _written(names: object, file: str) -> Iterator[tuple[str, FunctionType]]:
    """List functions and properties that are written in the file, not made by a decorator."""
    assert hasattr(names, "items")
    for name, held in names.items():
        function = held.fget if isinstance(held, property) else held
        if isinstance(function, FunctionType) and function.__code__.co_filename == file:
            yield name, function
