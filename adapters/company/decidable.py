"""Every entitlement can be approved for somebody, by the rules that the engine will go by.

Asked last, of a company without other problems: the answer is the engine's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.company.files import Where, Written
from engine.model.company import (
    Breakglass,
    Chain,
    Company,
    Entitlement,
    PartRule,
    Person,
    StageRule,
)
from engine.policy.approvers import Asking, resolved, undecidable_part
from engine.policy.emergency.closers import closers
from engine.policy.emergency.rules import may_break, rule_of
from engine.policy.people import may_request


def check_decidable(company: Company, written: Written) -> None:
    """Add a problem for each entitlement that nobody could ever be given."""
    for entitlement in company.entitlements:
        rule = rule_of(company, entitlement)
        if rule is not None:
            _check_emergency(company, entitlement, rule, written)
        eligible = [one for one in company.people if may_request(company, one, entitlement)]
        if not eligible:
            unasked = ("entitlements", entitlement.id, "requestable_by")
            written.say(unasked, "nobody active may request this; name somebody who may.")
            continue
        for chain, where in _chains(company, entitlement):
            for rules in _ways(chain):
                stages = [_undecidable(company, entitlement, person, rules) for person in eligible]
                if None not in stages:
                    stage, part = next(stage for stage in stages if stage)
                    written.say(where, _sentence(chain, stage, part))
                    break


def _check_emergency(
    company: Company, entitlement: Entitlement, rule: Breakglass, written: Written
) -> None:
    """Add a problem where nobody may break the glass, or nobody could look at it afterwards."""
    where = ("breakglass", rule.id)
    able = [person for person in company.people if may_break(company, rule, person.id)]
    if not able:
        written.say((*where, "by"), "nobody active may break the glass; name somebody who may.")
        return
    chain = company.chain[rule.chain]
    for rules in _ways(chain):
        stages = [_undecidable(company, entitlement, person, rules) for person in able]
        if None not in stages:
            stage, part = next(stage for stage in stages if stage)
            written.say((*where, "chain"), _sentence(chain, stage, part))
            break
    asked = (Asking(person.id, person.id, entitlement, at=None) for person in able)
    if not any(closers(company, rule.closing, asking, is_escalated=False) for asking in asked):
        sentence = "nobody active but who broke the glass could close it; name somebody else."
        written.say((*where, "closing", "by"), sentence)


def _chains(company: Company, entitlement: Entitlement) -> Iterator[tuple[Chain, Where]]:
    yield company.chain[entitlement.chain], ("entitlements", entitlement.id, "chain")
    for i, route in enumerate(entitlement.routes):
        yield company.chain[route.chain], ("entitlements", entitlement.id, "routes", i, "chain")


def _ways(chain: Chain) -> Iterator[Sequence[StageRule]]:
    """List what may be asked: the stages that always count, alone and with each other one.

    Which conditions hold together nobody knows before a request is made, and then it is looked at
    again; but a stage that can never be decided at all is found here.
    """
    yield [rule for rule in chain.stages if rule.when is None]
    for conditional in chain.stages:
        if conditional.when is not None:
            yield [rule for rule in chain.stages if rule.when is None or rule is conditional]


def _undecidable(
    company: Company, entitlement: Entitlement, person: Person, rules: Sequence[StageRule]
) -> tuple[StageRule, PartRule] | None:
    asking = Asking(person.id, person.id, entitlement, at=None)
    return undecidable_part([resolved(company, rule, asking) for rule in rules])


def _sentence(chain: Chain, stage: StageRule, part: PartRule) -> str:
    needed = f"{part.quorum} people" if part.quorum > 1 else "anybody"
    of_part = f", part {part.name}" if stage.parts else ""
    return (
        f"no request for this could ever be approved: stage {chain.stages.index(stage) + 1}, "
        f"{stage.name}{of_part}, of the chain `{chain.id}` does not find {needed} with the role "
        "approver who is not the requester nor below them and decides nothing else of it."
    )
