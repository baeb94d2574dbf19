"""What an operator does to an installation before its processes run. The demo does it, too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from adapters.company.difference import difference
from adapters.company.read import read_company
from bot.settings import Settings
from bot.wiring import Parts, known
from engine.ports import CompanyVersion
from engine.workflow.apply_config import apply_config
from storage import migrate


def release(settings: Settings) -> bool:
    """Bring the database to this version; says whether anything was to be done."""
    return migrate.upgrade(settings.database_url)


def put_in_force(
    settings: Settings, folder: Path, *, operator: str
) -> tuple[CompanyVersion, Sequence[str]]:
    """Put a company's files in force; gives the version and what changed, in sentences.

    Raises `CompanyProblems` with everything that is wrong with them, before anything is touched.
    """
    company = read_company(folder, known())
    parts = Parts(settings, "config")
    try:
        return apply_config(parts.work, company, applied_by=operator, difference=difference)
    finally:
        parts.close()
