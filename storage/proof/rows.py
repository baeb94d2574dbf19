"""Compares requests, decisions, grants and closings with what their entries tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, Select, case, func, select

from engine.audit.canonical import Json
from engine.audit.entry import instant
from storage.proof.entries import Wrong
from storage.proof.fold import Told
from storage.tables import access_grant, closing, decision, request

_GRANT_FACTS = ("account", "resource", "permission")

# As `Told.decisions` names them: who, and where it was not the first revision, to which one.
_answered = case(
    (decision.c.revision > 1, func.concat(decision.c.approver, " (", decision.c.revision, ")")),
    else_=decision.c.approver,
)
_decisions = (
    select(func.jsonb_object_agg(_answered, decision.c.verdict))
    .where(decision.c.request == request.c.id)
    .scalar_subquery()
)
_ROWS: Select[*tuple[Any, ...]] = select(
    request.c.id,
    request.c.state,
    request.c.requester,
    request.c.holder,
    request.c.entitlement,
    request.c.content_hash,
    request.c.reason,
    request.c.revision,
    _decisions.label("decisions"),
    access_grant.c.state.label("grant_state"),
    access_grant.c.holder.label("grant_holder"),
    access_grant.c.entitlement.label("grant_entitlement"),
    access_grant.c.account,
    access_grant.c.resource,
    access_grant.c.permission,
    access_grant.c.ends_at,
    closing.c.state.label("closing_state"),
    closing.c.outcome,
    closing.c.finding,
    closing.c.closed_by,
).select_from(
    request.outerjoin(access_grant, access_grant.c.id == request.c.id).outerjoin(
        closing, closing.c.id == request.c.id
    )
)


def check_rows(connection: Connection, told: Mapping[int, Told]) -> None:
    """Compare the rows of some requests with what their entries tell. Raises `Wrong`."""
    found = connection.execute(_ROWS.where(request.c.id.in_(told)))
    rows = {row.id: row for row in found}
    for number, story in told.items():
        if number not in rows:
            raise Wrong(f"JIT-{number} has entries, but its request is gone.")
        _check_request(rows[number], story)
        _check_grant(rows[number], story)
        _check_closing(rows[number], story)


def _check_request(row: Row[Any], told: Told) -> None:
    if row.state != told.request:
        raise Wrong(
            f"Request JIT-{row.id} is {row.state}, but its entries say {told.request or 'nothing'}."
        )
    if (row.decisions or {}) != told.decisions:
        raise Wrong(
            f"The decisions on JIT-{row.id} are {_list(row.decisions or {})}, but its entries say "
            f"{_list(told.decisions)}."
        )
    names = ("requester", "holder", "entitlement", "content_hash", "reason", "revision")
    _compare(row, {name: getattr(row, name) for name in names}, told.facts, what="request")


def _check_grant(row: Row[Any], told: Told) -> None:
    if row.grant_state != told.grant:
        raise Wrong(
            f"Grant JIT-{row.id} is {row.grant_state or 'not there'}, but its entries say "
            f"{told.grant or 'that there is none'}."
        )
    if row.grant_state is None:
        return
    held: dict[str, Json] = {name: getattr(row, name) for name in _GRANT_FACTS}
    held |= {"holder": row.grant_holder, "entitlement": row.grant_entitlement}
    if row.ends_at is not None:
        held["ends_at"] = instant(row.ends_at)
    _compare(row, held, told.facts, what="grant")


def _check_closing(row: Row[Any], told: Told) -> None:
    if row.closing_state != told.closing:
        raise Wrong(
            f"The closing of JIT-{row.id} is {row.closing_state or 'not there'}, but its entries "
            f"say {told.closing or 'that there is none'}."
        )
    if row.closing_state is not None:
        held = {name: getattr(row, name) for name in ("outcome", "finding", "closed_by")}
        _compare(row, held, told.facts, what="closing")


def _compare(
    row: Row[Any], held: Mapping[str, Json], facts: Mapping[str, Json], *, what: str
) -> None:
    for name, value in held.items():
        if name in facts and facts[name] != value:
            # A reason may hold what does not belong into an operator's terminal: never quoted.
            raise Wrong(
                f"The {what} JIT-{row.id} was changed: its {name} is not what was recorded."
            )


def _list(decisions: Mapping[str, str]) -> str:
    return ", ".join(f"{who}: {said}" for who, said in sorted(decisions.items())) or "none"
