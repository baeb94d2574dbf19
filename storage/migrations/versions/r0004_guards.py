"""The rules, a second time, where no defect of ours can walk around them.

SQLSTATEs of our own, for `storage.database.wire` to translate: JT001 somebody else saved first,
JT002 a move that is not in the table, JT003 a row that never changes was to be changed, JT004 a
grant that nobody decided.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Written out, and not read from the engine: a revision is history. A test compares the two.
REQUEST_MOVES = {"pending": ("approved", "denied", "cancelled", "lapsed")}
GRANT_MOVES = {
    "scheduled": ("provisioning", "ended"),
    "provisioning": ("active", "deprovisioning", "ended"),
    "active": ("deprovisioning",),
    "deprovisioning": ("ended",),
}
BEGINNINGS = {"request": ("pending",), "grant": ("scheduled", "provisioning")}

MOVES = """
CREATE TABLE state_move (
    machine text NOT NULL,
    source  text NOT NULL,
    target  text NOT NULL,
    PRIMARY KEY (machine, source, target)
);
COMMENT ON TABLE state_move IS 'Every allowed move; an empty source is a beginning.';
"""

FUNCTIONS = """
CREATE FUNCTION jit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'JT003';
END $$;

CREATE FUNCTION jit_check_move() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kind text := TG_ARGV[0];
    was text := '';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        was := OLD.state;
        IF NEW.version <> OLD.version + 1 THEN
            RAISE EXCEPTION '% was saved by somebody else', kind USING ERRCODE = 'JT001';
        END IF;
        IF NEW.state = OLD.state THEN
            RETURN NEW;
        END IF;
    END IF;
    PERFORM 1 FROM state_move m
        WHERE m.machine = kind AND m.source = was AND m.target = NEW.state;
    IF NOT FOUND THEN
        RAISE EXCEPTION '%', concat_ws('|', kind, was, NEW.state) USING ERRCODE = 'JT002';
    END IF;
    RETURN NEW;
END $$;

-- `stages` may change: whom a stage asks is found anew when it opens.
CREATE FUNCTION jit_keep_request() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE FUNCTION jit_keep_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.holder, NEW.entitlement, NEW.system, NEW.account, NEW.resource,
        NEW.permission, NEW.ordered_at)
       IS DISTINCT FROM
       (OLD.id, OLD.holder, OLD.entitlement, OLD.system, OLD.account, OLD.resource,
        OLD.permission, OLD.ordered_at) THEN
        RAISE EXCEPTION 'what was granted never changes' USING ERRCODE = 'JT003';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION jit_check_decided() RETURNS trigger LANGUAGE plpgsql AS $$
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

TRIGGERS = """
CREATE TRIGGER request_move BEFORE INSERT OR UPDATE ON request
    FOR EACH ROW EXECUTE FUNCTION jit_check_move('request');
CREATE TRIGGER request_keep BEFORE UPDATE ON request
    FOR EACH ROW EXECUTE FUNCTION jit_keep_request();
CREATE TRIGGER grant_move BEFORE INSERT OR UPDATE ON access_grant
    FOR EACH ROW EXECUTE FUNCTION jit_check_move('grant');
CREATE TRIGGER grant_keep BEFORE UPDATE ON access_grant
    FOR EACH ROW EXECUTE FUNCTION jit_keep_grant();
-- At commit, so that the request may be approved after its grant was written, in one transaction.
CREATE CONSTRAINT TRIGGER grant_decided AFTER INSERT ON access_grant
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION jit_check_decided();
"""

CHANGE_NEVER = ("config_version", "decision", "audit_entry", "audit_leaf", "audit_checkpoint")
DELETE_NEVER = ("request", "access_grant", "audit_stream", "audit_head")
FUNCTION_NAMES = (
    "jit_refuse_change",
    "jit_check_move",
    "jit_keep_request",
    "jit_keep_grant",
    "jit_check_decided",
)


def _append_only(table: str, operations: str) -> str:
    # ALWAYS: also where session_replication_role switches ordinary triggers off.
    return f"""
    CREATE TRIGGER {table}_append_only BEFORE {operations} ON {table}
        FOR EACH ROW EXECUTE FUNCTION jit_refuse_change();
    CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION jit_refuse_change();
    ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only;
    ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_never_emptied;
    """


def _moves() -> str:
    rows = [("request", source, to) for source, tos in REQUEST_MOVES.items() for to in tos]
    rows += [("grant", source, to) for source, tos in GRANT_MOVES.items() for to in tos]
    rows += [(machine, "", to) for machine, tos in BEGINNINGS.items() for to in tos]
    values = ", ".join(f"('{machine}', '{source}', '{to}')" for machine, source, to in rows)
    return f"INSERT INTO state_move (machine, source, target) VALUES {values}"  # noqa: S608 - ours


def upgrade() -> None:
    """Put the guards up."""
    op.execute(MOVES)
    op.execute(_moves())
    op.execute(FUNCTIONS)
    op.execute(TRIGGERS)
    for table in CHANGE_NEVER:
        op.execute(_append_only(table, "UPDATE OR DELETE"))
    for table in DELETE_NEVER:
        op.execute(_append_only(table, "DELETE"))
    for guard in ("request_move", "request_keep"):
        op.execute(f"ALTER TABLE request ENABLE ALWAYS TRIGGER {guard}")
    for guard in ("grant_move", "grant_keep", "grant_decided"):
        op.execute(f"ALTER TABLE access_grant ENABLE ALWAYS TRIGGER {guard}")


def downgrade() -> None:
    """Take the guards down; the rows stay."""
    op.execute("DROP FUNCTION " + ", ".join(f"{name}()" for name in FUNCTION_NAMES) + " CASCADE")
    op.execute("DROP TABLE state_move")
