"""A checkpoint is signed when it is due, and never against an earlier one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine, text

from adapters.signing import is_signed
from engine.audit.checkpoint import key_of, verify
from engine.audit.vocabulary import Action
from engine.model.identifiers import show
from engine.model.request import RequestKind
from storage.proof import checkpoints
from storage.proof.checkpoints import Contradiction, checkpoint_once
from tests.contracts.samples import draft, entry
from tests.storage.proof.conftest import Log
from tests.storage.proof.test_sequencer import append


def older(owner: Engine, interval: str) -> None:
    """Let the checkpoints that are there be older than they are."""
    with owner.begin() as connection:
        connection.execute(text("ALTER TABLE audit_checkpoint DISABLE TRIGGER ALL"))
        connection.execute(
            text("UPDATE audit_checkpoint SET signed_at = signed_at - CAST(:age AS interval)"),
            {"age": interval},
        )
        connection.execute(text("ALTER TABLE audit_checkpoint ENABLE TRIGGER ALL"))


def test_a_checkpoint_says_how_far_the_log_has_come(log: Log) -> None:
    """Origin, size and root of the head, signed; kept beside the log."""
    append(log, "audit")
    log.sequence()

    note = log.sign()

    assert note is not None
    told = verify(note, [key_of(log.signer)], is_signed)
    with log.owner.connect() as connection:
        root = connection.scalar(text("SELECT root FROM audit_head"))
        kept = connection.scalar(text("SELECT note FROM audit_checkpoint"))
    assert (told.origin, told.size, told.root) == (log.signer.name, 1, bytes(root))
    assert kept == note


def test_the_first_checkpoint_is_due_at_once(log: Log) -> None:
    """Also that the log is still empty is worth a signature."""
    assert log.sign() is not None
    assert log.sign() is None


def test_a_grown_log_is_signed_after_a_second(log: Log) -> None:
    """Not sooner: a signature per entry would be a flood."""
    log.sign()
    append(log, "audit")
    log.sequence()
    assert log.sign() is None

    older(log.owner, "1 second")

    assert log.sign() is not None


def test_who_broke_the_glass_waits_for_no_second(log: Log) -> None:
    """Their access begins once a checkpoint holds that: one is due at once, and once only."""
    log.sign()
    with log.work() as uow:
        asked = replace(draft(uow.now), kind=RequestKind.BREAKGLASS, incident="INC-7")
        request = uow.requests.add(asked)
        uow.audit.append(entry(request, Action.BREAKGLASS_OPENED, uow.now))
        uow.commit()
    stream = show(request.id)
    log.sequence()
    with log.work() as uow:
        assert not uow.audit.is_signed(stream, Action.BREAKGLASS_OPENED)

    assert log.sign() is not None

    with log.work() as uow:
        assert uow.audit.is_signed(stream, Action.BREAKGLASS_OPENED)
        assert not uow.audit.is_signed(stream, Action.GRANT_ACTIVATED)
    append(log, "audit")
    log.sequence()
    assert log.sign() is None


def test_a_quiet_log_is_signed_every_ten_minutes(log: Log) -> None:
    """So that silence can be told from a stopped log."""
    log.sign()
    older(log.owner, "9 minutes 50 seconds")
    assert log.sign() is None

    older(log.owner, "10 seconds")

    assert log.sign() is not None


@pytest.mark.parametrize("lie", ["size = 0", "root = sha256('other')"])
def test_nothing_is_signed_against_an_earlier_checkpoint(lived: Log, lie: str) -> None:
    """A log that shrank or changed is never confirmed by our own key."""
    older(lived.owner, "1 hour")
    with lived.owner.begin() as connection:
        connection.execute(text("ALTER TABLE audit_head DISABLE TRIGGER ALL"))
        connection.execute(text(f"UPDATE audit_head SET {lie}"))

    with pytest.raises(Contradiction, match="audit verify"):
        lived.sign()


def test_only_one_process_signs_at_a_time(log: Log) -> None:
    """The second one has nothing to do."""
    with log.sequencer.begin() as other:
        other.execute(text("SELECT pg_advisory_xact_lock(6, 0)"))
        assert checkpoint_once(log.sequencer, log.signer) is None

    assert checkpoints.EVERY < checkpoints.AT_LEAST_EVERY
