"""Access that begins later, or comes again: a request's windows, and where its grant stands."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE request ADD COLUMN windows jsonb NOT NULL DEFAULT '[]';
ALTER TABLE access_grant
    ADD COLUMN windows       jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN window_number integer NOT NULL DEFAULT 1,
    ADD COLUMN begins_at     timestamptz,
    ADD COLUMN past          jsonb NOT NULL DEFAULT '[]',
    ADD CONSTRAINT grant_window
        CHECK (window_number BETWEEN 1 AND greatest(jsonb_array_length(windows), 1)),
    ADD CONSTRAINT grant_waiting CHECK ((state = 'scheduled') = (begins_at IS NOT NULL)),
    ADD CONSTRAINT grant_past CHECK (jsonb_array_length(past) < window_number);
CREATE INDEX grant_begin ON access_grant (begins_at) WHERE state = 'scheduled';
CREATE INDEX grant_past ON access_grant (entitlement) WHERE past <> '[]';
"""

MOVES = """
INSERT INTO state_move (machine, source, target) VALUES
    ('grant', 'provisioning', 'scheduled'),
    ('grant', 'deprovisioning', 'scheduled');
"""
FEWER_MOVES = """
DELETE FROM state_move
    WHERE machine = 'grant' AND source <> '' AND target = 'scheduled';
"""

# Each compares what it knew before, and the windows; they only go forward.
GUARDS = """
CREATE FUNCTION jit_keep_windows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.windows IS DISTINCT FROM OLD.windows THEN
        RAISE EXCEPTION 'windows never change' USING ERRCODE = 'JT003';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION jit_keep_past() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.window_number < OLD.window_number OR NOT NEW.past @> OLD.past
       OR jsonb_array_length(NEW.past) < jsonb_array_length(OLD.past) THEN
        RAISE EXCEPTION 'a window never comes again' USING ERRCODE = 'JT003';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER request_windows BEFORE UPDATE ON request
    FOR EACH ROW WHEN (OLD.state <> 'pending') EXECUTE FUNCTION jit_keep_windows();
CREATE TRIGGER grant_windows BEFORE UPDATE ON access_grant
    FOR EACH ROW EXECUTE FUNCTION jit_keep_windows();
CREATE TRIGGER grant_past BEFORE UPDATE ON access_grant
    FOR EACH ROW EXECUTE FUNCTION jit_keep_past();
ALTER TABLE request ENABLE ALWAYS TRIGGER request_windows;
ALTER TABLE access_grant ENABLE ALWAYS TRIGGER grant_windows;
ALTER TABLE access_grant ENABLE ALWAYS TRIGGER grant_past;
"""

CAUSES = """
ALTER TABLE access_grant DROP CONSTRAINT access_grant_cause_check;
ALTER TABLE access_grant ADD CONSTRAINT access_grant_cause_check
    CHECK (cause IN ('expired', 'revoked', 'returned', 'failed', 'left', 'missed', 'skipped'));
"""

# As in 0005: a cause never changes once the grant has ended; the owner alone may do this.
FEWER_CAUSES = """
ALTER TABLE access_grant DISABLE TRIGGER grant_move;
UPDATE access_grant SET cause = 'failed' WHERE cause = 'missed';
UPDATE access_grant SET cause = 'returned' WHERE cause = 'skipped';
ALTER TABLE access_grant ENABLE ALWAYS TRIGGER grant_move;
ALTER TABLE access_grant DROP CONSTRAINT access_grant_cause_check;
ALTER TABLE access_grant ADD CONSTRAINT access_grant_cause_check
    CHECK (cause IN ('expired', 'revoked', 'returned', 'failed', 'left'));
"""


def upgrade() -> None:
    """Add the columns, the moves and the guards."""
    op.execute(COLUMNS)
    op.execute(MOVES)
    op.execute(GUARDS)
    op.execute(CAUSES)


def downgrade() -> None:
    """Take them away: what was to come is not known any more, and nothing of it is given."""
    op.execute(FEWER_CAUSES)
    op.execute("DROP TRIGGER request_windows ON request")
    op.execute("DROP TRIGGER grant_windows ON access_grant")
    op.execute("DROP TRIGGER grant_past ON access_grant")
    op.execute("DROP FUNCTION jit_keep_windows()")
    op.execute("DROP FUNCTION jit_keep_past()")
    op.execute(FEWER_MOVES)
    op.execute("ALTER TABLE request DROP COLUMN windows")
    op.execute(
        "ALTER TABLE access_grant DROP COLUMN windows, DROP COLUMN window_number, "
        "DROP COLUMN begins_at, DROP COLUMN past"
    )
