"""Extensions: a request that asks for access to go on. The end of a grant moves only by one.

SQLSTATEs as in revision 0004.
"""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE request
    ADD COLUMN extends    bigint REFERENCES request,
    ADD COLUMN held_since timestamptz,
    ADD COLUMN held_until timestamptz,
    ADD CONSTRAINT request_extension CHECK ((extends IS NULL) = (held_since IS NULL)
        AND (extends IS NULL) = (held_until IS NULL) AND extends < id),
    ADD CONSTRAINT request_extension_only
        CHECK (extends IS NULL OR kind = 'standard' AND windows = '[]'),
    ADD CONSTRAINT request_extension_in_time
        CHECK (state <> 'approved' OR extends IS NULL OR settled_at < held_until);
COMMENT ON COLUMN request.extends IS 'Whose access it asks to go on; it has no grant of its own.';

-- Who has asked that access goes on may still ask for the same another time.
DROP INDEX request_pending_once;
CREATE UNIQUE INDEX request_pending_once ON request (holder, entitlement)
    WHERE state = 'pending' AND kind = 'standard' AND extends IS NULL;
CREATE UNIQUE INDEX request_extends_once ON request (extends) WHERE state = 'pending';
"""

GUARDS = """
CREATE FUNCTION jit_keep_extends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.extends, NEW.held_since, NEW.held_until)
       IS DISTINCT FROM (OLD.extends, OLD.held_since, OLD.held_until)
       OR NEW.extends IS NOT NULL AND NEW.entitlement <> OLD.entitlement THEN
        RAISE EXCEPTION 'what is extended never changes' USING ERRCODE = 'JT003';
    END IF;
    RETURN NEW;
END $$;

-- By what was decided for it exactly, from the end that it had: nothing is ever used twice.
CREATE FUNCTION jit_check_extended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM request r
        WHERE r.extends = NEW.id AND r.state = 'approved' AND r.holder = NEW.holder
          AND r.entitlement = NEW.entitlement AND NEW.state = 'active' AND NEW.windows = '[]'
          AND r.held_since = NEW.starts_at AND r.held_until = OLD.ends_at
          AND NEW.ends_at = r.held_until + r.duration;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'nobody decided that grant % goes on', NEW.id USING ERRCODE = 'JT004';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER request_keep_extends BEFORE UPDATE ON request
    FOR EACH ROW EXECUTE FUNCTION jit_keep_extends();
-- At commit, so that the extension may be approved after the end has moved, in one transaction.
CREATE CONSTRAINT TRIGGER grant_extended AFTER UPDATE ON access_grant
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.ends_at IS NOT NULL AND NEW.state <> 'scheduled'
          AND NEW.ends_at IS DISTINCT FROM OLD.ends_at)
    EXECUTE FUNCTION jit_check_extended();
ALTER TABLE request ENABLE ALWAYS TRIGGER request_keep_extends;
ALTER TABLE access_grant ENABLE ALWAYS TRIGGER grant_extended;
"""

_DECIDED = """
CREATE OR REPLACE FUNCTION jit_check_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM request r
        WHERE r.id = NEW.id AND r.holder = NEW.holder AND r.entitlement = NEW.entitlement{only}
          AND (r.kind = 'standard' AND r.state = 'approved'
               OR r.kind = 'breakglass' AND r.state = 'pending'
                  AND EXISTS (SELECT FROM closing c
                              WHERE c.id = r.id AND c.holder = r.holder
                                AND c.entitlement = r.entitlement));
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no approved request stands behind grant %', NEW.id USING ERRCODE = 'JT004';
    END IF;
    RETURN NULL;
END $$;
"""

# An older program would give what was only to go on: nobody has decided that.
NO_COLUMNS = """
ALTER TABLE request DISABLE TRIGGER request_move;
UPDATE request SET state = 'lapsed', settled_at = clock_timestamp()
    WHERE extends IS NOT NULL AND state = 'pending';
ALTER TABLE request ENABLE ALWAYS TRIGGER request_move;
DROP INDEX request_extends_once;
DROP INDEX request_pending_once;
CREATE UNIQUE INDEX request_pending_once ON request (holder, entitlement)
    WHERE state = 'pending' AND kind = 'standard';
ALTER TABLE request DROP COLUMN extends, DROP COLUMN held_since, DROP COLUMN held_until;
"""


def upgrade() -> None:
    """Make the columns and their guards."""
    op.execute(COLUMNS)
    op.execute(GUARDS)
    op.execute(_DECIDED.format(only=" AND r.extends IS NULL"))


def downgrade() -> None:
    """Drop them: what nobody has decided by then lapses, and what was extended stays so."""
    op.execute("DROP TRIGGER grant_extended ON access_grant")
    op.execute("DROP TRIGGER request_keep_extends ON request")
    op.execute("DROP FUNCTION jit_check_extended()")
    op.execute("DROP FUNCTION jit_keep_extends()")
    op.execute(_DECIDED.format(only=""))
    op.execute(NO_COLUMNS)
