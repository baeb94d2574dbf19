"""A history under a policy that was drawn by lot, and is drawn anew while requests wait."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from engine.model.identifiers import show
from engine.model.request import Verdict
from engine.workflow.asking import decide
from tests.simulation.company import Setup
from tests.simulation.history import History


class AnyPolicy(History):
    """Chance, acting on a world and on its rules."""

    flag = " --any-policy"

    def submit(self) -> None:
        """Somebody asks, and often somebody goes away at that moment who was asked."""
        super().submit()
        if self.chance.random() < 0.6:
            self.stand_in()

    def decide(self) -> None:
        """Somebody answers: rather whoever stands in, where somebody does."""
        standing_in = [
            (request.id, approver.person)
            for request in self.world.state.requests.values()
            for approver in request.stage.asked
            if request.is_pending and approver.instead_of is not None
        ]
        if not standing_in or self.chance.random() < 0.5:
            super().decide()
            return
        request, actor = self.chance.choice(standing_in)
        answer = decide.Answer(actor, request, Verdict.APPROVE)
        self._does(
            actor,
            f"approves {show(request)} in somebody's stead",
            lambda work: decide.decide(work, answer),
        )

    def _usual(self, chance: Random) -> Setup:
        return replace(super()._usual(chance), policy=self.seed)

    def _changed(self, setup: Setup, change: str) -> Setup:
        if self.chance.random() < 0.3:
            return replace(setup, policy=self.chance.randrange(1_000_000))
        return super()._changed(setup, change)
