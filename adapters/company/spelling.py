"""Values of a configuration as an admin reads them in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import singledispatch

from adapters.company.durations import write
from adapters.company.shapes import WEEKDAYS
from engine.model.calendar import Freeze, Hours, Schedule
from engine.model.company import ClosingRule, Condition, PartRule, Route, Selector, StageRule
from engine.model.rules.extending import ExtendRule, ExtendStages
from engine.model.rules.limits import Limits
from engine.model.rules.ticket import TicketRule


@singledispatch
def spell(value: object) -> str:
    """Write a value: a name between backticks, anything else in words."""
    return f"`{value}`"


@spell.register
def _(value: bool) -> str:  # noqa: FBT001 - what is spelled is a flag
    return "yes" if value else "no"


@spell.register
def _(value: timedelta) -> str:
    return write(value)


@spell.register
def _(value: Selector) -> str:
    return f"{value.kind}:{value.name}" if value.name else str(value.kind)


@spell.register
def _(value: StageRule) -> str:
    asked = " and ".join(_group(group, named=bool(value.parts)) for group in value.groups)
    when = f", only where {spell(value.when)}" if value.when else ""
    return f"{value.name} ({asked} within {write(value.limit)}{when})"


def _group(value: PartRule, *, named: bool) -> str:
    name = f"for {value.name} " if named else ""
    barred = f" but not {spell(value.barred)}" if value.barred else ""
    return f"{name}{value.quorum or 'all'} of {spell(value.approvers)}{barred}"


@spell.register
def _(value: Condition) -> str:
    return f"{value.because} [`{value.expression}`]"


@spell.register
def _(value: Route) -> str:
    return f"{value.chain} where {spell(value.when)}"


@spell.register
def _(value: ClosingRule) -> str:
    then = f", then {spell(value.escalate)}" if value.escalate else ""
    return f"{spell(value.by)} within {write(value.within)}{then}"


@spell.register
def _(value: Freeze) -> str:
    return f"{value.name} from {value.first} to {value.last}"


@spell.register
def _(value: Hours) -> str:
    days = ", ".join(WEEKDAYS[day - 1] for day in value.days)
    return f"{days} from {value.begin:%H:%M} until {value.end:%H:%M}"


@spell.register
def _(value: Schedule) -> str:
    said = [f"{s.person} from {s.begin} until {s.end}" for s in value.shifts]
    if (turn := value.rotation) is not None:
        said.append(f"{spell(turn.people)} by turns of {write(turn.length)} from {turn.begin}")
    return f"{value.name} ({'; '.join(said)})"


@spell.register
def _(value: Limits) -> str:
    said = []
    if value.requests is not None:
        said.append(f"{value.requests.count} requests within {write(value.requests.within)}")
    if value.holders is not None:
        said.append(f"{value.holders} holders at once")
    if value.after_denial is not None:
        said.append(f"{write(value.after_denial)} after a denial")
    return ", ".join(said)


@spell.register
def _(value: ExtendRule) -> str:
    if not value.times:
        return "never"
    often = "once" if value.times == 1 else f"{value.times} times"
    by = "the last stage" if value.stages is ExtendStages.LAST else "the whole chain"
    return f"{often} at most, decided by {by}"


@spell.register
def _(value: TicketRule) -> str:
    said = [f"in {value.source}, such as {value.example} [`{value.pattern}`]"]
    if value.is_own:
        said.append("their own")
    if value.fits:
        said.append("about what is asked for")
    return ", ".join(said)


@spell.register(Mapping)
def _(value: Mapping[str, object]) -> str:
    return ", ".join(f"{key}={spell(value[key])}" for key in sorted(value))


@spell.register(tuple)
def _(value: tuple[object, ...]) -> str:
    return ", ".join(spell(one) for one in value)
