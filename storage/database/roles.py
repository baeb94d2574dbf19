"""Who may do what in the database: three roles beside the owner, each with the least it needs.

Roles belong to the whole cluster and are shared by all databases in it; the rights on tables belong
to one database. Both are set after every migration (`grant_rights`), any number of times, by any
number of processes at once. Where the login may not create roles (a managed database), everything
still works with the login's own rights, the guards of revision 0004 stand, and an administrator may
run `CREATE_ROLES` by hand and migrate again.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

APP = "jitbot_app"
SEQUENCER = "jitbot_sequencer"
AUDITOR = "jitbot_auditor"
ROLES = (APP, SEQUENCER, AUDITOR)

CREATE_ROLES = "\n".join(
    [
        *(f"CREATE ROLE {role} NOLOGIN;" for role in ROLES),
        f"GRANT {', '.join(ROLES)} TO the_login_of_jitbot;",
    ]
)
"""For an administrator, where the login that migrates may not create roles."""

ACT_AS = """
SELECT set_config('role', %(role)s, false)
WHERE to_regrole(%(role)s) IS NOT NULL
  AND pg_has_role(session_user, to_regrole(%(role)s),
                  CASE WHEN current_setting('server_version_num')::int >= 160000
                       THEN 'SET' ELSE 'MEMBER' END)
"""
"""Takes a role on for the session, where the login may; otherwise its own rights stay."""

_MAKE = """
DO $$ BEGIN
    CREATE ROLE {role} NOLOGIN;
EXCEPTION
    -- Another database's migration was faster, or the login may not: both are fine.
    WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL;
END $$
"""

_JOIN = """
DO $$ BEGIN
    IF NOT pg_has_role(session_user, '{role}', 'MEMBER') THEN
        EXECUTE format('GRANT {role} TO %I', session_user);
    END IF;
EXCEPTION WHEN insufficient_privilege THEN NULL;
END $$
"""

_READ_ALL = "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"

_RIGHTS = (
    f"GRANT USAGE ON SCHEMA public TO {', '.join(ROLES)}",
    *(_READ_ALL.format(role=role) for role in ROLES),
    f"GRANT INSERT ON config_version, request, decision, access_grant, closing TO {APP}",
    # What was asked changes too, but as the trigger has it: as a revision, while it is pending.
    f"""GRANT UPDATE (state, version, stages, stage_number, stage_due_at, settled_at, revision,
                      entitlement, duration, reason, windows, config_version, content_hash)
        ON request TO {APP}""",
    f"""GRANT UPDATE (state, version, duration, held_before, starts_at, ends_at, warn_at, cause,
                      end_ordered_at, ended_at, alarmed, window_number, begins_at, past)
        ON access_grant TO {APP}""",
    f"""GRANT UPDATE (state, version, nudge_at, opened_at, due_at, assigned, closed_at, closed_by,
                      outcome, finding)
        ON closing TO {APP}""",
    f"GRANT INSERT, UPDATE ON effect, post, inbox, home, account, address, audit_stream TO {APP}",
    f"GRANT INSERT ON halt TO {APP}",
    f"GRANT UPDATE (lifted_at, lifted_by) ON halt TO {APP}",
    f"GRANT DELETE ON inbox, home, account TO {APP}",
    f"GRANT UPDATE (number) ON account_change TO {APP}",
    f"""GRANT INSERT (delegator, delegate, system, entitlement, begins_at, ends_at, reason,
                      given_by, given_at), UPDATE (ended_at, ended_by)
        ON delegation TO {APP}""",
    # By column: with INSERT on the whole table an id could be forged (OVERRIDING SYSTEM VALUE).
    f"""GRANT INSERT (stream, stream_seq, prev_hash, salt, body, digest, leaf_hash, action, actor,
                      at, request, requester, holder, entitlement, system)
        ON audit_entry TO {APP}""",
    f"GRANT INSERT ON audit_leaf TO {SEQUENCER}",
    f"GRANT UPDATE (size, frontier, root, xid, entry, moved_at) ON audit_head TO {SEQUENCER}",
    f"GRANT INSERT (size, root, note) ON audit_checkpoint TO {SEQUENCER}",
)


def grant_rights(connection: Connection) -> bool:
    """Make the roles where that is allowed, and give each its rights; else False."""
    for role in ROLES:
        connection.execute(text(_MAKE.format(role=role)))
    if not _all_there(connection):
        return False
    for role in ROLES:
        connection.execute(text(_JOIN.format(role=role)))
    for right in _RIGHTS:
        connection.execute(text(right))
    return True


def describe(connection: Connection) -> str:
    """Say in a sentence whose rights a connection has, for `doctor` and the start of a process."""
    user = str(connection.scalar(text("SELECT current_user")))
    if user in ROLES:
        return f"The database sees us as {user}, which may do no more than it needs."
    if not _all_there(connection):
        return (
            f"The database sees us as {user}, because the roles {', '.join(ROLES)} are missing "
            "and the login that migrated may not create them; let an administrator create them and "
            "migrate again."
        )
    return (
        f"The database sees us as {user}, because that login is not a member of {APP}; let an "
        f"administrator run: GRANT {', '.join(ROLES)} TO {user};"
    )


def _all_there(connection: Connection) -> bool:
    found = connection.scalar(
        text("SELECT count(*) FROM pg_roles WHERE rolname = ANY(:roles)"), {"roles": list(ROLES)}
    )
    return bool(found == len(ROLES))
