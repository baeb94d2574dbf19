"""The doctor tries everything, and says what to do."""

from __future__ import annotations

from bot.settings import Settings
from bot.watch.doctor import examine
from bot.wiring import Parts


def test_a_database_that_is_away_is_told_first(environment: dict[str, str]) -> None:
    """Nothing else can be tried without it, so nothing else is said."""
    away = environment | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}

    findings = list(examine(Parts(Settings.load(away), "doctor")))

    assert [(f.what, f.ok) for f in findings] == [("database", False)]
    assert "DATABASE_URL" in findings[0].advice


def test_a_missing_company_is_told_with_its_command(empty_parts: Parts) -> None:
    """A fresh database lacks a configuration; the queue is tried all the same."""
    findings = {f.what: f for f in examine(empty_parts)}

    assert findings["database"].ok
    assert "config apply" in findings["configuration"].advice
    assert findings["queue"].ok


def test_each_target_system_is_tried(parts: Parts) -> None:
    """A system that cannot be reached is named, without its address."""
    findings = {f.what: f for f in examine(parts)}

    assert findings["system warehouse"].ok
    assert not findings["system ledger"].ok
    assert "127.0.0.1" not in str(findings["system ledger"])


def test_a_queue_that_is_away_is_no_disaster(parts: Parts, environment: dict[str, str]) -> None:
    """The advice says that access still ends."""
    away = environment | {"REDIS_URL": "redis://127.0.0.1:1/0"}
    without = Parts(Settings.load(away), "doctor")

    findings = {f.what: f for f in examine(without)}
    without.close()

    assert not findings["queue"].ok
    assert "access still ends" in findings["queue"].advice
