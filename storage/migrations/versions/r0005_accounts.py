"""What chat platforms told of people's accounts; and access that ends because somebody left."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE account (
    platform  text NOT NULL,
    account   text NOT NULL,
    person    text,
    assurance text NOT NULL CHECK (assurance IN ('pinned', 'managed-email')),
    is_active boolean NOT NULL,
    why       text NOT NULL DEFAULT '',
    told_at   timestamptz NOT NULL,
    PRIMARY KEY (platform, account),
    CONSTRAINT account_linked CHECK ((assurance = 'managed-email') = (person IS NOT NULL)),
    -- Checked at the commit: somebody's address may move from one account to another in one.
    CONSTRAINT account_one_each UNIQUE (platform, person) DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON TABLE account IS 'What chat platforms told of the accounts of people of the directory.';

CREATE TABLE account_change (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    number   bigint NOT NULL
);
COMMENT ON TABLE account_change IS 'How often what is known of accounts has changed.';
INSERT INTO account_change (number) VALUES (0);
"""

CAUSES = """
ALTER TABLE access_grant DROP CONSTRAINT access_grant_cause_check;
ALTER TABLE access_grant ADD CONSTRAINT access_grant_cause_check
    CHECK (cause IN ('expired', 'revoked', 'returned', 'failed', 'left'));
"""

# A cause never changes once the grant has ended; the owner alone may do this, and only here.
FEWER_CAUSES = """
ALTER TABLE access_grant DISABLE TRIGGER grant_move;
UPDATE access_grant SET cause = 'revoked' WHERE cause = 'left';
ALTER TABLE access_grant ENABLE ALWAYS TRIGGER grant_move;
ALTER TABLE access_grant DROP CONSTRAINT access_grant_cause_check;
ALTER TABLE access_grant ADD CONSTRAINT access_grant_cause_check
    CHECK (cause IN ('expired', 'revoked', 'returned', 'failed'));
"""


def upgrade() -> None:
    """Make the tables, and let access end because somebody left."""
    op.execute(TABLES)
    op.execute(CAUSES)


def downgrade() -> None:
    """Drop them: accounts are told anew. What ended because somebody left counts as revoked."""
    op.execute(FEWER_CAUSES)
    op.execute("DROP TABLE account, account_change")
