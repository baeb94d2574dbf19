"""Before access is given, what was decided is counted again, by somebody who saw each decision.

Other invariants look at one commit each. Here is what they are for: the whole way of a request, as
an auditor would go it, from the access back to everybody who had a say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.model.identifiers import PersonId, show
from engine.model.request import Decision, Request, Verdict
from tests.simulation.asked import EACH_GIVING, Call, Change, always
from tests.simulation.rules import in_force, is_by_who_may, stages_of

if TYPE_CHECKING:
    from tests.simulation.world import World


@dataclass(slots=True)
class Witness:
    """Remembers which decisions were given by who might give them then."""

    rightful: list[Decision] = field(default_factory=list)

    def see(self, change: Change) -> None:
        """Look at a commit: with the people, the delegations and the time that it was made with."""
        for request, decision in change.decisions:
            pinned = change.before.companies[request.config_version].company
            if is_by_who_may(
                change.company,
                pinned,
                request,
                decision=decision,
                delegations=in_force(change.before, change.at),
            ):
                self.rightful.append(decision)


@always(EACH_GIVING)
def access_was_decided_by_enough(call: Call) -> Iterator[str]:
    """What is given was approved at each stage by enough people who might, or was an emergency."""
    request = call.world.state.requests[call.grant.id]
    if request.is_breakglass:
        return  # given first, and decided afterwards
    counted = list(_counted(call.world, request))
    people = [person for decision in counted for person in _people(decision)]
    if len(people) != len(set(people)):
        yield f"{show(request.id)} was approved by {people}"
    if {request.requester, request.holder} & set(people):
        yield f"{show(request.id)} of {request.requester} was approved by {people}"
    pinned = call.world.state.companies[request.config_version].company
    for number, stage in enumerate(stages_of(pinned, request), start=1):
        approvals = [decision for decision in counted if decision.stage == number]
        if len(approvals) < stage.quorum:
            yield f"stage {number} of {show(request.id)} has {len(approvals)} of {stage.quorum}"


def _counted(world: World, request: Request) -> Iterator[Decision]:
    for decision in world.state.decisions.get(request.id, ()):
        is_approval = decision.verdict is Verdict.APPROVE and decision.revision == request.revision
        if is_approval and decision in world.witness.rightful:
            yield decision


def _people(decision: Decision) -> Iterator[PersonId]:
    yield decision.approver
    if decision.instead_of is not None:
        yield decision.instead_of
