"""Every name leads somewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from adapters.company.approving import selectors_of
from adapters.company.files import Where, Written
from adapters.company.known import Known
from adapters.company.problems import closest
from engine.model.company import Company, Condition, Role, Selector, SelectorKind

_ABOUT_A_REQUEST = frozenset(
    {
        SelectorKind.MANAGER,
        SelectorKind.SYSTEM_OWNER,
        SelectorKind.ENTITLEMENT_OWNER,
        SelectorKind.COST_CENTRE_OWNER,
        SelectorKind.ON_CALL,
    }
)


def check_references(company: Company, written: Written, known: Known) -> None:
    """Add a problem for every name that leads nowhere."""
    _people(company, written, known)
    _systems(company, written, known)
    _ticket_sources(company, written, known)
    _entitlements(company, written)
    _selectors(company, written)
    _emergency_selectors(company, written)
    _schedules(company, written)
    _conditions(company, written, known)
    for rule in company.sod_rules:
        _all_known(written, ("rules", rule.id, "functions"), rule.functions, section="functions")
        _all_known(written, ("rules", rule.id, "against"), rule.against, section="functions")
    for channels in ("audit", "admin"):
        named = company.audit_channels if channels == "audit" else company.admin_channels
        _platforms(written, named, where=("channels", channels), known=known)


def _people(company: Company, written: Written, known: Known) -> None:
    for person in company.people:
        where = ("people", person.id)
        if person.manager is not None:
            _known(written, (*where, "manager"), person.manager, section="people")
        if person.cost_centre is not None:
            where_centre = (*where, "cost_centre")
            _known(written, where_centre, person.cost_centre, section="cost_centres")
        for system in person.accounts:
            _known(written, (*where, "accounts", system), system, section="systems")
        _platforms(written, person.platforms, where=(*where, "platforms"), known=known)
    for centre in company.cost_centres:
        _owner(company, written, where=("cost_centres", centre.id), owner=centre.owner)
    for group in company.groups:
        _all_known(written, ("groups", group.id, "people"), group.people, section="people")


def _systems(company: Company, written: Written, known: Known) -> None:
    for system in company.systems:
        where = ("systems", system.id)
        _owner(company, written, where=where, owner=system.owner)
        settings = known.connectors.get(system.connector)
        if settings is None:
            hint = closest(system.connector, known.connectors)
            sentence = f"there is no connector `{system.connector}`{hint}"
            written.say((*where, "connector"), sentence)
            continue
        whose = f"the connector `{system.connector}`"
        _settings(written, (*where, "settings"), system.settings, known=settings, whose=whose)


def _ticket_sources(company: Company, written: Written, known: Known) -> None:
    for source in company.ticket_sources:
        where = ("tickets", source.id)
        settings = known.tickets.get(source.kind)
        if settings is None:
            hint = closest(source.kind, known.tickets)
            sentence = f"there is no kind of ticket system `{source.kind}`{hint}"
            written.say((*where, "kind"), sentence)
            continue
        whose = f"the kind `{source.kind}`"
        _settings(written, (*where, "settings"), source.settings, known=settings, whose=whose)


def _settings(
    written: Written,
    where: Where,
    given: Mapping[str, str],
    *,
    known: Mapping[str, bool],
    whose: str,
) -> None:
    for key in sorted(given.keys() - known.keys()):
        written.say((*where, key), f"{whose} knows no `{key}`{closest(key, known)}")
    for key in sorted(name for name, needed in known.items() if needed and name not in given):
        written.say(where, f"{whose} needs `{key}` in the settings.")


def _entitlements(company: Company, written: Written) -> None:
    for entitlement in company.entitlements:
        where = ("entitlements", entitlement.id)
        _owner(company, written, where=where, owner=entitlement.owner)
        _known(written, (*where, "system"), entitlement.system, section="systems")
        _known(written, (*where, "chain"), entitlement.chain, section="chains")
        _all_known(written, (*where, "functions"), entitlement.functions, section="functions")
        for i, route in enumerate(entitlement.routes):
            _known(written, (*where, "routes", i, "chain"), route.chain, section="chains")
        if (ticket := entitlement.ticket) is not None:
            _known(written, (*where, "ticket", "source"), ticket.source, section="tickets")
        if entitlement.breakglass is not None:
            _known(written, (*where, "breakglass"), entitlement.breakglass, section="breakglass")
    for rule in company.breakglass:
        _known(written, ("breakglass", rule.id, "chain"), rule.chain, section="chains")


def _schedules(company: Company, written: Written) -> None:
    for schedule in company.calendar.schedules.values():
        where = ("schedules", schedule.id)
        for i, shift in enumerate(schedule.shifts):
            _known(written, (*where, "shifts", i, "person"), shift.person, section="people")
        if schedule.rotation is not None:
            people = schedule.rotation.people
            _all_known(written, (*where, "rotation", "people"), people, section="people")


def _conditions(company: Company, written: Written, known: Known) -> None:
    for chain in company.chains:
        for i, stage in enumerate(chain.stages):
            _condition(written, ("chains", chain.id, i, "when"), stage.when, known=known)
    for entitlement in company.entitlements:
        for i, route in enumerate(entitlement.routes):
            where = ("entitlements", entitlement.id, "routes", i, "when")
            _condition(written, where, route.when, known=known)


def _condition(
    written: Written, where: Where, condition: Condition | None, *, known: Known
) -> None:
    problem = known.conditions.problem(condition.expression) if condition else ""
    if problem:
        written.say((*where, "if"), f"this is no sound condition: {problem}.")


def _selectors(company: Company, written: Written) -> None:
    """Check whom policies point at, and that a fixed list does not depend on a request."""
    for role in Role:
        for i, selector in enumerate(company.roles.get(role, ())):
            where: Where = ("roles", role, i)
            _who(written, where, selector)
            _fixed(written, where, selector, roles=False)
    for entitlement in company.entitlements:
        for i, selector in enumerate(entitlement.requestable_by):
            where = ("entitlements", entitlement.id, "requestable_by", i)
            _who(written, where, selector)
            _fixed(written, where, selector, roles=True)
    for chain in company.chains:
        for where, selector in selectors_of(chain):
            _who(written, where, selector)


def _emergency_selectors(company: Company, written: Written) -> None:
    for rule in company.breakglass:
        for i, selector in enumerate(rule.by):
            where: Where = ("breakglass", rule.id, "by", i)
            _who(written, where, selector)
            _fixed(written, where, selector, roles=True)
        closing = {"by": rule.closing.by, "escalate": rule.closing.escalate}
        for key, selectors in closing.items():
            for i, selector in enumerate(selectors):
                _who(written, ("breakglass", rule.id, "closing", key, i), selector)


def _who(written: Written, where: Where, selector: Selector) -> None:
    match selector.kind:
        case SelectorKind.PERSON:
            _known(written, where, selector.name, section="people")
        case SelectorKind.GROUP:
            _known(written, where, selector.name, section="groups")
        case SelectorKind.ON_CALL:
            _known(written, where, selector.name, section="schedules")
        case SelectorKind.DEPARTMENT:
            departments = _departments(written)
            if selector.name not in departments and "people" not in written.unread:
                hint = closest(selector.name, departments)
                written.say(where, f"nobody is in the department `{selector.name}`{hint}")
        case _:
            pass


def _departments(written: Written) -> frozenset[str]:
    people = written.sections.get("people")
    found = people.values() if isinstance(people, dict) else ()
    named = (person.get("department") for person in found if isinstance(person, dict))
    return frozenset(department for department in named if isinstance(department, str))


def _fixed(written: Written, where: Where, selector: Selector, *, roles: bool) -> None:
    if selector.kind in _ABOUT_A_REQUEST:
        sentence = f"`{selector.kind}` depends on a request and only makes sense in a chain."
        written.say(where, sentence)
    if selector.kind is SelectorKind.ROLE and not roles:
        written.say(where, "a role cannot be given by a role; name people, groups or departments.")


def _owner(company: Company, written: Written, *, where: Where, owner: str) -> None:
    _known(written, (*where, "owner"), owner, section="people")
    if any(person.id == owner and not person.active for person in company.people):
        written.say((*where, "owner"), f"the owner `{owner}` is not active; name somebody who is.")


def _platforms(written: Written, named: Iterable[str], *, where: Where, known: Known) -> None:
    for platform in named:
        if platform not in known.platforms:
            hint = closest(platform, known.platforms)
            written.say((*where, platform), f"there is no chat platform `{platform}`{hint}")


def _all_known(written: Written, where: Where, names: Iterable[str], *, section: str) -> None:
    for i, name in enumerate(names):
        _known(written, (*where, i), name, section=section)


def _known(written: Written, where: Where, name: str, *, section: str) -> None:
    """Look among the ids as written: an item that is unsound itself is told about once, there."""
    ids = written.ids(section)
    if name not in ids and section not in written.unread:
        written.say(where, f"`{name}` is not among the {section}{closest(name, ids)}")
