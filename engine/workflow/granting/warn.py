"""Access ends soon, and its holder is told."""

from __future__ import annotations

from dataclasses import replace

from engine.audit.entry import instant
from engine.audit.vocabulary import Action
from engine.ports import Work
from engine.workflow.asking.lapse import BATCH_MAX
from engine.workflow.record import Recorder


def warn_due(work: Work, *, limit: int = BATCH_MAX) -> int:
    """Warn holders whose grant ends soon, once each; says how many."""
    with work() as uow:
        due = uow.grants.lock_ending(limit)
        if not due:
            return 0
        version = uow.companies.active()
        for dossier in due:
            assert dossier.grant is not None
            grant = uow.grants.save(replace(dossier.grant, warn_at=None))
            assert grant.ends_at is not None
            Recorder(uow, version, dossier.request).note(
                Action.GRANT_WARNED, None, {"ends_at": instant(grant.ends_at)}
            )
        uow.commit()
        return len(due)
