"""Where platforms reach people and channels; and which place a message stands for."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE address (
    platform text NOT NULL,
    subject  text NOT NULL,
    written  text NOT NULL CHECK (length(written) <= 4000),
    told_at  timestamptz NOT NULL,
    PRIMARY KEY (platform, subject)
);
COMMENT ON TABLE address IS 'Where platforms reach accounts and channels, as they told.';
"""

# A press or a look names the message by the platform's reference; without it, each would read all
# places that were ever posted to. A hash takes references of any length.
INDEXES = """
CREATE INDEX post_by_reference ON post USING hash (reference) WHERE reference IS NOT NULL;
"""


def upgrade() -> None:
    """Make the table and the index."""
    op.execute(TABLES)
    op.execute(INDEXES)


def downgrade() -> None:
    """Drop them; addresses are told anew, with the next thing that anybody says."""
    op.execute("DROP INDEX post_by_reference")
    op.execute("DROP TABLE address")
