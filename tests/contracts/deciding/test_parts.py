"""A stage's parts, and for which of them somebody may decide, come back as they were."""

from __future__ import annotations

from dataclasses import replace

from engine.model.dossier import Dossier
from engine.model.request import Approver, Part
from engine.ports import Work
from tests.contracts.samples import BEN, MARA, decision, draft, stage
from tests.contracts.test_unit_of_work import add, find, now


def test_parts_come_back_as_they_were(work: Work) -> None:
    """With the stage, with whom it asks, and with a decision."""
    asked = (Approver(BEN, "one of Finance", (1,)), Approver(MARA, "owner of Ledger", (1, 2)))
    parts = (Part("Finance", 2), Part("Owner", 1))
    request = add(work, draft(now(work), stages=(replace(stage(), asked=asked, parts=parts),)))
    answer = replace(decision(request, approver=MARA), parts=(1, 2))

    with work() as uow:
        uow.requests.lock(request.id)
        uow.requests.add_decision(answer)
        uow.commit()

    assert find(work, request.id) == Dossier(request, (answer,))
    assert request.stage.groups == parts


def test_a_stage_without_parts_is_one(work: Work) -> None:
    """Under its own name, with its own quorum; who decides it decides that one."""
    request = add(work, draft(now(work), stages=(replace(stage(), quorum=2),)))

    assert request.stage.groups == (Part("Stage 1", 2),)
    assert request.stage.asked[0].parts == decision(request).parts == (1,)
