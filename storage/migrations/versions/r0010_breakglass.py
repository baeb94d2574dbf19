"""Break-glass: access that is given first and decided afterwards, and the look at it once it ended.

SQLSTATEs as in revision 0004.
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE request
    ADD COLUMN kind text NOT NULL DEFAULT 'standard' CHECK (kind IN ('standard', 'breakglass')),
    ADD COLUMN incident text NOT NULL DEFAULT '',
    ADD CONSTRAINT request_incident CHECK ((kind = 'breakglass') = (incident <> '')),
    ADD CONSTRAINT request_at_once CHECK (kind = 'standard' OR windows = '[]'),
    ADD CONSTRAINT request_never_lapses CHECK (kind = 'standard' OR state <> 'lapsed');

-- Somebody who has asked as usual may still break the glass for the same.
DROP INDEX request_pending_once;
CREATE UNIQUE INDEX request_pending_once ON request (holder, entitlement)
    WHERE state = 'pending' AND kind = 'standard';
DROP INDEX request_due;
CREATE INDEX request_due ON request (stage_due_at) WHERE state = 'pending' AND kind = 'standard';
"""

TABLES = """
CREATE TABLE closing (
    id          bigint PRIMARY KEY REFERENCES request,
    state       text NOT NULL,
    version     integer NOT NULL DEFAULT 0,
    holder      text NOT NULL,
    entitlement text NOT NULL,
    nudge_at    timestamptz,
    opened_at   timestamptz,
    due_at      timestamptz,
    assigned    jsonb NOT NULL DEFAULT '[]',
    closed_at   timestamptz,
    closed_by   text,
    outcome     text CHECK (outcome IN ('justified', 'not-justified', 'unused')),
    finding     text NOT NULL DEFAULT '',
    CONSTRAINT closing_timed
        CHECK (state <> 'open' OR (opened_at IS NOT NULL AND due_at IS NOT NULL)),
    CONSTRAINT closing_done CHECK ((state = 'done') = (outcome IS NOT NULL)
        AND (state = 'done') = (closed_at IS NOT NULL) AND (state <> 'done' OR nudge_at IS NULL)),
    CONSTRAINT closing_by_somebody CHECK ((state = 'done' AND outcome <> 'unused')
        = (closed_by IS NOT NULL)),
    CONSTRAINT closing_not_by_holder CHECK (closed_by <> holder)
);
COMMENT ON TABLE closing IS 'Somebody looks at a use of break-glass once it is over.';
CREATE INDEX closing_nudge ON closing (nudge_at) WHERE nudge_at IS NOT NULL;
CREATE INDEX closing_not_done ON closing (holder) WHERE state <> 'done';
"""

GUARDS = """
INSERT INTO state_move (machine, source, target) VALUES
    ('closing', '', 'waiting'), ('closing', 'waiting', 'open'), ('closing', 'waiting', 'done'),
    ('closing', 'open', 'done');

-- What was given already is no more to be changed by asking for something else.
CREATE FUNCTION jit_keep_kind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.kind, NEW.incident) IS DISTINCT FROM (OLD.kind, OLD.incident)
       OR NEW.kind = 'breakglass' AND NEW.revision <> OLD.revision THEN
        RAISE EXCEPTION 'what was asked for never changes' USING ERRCODE = 'JT003';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION jit_keep_closing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'done'
       OR (NEW.id, NEW.holder, NEW.entitlement)
          IS DISTINCT FROM (OLD.id, OLD.holder, OLD.entitlement) THEN
        RAISE EXCEPTION 'what was closed never changes' USING ERRCODE = 'JT003';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER request_keep_kind BEFORE UPDATE ON request
    FOR EACH ROW EXECUTE FUNCTION jit_keep_kind();
CREATE TRIGGER closing_move BEFORE INSERT OR UPDATE ON closing
    FOR EACH ROW EXECUTE FUNCTION jit_check_move('closing');
CREATE TRIGGER closing_stays BEFORE UPDATE ON closing
    FOR EACH ROW EXECUTE FUNCTION jit_keep_closing();
CREATE TRIGGER closing_append_only BEFORE DELETE ON closing
    FOR EACH ROW EXECUTE FUNCTION jit_refuse_change();
CREATE TRIGGER closing_never_emptied BEFORE TRUNCATE ON closing
    FOR EACH STATEMENT EXECUTE FUNCTION jit_refuse_change();
ALTER TABLE request ENABLE ALWAYS TRIGGER request_keep_kind;
ALTER TABLE closing ENABLE ALWAYS TRIGGER closing_move;
ALTER TABLE closing ENABLE ALWAYS TRIGGER closing_stays;
ALTER TABLE closing ENABLE ALWAYS TRIGGER closing_append_only;
ALTER TABLE closing ENABLE ALWAYS TRIGGER closing_never_emptied;
"""

# In an emergency the decision comes afterwards; then somebody has to look at it in the end.
DECIDED = """
CREATE OR REPLACE FUNCTION jit_check_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM request r
        WHERE r.id = NEW.id AND r.holder = NEW.holder AND r.entitlement = NEW.entitlement
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

DECIDED_BEFORE = """
CREATE OR REPLACE FUNCTION jit_check_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM request r
        WHERE r.id = NEW.id AND r.state = 'approved'
          AND r.holder = NEW.holder AND r.entitlement = NEW.entitlement;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no approved request stands behind grant %', NEW.id USING ERRCODE = 'JT004';
    END IF;
    RETURN NULL;
END $$;
"""

# Whoever had two open at once has two still; an older program would never have made the second.
NO_COLUMNS = """
DROP INDEX request_due;
CREATE INDEX request_due ON request (stage_due_at) WHERE state = 'pending';
DROP INDEX request_pending_once;
DROP TRIGGER request_keep_kind ON request;
DROP FUNCTION jit_keep_kind();
ALTER TABLE request DROP CONSTRAINT request_incident, DROP CONSTRAINT request_at_once,
    DROP CONSTRAINT request_never_lapses;
ALTER TABLE request DISABLE TRIGGER request_move;
UPDATE request SET state = 'lapsed', settled_at = clock_timestamp()
    WHERE kind = 'breakglass' AND state = 'pending';
ALTER TABLE request ENABLE ALWAYS TRIGGER request_move;
CREATE UNIQUE INDEX request_pending_once ON request (holder, entitlement) WHERE state = 'pending';
ALTER TABLE request DROP COLUMN kind, DROP COLUMN incident;
"""


def upgrade() -> None:
    """Make the columns, the table and its guards."""
    op.execute(COLUMNS)
    op.execute(TABLES)
    op.execute(GUARDS)
    op.execute(DECIDED)


def downgrade() -> None:
    """Drop them: what was not approved afterwards counts as lapsed, what it gave still ends."""
    op.execute(DECIDED_BEFORE)
    op.execute("DROP TABLE closing")
    op.execute("DROP FUNCTION jit_keep_closing()")
    op.execute("DELETE FROM state_move WHERE machine = 'closing'")
    op.execute(NO_COLUMNS)
