"""The outbox, the places posted to, and the deliveries seen."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE effect (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('provision', 'deprovision', 'announce')),
    request    bigint NOT NULL REFERENCES request,
    platform   text NOT NULL DEFAULT '',
    exclusive  text NOT NULL DEFAULT '',
    state      text NOT NULL DEFAULT 'ready'
               CHECK (state IN ('ready', 'queued', 'running', 'done')),
    attempt    integer NOT NULL DEFAULT 0,
    generation integer NOT NULL DEFAULT 1,
    ordered_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    next_at    timestamptz NOT NULL DEFAULT statement_timestamp(),
    problem    text NOT NULL DEFAULT '',
    CONSTRAINT effect_once UNIQUE (kind, request, platform)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
COMMENT ON TABLE effect IS 'What has to be made so. next_at: when it is due, or its lease ends.';
-- Only what is alive: the index stays short however long the history is.
CREATE INDEX effect_due ON effect (next_at) WHERE state <> 'done';
CREATE INDEX effect_running ON effect (exclusive) WHERE state = 'running' AND exclusive <> '';
CREATE INDEX effect_of_request ON effect (request);

CREATE TABLE post (
    request   bigint NOT NULL REFERENCES request,
    platform  text NOT NULL,
    key       text NOT NULL,
    reference text,
    digest    text NOT NULL,
    PRIMARY KEY (request, platform, key)
) WITH (fillfactor = 85);
COMMENT ON TABLE post IS 'Places in chats that something was, or is about to be, posted to.';

CREATE TABLE inbox (
    key     text PRIMARY KEY,
    seen_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    answer  text
) WITH (fillfactor = 85);
COMMENT ON TABLE inbox IS 'Deliveries that were seen, with the answers they got.';
CREATE INDEX inbox_seen ON inbox (seen_at);
"""


def upgrade() -> None:
    """Make the tables."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drop them with all they hold."""
    op.execute("DROP TABLE inbox, post, effect")
