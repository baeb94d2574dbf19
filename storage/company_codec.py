"""A company as canonical JSON, and back: the same bytes for the same company, everywhere."""

from __future__ import annotations

import hashlib
from typing import cast

from pydantic import TypeAdapter

from engine.audit.canonical import Json, canonical
from engine.model.company import Company

_ADAPTER = TypeAdapter(Company)


def write(company: Company) -> str:
    """Write a company in canonical JSON; lengths as ISO 8601 durations."""
    return canonical(cast(Json, _ADAPTER.dump_python(company, mode="json")))


def read(body: str) -> Company:
    """Read a company; what later versions of the engine added has its default."""
    return _ADAPTER.validate_json(body)


def digest(body: str) -> str:
    """Hash a written company: SHA-256, in hex."""
    return hashlib.sha256(body.encode()).hexdigest()
