"""Every entitlement can be approved for somebody, by the rules that the engine will go by.

Asked last, of a company without other problems: the answer is the engine's own.
"""

from __future__ import annotations

from adapters.company.files import Written
from engine.model.company import Chain, Company, Entitlement, Person, StageRule
from engine.policy.approvers import Asking, approvers, undecidable_stage
from engine.policy.people import may_request


def check_decidable(company: Company, written: Written) -> None:
    """Add a problem for each entitlement that nobody could ever be given."""
    for entitlement in company.entitlements:
        eligible = [one for one in company.people if may_request(company, one, entitlement)]
        if not eligible:
            where = ("entitlements", entitlement.id, "requestable_by")
            written.say(where, "nobody active may request this; name somebody who may.")
            continue
        stages = [_undecidable(company, entitlement, person) for person in eligible]
        if None not in stages:
            stage = next(stage for stage in stages if stage)
            where = ("entitlements", entitlement.id, "chain")
            written.say(where, _sentence(company.chain[entitlement.chain], stage))


def _undecidable(company: Company, entitlement: Entitlement, person: Person) -> StageRule | None:
    asking = Asking(person.id, person.id, entitlement)
    return undecidable_stage(
        [
            (rule, approvers(company, rule, asking, excluded=frozenset()))
            for rule in company.chain[entitlement.chain].stages
        ]
    )


def _sentence(chain: Chain, stage: StageRule) -> str:
    needed = f"{stage.quorum} people" if stage.quorum > 1 else "anybody"
    return (
        f"no request for this could ever be approved: stage {chain.stages.index(stage) + 1}, "
        f"{stage.name}, of the chain `{chain.id}` does not find {needed} with the role approver "
        "who is not the requester and did not decide another stage."
    )
