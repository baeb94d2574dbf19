"""A configuration is put in force, or is so already."""

from __future__ import annotations

from collections.abc import Sequence

from engine.audit.entry import Entry
from engine.audit.vocabulary import Action
from engine.model.company import Company
from engine.policy.accounts import AccountFacts
from engine.workflow.accounts import note_account
from engine.workflow.apply_config import CONFIG_STREAM, DIFFERENCE_MAX, apply_config
from engine.workflow.look import company_now
from tests.engine.workflow.closely import said
from tests.simulation.company import CHAT, RIYA, Setup, company
from tests.simulation.memory import MemoryWork

NEXT = company(Setup(has_treasury_rule=True))


def difference(before: Company | None, after: Company) -> Sequence[str]:
    """Say what is different, very roughly."""
    rules = len(before.sod_rules) if before else 0
    return [f"Rules: {rules} before, {len(after.sod_rules)} now.", "That is all."]


def recorded(work: MemoryWork) -> list[Entry]:
    """List what was recorded of configurations."""
    return [one.entry for one in work.state.entries if one.entry.stream == CONFIG_STREAM]


def test_the_first_configuration_is_put_in_force() -> None:
    """With nothing before it."""
    work = MemoryWork()

    version, changes = apply_config(work, company(), applied_by="ops", difference=difference)

    assert (version.number, version.company) == (1, company())
    assert company_now(work) == version
    assert changes == ["Rules: 0 before, 1 now.", "That is all."]
    assert recorded(work)[0].facts["before"] == ""


def test_the_same_files_change_nothing_whatever_platforms_told() -> None:
    """Accounts are no part of the configuration: neither applied nor compared."""
    work = MemoryWork()
    apply_config(work, company(), applied_by="ops", difference=difference)
    note_account(work, AccountFacts(CHAT, RIYA, why_not="deactivated"))

    version, changes = apply_config(work, company(), applied_by="ops", difference=difference)

    assert (version.number, changes) == (1, ())
    assert not company_now(work).company.person[RIYA].active


def test_a_change_is_put_in_force_and_recorded() -> None:
    """Who, which number, both digests, and what is different."""
    work = MemoryWork()
    first, _ = apply_config(work, company(), applied_by="ops", difference=difference)

    second, changes = apply_config(work, NEXT, applied_by="li.wei", difference=difference)

    assert second.number == 2
    assert second.digest != first.digest
    assert changes == ["Rules: 1 before, 2 now.", "That is all."]
    entry = recorded(work)[-1]
    assert (entry.action, entry.actor, entry.at) == (Action.CONFIG_ACTIVATED, "li.wei", work.clock)
    assert entry.facts == {
        "config_version": 2,
        "digest": second.digest,
        "before": first.digest,
        "difference": "Rules: 1 before, 2 now. That is all.",
        "changes": 2,
    }
    assert said(entry) == (
        f"li.wei put configuration 2 in force ({second.digest}): "
        "Rules: 1 before, 2 now. That is all."
    )


def test_the_same_again_changes_nothing() -> None:
    """No version, no entry, no difference."""
    work = MemoryWork()
    first, _ = apply_config(work, company(), applied_by="ops", difference=difference)
    before = work.state

    again, changes = apply_config(work, company(), applied_by="li.wei", difference=difference)

    assert (again, changes) == (first, ())
    assert work.state is before


def test_what_was_in_force_before_can_be_so_again() -> None:
    """As a new version with the old digest."""
    work = MemoryWork()
    first, _ = apply_config(work, company(), applied_by="ops", difference=difference)
    apply_config(work, NEXT, applied_by="ops", difference=difference)

    third, _ = apply_config(work, company(), applied_by="ops", difference=difference)

    assert (third.number, third.digest) == (3, first.digest)


def test_an_entry_holds_so_much_of_a_difference_and_says_how_much_there_was() -> None:
    """A whole directory that changes does not make one endless entry."""
    work = MemoryWork()
    many = [f"Change {number}." for number in range(DIFFERENCE_MAX + 1)]

    _, changes = apply_config(work, NEXT, applied_by="ops", difference=lambda _, __: many)

    facts = recorded(work)[0].facts
    assert changes == many
    assert facts["changes"] == DIFFERENCE_MAX + 1
    assert facts["difference"] == " ".join(many[:DIFFERENCE_MAX])
