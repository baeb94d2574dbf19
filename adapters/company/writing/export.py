"""A company as one YAML text: `config export` writes it, `config apply` and an import read it."""

from __future__ import annotations

from collections.abc import Mapping

import yaml

from adapters.company.files import END, Plain
from adapters.company.writing.sections import sections
from engine.model.company import Company

WIDTH = 100
"""Columns, as in the examples; a longer text is folded."""


def export(company: Company) -> str:
    """Write a company. Reading it gives the same company; comments of its files are not kept.

    No secret is in it, since none is in a company: settings name where one is found.
    """
    said = (_dump({section: items}) for section, items in sections(company).items())
    return "\n".join((*said, f"{END}\n"))


def _dump(section: Mapping[str, Plain]) -> str:
    return yaml.dump(section, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)


class _Dumper(yaml.SafeDumper):
    """Writes lists of short texts and small maps in one line, as people do."""

    def ignore_aliases(self, data: object) -> bool:
        """Write what stands in two places twice: an alias is hard to read."""
        return True


def _sequence(dumper: _Dumper, items: list[object]) -> yaml.SequenceNode:
    are_short = all(isinstance(one, str | int) for one in items)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=are_short)


_Dumper.add_representer(list, _sequence)
