"""Whatever somebody with all rights does to the log, it is found and named."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from sqlalchemy import text

from adapters.signing import Ed25519Signer, is_signed, new_seed
from engine.audit import checkpoint
from engine.audit.checkpoint import key_of
from engine.audit.merkle import Frontier
from engine.model.identifiers import RequestId
from storage.proof.verify import verify
from tests.contracts.samples import draft, entry
from tests.contracts.test_unit_of_work import add, now
from tests.storage.proof.conftest import Log
from tests.storage.proof.test_checkpoints import older
from tests.storage.proof.test_sequencer import append

GUARDED = (
    "audit_entry",
    "audit_leaf",
    "audit_head",
    "audit_checkpoint",
    "audit_stream",
    "request",
    "access_grant",
    "decision",
)


def tamper(log: Log, *statements: str) -> None:
    """Do what a superuser can: switch every guard off, change rows, and leave no trace of it."""
    with log.owner.begin() as connection:
        for table in GUARDED:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        for statement in statements:
            assert connection.exec_driver_sql(statement).rowcount != 0, statement
        for table in GUARDED:
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER ALL"))


def test_a_log_that_nobody_touched_is_good(lived: Log) -> None:
    """Entries, places, tree, checkpoints and rows all agree."""
    verdict = lived.verify()

    assert verdict.ok
    assert verdict.size == 13
    assert "All 13 entries fit together; 1 signed checkpoints agree" in verdict.sentence


def test_a_growing_log_is_good(lived: Log) -> None:
    """Entries that wait for their place are counted, and later checkpoints agree too."""
    append(lived, "audit")
    assert "and 1 more that wait" in lived.verify().sentence

    lived.sequence()
    older(lived.owner, "2 seconds")
    lived.sign()

    assert lived.verify().ok
    assert "2 signed checkpoints" in lived.verify().sentence


def test_a_log_without_a_checkpoint_says_so(log: Log) -> None:
    """Nothing is wrong with it, and nothing is proven by it."""
    append(log, "audit")
    log.sequence()

    verdict = log.verify()

    assert verdict.ok
    assert "no checkpoint was signed yet" in verdict.sentence


def test_the_app_may_verify(lived: Log) -> None:
    """Verification needs the right to read, and nothing else."""
    engine = lived.work._engine

    assert verify(engine, [key_of(lived.signer)], is_signed).ok


CASES: list[tuple[str, Sequence[str]]] = [
    # ── entries
    (
        "Entry 2 of JIT-1 (row 3) was changed: its body or salt",
        ["UPDATE audit_entry SET body = replace(body, 'ben', 'eve') WHERE id = 3"],
    ),
    (
        "Entry 2 of JIT-1 (row 3) was changed: its body or salt",
        ["UPDATE audit_entry SET salt = decode(repeat('00', 16), 'hex') WHERE id = 3"],
    ),
    (
        "Entry 2 of JIT-1 (row 3) was changed: its hash",
        [
            "UPDATE audit_entry SET body = replace(body, 'quotes', 'excuses') WHERE id = 3",
            "UPDATE audit_entry SET digest = sha256(salt || body::bytea) WHERE id = 3",
        ],
    ),
    *[
        (
            f"Entry 2 of JIT-1 (row 3) was changed: its column {column} ",
            [f"UPDATE audit_entry SET {column} = {value} WHERE id = 3"],
        )
        for column, value in {
            "action": "'x.y'",
            "actor": "'eve'",
            "at": "at + interval '1 second'",
            "request": "2",
            "requester": "'eve'",
            "holder": "NULL",
            "entitlement": "'x'",
            "system": "'x'",
        }.items()
    ],
    (
        "Entry 2 of JIT-1 (row 3) was changed: its hash",
        ["UPDATE audit_entry SET prev_hash = sha256('') WHERE id = 3"],
    ),
    (
        "Entry 2 of JIT-1 (row 3) was changed: its hash",
        ["UPDATE audit_entry SET leaf_hash = sha256('') WHERE id = 3"],
    ),
    (
        "Entry 9 of JIT-1 (row 3) was changed: its hash",
        ["UPDATE audit_entry SET stream_seq = 9 WHERE id = 3"],
    ),
    (
        "Entry 2 of JIT-2 (row 3) was changed: its column stream ",
        [
            "UPDATE audit_entry SET stream_seq = 99 WHERE stream = 'JIT-2' AND stream_seq = 2",
            "UPDATE audit_entry SET stream = 'JIT-2' WHERE id = 3",
        ],
    ),
    (
        "Place 2 of the log is empty: its entry (row 3) is gone.",
        ["DELETE FROM audit_entry WHERE id = 3"],
    ),
    # ── places
    (
        "Place 2 of the log is missing: after it comes 3.",
        ["DELETE FROM audit_leaf WHERE seq = 2", "DELETE FROM audit_entry WHERE id = 3"],
    ),
    (
        "Entry 2 of JIT-1 (row 3) is not what was put in place 2",
        ["UPDATE audit_leaf SET leaf_hash = sha256('') WHERE seq = 2"],
    ),
    (
        "Entry 3 of JIT-1 (row 4) is not what was put in place 2",
        [
            "UPDATE audit_leaf SET entry = 999 WHERE seq = 2",
            "UPDATE audit_leaf SET entry = 3 WHERE seq = 3",
            "UPDATE audit_leaf SET entry = 4 WHERE seq = 2",
        ],
    ),
    (
        "Entries are missing at the end: a checkpoint over 13 was signed",
        [
            "DELETE FROM audit_leaf WHERE seq = 12",
            "DELETE FROM audit_entry WHERE id = 13",
        ],
    ),
    # ── the head
    ("The head of the tree is gone", ["DELETE FROM audit_head"]),
    ("The head of the tree was changed", ["UPDATE audit_head SET root = sha256('')"]),
    ("The head of the tree was changed", ["UPDATE audit_head SET size = 12"]),
    ("The head of the tree was changed", ["UPDATE audit_head SET frontier = frontier[2:]"]),
    # ── checkpoints
    (
        "The checkpoint over 13 entries",
        ["UPDATE audit_checkpoint SET note = replace(note, E'\\n13\\n', E'\\n12\\n')"],
    ),
    ("columns are not what its signed text says", ["UPDATE audit_checkpoint SET size = 12"]),
    (
        "columns are not what its signed text says",
        ["UPDATE audit_checkpoint SET root = sha256('')"],
    ),
    ("is no good", ["UPDATE audit_checkpoint SET note = 'nonsense'"]),
    # ── streams
    (
        "The end of JIT-3 is not as recorded: 7 entries were written, the last one there is 1.",
        ["UPDATE audit_stream SET seq = 7 WHERE name = 'JIT-3'"],
    ),
    (
        "The end of JIT-3 is not as recorded",
        ["UPDATE audit_stream SET hash = sha256('') WHERE name = 'JIT-3'"],
    ),
    (
        "The end of JIT-3 is not as recorded: 0 entries were written",
        ["DELETE FROM audit_stream WHERE name = 'JIT-3'"],
    ),
    (
        "All 3 entries of gone are gone.",
        ["INSERT INTO audit_stream VALUES ('gone', 3, sha256(''))"],
    ),
    # ── rows
    (
        "Request JIT-3 is approved, but its entries say pending.",
        ["UPDATE request SET state = 'approved', settled_at = now() WHERE id = 3"],
    ),
    (
        "Request JIT-1 is denied, but its entries say approved.",
        ["UPDATE request SET state = 'denied' WHERE id = 1"],
    ),
    (
        "The request JIT-1 was changed: its reason ",
        ["UPDATE request SET reason = 'other' WHERE id = 1"],
    ),
    (
        "The request JIT-1 was changed: its entitlement ",
        ["UPDATE request SET entitlement = 'other' WHERE id = 1"],
    ),
    (
        "Grant JIT-1 is active, but its entries say ended.",
        ["UPDATE access_grant SET state = 'active', ended_at = NULL, cause = NULL WHERE id = 1"],
    ),
    (
        "Grant JIT-2 is not there, but its entries say active.",
        ["DELETE FROM access_grant WHERE id = 2"],
    ),
    (
        "The grant JIT-2 was changed: its permission ",
        ["UPDATE access_grant SET permission = 'root' WHERE id = 2"],
    ),
    (
        "The grant JIT-2 was changed: its ends_at ",
        ["UPDATE access_grant SET ends_at = ends_at + interval '1 year' WHERE id = 2"],
    ),
    (
        "The decisions on JIT-1 are none, but its entries say ben.okafor: approve.",
        ["DELETE FROM decision WHERE request = 1"],
    ),
    (
        "The decisions on JIT-1 are ben.okafor: deny, but",
        ["UPDATE decision SET verdict = 'deny' WHERE request = 1"],
    ),
    (
        "JIT-1 has entries, but its request is gone.",
        [
            "DELETE FROM decision WHERE request = 1",
            "DELETE FROM access_grant WHERE id = 1",
            "DELETE FROM request WHERE id = 1",
        ],
    ),
]


@pytest.mark.parametrize(("named", "statements"), CASES, ids=range(len(CASES)))
def test_tampering_is_found_and_named(lived: Log, named: str, statements: Sequence[str]) -> None:
    """One sentence says what is wrong, and where."""
    tamper(lived, *statements)

    verdict = lived.verify()

    assert not verdict.ok
    assert named in verdict.sentence


def test_a_request_that_nobody_recorded_is_named(lived: Log) -> None:
    """A row without entries was not made by the program."""
    add(lived.work, draft(now(lived.work)))

    assert "Request JIT-4 has no entries" in lived.verify().sentence


def test_an_entry_removed_before_it_had_a_place_is_missed(lived: Log) -> None:
    """The chain inside its stream has a hole, or its end is not as recorded."""
    for _ in range(3):
        append(lived, "audit")

    tamper(lived, "DELETE FROM audit_entry WHERE stream = 'audit' AND stream_seq = 4")
    assert "Entry 4 of audit is missing: after it comes Entry 5" in lived.verify().sentence

    tamper(lived, "DELETE FROM audit_entry WHERE stream = 'audit' AND stream_seq = 5")
    assert "The end of audit is not as recorded: 5 entries" in lived.verify().sentence


def test_an_entry_changed_before_it_had_a_place_is_named(lived: Log) -> None:
    """It is checked like the others, though no tree holds it yet."""
    append(lived, "audit")

    tamper(
        lived,
        "UPDATE audit_entry SET body = replace(body, '0', '1') WHERE stream_seq = 3"
        " AND stream = 'audit'",
    )

    assert "Entry 3 of audit" in lived.verify().sentence


def test_an_entry_put_in_behind_the_sequencer_is_named(lived: Log) -> None:
    """A forged old transaction number does not hide that later entries have places already."""
    append(lived, "audit")

    tamper(lived, "UPDATE audit_entry SET xid = '3' WHERE stream = 'audit' AND stream_seq = 3")

    assert "was put in behind the sequencer" in lived.verify().sentence


def test_a_well_made_forgery_of_one_entry_is_named(lived: Log) -> None:
    """With every hash of its own recomputed, its successor does not follow from it any more."""
    tamper(
        lived,
        "UPDATE audit_entry SET body = replace(body, 'quotes', 'excuses') WHERE id = 3",
        "UPDATE audit_entry SET digest = sha256(salt || convert_to(body, 'UTF8')) WHERE id = 3",
        """UPDATE audit_entry SET leaf_hash = sha256('\\x00'::bytea || convert_to(
               '{"action":"decision.approved","digest":"' || encode(digest, 'hex')
               || '","prev":"' || encode(prev_hash, 'hex') || '","seq":2,"stream":"JIT-1"}',
               'UTF8')) WHERE id = 3""",
    )
    assert "Entry 2 of JIT-1 (row 3) is not what was put in place 2" in lived.verify().sentence

    tamper(
        lived,
        """UPDATE audit_leaf SET leaf_hash = e.leaf_hash FROM audit_entry AS e
           WHERE e.id = entry AND seq = 2""",
    )
    assert "has another root than they have now" in lived.verify().sentence

    tamper(lived, "DELETE FROM audit_checkpoint")
    rebuild_head(lived)
    assert "Entry 3 of JIT-1 (row 4) does not follow from the entry" in lived.verify().sentence


def rebuild_head(log: Log) -> None:
    """Recompute the tree's head, as a forger with time would."""
    with log.owner.connect() as connection:
        leaves = connection.scalars(text("SELECT leaf_hash FROM audit_leaf ORDER BY seq")).all()
    tree = Frontier()
    for leaf in leaves:
        tree.append(bytes(leaf))
    hashes = ", ".join(f"'\\x{one.hex()}'::bytea" for one in tree.hashes)
    tamper(
        log,
        f"UPDATE audit_head SET frontier = ARRAY[{hashes}], root = '\\x{tree.root().hex()}'::bytea",
    )


def test_a_rewritten_log_signed_by_somebody_else_is_named(lived: Log) -> None:
    """A stranger's key confirms nothing."""
    stranger = Ed25519Signer(lived.signer.name, new_seed())
    with lived.owner.connect() as connection:
        size, root = connection.execute(text("SELECT size, root FROM audit_head")).one()
    note = checkpoint.sign(size, bytes(root), stranger).replace("'", "''")

    tamper(lived, f"UPDATE audit_checkpoint SET note = '{note}'")

    assert "nobody whose key is trusted has signed it" in lived.verify().sentence


def test_impossible_stories_are_named(lived: Log) -> None:
    """Also what our own program recorded has to follow the state machines."""
    with lived.work() as uow:
        dossier = uow.requests.lock(RequestId(1))
        assert dossier is not None
        uow.audit.append(entry(dossier.request, "request.denied", uow.now))
        uow.commit()

    assert "the request goes from approved to denied" in lived.verify().sentence


def test_a_salt_is_needed_to_guess_a_body(lived: Log) -> None:
    """The digest of a guessable body is salted: equal bodies have different digests."""
    with lived.owner.connect() as connection:
        rows = connection.execute(text("SELECT salt, body, digest FROM audit_entry")).all()

    assert len({bytes(row.salt) for row in rows}) == len(rows)
    for row in rows:
        assert bytes(row.digest) == hashlib.sha256(bytes(row.salt) + row.body.encode()).digest()
