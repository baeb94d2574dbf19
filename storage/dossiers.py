"""Reads a request with its decisions, grant and closing: rows in, the engine's values out.

Columns and attributes have the same names; the order of reading is the order of the dataclass, so
that one place knows both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, String, Table, and_, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from engine.audit.entry import GENESIS
from engine.model.closing import Closing, ClosingOutcome, ClosingState
from engine.model.delegation import StandIn
from engine.model.dossier import Dossier
from engine.model.grant import EndCause, Grant, GrantState
from engine.model.identifiers import ChainId, DelegationId, PersonId
from engine.model.request import (
    Approver,
    Decision,
    Part,
    Request,
    RequestKind,
    RequestState,
    Stage,
    Verdict,
)
from engine.model.window import Held, Window
from storage.database.wire import Row
from storage.tables import access_grant, audit_stream, closing, decision, request

REQUEST_NAMES = tuple(field.name for field in fields(Request))
GRANT_NAMES = tuple(field.name for field in fields(Grant))
DECISION_NAMES = tuple(field.name for field in fields(Decision))
CLOSING_NAMES = tuple(field.name for field in fields(Closing))

_GRANT_FROM = len(REQUEST_NAMES)
_CLOSING_FROM = _GRANT_FROM + len(GRANT_NAMES)
_DECISIONS_AT = _CLOSING_FROM + len(CLOSING_NAMES)
WIDTH = _DECISIONS_AT + 1
"""How many columns a dossier has; what a query adds comes after them."""


def _columns(table: Table, names: Sequence[str]) -> list[Any]:
    return [table.c[name] for name in names]


_DECISIONS = (
    select(
        func.jsonb_agg(
            aggregate_order_by(
                func.jsonb_build_array(*_columns(decision, DECISION_NAMES)),
                decision.c.decided_at,
                decision.c.approver,
            )
        )
    )
    .where(decision.c.request == request.c.id)
    .scalar_subquery()
)


def dossiers(*more: Any) -> Select[Any]:  # noqa: ANN401 - whatever columns the caller adds
    """Compose the reading of whole dossiers, to be narrowed by the caller."""
    return select(
        *_columns(request, REQUEST_NAMES),
        *_columns(access_grant, GRANT_NAMES),
        *_columns(closing, CLOSING_NAMES),
        _DECISIONS,
        *more,
    ).select_from(
        request.outerjoin(access_grant, access_grant.c.id == request.c.id).outerjoin(
            closing, closing.c.id == request.c.id
        )
    )


def with_head(chosen: Select[Any]) -> Select[Any]:
    """Add where the request's audit stream stands: for dossiers that are locked."""
    name = func.concat("JIT-", request.c.id, type_=String)
    return chosen.add_columns(audit_stream.c.seq, audit_stream.c.hash).outerjoin(
        audit_stream, and_(audit_stream.c.name == name)
    )


@dataclass(frozen=True, slots=True)
class Head:
    """Where an audit stream stands."""

    seq: int = 0
    hash: bytes = GENESIS


def dossier_from(row: Row) -> Dossier:
    """Read a dossier from a row of `dossiers`."""
    return Dossier(
        request=request_from(row),
        decisions=tuple(_decision_from(held) for held in row[_DECISIONS_AT] or ()),
        grant=None if row[_GRANT_FROM] is None else grant_from(row[_GRANT_FROM:]),
        closing=None if row[_CLOSING_FROM] is None else _closing_from(row[_CLOSING_FROM:]),
    )


def head_from(row: Row) -> Head:
    """Read a stream's head from a row of `with_head`."""
    seq, digest = row[WIDTH], row[WIDTH + 1]
    return Head() if seq is None else Head(seq, bytes(digest))


def request_from(row: Row) -> Request:
    """Read a request from the first columns of a row."""
    held = dict(zip(REQUEST_NAMES, row, strict=False))
    held["state"] = RequestState(held["state"])
    held["stages"] = tuple(_stage_from(stage) for stage in held["stages"])
    held["windows"] = windows_from(held["windows"])
    held["kind"] = RequestKind(held["kind"])
    return Request(**held)


def grant_from(row: Row) -> Grant:
    """Read a grant from the first columns of a row."""
    held = dict(zip(GRANT_NAMES, row, strict=False))
    held["state"] = GrantState(held["state"])
    held["cause"] = None if held["cause"] is None else EndCause(held["cause"])
    held["windows"] = windows_from(held["windows"])
    held["past"] = tuple(Held(*map(datetime.fromisoformat, one)) for one in held["past"])
    return Grant(**held)


def windows_to(windows: Sequence[Window]) -> list[list[str]]:
    """Write windows as JSON: begin and end of each."""
    return [[window.begin.isoformat(), window.end.isoformat()] for window in windows]


def windows_from(held: Sequence[Sequence[str]]) -> tuple[Window, ...]:
    """Read windows."""
    return tuple(Window(*map(datetime.fromisoformat, window)) for window in held)


def past_to(past: Sequence[Held]) -> list[list[str]]:
    """Write when access was there as JSON: when it began, was gone, and should have gone."""
    return [
        [one.starts_at.isoformat(), one.ended_at.isoformat(), one.ends_at.isoformat()]
        for one in past
    ]


def _closing_from(row: Row) -> Closing:
    held = dict(zip(CLOSING_NAMES, row, strict=False))
    held["state"] = ClosingState(held["state"])
    held["assigned"] = _approvers_from(held["assigned"])
    held["outcome"] = None if held["outcome"] is None else ClosingOutcome(held["outcome"])
    return Closing(**held)


def approvers_to(approvers: Sequence[Approver]) -> list[Mapping[str, object]]:
    """Write people and why they are asked as JSON."""
    return [_approver_to(one) for one in approvers]


def _approvers_from(held: Sequence[Mapping[str, Any]]) -> tuple[Approver, ...]:
    return tuple(map(_approver_from, held))


def stages_to(stages: Sequence[Stage]) -> list[Mapping[str, object]]:
    """Write stages as JSON; a limit in seconds."""
    return [
        {
            "number": stage.number,
            "name": stage.name,
            "quorum": stage.quorum,
            "limit": stage.limit.total_seconds(),
            "asked": approvers_to(stage.asked),
            "is_stalled": stage.is_stalled,
            "chain": stage.chain,
            "place": stage.place,
            "parts": [[part.name, part.quorum] for part in stage.parts],
        }
        for stage in stages
    ]


def _approver_to(approver: Approver) -> Mapping[str, object]:
    held: dict[str, object] = {
        "person": approver.person,
        "basis": approver.basis,
        "parts": list(approver.parts),
    }
    if approver.stands_in is not None:
        held["stands_in"] = {
            "instead_of": approver.stands_in.instead_of,
            "delegation": approver.stands_in.delegation,
            "until": approver.stands_in.until.isoformat(),
        }
    return held


def _approver_from(held: Mapping[str, Any]) -> Approver:
    stands_in = held.get("stands_in")
    return Approver(
        PersonId(held["person"]),
        held["basis"],
        tuple(held.get("parts", (1,))),
        StandIn(
            PersonId(stands_in["instead_of"]),
            DelegationId(stands_in["delegation"]),
            datetime.fromisoformat(stands_in["until"]),
        )
        if stands_in
        else None,
    )


def _stage_from(held: Mapping[str, Any]) -> Stage:
    return Stage(
        number=held["number"],
        name=held["name"],
        quorum=held["quorum"],
        limit=timedelta(seconds=held["limit"]),
        asked=_approvers_from(held["asked"]),
        # Before there were conditions, every stage of the entitlement's own chain counted.
        chain=ChainId(held.get("chain", "")),
        place=held.get("place", held["number"] - 1),
        is_stalled=held.get("is_stalled", False),
        parts=tuple(Part(name, quorum) for name, quorum in held.get("parts", ())),
    )


def _decision_from(row: Sequence[Any]) -> Decision:
    held = dict(zip(DECISION_NAMES, row, strict=True))
    held["verdict"] = Verdict(held["verdict"])
    held["decided_at"] = datetime.fromisoformat(held["decided_at"])
    held["parts"] = tuple(held["parts"])
    return Decision(**held)
