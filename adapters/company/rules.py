"""The parts make sense, alone and beside each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from itertools import combinations

from adapters.company.durations import write
from adapters.company.files import Where, Written
from engine.model.calendar import Calendar
from engine.model.company import Breakglass, Chain, Company, Entitlement, SodRule
from engine.model.identifiers import FunctionId, PersonId

DURATION_MIN = timedelta(seconds=5)
"""Shorter, and access would end while its first use is being typed."""

DURATION_MAX = timedelta(days=30)
"""Longer is not just-in-time any more: such access belongs to a yearly certification."""

LIMIT_MIN = timedelta(minutes=1)
"""Nobody can be expected to answer sooner."""

LIMIT_MAX = timedelta(days=30)

EMERGENCY_MAX = timedelta(hours=24)
"""An emergency that lasts longer leaves time to ask as usual."""

CLOSING_MIN = timedelta(minutes=1)
CLOSING_MAX = timedelta(days=30)
"""A month's closing of the books must not find an emergency that nobody has looked at."""
WITHIN_MAX = timedelta(days=366)
"""Over which requests are counted: a year, and whoever wants more wants a different catalog."""

AFTER_DENIAL_MAX = timedelta(days=90)

TURN_MIN = timedelta(hours=1)
"""Of a rotation; a mistake in the unit would let people change places every few seconds."""


def check_rules(company: Company, written: Written) -> None:
    """Add a problem for everything that contradicts itself or something else."""
    _managers(company, written)
    _chat_accounts(company, written)
    _target_accounts(company, written)
    for entitlement in company.entitlements:
        _durations(entitlement, written)
        _limits(entitlement, written)
        _own_functions(company, entitlement, written)
        _emergency(company, entitlement, written)
    for rule in company.breakglass:
        _breakglass(rule, written)
    _same_targets(company, written)
    _stages(company, written)
    _calendar(company.calendar, written)
    _sod(company, written)
    for group in company.groups:
        _once(written, ("groups", group.id, "people"), group.people)


def _managers(company: Company, written: Written) -> None:
    """Find circles of managers; each circle is told once, at its first person."""
    seen: set[PersonId] = set()
    for person in company.people:
        path: list[PersonId] = []
        current: PersonId | None = person.id
        while current is not None and current in company.person and current not in seen:
            seen.add(current)
            path.append(current)
            current = company.person[current].manager
        if current in path:
            circle = path[path.index(current) :]
            words = " reports to ".join(f"`{one}`" for one in [*circle, circle[0]])
            written.say(("people", circle[0], "manager"), f"managers go in a circle: {words}.")


def _chat_accounts(company: Company, written: Written) -> None:
    taken: dict[tuple[str, str], PersonId] = {}
    for person in company.people:
        for platform, account in person.platforms.items():
            first = taken.setdefault((platform, account), person.id)
            if first != person.id:
                sentence = f"`{account}` on {platform} already belongs to `{first}`."
                written.say(("people", person.id, "platforms", platform), sentence)


def _target_accounts(company: Company, written: Written) -> None:
    """Two people with one login would share access, and one of them would never have asked."""
    for system in company.systems:
        taken: dict[str, PersonId] = {}
        for person in company.people:
            account = company.account_of(person, system.id)
            first = taken.setdefault(account, person.id)
            if first != person.id:
                sentence = f"the login `{account}` in {system.id} already belongs to `{first}`."
                written.say(("people", person.id, "accounts", system.id), sentence)


def _durations(entitlement: Entitlement, written: Written) -> None:
    where = ("entitlements", entitlement.id, "duration")
    low, usual, high = (
        entitlement.duration_min,
        entitlement.duration_default,
        entitlement.duration_max,
    )
    if low < DURATION_MIN:
        written.say((*where, "min"), f"{write(low)} is too short; {write(DURATION_MIN)} or more.")
    if high > DURATION_MAX:
        written.say((*where, "max"), f"{write(high)} is too long; {write(DURATION_MAX)} or less.")
    if not low <= usual <= high:
        sentence = (
            f"the default of {write(usual)} must lie between the shortest, {write(low)}, "
            f"and the longest, {write(high)}."
        )
        written.say((*where, "default"), sentence)


def _emergency(company: Company, entitlement: Entitlement, written: Written) -> None:
    rule = company.emergency.get(entitlement.breakglass) if entitlement.breakglass else None
    if rule is not None and rule.duration_max > entitlement.duration_max:
        sentence = (
            f"in an emergency it is given for {write(rule.duration_max)}, which is longer than "
            f"what can be asked for, {write(entitlement.duration_max)}."
        )
        written.say(("entitlements", entitlement.id, "breakglass"), sentence)


def _breakglass(rule: Breakglass, written: Written) -> None:
    where = ("breakglass", rule.id)
    if not DURATION_MIN <= rule.duration_max <= EMERGENCY_MAX:
        sentence = (
            f"{write(rule.duration_max)} is not a sensible time for an emergency; "
            f"{write(DURATION_MIN)} to {write(EMERGENCY_MAX)}."
        )
        written.say((*where, "max"), sentence)
    if not CLOSING_MIN <= rule.closing.within <= CLOSING_MAX:
        sentence = (
            f"{write(rule.closing.within)} is not a sensible time to look at it; "
            f"{write(CLOSING_MIN)} to {write(CLOSING_MAX)}."
        )
        written.say((*where, "closing", "within"), sentence)


def _limits(entitlement: Entitlement, written: Written) -> None:
    where, limits = ("entitlements", entitlement.id, "limits"), entitlement.limits
    if limits.requests is not None and not LIMIT_MIN <= limits.requests.within <= WITHIN_MAX:
        sentence = (
            f"requests are counted over {write(LIMIT_MIN)} to {write(WITHIN_MAX)}, not over "
            f"{write(limits.requests.within)}."
        )
        written.say((*where, "requests", "within"), sentence)
    after = limits.after_denial
    if after is not None and not LIMIT_MIN <= after <= AFTER_DENIAL_MAX:
        sentence = (
            f"after a denial, people wait {write(LIMIT_MIN)} to {write(AFTER_DENIAL_MAX)}, not "
            f"{write(after)}."
        )
        written.say((*where, "after_denial"), sentence)


def _own_functions(company: Company, entitlement: Entitlement, written: Written) -> None:
    where = ("entitlements", entitlement.id, "functions")
    _once(written, where, entitlement.functions)
    for rule in company.sod_rules:
        own = frozenset(entitlement.functions)
        both = sorted(own & {*rule.functions, *rule.against})
        if rule.pairs_up(own, own):
            sentence = (
                f"this gives {' and '.join(both)} to one person, which the rule `{rule.id}` "
                "forbids; split it into two entitlements."
            )
            written.say(where, sentence)


def _same_targets(company: Company, written: Written) -> None:
    """Two entitlements over one permission would take it from each other's holders."""
    taken: dict[tuple[str, str, str], str] = {}
    for entitlement in company.entitlements:
        target = (entitlement.system, entitlement.resource, entitlement.permission)
        first = taken.setdefault(target, entitlement.id)
        if first != entitlement.id:
            sentence = f"`{first}` already stands for exactly this permission."
            written.say(("entitlements", entitlement.id, "permission"), sentence)


def _stages(company: Company, written: Written) -> None:
    for chain in company.chains:
        names = [stage.name for stage in chain.stages]
        for i, stage in enumerate(chain.stages):
            if not LIMIT_MIN <= stage.limit <= LIMIT_MAX:
                sentence = (
                    f"{write(stage.limit)} is not a sensible time to answer; "
                    f"{write(LIMIT_MIN)} to {write(LIMIT_MAX)}."
                )
                written.say(("chains", chain.id, i, "limit"), sentence)
            _part_names(written, chain, i)
            if stage.name in names[:i]:
                sentence = f"another stage of this chain is called `{stage.name}`, too."
                written.say(("chains", chain.id, i, "name"), sentence)
        if chain.stages and all(stage.when for stage in chain.stages):
            sentence = "one stage must count always, or there might be nobody to decide."
            written.say(("chains", chain.id), sentence)


def _part_names(written: Written, chain: Chain, stage: int) -> None:
    names = [part.name for part in chain.stages[stage].parts]
    for i, name in enumerate(names):
        if name in names[:i]:
            sentence = f"another part of this stage is called `{name}`, too."
            written.say(("chains", chain.id, stage, "parts", i, "name"), sentence)


def _calendar(calendar: Calendar, written: Written) -> None:
    hours = calendar.hours
    if hours is not None and hours.begin >= hours.end:
        written.say(("hours", "until"), "the hours of a day end after they begin.")
    for freeze in calendar.freezes:
        if freeze.first > freeze.last:
            written.say(("freezes", freeze.id, "until"), "a freeze ends after it begins.")
    for schedule in calendar.schedules.values():
        where = ("schedules", schedule.id)
        if not schedule.shifts and schedule.rotation is None:
            written.say(where, "nobody is ever on call by it; give it `shifts` or a `rotation`.")
        for i, shift in enumerate(schedule.shifts):
            if shift.begin >= shift.end:
                written.say((*where, "shifts", i, "until"), "a shift ends after it begins.")
        if schedule.rotation is not None and schedule.rotation.length < TURN_MIN:
            sentence = f"nobody can be on call by turns of less than {write(TURN_MIN)}."
            written.say((*where, "rotation", "each"), sentence)


def _sod(company: Company, written: Written) -> None:
    for rule in company.sod_rules:
        where = ("rules", rule.id, "functions")
        if len({*rule.functions, *rule.against}) < 2:
            written.say(where, "a rule keeps at least two different functions apart.")
        for function in sorted(set(rule.functions) & set(rule.against)):
            sentence = f"`{function}` is in `functions`, too; no function is kept from itself."
            written.say(("rules", rule.id, "against"), sentence)
        _once(written, where, rule.functions)
        _once(written, ("rules", rule.id, "against"), rule.against)
    for first, second in combinations(company.sod_rules, 2):
        if _sides(first) == _sides(second):
            sentence = f"the rule `{first.id}` already keeps exactly these functions apart."
            written.say(("rules", second.id, "functions"), sentence)


def _sides(rule: SodRule) -> frozenset[frozenset[FunctionId]]:
    """Say what it keeps from what, whichever side was written first."""
    return frozenset({frozenset(rule.functions), frozenset(rule.against)})


def _once(written: Written, where: Where, names: Iterable[PersonId | FunctionId]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            written.say(where, f"`{name}` is listed {count} times; once is enough.")
