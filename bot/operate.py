"""What an operator does to an installation before its processes run. The demo does it, too."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

from adapters.chat.teams.package import About, packed
from adapters.company.difference import difference
from adapters.company.read import read_company
from adapters.company.writing.export import export
from bot.settings import Settings, SettingsError
from bot.wiring import Parts, known
from engine.model.identifiers import ConfigVersion
from engine.ports import CompanyVersion
from engine.workflow.apply_config import apply_config
from storage import migrate

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


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


def exported(settings: Settings, number: int | None) -> str:
    """Write a version of the configuration as one YAML text; the one in force where none is said.

    Raises `NotFound`.
    """
    parts = Parts(settings, "config")
    try:
        with parts.work() as uow:
            wanted = uow.companies.active().number if number is None else ConfigVersion(number)
            return export(uow.companies.version(wanted).company)
    finally:
        parts.close()


def teams_package(
    settings: Settings, *, website: str, name: str, publisher: str, version: str = ""
) -> bytes:
    """Make the app package for Teams: a zip file, the same bytes each time.

    `version` is this program's own where none is given. Raises `SettingsError` where Teams is not
    switched on, and `PackageError` where Teams would not take it.
    """
    if settings.microsoft_app_id is None:
        raise SettingsError(
            ["MICROSOFT_APP_ID is not set: the package names the bot that it belongs to."]
        )
    about = About(
        app_id=settings.microsoft_app_id,
        version=version or own_version(),
        website=website,
        name=name,
        publisher=publisher,
    )
    return packed(about)


def own_version() -> str:
    """Read this program's version, e.g. `0.1.0`, where it is written down."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    return str(project["version"])
