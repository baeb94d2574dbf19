"""Freezes, and access that ends because of one."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE halt (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    pattern   text NOT NULL,
    ends_live boolean NOT NULL,
    reason    text NOT NULL,
    by        text NOT NULL,
    by_name   text NOT NULL,
    at        timestamptz NOT NULL,
    lifted_at timestamptz,
    lifted_by text,
    CONSTRAINT halt_lifted CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
);
COMMENT ON TABLE halt IS 'Freezes of entitlements, by a pattern of their ids; kept for ever.';
CREATE INDEX halt_in_force ON halt (id) WHERE lifted_at IS NULL;
CREATE TRIGGER halt_never_deleted BEFORE DELETE ON halt
    FOR EACH ROW EXECUTE FUNCTION jit_refuse_change();
ALTER TABLE halt ENABLE ALWAYS TRIGGER halt_never_deleted;
"""

CAUSES = """
ALTER TABLE access_grant DROP CONSTRAINT access_grant_cause_check;
ALTER TABLE access_grant ADD CONSTRAINT access_grant_cause_check
    CHECK (cause IN ('expired', 'revoked', 'returned', 'failed', 'left', 'frozen'));
"""

# A cause never changes once the grant has ended; the owner alone may do this, and only here.
FEWER_CAUSES = """
ALTER TABLE access_grant DISABLE TRIGGER grant_move;
UPDATE access_grant SET cause = 'revoked' WHERE cause = 'frozen';
ALTER TABLE access_grant ENABLE ALWAYS TRIGGER grant_move;
ALTER TABLE access_grant DROP CONSTRAINT access_grant_cause_check;
ALTER TABLE access_grant ADD CONSTRAINT access_grant_cause_check
    CHECK (cause IN ('expired', 'revoked', 'returned', 'failed', 'left'));
"""


def upgrade() -> None:
    """Make the table, and let grants end because of a freeze."""
    op.execute(TABLE)
    op.execute(CAUSES)


def downgrade() -> None:
    """Drop them: what is frozen is free again, and what a freeze ended counts as revoked."""
    op.execute(FEWER_CAUSES)
    op.execute("DROP TABLE halt")
