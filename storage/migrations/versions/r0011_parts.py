"""A decision says for which of its stage's parts it may count."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; stages had one part each until now."""
    op.execute(
        """
        ALTER TABLE decision ADD COLUMN parts integer[] NOT NULL DEFAULT '{1}'
            CHECK (cardinality(parts) >= 1 AND 1 <= ALL (parts));
        COMMENT ON COLUMN decision.parts IS
            'For which parts of its stage it may count; it counts for one of them.';
        """
    )


def downgrade() -> None:
    """Forget them."""
    op.execute("ALTER TABLE decision DROP COLUMN parts")
