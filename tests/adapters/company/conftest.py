"""The example company, to be broken in one place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from adapters.company.known import Known
from adapters.company.problems import CompanyProblems
from adapters.company.read import read_company
from adapters.conditions.cel import CelConditions

ACME = Path(__file__).parents[3] / "examples" / "acme"

KNOWN = Known(
    {"postgres": {"url_from": True}, "sandbox": {"file_from": True, "colour": False}},
    frozenset({"slack", "teams", "playground"}),
    CelConditions(),
    {"file": {"file_from": True}, "http": {"url_from": True, "token_from": False}},
)

ALL = ""
"""As what is replaced: the whole file."""

Broken: TypeAlias = Callable[[str, str, str], list[str]]
"""Replaces text in a file of the company and gives the problems, without the folder's path."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a copy of the example company."""
    return Path(shutil.copytree(ACME, tmp_path / "acme"))


@pytest.fixture
def problems(folder: Path) -> Callable[[], list[str]]:
    """Give a function that reads the copy and lists its problems."""

    def read() -> list[str]:
        try:
            read_company(folder, KNOWN)
        except CompanyProblems as error:
            return [str(problem).replace(f"{folder}/", "") for problem in error.problems]
        return []

    return read


@pytest.fixture
def broken(folder: Path, problems: Callable[[], list[str]]) -> Broken:
    """Give a function that breaks the copy in one place and lists its problems."""

    def break_it(file: str, old: str, new: str) -> list[str]:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} does not say {old}"
        path.write_text(text.replace(old, new, 1) if old else new, encoding="utf-8")
        return problems()

    return break_it
