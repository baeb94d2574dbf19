"""An entry's exact bytes, and the leaf that stands for them."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from engine.audit.entry import GENESIS, SALT_LENGTH, Entry, instant, leaf, salted_digest

AT = datetime(2026, 11, 22, 18, 41, tzinfo=UTC)


def test_a_body_is_canonical_and_whole() -> None:
    """All that an entry says is in its body, in one spelling."""
    entry = Entry("JIT-42", "grant.ended", "jitbot", AT, {"late_ms": 12, "account": "rp"})

    body = entry.body()

    assert body == (
        '{"action":"grant.ended","actor":"jitbot","at":"2026-11-22T18:41:00.000000Z",'
        '"facts":{"account":"rp","late_ms":12},"schema":1,"stream":"JIT-42"}'
    )


def test_an_instant_is_in_utc_to_the_microsecond() -> None:
    """Wherever the clock stood, one instant has one spelling."""
    berlin = timezone(timedelta(hours=1))

    assert instant(AT) == "2026-11-22T18:41:00.000000Z"
    assert instant(datetime(2026, 11, 22, 19, 41, tzinfo=berlin)) == instant(AT)
    assert datetime.fromisoformat(instant(AT)) == AT


def test_an_instant_without_a_zone_is_refused() -> None:
    """It would mean another moment on another machine."""
    with pytest.raises(ValueError, match="time zone"):
        instant(datetime(2026, 11, 22, 18, 41))  # noqa: DTZ001 - what is refused


def test_a_leaf_holds_no_word_of_its_body() -> None:
    """It names place, predecessor, action and a salted digest: the body can be erased one day."""
    digest = salted_digest(b"s" * SALT_LENGTH, '{"reason":"secret"}')

    held = json.loads(
        leaf(
            stream="JIT-42",
            stream_seq=3,
            previous=GENESIS,
            action="grant.ended",
            salted_digest=digest,
        )
    )

    assert held == {
        "action": "grant.ended",
        "digest": digest.hex(),
        "prev": "00" * 32,
        "seq": 3,
        "stream": "JIT-42",
    }


def test_a_digest_depends_on_salt_and_body() -> None:
    """Without its salt, a short body cannot be guessed from its digest."""
    salt, other = b"a" * SALT_LENGTH, b"b" * SALT_LENGTH

    assert salted_digest(salt, "x") == hashlib.sha256(salt + b"x").digest()
    assert len({salted_digest(s, body) for s in (salt, other) for body in "xy"}) == 4


def test_a_salt_has_one_length() -> None:
    """A shorter one would leave it open where the salt ends and the body begins."""
    with pytest.raises(ValueError, match="16 bytes"):
        salted_digest(b"short", "x")
