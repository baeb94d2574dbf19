"""Mirrors adapters/company/files.py: text that is no company, or wants to do harm."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.company.files import BYTES_MAX, read_files
from tests.adapters.company.conftest import ALL, Broken


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("people: [", "sod.yaml:1: this is not YAML"),
        ("functions: {}\n\tx: 1", "sod.yaml:2: this is not YAML"),
        ("- a\n- b", "sod.yaml:1: this file must begin with `functions` or `rules`"),
        ("functions: {}\nfunctions: {}", "sod.yaml:2: `functions` is written twice"),
        ("functions:\n  a: !!python/object/apply:os.system [ls]", "sod.yaml:2: the tag"),
        ("functions:\n  a: !secret x", "sod.yaml:2: the tag `!secret` is not read here"),
        ("functions: &f {a: b}\nrules:\n  <<: *f", "sod.yaml:3: a name must be plain text"),
        ("functions:\n  ? [a]\n  : b", "sod.yaml:2: a name must be plain text"),
        ("--- {}\n--- {}", "sod.yaml:2: this is not YAML"),
        ("functions: \0", "sod.yaml:1: this is not YAML"),
        ("functions: " + "[" * 30, "sod.yaml:1: this is not YAML"),
        ("functions: {a: " + "[" * 30 + "]" * 30 + "}", "nested too deeply"),
        ("functions: {a: " + "[" * 5000 + "]" * 5000 + "}", "nested too deeply"),
        ("rules: &r [*r]", "nested too deeply"),
    ],
)
def test_text_that_is_no_company_is_told_by_line(text: str, expected: str, broken: Broken) -> None:
    """Nothing is executed, followed for ever or guessed at."""
    found = broken("sod.yaml", ALL, text)

    assert any(expected in problem for problem in found), found


def test_a_few_lines_cannot_unfold_into_gigabytes(
    folder: Path, problems: Callable[[], list[str]]
) -> None:
    """Aliases are followed only as far as a company could ever need."""
    lines = ["x0: &x0 [" + ",".join("a" * 10) + "]"]
    lines += [f"x{i}: &x{i} [" + ",".join([f"*x{i - 1}"] * 10) + "]" for i in range(1, 9)]
    (folder / "sod.yaml").write_text("\n".join(lines), "utf-8")

    began = time.monotonic()
    found = problems()

    assert any("this file says more than 200000 things" in problem for problem in found)
    assert time.monotonic() - began < 20


def test_a_file_that_is_too_large_is_not_read(
    folder: Path, problems: Callable[[], list[str]]
) -> None:
    """Something that was put there by mistake is not parsed for minutes."""
    (folder / "sod.yaml").write_text("#" * (BYTES_MAX + 1), "utf-8")

    found = problems()

    assert "sod.yaml:1: this file is larger than 2 MiB." in found


def test_a_file_that_is_not_utf8_is_told_by_line(
    folder: Path, problems: Callable[[], list[str]]
) -> None:
    """A name saved in an old encoding is not read as another one."""
    (folder / "sod.yaml").write_bytes("functions:\n  a: Prüfung".encode("latin-1"))

    found = problems()

    assert "sod.yaml:2: this is not UTF-8 text; save the file as UTF-8." in found


def test_a_file_that_is_missing_is_told(folder: Path, problems: Callable[[], list[str]]) -> None:
    """A company without chains is not a company without approvals."""
    (folder / "chains.yaml").unlink()

    found = problems()

    assert any(problem.startswith("chains.yaml:1: this file cannot be read") for problem in found)


def test_a_file_that_would_not_be_read_is_told(
    folder: Path, problems: Callable[[], list[str]]
) -> None:
    """Whoever adds `person.yaml` hears that nobody looks at it."""
    (folder / "persons.yaml").write_text("people: {}", "utf-8")

    found = problems()

    assert found == [
        (
            "persons.yaml:1: this file is never read; those that are: company.yaml, people.yaml, "
            "systems.yaml, entitlements.yaml, chains.yaml, sod.yaml, calendar.yaml, "
            "breakglass.yaml, tickets.yaml."
        )
    ]


def test_words_that_yaml_would_turn_into_something_else_stay_words(folder: Path) -> None:
    """`no` is a person's name, `on` a word, `18:00` a text and `010` no eight."""
    (folder / "sod.yaml").write_text(
        "functions: {a: no, b: on, c: 18:00, d: 010, e: 7, f: true, g: '7', h: 2026-01-31, i: }",
        "utf-8",
    )

    written = read_files(folder)

    assert written.sections["functions"] == {
        "a": "no",
        "b": "on",
        "c": "18:00",
        "d": "010",
        "e": 7,
        "f": True,
        "g": "7",
        "h": "2026-01-31",
        "i": None,
    }


def test_an_item_that_is_written_twice_is_told_with_both_lines(broken: Broken) -> None:
    """Of two people with one id, neither is silently forgotten."""
    found = broken("people.yaml", "  liam.murphy:\n", "  riya.patel:\n")

    assert any("`riya.patel` is written twice; the first one is in line" in p for p in found)
