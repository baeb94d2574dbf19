"""The audit log: entries, streams, leaves, the tree's head, checkpoints."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE audit_entry (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid         xid8 NOT NULL DEFAULT pg_current_xact_id(),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    db_user     text NOT NULL DEFAULT session_user,
    stream      text NOT NULL,
    stream_seq  integer NOT NULL CHECK (stream_seq >= 1),
    prev_hash   bytea NOT NULL CHECK (octet_length(prev_hash) = 32),
    salt        bytea NOT NULL CHECK (octet_length(salt) = 16),
    body        text NOT NULL,
    digest      bytea NOT NULL CHECK (octet_length(digest) = 32),
    leaf_hash   bytea NOT NULL CHECK (octet_length(leaf_hash) = 32),
    -- Copies out of the body, for searching; `audit verify` compares them.
    action      text NOT NULL,
    actor       text NOT NULL,
    at          timestamptz NOT NULL,
    request     bigint,
    requester   text,
    holder      text,
    entitlement text,
    system      text,
    CONSTRAINT audit_entry_chain UNIQUE (stream, stream_seq)
);
COMMENT ON TABLE audit_entry IS 'One recorded fact each. body is canonical JSON, hashed as it is.';
-- The sequencer's order: ids alone do not become visible in order.
CREATE INDEX audit_entry_order ON audit_entry (xid, id);
CREATE INDEX audit_entry_at ON audit_entry USING brin (at);
CREATE INDEX audit_entry_of_actor ON audit_entry (actor, id);
-- Entries about a request are found through the request; these are for the others.
CREATE INDEX audit_entry_of_entitlement ON audit_entry (entitlement, id) WHERE request IS NULL;
CREATE INDEX audit_entry_of_holder ON audit_entry (holder, id) WHERE request IS NULL;
CREATE INDEX audit_entry_of_requester ON audit_entry (requester, id) WHERE request IS NULL;

CREATE TABLE audit_stream (
    name text PRIMARY KEY,
    seq  integer NOT NULL CHECK (seq >= 1),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
COMMENT ON TABLE audit_stream IS 'The last entry of each stream, so that none is cut off its end.';

CREATE TABLE audit_leaf (
    seq       bigint PRIMARY KEY CHECK (seq >= 0),
    entry     bigint NOT NULL UNIQUE REFERENCES audit_entry,
    leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32)
);
COMMENT ON TABLE audit_leaf IS 'Each entry''s place in the whole log, gap-free from 0 (RFC 6962).';

CREATE TABLE audit_head (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    size     bigint NOT NULL,
    frontier bytea[] NOT NULL,
    root     bytea NOT NULL CHECK (octet_length(root) = 32),
    xid      xid8 NOT NULL,
    entry    bigint NOT NULL,
    moved_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01);
COMMENT ON TABLE audit_head IS 'The tree so far, and the sequencer''s place (xid, entry).';
INSERT INTO audit_head (size, frontier, root, xid, entry) VALUES (0, '{}', sha256(''), '0', 0);

CREATE TABLE audit_checkpoint (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    size      bigint NOT NULL CHECK (size >= 0),
    root      bytea NOT NULL CHECK (octet_length(root) = 32),
    note      text NOT NULL,
    signed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE audit_checkpoint IS 'Signed statements of size and root (C2SP tlog-checkpoint).';
"""


def upgrade() -> None:
    """Make the tables, bare: their guards come with revision 0004."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drop them with all they hold."""
    op.execute("DROP TABLE audit_checkpoint, audit_head, audit_leaf, audit_stream, audit_entry")
