"""Defects to put into the engine, one at a time, and what must find each of them.

A simulation that finds nothing may be blind. Each mutation here is a mistake that somebody could
make while changing the engine; the suite makes it, plays histories until one fails, and checks that
it failed for the right reason.
"""

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
from engine.errors import IllegalMove, LostRace
from tests.simulation import invariants
from tests.simulation.company import company
from tests.simulation.history import NeverQuiet

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


def _mutation(name: str, *edits: Edit, by: Found | tuple[Found, ...]) -> Mutation:
    return Mutation(name, edits, by if isinstance(by, tuple) else (by,))


DECIDING = (
    _mutation(
        "people decide about themselves",
        Edit("excluded | {asking.requester, asking.holder}", "excluded"),
        Edit("if actor in {request.requester, request.holder}:", "if False:"),
        by=invariants.only_who_may_decides,
    ),
    _mutation(
        "people who left decide",
        Edit(
            "for person in people if is_active(company, person)}",
            "for person in people}",
        ),
        Edit("for person in found if is_active(company, person))", "for person in found)"),
        by=invariants.only_who_may_decides,
    ),
    _mutation(
        "who is not an approver decides",
        Edit(
            "if person not in barred and has_role(company, person, Role.APPROVER):",
            "if person not in barred:",
        ),
        by=invariants.only_who_may_decides,
    ),
    _mutation(
        "one person decides twice",
        Edit("if _answered(dossier, answer.actor) is not None:", "if False:"),
        Edit(
            "candidates = eligible(uow, version, request, decided=decided)",
            "candidates = eligible(uow, version, request, decided=frozenset())",
        ),
        by=LostRace,
    ),
    _mutation(
        "who is needed later decides now",
        Edit("    refuse_needed_later(uow, version, dossier)\n", ""),
        by=invariants.nobody_is_used_up,
    ),
    _mutation(
        "one approval is enough",
        Edit("if given < request.stage.quorum:", "if given < 1:"),
        by=invariants.a_grant_was_decided,
    ),
    _mutation(
        "the first stage is enough",
        Edit("if request.stage_number < len(request.stages):", "if False:"),
        by=invariants.a_grant_was_decided,
    ),
    _mutation(
        "a denial counts as an approval",
        Edit(
            "if answer.verdict is Verdict.DENY:\n            dossier",
            "if False:\n            dossier",
        ),
        by=(invariants.each_change_is_told_once, invariants.a_grant_was_decided),
    ),
    _mutation(
        "a settled request is decided",
        Edit("if not request.is_pending:", "if False:"),
        by=(invariants.only_who_may_decides, IllegalMove),
    ),
    _mutation(
        "a stage is open until the clock comes by",
        Edit("if now >= request.stage_due_at:", "if False:"),
        by=invariants.decisions_are_in_time,
    ),
    _mutation(
        "what is given is what the catalog says today",
        Edit(
            "version(request.config_version).company\n    entitlement = pinned",
            "active().company\n    entitlement = pinned",
        ),
        by=(invariants.what_is_given_is_what_was_shown, KeyError),
    ),
    _mutation(
        "equal requests are kept side by side",
        Edit("if pending.entitlement == entitlement.id:", "if False:"),
        by=LostRace,
    ),
    _mutation(
        "anybody takes a request back",
        Edit(
            "if actor not in {current.requester, current.holder}:",
            "if False:",
        ),
        by=invariants.nothing_ends_early,
    ),
)

SOD = (
    _mutation(
        "SoD is not checked at submission",
        Edit("        refuse_conflicts(uow, version, entitlement.id, holder=holder.id)\n", ""),
        by=invariants.sod_holds_at_each_step,
    ),
    _mutation(
        "SoD is not checked at a decision",
        Edit(
            "    refuse_conflicts(uow, version, request.entitlement, holder=request.holder,",
            "    dict(",
        ),
        by=invariants.sod_holds_at_each_step,
    ),
    _mutation(
        "SoD is not checked when access is given",
        Edit("    if found:\n        rule", "    if False:\n        rule"),
        by=invariants.sod_holds_when_access_is_given,
    ),
    _mutation(
        "SoD overlooks pending requests",
        Edit("if request is None or pending.id < request:", "if False:"),
        by=invariants.sod_holds_at_each_step,
    ),
    _mutation(
        "SoD overlooks what is not in the catalog any more",
        Edit("removed=removed)", "removed={})"),
        by=(invariants.sod_holds_at_each_step, invariants.sod_holds_when_access_is_given),
    ),
    _mutation(
        "access is read without the person's lock",
        Edit("uow.lock_person(holder_id)", "None"),
        by=AssertionError,
    ),
    _mutation(
        "a request is changed without its lock",
        Edit("_there(uow.requests.lock(request)", "_there(uow.requests.find(request)"),
        by=AssertionError,
    ),
)

GIVING = (
    _mutation(
        "access is given before it is noted what was there",
        Edit(
            "        attempt.reached(Boundary.LOOKED)",
            "        connector.ensure_present(taken.grant.target)",
        ),
        by=invariants.what_was_there_is_noted_first,
    ),
    _mutation(
        "our own access is noted as standing",
        Edit("if same and other.held_before is not None:", "if False:"),
        by=invariants.what_is_noted_is_true,
    ),
    _mutation(
        "access is not read back",
        Edit("if not connector.observe(taken.grant.target):", "if False:"),
        by=invariants.active_means_present,
    ),
    _mutation(
        "access is given whenever it can be at last",
        Edit("if is_too_late_to_begin(grant, uow.now):", "if False:"),
        by=invariants.nothing_is_given_without_a_grant,
    ),
    _mutation(
        "access is given to who left",
        Edit("if not is_active(company, grant.holder):", "if False:"),
        by=invariants.nothing_is_given_without_a_grant,
    ),
    _mutation(
        "what was given is left when giving failed",
        Edit(
            "    if grant.held_before is None:\n        uow.grants",
            "    if True:\n        uow.grants",
        ),
        by=(invariants.ended_means_gone, invariants.only_standing_access_is_left),
    ),
    _mutation(
        "the timer starts at the decision",
        Edit("grant.activate(at=uow.now)", "grant.activate(at=grant.ordered_at)"),
        by=invariants.active_means_present,
    ),
    _mutation(
        "several workers give one permission",
        Edit("request.id, exclusive=grant.exclusive)", "request.id)"),
        by=(invariants.one_worker_per_target, invariants.what_is_noted_is_true),
    ),
    _mutation(
        "workers are kept apart by entitlement, not by target",
        Edit(
            'return f"{self.system}/{self.resource}/{self.permission}/{self.account}"',
            'return f"{self.entitlement}/{self.account}"',
        ),
        by=(
            invariants.one_worker_per_target,
            invariants.ended_means_gone,
            invariants.ending_one_grant_cuts_no_other,
            invariants.what_is_noted_is_true,
        ),
    ),
    _mutation(
        "a call of the target is made however late it is",
        Edit("if left < CALL_MAX.total_seconds():", "if False:"),
        by=(invariants.only_the_newest_changes, invariants.nothing_is_given_without_a_grant),
    ),
    _mutation(
        "the lease is counted from the first call, not from the attempt's beginning",
        Edit("begun=run.begun)", "begun=self._seconds())"),
        by=(invariants.only_the_newest_changes, invariants.nothing_is_given_without_a_grant),
    ),
)

ENDING = (
    _mutation(
        "ending one grant cuts another",
        Edit("if same and given:", "if False:"),
        by=invariants.ending_one_grant_cuts_no_other,
    ),
    _mutation(
        "standing access is taken",
        Edit("if grant.held_before else", "if False else"),
        by=invariants.standing_access_is_left_alone,
    ),
    _mutation(
        "access is kept for a grant that has not looked yet",
        Edit("given = other.held_before is not None and", "given ="),
        by=(
            invariants.ended_means_gone,
            invariants.what_is_noted_is_true,
            invariants.only_standing_access_is_left,
        ),
    ),
    _mutation(
        "taking is not read back",
        Edit("if connector.observe(begun.grant.target):", "if False:"),
        by=invariants.ended_means_gone,
    ),
    _mutation(
        "taking is given up",
        Edit(
            "uow.outbox.postpone(effect, retry_after(effect.attempt, asked), str(problem))",
            "uow.outbox.finish(effect)",
        ),
        by=invariants.a_duty_stands_until_it_is_done,
    ),
    _mutation(
        "a grant ends twice",
        Edit("if not uow.outbox.finish(begun.effect):", "if False:"),
        by=(IllegalMove, NeverQuiet),
    ),
    _mutation(
        "nobody is told to take access away",
        Edit("recorder.uow.outbox.order(", "str("),
        by=invariants.a_duty_stands_until_it_is_done,
    ),
    _mutation(
        "anybody revokes",
        Edit("if not may_revoke(version.company, actor, entitlement):", "if False:"),
        by=invariants.nothing_ends_early,
    ),
    _mutation(
        "anybody gives access back",
        Edit("if dossier.request.holder != actor:", "if False:"),
        by=invariants.nothing_ends_early,
    ),
    _mutation(
        "an owner who left revokes",
        Edit("return person in owners and is_active(company, person)", "return person in owners"),
        by=invariants.nothing_ends_early,
    ),
)

TELLING = (
    _mutation(
        "what happened is not announced",
        Edit(
            "            announce(self.uow, self.version.company, self.request.id)",
            "            pass",
        ),
        by=invariants.each_change_is_announced,
    ),
    _mutation(
        "what happens while a chat is being shown is never shown",
        Edit("done = row.generation == effect.generation", "done = True"),
        by=invariants.everything_was_shown,
    ),
    _mutation(
        "an entry is dated back",
        Edit(
            "actor or BOT, self.uow.now, common)",
            "actor or BOT, self.request.submitted_at, common)",
        ),
        by=invariants.each_entry_can_be_said,
    ),
    _mutation(
        "a refusal commits",
        Edit(
            '            raise NotAllowed(\n                "grant.revoke_not_allowed",',
            "            uow.commit()\n"
            '            raise NotAllowed(\n                "grant.revoke_not_allowed",',
        ),
        by=invariants.check_refusal,
    ),
    _mutation(
        "a stage opens unrecorded",
        Edit("    note_opened(Recorder(uow, version, request), request)\n", ""),
        by=invariants.each_change_is_told_once,
    ),
    _mutation(
        "an end is recorded twice",
        Edit(
            "    recorder.note(_ACTIONS[cause]",
            "    recorder.note(_ACTIONS[cause], actor, {'cause': cause, **(facts or {})})\n"
            "    recorder.note(_ACTIONS[cause]",
        ),
        by=invariants.each_change_is_told_once,
    ),
    _mutation(
        "the thread never hears of the second chat",
        Edit("in company.audit_channels:", "in list(company.audit_channels)[:1]:"),
        by=invariants.each_change_is_announced,
    ),
)

MUTATIONS = (*DECIDING, *SOD, *GIVING, *ENDING, *TELLING)


@contextmanager
def mutated(mutation: Mutation) -> Iterator[None]:
    """Put a defect in, and take it out again."""
    # All are read before any is made: the second of two in one module must not undo the first.
    changes = [(edit, dict(_changed(_module_with(edit), edit))) for edit in mutation.edits]
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
