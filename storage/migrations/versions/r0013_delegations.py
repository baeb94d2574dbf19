"""Who stands in for whom, and which decisions were given in somebody's stead."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE delegation (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    delegator   text NOT NULL,
    delegate    text NOT NULL,
    system      text,
    entitlement text,
    begins_at   timestamptz NOT NULL,
    ends_at     timestamptz NOT NULL,
    reason      text NOT NULL,
    given_by    text NOT NULL,
    given_at    timestamptz NOT NULL,
    ended_at    timestamptz,
    ended_by    text,
    CONSTRAINT delegation_people UNIQUE (id, delegator, delegate),
    CONSTRAINT delegation_of_two CHECK (delegator <> delegate),
    -- Nobody gives themselves what is somebody else's, an admin least of all.
    CONSTRAINT delegation_not_taken CHECK (given_by <> delegate),
    CONSTRAINT delegation_one_scope CHECK (system IS NULL OR entitlement IS NULL),
    CONSTRAINT delegation_timed CHECK (begins_at < ends_at AND given_at < ends_at),
    CONSTRAINT delegation_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
    CONSTRAINT delegation_ended_early CHECK (ended_at >= given_at AND ended_at < ends_at)
);
COMMENT ON TABLE delegation IS 'Who decides in whose stead while they are away.';
-- Read with every lock: what is over must cost nothing.
CREATE INDEX delegation_open ON delegation (ends_at) WHERE ended_at IS NULL;
"""

GUARDS = """
CREATE FUNCTION jit_keep_delegation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL
       OR (NEW.id, NEW.delegator, NEW.delegate, NEW.system, NEW.entitlement, NEW.begins_at,
           NEW.ends_at, NEW.reason, NEW.given_by, NEW.given_at)
       IS DISTINCT FROM
          (OLD.id, OLD.delegator, OLD.delegate, OLD.system, OLD.entitlement, OLD.begins_at,
           OLD.ends_at, OLD.reason, OLD.given_by, OLD.given_at) THEN
        RAISE EXCEPTION 'a delegation is only ever ended, once' USING ERRCODE = 'JT003';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER delegation_keep BEFORE UPDATE ON delegation
    FOR EACH ROW EXECUTE FUNCTION jit_keep_delegation();
CREATE TRIGGER delegation_append_only BEFORE DELETE ON delegation
    FOR EACH ROW EXECUTE FUNCTION jit_refuse_change();
CREATE TRIGGER delegation_never_emptied BEFORE TRUNCATE ON delegation
    FOR EACH STATEMENT EXECUTE FUNCTION jit_refuse_change();
ALTER TABLE delegation ENABLE ALWAYS TRIGGER delegation_keep;
ALTER TABLE delegation ENABLE ALWAYS TRIGGER delegation_append_only;
ALTER TABLE delegation ENABLE ALWAYS TRIGGER delegation_never_emptied;
"""

# The one who stands in is held back by the checks that were there; these hold back whom they stand
# in for.
DECISIONS = """
ALTER TABLE decision ADD COLUMN instead_of text, ADD COLUMN delegation bigint;
ALTER TABLE decision
    -- Whoever decides in somebody's stead was given just that, by a delegation between the two.
    ADD CONSTRAINT decision_delegated FOREIGN KEY (delegation, instead_of, approver)
        REFERENCES delegation (id, delegator, delegate),
    ADD CONSTRAINT decision_by_delegation CHECK ((delegation IS NULL) = (instead_of IS NULL)),
    ADD CONSTRAINT decision_not_instead_of_requester CHECK (instead_of <> requester),
    ADD CONSTRAINT decision_not_instead_of_holder CHECK (instead_of <> holder),
    ADD CONSTRAINT decision_by_another CHECK (instead_of <> approver);
"""


def upgrade() -> None:
    """Make the table, and let a decision say in whose stead it was given."""
    op.execute(TABLES)
    op.execute(GUARDS)
    op.execute(DECISIONS)


def downgrade() -> None:
    """Drop it; whom a decision was given for stays in the audit log."""
    op.execute("ALTER TABLE decision DROP COLUMN delegation, DROP COLUMN instead_of")
    op.execute("DROP TABLE delegation")
    op.execute("DROP FUNCTION jit_keep_delegation")
