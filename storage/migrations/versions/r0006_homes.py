"""Dashboards that are shown to people, and the indexes that keep them quick."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE home (
    platform  text NOT NULL,
    account   text NOT NULL,
    opened_at timestamptz NOT NULL,
    read_at   timestamptz,
    digest    text NOT NULL DEFAULT '',
    PRIMARY KEY (platform, account)
) WITH (fillfactor = 70);
COMMENT ON TABLE home IS 'Dashboards that people opened, and what is shown there (digest).';
"""

# With 100,000 live grants a page of them takes a millisecond or two; without these, each page would
# read all grants that ever were, and each list of last changes the whole audit log.
INDEXES = """
CREATE INDEX grant_live_newest ON access_grant (id) WHERE state <> 'ended';
CREATE INDEX grant_live_of_entitlement ON access_grant (entitlement, id) WHERE state <> 'ended';
CREATE INDEX audit_entry_newest ON audit_entry (at, id);
CREATE INDEX audit_entry_about ON audit_entry (entitlement, at, id) WHERE entitlement IS NOT NULL;
CREATE INDEX audit_entry_kept ON audit_entry (at, id)
    WHERE action IN ('grant.access_kept', 'grant.standing_found');
"""


def upgrade() -> None:
    """Make the table and the indexes."""
    op.execute(TABLES)
    op.execute(INDEXES)


def downgrade() -> None:
    """Drop them; people open their dashboards again."""
    op.execute(
        "DROP INDEX grant_live_newest, grant_live_of_entitlement, "
        "audit_entry_newest, audit_entry_about, audit_entry_kept"
    )
    op.execute("DROP TABLE home")
