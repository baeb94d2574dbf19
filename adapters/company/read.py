"""A folder of YAML files becomes a company that makes sense, or every reason why it does not."""

from __future__ import annotations

from pathlib import Path

from adapters.company.build import build
from adapters.company.decidable import check_decidable
from adapters.company.files import read_files
from adapters.company.known import Known
from adapters.company.problems import CompanyProblems
from adapters.company.references import check_references
from adapters.company.rules import check_rules
from engine.model.company import Company


def read_company(folder: Path, known: Known) -> Company:
    """Read and check a company. Raises `CompanyProblems` with everything that is wrong.

    After this, every reference inside the company leads somewhere, and every entitlement can be
    approved for somebody. Nothing outside the folder is read.
    """
    written = read_files(folder)
    company = build(written)
    check_references(company, written, known)
    check_rules(company, written)
    if not written.problems:
        # Only now: the engine looks the parts up through each other, so all of them must be there.
        check_decidable(company, written)
    if written.problems:
        raise CompanyProblems(written.problems)
    return company
