"""Mirrors adapters/connectors/sandbox.py."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from adapters.connectors.sandbox import Fault, Sandbox
from engine.errors import Temporary
from engine.model.identifiers import AccountName
from engine.model.target import Target
from engine.ports import Outcome

TARGET = Target(AccountName("riya_patel"), "warehouse/finance", "reader")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give a file that does not exist yet."""
    return tmp_path / "sandbox.sqlite"


def test_another_process_sees_what_was_given(file: Path) -> None:
    """Worker, clock and web share what a sandbox holds."""
    Sandbox(file).ensure_present(TARGET)
    code = (
        "import sys; from pathlib import Path; from adapters.connectors.sandbox import Sandbox; "
        "print(Sandbox(Path(sys.argv[1])).holders('warehouse/finance', 'reader', None).accounts)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, str(file)], check=True, capture_output=True, text=True
    )

    assert done.stdout.strip() == "('riya_patel',)"


def test_a_fault_lasts_as_many_calls_as_ordered(file: Path) -> None:
    """A fault is used up by the calls that it stops, also by those of others."""
    sandbox = Sandbox(file)
    sandbox.order(Fault.DOWN, times=2)

    failures = []
    for caller in (sandbox, Sandbox(file), sandbox):
        try:
            caller.ensure_present(TARGET)
        except Temporary as error:
            failures.append(str(error))

    assert len(failures) == 2
    assert sandbox.observe(TARGET)


def test_a_lost_answer_is_spent_on_a_change_only(file: Path) -> None:
    """Reading back in between does not use the fault up."""
    sandbox = Sandbox(file)
    sandbox.order(Fault.RESPONSE_LOST)

    observed = sandbox.observe(TARGET)
    with pytest.raises(Temporary):
        sandbox.ensure_present(TARGET)

    assert not observed
    assert sandbox.observe(TARGET)


def test_lifting_ends_every_fault(file: Path) -> None:
    """After `lift` everything goes right."""
    sandbox = Sandbox(file)
    sandbox.order(Fault.THROTTLED, times=99)
    sandbox.order(Fault.ACCOUNT_MISSING, subject=TARGET.account)

    sandbox.lift()

    assert sandbox.ensure_present(TARGET) is Outcome.CHANGED


def test_a_file_that_cannot_be_used_is_temporary(tmp_path: Path) -> None:
    """A folder that is away is a target that is away, and its path is not shown."""
    sandbox = Sandbox(tmp_path / "gone" / "sandbox.sqlite")

    with pytest.raises(Temporary) as caught:
        sandbox.validate()

    assert str(tmp_path) not in str(caught.value)
