"""The tables' columns, for composing statements; keys, checks and guards live in `migrations/`.

Columns are named as the engine names the attributes that they hold. `grant` alone has another name
as a table, because GRANT is a word of SQL's own. A test compares them with a migrated database.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import UserDefinedType

METADATA = MetaData()


class Xid8(UserDefinedType[str]):
    """A transaction's number that never wraps around."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Name the type."""
        return "XID8"


def _id(*, always: bool = True) -> Column[int]:
    return Column("id", BigInteger, Identity(always=always), primary_key=True)


def _text(name: str, *, optional: bool = False, key: bool = False) -> Column[str]:
    return Column(name, Text, nullable=optional, primary_key=key)


def _int(name: str, *, optional: bool = False, key: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=optional, primary_key=key, autoincrement=False)


def _count(name: str, *, key: bool = False) -> Column[int]:
    return Column(name, Integer, nullable=False, primary_key=key, autoincrement=False)


def _instant(name: str, *, optional: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=optional)


def _bytes(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


config_version = Table(
    "config_version",
    METADATA,
    _int("number", key=True),
    _text("digest"),
    _text("body"),
    _instant("applied_at"),
    _text("applied_by"),
)

request = Table(
    "request",
    METADATA,
    _id(always=False),
    _text("state"),
    _count("version"),
    _text("requester"),
    _text("holder"),
    _text("entitlement"),
    Column("duration", Interval, nullable=False),
    _text("reason"),
    _int("config_version"),
    Column("stages", JSONB, nullable=False),
    _text("content_hash"),
    _instant("submitted_at"),
    _count("stage_number"),
    _instant("stage_due_at"),
    _instant("settled_at", optional=True),
    Column("windows", JSONB, nullable=False),
    _count("revision"),
    _text("kind"),
    _text("incident"),
    _int("extends", optional=True),
    _instant("held_since", optional=True),
    _instant("held_until", optional=True),
)

decision = Table(
    "decision",
    METADATA,
    _int("request", key=True),
    _text("requester"),
    _text("holder"),
    _count("stage"),
    _text("approver", key=True),
    _text("approver_name"),
    _text("approver_title"),
    _text("basis"),
    _text("verdict"),
    _text("reason"),
    _text("content_hash"),
    _instant("decided_at"),
    _count("revision", key=True),
    Column("parts", ARRAY(Integer), nullable=False),
    _text("instead_of", optional=True),
    _int("delegation", optional=True),
)

access_grant = Table(
    "access_grant",
    METADATA,
    _int("id", key=True),
    _text("state"),
    _count("version"),
    _text("holder"),
    _text("entitlement"),
    _text("system"),
    _text("account"),
    _text("resource"),
    _text("permission"),
    Column("duration", Interval, nullable=False),
    _instant("ordered_at"),
    Column("held_before", Boolean),
    _instant("starts_at", optional=True),
    _instant("ends_at", optional=True),
    _instant("warn_at", optional=True),
    _text("cause", optional=True),
    _instant("end_ordered_at", optional=True),
    _instant("ended_at", optional=True),
    Column("alarmed", Boolean, nullable=False),
    Column("windows", JSONB, nullable=False),
    _count("window_number"),
    _instant("begins_at", optional=True),
    Column("past", JSONB, nullable=False),
)

closing = Table(
    "closing",
    METADATA,
    _int("id", key=True),
    _text("state"),
    _count("version"),
    _text("holder"),
    _text("entitlement"),
    _instant("nudge_at", optional=True),
    _instant("opened_at", optional=True),
    _instant("due_at", optional=True),
    Column("assigned", JSONB, nullable=False),
    _instant("closed_at", optional=True),
    _text("closed_by", optional=True),
    _text("outcome", optional=True),
    _text("finding"),
)

state_move = Table(
    "state_move",
    METADATA,
    _text("machine", key=True),
    _text("source", key=True),
    _text("target", key=True),
)

audit_entry = Table(
    "audit_entry",
    METADATA,
    _id(),
    Column("xid", Xid8, nullable=False),
    _instant("recorded_at"),
    _text("db_user"),
    _text("stream"),
    _count("stream_seq"),
    _bytes("prev_hash"),
    _bytes("salt"),
    _text("body"),
    _bytes("digest"),
    _bytes("leaf_hash"),
    _text("action"),
    _text("actor"),
    _instant("at"),
    _int("request", optional=True),
    _text("requester", optional=True),
    _text("holder", optional=True),
    _text("entitlement", optional=True),
    _text("system", optional=True),
)

audit_stream = Table(
    "audit_stream", METADATA, _text("name", key=True), _count("seq"), _bytes("hash")
)

audit_leaf = Table(
    "audit_leaf", METADATA, _int("seq", key=True), _int("entry"), _bytes("leaf_hash")
)

audit_head = Table(
    "audit_head",
    METADATA,
    Column("only_one", Boolean, primary_key=True),
    _int("size"),
    Column("frontier", ARRAY(LargeBinary), nullable=False),
    _bytes("root"),
    Column("xid", Xid8, nullable=False),
    _int("entry"),
    _instant("moved_at"),
)

audit_checkpoint = Table(
    "audit_checkpoint",
    METADATA,
    _id(),
    _int("size"),
    _bytes("root"),
    _text("note"),
    _instant("signed_at"),
)

effect = Table(
    "effect",
    METADATA,
    _id(),
    _text("kind"),
    _int("request"),
    _text("platform"),
    _text("exclusive"),
    _text("state"),
    _count("attempt"),
    _count("generation"),
    _instant("ordered_at"),
    _instant("next_at"),
    _text("problem"),
)

post = Table(
    "post",
    METADATA,
    _int("request", key=True),
    _text("platform", key=True),
    _text("key", key=True),
    _text("reference", optional=True),
    _text("digest"),
)

inbox = Table(
    "inbox",
    METADATA,
    _text("key", key=True),
    _instant("seen_at"),
    _text("answer", optional=True),
)

account = Table(
    "account",
    METADATA,
    _text("platform", key=True),
    _text("account", key=True),
    _text("person", optional=True),
    _text("assurance"),
    Column("is_active", Boolean, nullable=False),
    _text("why"),
    _instant("told_at"),
)

account_change = Table(
    "account_change", METADATA, Column("only_one", Boolean, primary_key=True), _int("number")
)

home = Table(
    "home",
    METADATA,
    _text("platform", key=True),
    _text("account", key=True),
    _instant("opened_at"),
    _instant("read_at", optional=True),
    _text("digest"),
)

address = Table(
    "address",
    METADATA,
    _text("platform", key=True),
    _text("subject", key=True),
    _text("written"),
    _instant("told_at"),
)

halt = Table(
    "halt",
    METADATA,
    _id(),
    _text("pattern"),
    Column("ends_live", Boolean, nullable=False),
    _text("reason"),
    _text("by"),
    _text("by_name"),
    _instant("at"),
    _instant("lifted_at", optional=True),
    _text("lifted_by", optional=True),
)

delegation = Table(
    "delegation",
    METADATA,
    _id(),
    _text("delegator"),
    _text("delegate"),
    _text("system", optional=True),
    _text("entitlement", optional=True),
    _instant("begins_at"),
    _instant("ends_at"),
    _text("reason"),
    _text("given_by"),
    _instant("given_at"),
    _instant("ended_at", optional=True),
    _text("ended_by", optional=True),
)
