"""The record gets its places and its signed checkpoints, as soon as somebody waits for them."""

from __future__ import annotations

from sqlalchemy import Engine, text

from adapters.signing import Ed25519Signer, new_seed
from storage.proof.checkpoints import checkpoint_once
from storage.proof.sequencer import sequence_once
from tests.waiting import until

_WAITING = text("""
    SELECT EXISTS (
        SELECT FROM audit_entry AS e LEFT JOIN audit_leaf AS l ON l.entry = e.id
        WHERE e.action = 'breakglass.opened'
          AND l.seq >= coalesce((SELECT max(size) FROM audit_checkpoint), 0) IS NOT false
    )
""")


class Proving:
    """What the clock's recording loop does, where a test turns the clock."""

    def __init__(self, owner: Engine, sequencer: Engine) -> None:
        """Look as the owner, and work with the sequencer's rights."""
        self._owner = owner
        self._sequencer = sequencer
        self._signer = Ed25519Signer("jit.acme.example/audit", new_seed())

    def prove(self) -> None:
        """Sign a checkpoint that holds everything for which somebody waits."""
        until(self._is_proven, what="a signed checkpoint over every emergency")

    def _is_proven(self) -> bool:
        with self._owner.connect() as connection:
            if not connection.scalar(_WAITING):
                return True
        sequence_once(self._sequencer)
        checkpoint_once(self._sequencer, self._signer)
        return False
