"""How far a stage is, and whose approval it still waits for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.model.identifiers import ChainId, PersonId, RequestId
from engine.model.request import Approver, Decision, Part, Stage, Verdict
from engine.policy.approving.progress import is_wanted, progress

ANA, BEN, CARA, DAN = (PersonId(name) for name in ("ana", "ben", "cara", "dan"))
DATA, FIGURES, BOTH = (1,), (2,), (1, 2)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def stage(*parts: Part, quorum: int) -> Stage:
    """Ask Ana for the data, Ben for the figures, and Cara for either; Dan is not asked."""
    asked = (Approver(ANA, "", DATA), Approver(BEN, "", FIGURES), Approver(CARA, "", BOTH))
    return Stage(1, "Owners", quorum, timedelta(hours=1), asked, ChainId("one"), 0, parts=parts)


def yes(person: PersonId, parts: tuple[int, ...], number: int = 1) -> Decision:
    """Let somebody approve."""
    who = (RequestId(1), PersonId("riya"), PersonId("riya"), number, person, "", "", "")
    return Decision(*who, Verdict.APPROVE, "", "", NOW, parts=parts)


IN_PARTS = stage(Part("Data", 1), Part("Figures", 1), quorum=2)


def test_a_stage_in_parts_says_how_far_each_is() -> None:
    """Whoever is good for both counts where they are needed."""
    given = [yes(CARA, BOTH), yes(ANA, DATA), yes(BEN, FIGURES, number=2)]

    said = progress(IN_PARTS, given)

    assert said == "Data 1 of 1, Figures 1 of 1"


def test_a_stage_of_one_group_says_how_many_agree() -> None:
    """There is no name to say beside the numbers: it is the stage's."""
    alone = stage(quorum=2)

    assert progress(alone, [yes(ANA, DATA)]) == "1 of 2"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ([], {ANA, BEN, CARA}),
        ([yes(ANA, DATA)], {BEN, CARA}),
        ([yes(CARA, BOTH)], {ANA, BEN, CARA}),
        ([yes(ANA, DATA, number=2)], {ANA, BEN, CARA}),
        ([yes(ANA, DATA), yes(CARA, BOTH)], set()),
    ],
)
def test_an_approval_is_wanted_where_it_finds_a_place(
    given: list[Decision], wanted: set[PersonId]
) -> None:
    """Who was not asked is never wanted; who could take either part leaves room for both."""
    found = {one for one in (ANA, BEN, CARA, DAN) if is_wanted(IN_PARTS, given, one)}

    assert found == wanted
