"""A configuration is put in force, and what changed is on record."""

from __future__ import annotations

from collections.abc import Sequence

from engine.model.company import Company
from engine.workflow.apply_config import CONFIG_STREAM, DIFFERENCE_MAX, apply_config
from tests.simulation.company import Setup, company
from tests.simulation.memory import MemoryWork
from tests.simulation.world import World

TREASURY = company(Setup(has_treasury_rule=True))


def changed(_before: Company | None, _after: Company) -> Sequence[str]:
    """Say what is different."""
    return ["A rule was added."]


def test_a_new_configuration_is_in_force_at_once(world: World) -> None:
    """It has the next number, and its entry says who, what, and by which digest."""
    version, changes = apply_config(world.work, TREASURY, applied_by="operator", difference=changed)

    assert (version.number, version.company) == (2, TREASURY)
    assert world.version == version
    assert changes == ["A rule was added."]
    (recorded,) = world.state.entries
    assert (recorded.entry.stream, recorded.entry.actor) == (CONFIG_STREAM, "operator")
    assert recorded.entry.facts == {
        "config_version": 2,
        "digest": version.digest,
        "before": world.state.companies[min(world.state.companies)].digest,
        "difference": "A rule was added.",
        "changes": 1,
    }


def test_the_first_one_comes_after_nothing() -> None:
    """There is nothing that it could be compared with."""
    work = MemoryWork(is_strict=True)
    seen = []

    def note(before: Company | None, after: Company) -> Sequence[str]:
        seen.append((before, after))
        return ["Everything is new."]

    version, _ = apply_config(work, TREASURY, applied_by="operator", difference=note)

    assert version.number == 1
    assert seen == [(None, TREASURY)]
    assert work.state.entries[0].entry.facts["before"] == ""


def test_the_same_again_changes_nothing(world: World) -> None:
    """No version, no entry: applying can be repeated by whoever is not sure."""
    before = world.state

    version, changes = apply_config(
        world.work, company(), applied_by="operator", difference=changed
    )

    assert (version.number, changes) == (1, ())
    assert world.state is before


def test_a_long_difference_is_shortened_in_the_record(world: World) -> None:
    """How much there was is kept; the versions themselves are."""
    many = [f"Sentence {number}." for number in range(DIFFERENCE_MAX + 5)]

    _, changes = apply_config(
        world.work, TREASURY, applied_by="operator", difference=lambda _before, _after: many
    )

    facts = world.state.entries[0].entry.facts
    assert changes == many
    assert facts["changes"] == DIFFERENCE_MAX + 5
    assert str(facts["difference"]).endswith(f"Sentence {DIFFERENCE_MAX - 1}.")
