"""A connector with a lease: it calls the target while there is time for a whole call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.connectors.sandbox import Sandbox
from bot.leased import Leased
from engine.errors import Temporary
from engine.model.identifiers import AccountName
from engine.model.target import Target
from engine.ports import Connector, Outcome
from engine.workflow.granting.attempt import CALL_MAX, LEASE

TARGET = Target(AccountName("riya_patel"), "ledger", "gl_posting")
LAST = (LEASE - CALL_MAX - timedelta(seconds=1)).total_seconds()
"""Seconds after which there is just enough time for one more call."""

CALLS: tuple[Callable[[Connector], object], ...] = (
    lambda connector: connector.observe(TARGET),
    lambda connector: connector.ensure_present(TARGET),
    lambda connector: connector.ensure_absent(TARGET),
)


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """Give a target."""
    return Sandbox(tmp_path / "target.sqlite")


def _after(sandbox: Sandbox, seconds: float) -> Leased:
    return Leased(sandbox, clock=lambda: 100.0 + seconds, begun=100.0)


@pytest.mark.parametrize("call", CALLS)
def test_a_call_is_made_while_there_is_time(
    sandbox: Sandbox, call: Callable[[Connector], object]
) -> None:
    """What is asked for happens, and is answered as the target does."""
    sandbox.ensure_present(TARGET)
    answered = call(_after(sandbox, LAST))

    sandbox.ensure_present(TARGET)
    assert answered == call(sandbox)


@pytest.mark.parametrize("call", CALLS)
def test_no_call_is_made_that_could_outlast_the_lease(
    sandbox: Sandbox, call: Callable[[Connector], object]
) -> None:
    """Whoever comes next may begin when the lease ends; the target is left alone before that."""
    sandbox.ensure_present(TARGET)

    with pytest.raises(Temporary):
        call(_after(sandbox, LAST + 0.001))

    assert sandbox.observe(TARGET)


def test_a_late_attempt_gives_nothing(sandbox: Sandbox) -> None:
    """A worker that slept through its lease wakes up and keeps quiet."""
    with pytest.raises(Temporary):
        _after(sandbox, 3600).ensure_present(TARGET)

    assert not sandbox.observe(TARGET)


def test_looking_round_needs_no_lease(sandbox: Sandbox) -> None:
    """Lists and checks change nothing."""
    sandbox.ensure_present(TARGET)
    late = _after(sandbox, 3600)

    late.validate()
    page = late.holders("ledger", "gl_posting", None)

    assert page.accounts == (TARGET.account,)


def test_time_runs_from_when_it_was_made(sandbox: Sandbox) -> None:
    """Whoever names no beginning begins now."""
    assert Leased(sandbox).ensure_present(TARGET) is Outcome.CHANGED


class _Broken(Sandbox):
    """A connector with a defect."""

    def observe(self, target: Target) -> bool:
        """Fail in a way that no connector should."""
        raise KeyError("a row that holds a secret")


def test_a_connectors_defect_is_a_failure_that_may_pass(tmp_path: Path) -> None:
    """Access whose end fails in any way is tried again and alarmed; the defect's text stays out."""
    leased = _after(_Broken(tmp_path / "target.sqlite"), 0)

    with pytest.raises(Temporary) as failed:
        leased.observe(TARGET)

    assert "secret" not in str(failed.value)
