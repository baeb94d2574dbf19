"""Every entitlement can be approved for somebody, by the rules that the engine will go by.

Asked last, of a company without other problems: the answer is the engine's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.company.files import Where, Written
from engine.model.company import Chain, Company, Entitlement, Person, StageRule
from engine.policy.approvers import Asking, approvers, undecidable_stage
from engine.policy.people import may_request


def check_decidable(company: Company, written: Written) -> None:
    """Add a problem for each entitlement that nobody could ever be given."""
    for entitlement in company.entitlements:
        eligible = [one for one in company.people if may_request(company, one, entitlement)]
        if not eligible:
            unasked = ("entitlements", entitlement.id, "requestable_by")
            written.say(unasked, "nobody active may request this; name somebody who may.")
            continue
        for chain, where in _chains(company, entitlement):
            for rules in _ways(chain):
                stages = [_undecidable(company, entitlement, person, rules) for person in eligible]
                if None not in stages:
                    stage = next(stage for stage in stages if stage)
                    written.say(where, _sentence(chain, stage))
                    break


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
) -> StageRule | None:
    asking = Asking(person.id, person.id, entitlement)
    return undecidable_stage(
        [(rule, approvers(company, rule, asking, excluded=frozenset())) for rule in rules]
    )


def _sentence(chain: Chain, stage: StageRule) -> str:
    needed = f"{stage.quorum} people" if stage.quorum > 1 else "anybody"
    return (
        f"no request for this could ever be approved: stage {chain.stages.index(stage) + 1}, "
        f"{stage.name}, of the chain `{chain.id}` does not find {needed} with the role approver "
        "who is not the requester and did not decide another stage."
    )
