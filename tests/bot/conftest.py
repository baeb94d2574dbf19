"""An installation of its own for a test: a database with the example company, and its settings."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.company.difference import difference
from adapters.company.read import read_company
from bot.settings import Settings
from bot.wiring import Parts, known
from engine.workflow.apply_config import apply_config

ROOT = Path(__file__).resolve().parent.parent.parent
ACME = ROOT / "examples" / "acme"


@pytest.fixture
def environment(migrated_database_url: str, redis_url: str, tmp_path: Path) -> dict[str, str]:
    """Give the environment of an installation whose database has no company yet."""
    return {
        "DATABASE_URL": migrated_database_url,
        "REDIS_URL": redis_url,
        "JIT_AUDIT_KEY": base64.b64encode(bytes(32)).decode(),
        "JIT_AUDIT_ORIGIN": "jit.example/audit",
        "JIT_PLAYGROUND": "1",
        "JIT_PLAYGROUND_TOKEN": "a-token-for-tests-only",
        "JIT_PLAYGROUND_MEMORY": str(tmp_path / "playground.sqlite"),
        "SANDBOX_FILE": str(tmp_path / "sandbox.sqlite"),
        "LEDGER_CONNECTOR_URL": "postgresql://nobody@127.0.0.1:1/ledger",
    }


@pytest.fixture
def empty_parts(environment: dict[str, str]) -> Iterator[Parts]:
    """Give an installation without a company."""
    parts = Parts(Settings.load(environment), "web")
    yield parts
    parts.close()


@pytest.fixture
def parts(empty_parts: Parts) -> Parts:
    """Give an installation with the example company."""
    company = read_company(ACME, known())
    apply_config(empty_parts.work, company, applied_by="operator:test", difference=difference)
    return empty_parts
