"""How extending refuses."""

from __future__ import annotations

from dataclasses import replace

from engine.errors import Invalid, NotAllowed, Stale
from engine.model.dossier import Dossier
from engine.model.rules.extending import ExtendRule
from engine.model.window import Window
from engine.policy.extending.going_on import Longer, running
from engine.workflow.extending.ask import AskLonger, extend
from engine.workflow.granting.end import give_back
from tests.engine.acts import answer, ask, configure, given, grant, request_of
from tests.engine.workflow.emergency.acts import broken
from tests.engine.workflow.extending.acts import WHY, longer
from tests.refusals import Row, after
from tests.simulation.company import HOUR, MINUTE, OLA, RIYA, SOFIA, Setup
from tests.simulation.world import World


def _windows(world: World) -> object:
    request = given(world)
    windows = (Window(world.now, world.now + HOUR),)
    asked = replace(request_of(world, request), windows=windows)
    return running(Dossier(asked, grant=grant(world, request)), world.now)


def _often(world: World) -> object:
    request = given(world)
    for _ in range(3):
        answer(world, SOFIA, longer(world, request))
    return None


def _once(world: World) -> object:
    configure(world, Setup(extend=ExtendRule()))
    return _often(world)


def _changed(world: World) -> object:
    request = given(world)
    configure(world, Setup(has_new_permission=True))
    return longer(world, request)


def _sooner(world: World) -> object:
    request = given(world)
    until = world.now + 59 * MINUTE
    return extend(world.work, AskLonger(RIYA, request, Longer(HOUR, until), WHY))


def _held_to_the_end(world: World) -> object:
    request = given(world)
    answer(world, SOFIA, longer(world, request, length=7 * HOUR))
    return longer(world, request, length=MINUTE)


def _returned(world: World) -> object:
    request = given(world)
    extension = longer(world, request)
    give_back(world.work, RIYA, request)
    return answer(world, SOFIA, extension)


def _left(world: World) -> object:
    extension = longer(world, given(world))
    configure(world, Setup(gone=frozenset({RIYA})))
    return answer(world, SOFIA, extension)


ROWS = (
    Row(
        "extend.breakglass",
        Invalid,
        "JIT-1 is break-glass, which is never extended: what is needed for longer leaves time to "
        "be decided first; ask for it with `request`.",
        lambda world: longer(world, broken(world)),
    ),
    Row(
        "extend.windows",
        Invalid,
        "JIT-1 is for certain times, which were decided as they are; ask for others with "
        "`request`.",
        _windows,
    ),
    Row(
        "extend.not_there",
        Invalid,
        "JIT-1 has no access that is there now, so nothing can go on; what is needed again is "
        "asked for with `request`.",
        lambda world: longer(world, ask(world)),
    ),
    Row(
        "extend.never",
        Invalid,
        "The policy of NETSUITE CLOSE lets no access go on; ask for it anew with `request`, also "
        "before it ends.",
        after(Setup(extend=ExtendRule(times=0)), lambda world: longer(world, given(world))),
    ),
    Row(
        "extend.often",
        Invalid,
        "JIT-1 was extended 2 times already, which is the most; ask for it anew with `request`, "
        "also before it ends.",
        _often,
    ),
    Row(
        "extend.often",
        Invalid,
        "JIT-1 was extended once already, which is the most; ask for it anew with `request`, "
        "also before it ends.",
        _once,
    ),
    Row(
        "extend.changed",
        Invalid,
        "NETSUITE CLOSE stands for something else by now than what JIT-1 gave; ask for it anew "
        "with `request`.",
        _changed,
    ),
    Row(
        "extend.not_later",
        Invalid,
        "JIT-1 ends 2026-11-22 10:00 UTC as it is, which is not sooner than that; say a later "
        "end, or how much longer you need it.",
        _sooner,
    ),
    Row(
        "extend.too_long",
        Invalid,
        "JIT-1 is there since 2026-11-22 09:00 UTC, and NETSUITE CLOSE may be held for 8 hours at "
        "a time; extend it by 7 hours or less.",
        lambda world: longer(world, given(world), length=7 * HOUR + MINUTE),
    ),
    Row(
        "extend.too_long",
        Invalid,
        "JIT-1 is there since 2026-11-22 09:00 UTC, and NETSUITE CLOSE may be held for 8 hours at "
        "a time; ask for it anew with `request`.",
        _held_to_the_end,
    ),
    Row(
        "extend.not_yours",
        NotAllowed,
        "JIT-1 is not yours to extend; who has the access, and who asked for it, can.",
        lambda world: longer(world, given(world), OLA),
    ),
    Row(
        "extend.over",
        Stale,
        "JIT-2 cannot be approved any more, and nothing was given: JIT-1 has no access that is "
        "there now, so nothing can go on; what is needed again is asked for with `request`.",
        _returned,
    ),
    Row(
        "extend.left",
        Stale,
        "JIT-2 cannot be approved any more, because its holder has left; the access is being "
        "taken away.",
        _left,
    ),
)
