"""YAML files become a company that makes sense, or every reason why they do not."""

from __future__ import annotations

from pathlib import Path

from adapters.company.build import build
from adapters.company.decidable import check_decidable
from adapters.company.files import Written, read_files, read_one_file, read_text
from adapters.company.known import Known
from adapters.company.problems import CompanyProblems
from adapters.company.references import check_references
from adapters.company.rules import check_rules
from engine.model.company import Company


def read_company(path: Path, known: Known) -> Company:
    """Read and check a company. Raises `CompanyProblems` with everything that is wrong.

    `path` is a folder of files, or one file with all their sections, as an export is. After this,
    every reference inside the company leads somewhere, and every entitlement can be approved for
    somebody. Nothing outside the folder is read.
    """
    return _checked(read_one_file(path) if path.is_file() else read_files(path), known)


def read_export(name: str, raw: bytes, known: Known) -> Company:
    """Read and check a company that stands in one text, with every section of its files.

    `name` is what the text is called in problems. Raises `CompanyProblems` as `read_company` does.
    """
    return _checked(read_text(name, raw), known)


def _checked(written: Written, known: Known) -> Company:
    company = build(written)
    check_references(company, written, known)
    check_rules(company, written)
    if not written.problems:
        # Only now: the engine looks the parts up through each other, so all of them must be there.
        check_decidable(company, written)
    if written.problems:
        raise CompanyProblems(written.problems)
    return company
