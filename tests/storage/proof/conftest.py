"""A log in which things happened, and a key that signs it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, text

from adapters.signing import Ed25519Signer, is_signed, new_seed
from engine.audit.checkpoint import key_of
from engine.audit.entry import Entry, instant
from engine.audit.vocabulary import Action
from engine.model.grant import EndCause
from engine.model.identifiers import EntitlementId, show
from engine.model.request import RequestState
from engine.ports import Work
from storage.proof.checkpoints import checkpoint_once
from storage.proof.sequencer import sequence_once
from storage.proof.verify import Verdict, verify
from storage.unit_of_work import PostgresWork
from tests.contracts.samples import active, decision, draft, entry, grant, shared_entry
from tests.waiting import until

_SETTLED = """
    SELECT NOT EXISTS (
        SELECT FROM audit_entry WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())
    )
"""


@dataclass(frozen=True, slots=True)
class Log:
    """A database's log, with everything that works on it."""

    work: PostgresWork
    sequencer: Engine
    owner: Engine
    signer: Ed25519Signer

    def sequence(self) -> int:
        """Give places to what waits for them."""
        self.settle()
        return sequence_once(self.sequencer)

    def settle(self) -> None:
        """Wait until no transaction elsewhere in the cluster is older than our entries."""
        until(self._is_settled, what="every older transaction in the cluster over")

    def _is_settled(self) -> bool:
        with self.owner.connect() as connection:
            return bool(connection.scalar(text(_SETTLED)))

    def sign(self) -> str | None:
        """Sign a checkpoint, if one is due."""
        return checkpoint_once(self.sequencer, self.signer)

    def verify(self) -> Verdict:
        """Verify everything, as an operator does."""
        return verify(self.owner, [key_of(self.signer)], is_signed)


@pytest.fixture
def log(work: PostgresWork, sequencer: Engine, owner: Engine) -> Log:
    """Give a log without entries."""
    return Log(work, sequencer, owner, Ed25519Signer("jit.acme.example/audit", new_seed()))


@pytest.fixture
def lived(log: Log) -> Log:
    """Give a log of two requests' whole lives and one that is open, sequenced and signed."""
    live(log.work, "netsuite-gl")
    live(log.work, "netsuite-ap")
    with log.work() as uow:
        request = uow.requests.add(draft(uow.now, entitlement=EntitlementId("payments-db")))
        uow.audit.append(entry(request, Action.REQUEST_SUBMITTED, uow.now))
        uow.commit()
    log.sequence()
    log.sign()
    return log


def live(work: Work, entitlement: str) -> None:
    """Let a request live its whole life, with the entries that the use cases write."""
    with work() as uow:
        request = uow.requests.add(draft(uow.now, entitlement=EntitlementId(entitlement)))
        uow.audit.append(entry(request, Action.REQUEST_SUBMITTED, uow.now))
        uow.audit.append(shared_entry("audit", uow.now))
        uow.commit()
    with work() as uow:
        uow.requests.lock(request.id)
        given = decision(request, at=uow.now)
        uow.requests.add_decision(given)
        approved = uow.requests.save(request.move(RequestState.APPROVED, at=uow.now))
        held = uow.grants.add(grant(approved, at=uow.now))
        uow.audit.append(entry(request, Action.DECISION_APPROVED, uow.now, actor=given.approver))
        facts = {"account": held.account, "resource": "ledger", "permission": held.permission}
        uow.audit.append(Entry(show(request.id), Action.REQUEST_APPROVED, "jitbot", uow.now, facts))
        uow.commit()
    with work() as uow:
        uow.requests.lock(request.id)
        started = uow.grants.save(active(held, at=uow.now))
        assert started.ends_at is not None
        told = {"ends_at": instant(started.ends_at)}
        uow.audit.append(Entry(show(request.id), Action.GRANT_ACTIVATED, "jitbot", uow.now, told))
        uow.commit()
    if entitlement != "netsuite-gl":
        return
    with work() as uow:
        uow.requests.lock(request.id)
        ending = uow.grants.save(started.begin_end(EndCause.EXPIRED, at=uow.now))
        uow.audit.append(entry(request, Action.GRANT_EXPIRED, uow.now))
        uow.grants.save(ending.end(EndCause.EXPIRED, at=uow.now))
        uow.audit.append(entry(request, Action.GRANT_ENDED, uow.now))
        uow.commit()
