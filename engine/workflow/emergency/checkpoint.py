"""Access in an emergency begins only once the record of it cannot be rewritten unseen.

Called by `begin_grant`, inside its transaction.
"""

from __future__ import annotations

from datetime import timedelta

from engine.audit.vocabulary import Action
from engine.model.dossier import Dossier
from engine.model.identifiers import show
from engine.ports import CompanyVersion, Effect, UnitOfWork
from engine.workflow.record import Recorder

RETRY = timedelta(milliseconds=100)
"""The clock signs within some 200 ms where such an entry waits; somebody waits for the access."""

RETRY_LATER = timedelta(seconds=1)
"""Once it is known that signing fails, nothing is won by asking ten times a second."""

SAID_AFTER = timedelta(seconds=10)
"""No checkpoint for this long means that no clock runs, or that it cannot sign."""


def waits_for_checkpoint(
    uow: UnitOfWork, version: CompanyVersion, dossier: Dossier, effect: Effect
) -> bool:
    """Put the duty off where no signed checkpoint holds that the glass was broken; no commit.

    Where that takes long, the admins are told, once: until it is mended nothing is given.
    """
    request, grant = dossier.request, dossier.grant
    assert grant is not None, "what is begun has a grant"
    if not request.is_breakglass:
        return False
    stream = show(request.id)
    if uow.audit.is_signed(stream, Action.BREAKGLASS_OPENED):
        return False
    is_late = uow.now - grant.ordered_at >= SAID_AFTER
    why = "no signed checkpoint of the audit log holds yet that it was asked for"
    uow.outbox.postpone(effect, RETRY_LATER if is_late else RETRY, why)
    if is_late and not _is_said(uow, stream):
        Recorder(uow, version, request).note(Action.BREAKGLASS_UNSIGNED, None)
    return True


def _is_said(uow: UnitOfWork, stream: str) -> bool:
    return any(one.entry.action == Action.BREAKGLASS_UNSIGNED for one in uow.audit.stream(stream))
