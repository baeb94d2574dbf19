"""What is asked may change while nobody has settled it: each change is a revision of its own."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE request ADD COLUMN revision integer NOT NULL DEFAULT 1 CHECK (revision >= 1);
COMMENT ON COLUMN request.revision IS 'Counts what was asked: 1 is the submission.';

ALTER TABLE decision ADD COLUMN revision integer NOT NULL DEFAULT 1 CHECK (revision >= 1);
COMMENT ON COLUMN decision.revision IS 'What it answered; only answers to the current one count.';
-- One person, one answer to exactly this, whatever the stage.
ALTER TABLE decision DROP CONSTRAINT decision_pkey, ADD PRIMARY KEY (request, revision, approver);
"""

GUARDS = """
-- What was asked changes with its revision alone, while it is pending, and never unseen: the hash
-- of the content is another one. Who asks for whom, and since when, never changes.
CREATE OR REPLACE FUNCTION jit_keep_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.requester, NEW.holder, NEW.submitted_at)
       IS DISTINCT FROM (OLD.id, OLD.requester, OLD.holder, OLD.submitted_at) THEN
        RAISE EXCEPTION 'who asked for whom never changes' USING ERRCODE = 'JT003';
    END IF;
    IF NEW.revision = OLD.revision THEN
        IF (NEW.entitlement, NEW.duration, NEW.reason, NEW.windows, NEW.config_version,
            NEW.content_hash)
           IS DISTINCT FROM
           (OLD.entitlement, OLD.duration, OLD.reason, OLD.windows, OLD.config_version,
            OLD.content_hash) THEN
            RAISE EXCEPTION 'what was asked changes as a revision' USING ERRCODE = 'JT003';
        END IF;
    ELSIF NEW.revision <> OLD.revision + 1 OR NEW.content_hash = OLD.content_hash
          OR OLD.state <> 'pending' OR NEW.state <> 'pending' THEN
        RAISE EXCEPTION 'this is no revision of what was asked' USING ERRCODE = 'JT003';
    END IF;
    RETURN NEW;
END $$;

-- An answer is to what is asked now, exactly, or it never gets in.
CREATE FUNCTION jit_check_answered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM request r
        WHERE r.id = NEW.request AND r.revision = NEW.revision
          AND r.content_hash = NEW.content_hash;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a decision answers what is not asked' USING ERRCODE = 'JT005';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decision_answers BEFORE INSERT ON decision
    FOR EACH ROW EXECUTE FUNCTION jit_check_answered();
ALTER TABLE decision ENABLE ALWAYS TRIGGER decision_answers;
"""

GUARDS_BEFORE = """
DROP FUNCTION jit_check_answered() CASCADE;
CREATE OR REPLACE FUNCTION jit_keep_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.requester, NEW.holder, NEW.entitlement, NEW.duration, NEW.reason,
        NEW.config_version, NEW.content_hash, NEW.submitted_at)
       IS DISTINCT FROM
       (OLD.id, OLD.requester, OLD.holder, OLD.entitlement, OLD.duration, OLD.reason,
        OLD.config_version, OLD.content_hash, OLD.submitted_at) THEN
        RAISE EXCEPTION 'what was asked for never changes' USING ERRCODE = 'JT003';
    END IF;
    RETURN NEW;
END $$;
"""

# An earlier program counts every decision: those on what is not asked any more must not be there.
COLUMNS_BEFORE = """
ALTER TABLE decision DISABLE TRIGGER decision_append_only;
DELETE FROM decision d USING request r WHERE r.id = d.request AND d.revision <> r.revision;
ALTER TABLE decision ENABLE ALWAYS TRIGGER decision_append_only;
ALTER TABLE decision DROP CONSTRAINT decision_pkey, ADD PRIMARY KEY (request, approver);
ALTER TABLE decision DROP COLUMN revision;
ALTER TABLE request DROP COLUMN revision;
"""


def upgrade() -> None:
    """Count revisions; everything that is there is the first one of each."""
    op.execute(COLUMNS)
    op.execute(GUARDS)


def downgrade() -> None:
    """Let what is asked be fixed again; answers to what is not asked any more are dropped."""
    op.execute(GUARDS_BEFORE)
    op.execute(COLUMNS_BEFORE)
