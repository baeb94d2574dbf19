"""The text of a company's files becomes plain data, each value with its file and line.

YAML, but only what a person would write by hand: text, whole numbers, true and false, lists and
maps. No tags, no merge keys; aliases work within limits. `no`, `on` and `18:00` stay text, which
YAML 1.1 would turn into something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import yaml

from adapters.company.problems import Place, Problem, closest

Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, Plain] | None"
Where: TypeAlias = "tuple[str | int, ...]"
"""The way to a value, e.g. `("people", "riya.patel", "manager")`."""

FILES: Mapping[str, tuple[str, ...]] = {
    "company.yaml": ("name", "channels", "roles", "limits"),
    "people.yaml": ("people", "groups", "cost_centres"),
    "systems.yaml": ("systems",),
    "entitlements.yaml": ("entitlements",),
    "chains.yaml": ("chains",),
    "sod.yaml": ("functions", "rules"),
    "calendar.yaml": ("zone", "hours", "freezes", "schedules"),
    "breakglass.yaml": ("breakglass",),
    "tickets.yaml": ("tickets",),
}
"""Each file with its sections. A section's name is used in one file only."""

ALL_SECTIONS = tuple(section for of_file in FILES.values() for section in of_file)

OPTIONAL = frozenset({"calendar.yaml", "breakglass.yaml", "tickets.yaml"})
"""Files that may be missing."""

END = "..."
"""The last line of an export."""

BYTES_MAX = 2 * 1024 * 1024
"""Some 10,000 people fit in; PyYAML would take minutes over a file put there by mistake."""

DEPTH_MAX = 10
"""The deepest value that means anything is six maps down."""

VALUES_MAX = 200_000
"""Counted as aliases are followed, so that a few lines cannot unfold into gigabytes."""

_CORE = "tag:yaml.org,2002:"
_READ = frozenset(_CORE + kind for kind in ("str", "int", "bool", "null", "float", "timestamp"))
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_TOO_DEEP = f"this is nested too deeply; {DEPTH_MAX} levels are plenty."
_FLAGS = {"true": True, "false": False}


@dataclass(slots=True)
class Written:
    """What the folder says, before anybody knows whether it makes sense."""

    sections: dict[str, Plain] = field(default_factory=dict)
    places: dict[Where, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    """Sections of which nothing is known; what refers into them is not told as a second problem."""

    def say(self, where: Where, sentence: str) -> None:
        """Add a problem at a value, or at the nearest thing around it that was written."""
        self.problems.append(Problem(self.place(where), sentence))

    def place(self, where: Where) -> Place:
        """Find the line of a value, or of the nearest thing around it that was written."""
        while where and where not in self.places:
            where = where[:-1]
        return self.places.get(where, Place("company.yaml", 1))

    def ids(self, section: str) -> frozenset[str]:
        """List the ids of a section as they are written, sound or not."""
        items = self.sections.get(section)
        return frozenset(items) if isinstance(items, dict) else frozenset()


def read_files(folder: Path) -> Written:
    """Read every file of a folder. Never raises: what cannot be read is among the problems."""
    written = Written()
    if not folder.is_dir():
        written.problems.append(Problem(Place(str(folder), 1), "this folder does not exist."))
        return written
    for name, sections in FILES.items():
        path = folder / name
        written.places.update({(section,): Place(str(path), 1) for section in sections})
        if path.exists() or name not in OPTIONAL:
            _read_file(path, sections, written)
    strangers = {p.name for p in folder.iterdir() if p.suffix in {".yaml", ".yml"}} - FILES.keys()
    for name in sorted(strangers):
        sentence = f"this file is never read; those that are: {', '.join(FILES)}."
        written.problems.append(Problem(Place(str(folder / name), 1), sentence))
    return written


def read_text(name: str, raw: bytes) -> Written:
    """Read all sections from one text, as an export has them. Never raises.

    `name` is what the text is called in problems. A text that was cut off between two items would
    say that the others are to be removed: so its last line must be `...`, YAML's mark of the end.
    """
    written = _of_all(name)
    _read(name, lambda: _whole(_decoded(raw)), ALL_SECTIONS, written)
    return written


def read_one_file(path: Path) -> Written:
    """Read all sections from one file, as `read_text` does."""
    written = _of_all(str(path))
    _read(str(path), lambda: _whole(_text(path)), ALL_SECTIONS, written)
    return written


def _of_all(name: str) -> Written:
    written = Written()
    written.places.update({(section,): Place(name, 1) for section in ALL_SECTIONS})
    return written


def _read_file(path: Path, sections: tuple[str, ...], written: Written) -> None:
    _read(str(path), lambda: _text(path), sections, written)


def _read(name: str, text: Callable[[], str], sections: tuple[str, ...], written: Written) -> None:
    try:
        _Values(name, written).root(_compose(text()), sections)
    except _Unreadable as error:
        written.problems.append(Problem(Place(name, error.line), error.sentence))
        written.unread.update(sections)


class _Unreadable(Exception):
    """A file cannot be used at all."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line
        self.sentence = sentence


def _compose(text: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        sentence = f"this is not YAML: {error.problem or error.context}."
        raise _Unreadable(line, sentence) from error
    except yaml.YAMLError as error:
        sentence = "this is not YAML: it holds a character that YAML does not allow."
        raise _Unreadable(1, sentence) from error
    except RecursionError as error:
        raise _Unreadable(1, _TOO_DEEP) from error


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(BYTES_MAX + 1)
    except OSError as error:
        raise _Unreadable(1, f"this file cannot be read ({error.strerror}).") from error
    return _decoded(raw)


def _decoded(raw: bytes) -> str:
    if len(raw) > BYTES_MAX:
        raise _Unreadable(1, f"this file is larger than {BYTES_MAX // 1024 // 1024} MiB.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _Unreadable(line, "this is not UTF-8 text; save the file as UTF-8.") from error


def _whole(text: str) -> str:
    lines = text.rstrip().splitlines() or [""]
    if lines[-1] != END:
        sentence = f"the end is missing; what is read here ends with a line `{END}`, as exports do."
        raise _Unreadable(len(lines), sentence)
    return text


class _Values:
    """Turns YAML nodes into plain values and remembers their lines."""

    def __init__(self, file: str, written: Written) -> None:
        self._file = file
        self._written = written
        self._count = 0

    def root(self, node: yaml.Node | None, sections: Iterable[str]) -> None:
        """Add the sections of one file."""
        if node is None:
            return
        if not isinstance(node, yaml.MappingNode):
            raise _Unreadable(1, f"this file must begin with {_or(sections)} followed by a colon.")
        allowed = set(sections)
        for name, value in self._map(node, ()).items():
            if name in allowed:
                self._written.sections[name] = value
            else:
                self._written.say((name,), f"{_stray(name)}{closest(name, allowed)}")

    def _value(self, node: yaml.Node, where: Where) -> Plain:
        self._count += 1
        line = node.start_mark.line + 1
        if len(where) > DEPTH_MAX:
            raise _Unreadable(line, _TOO_DEEP)
        if self._count > VALUES_MAX:
            raise _Unreadable(line, f"this file says more than {VALUES_MAX} things.")
        if isinstance(node, yaml.MappingNode) and node.tag == _CORE + "map":
            return dict(self._map(node, where))
        if isinstance(node, yaml.SequenceNode) and node.tag == _CORE + "seq":
            return [self._item(item, (*where, i)) for i, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode) and node.tag in _READ:
            return _scalar(node)
        raise _Unreadable(line, f"the tag `{node.tag}` is not read here; remove it.")

    def _item(self, node: yaml.Node, where: Where) -> Plain:
        self._written.places[where] = Place(self._file, node.start_mark.line + 1)
        return self._value(node, where)

    def _map(self, node: yaml.MappingNode, where: Where) -> dict[str, Plain]:
        found: dict[str, Plain] = {}
        for key, value in node.value:
            place = Place(self._file, key.start_mark.line + 1)
            if not isinstance(key, yaml.ScalarNode) or key.tag == _CORE + "merge":
                raise _Unreadable(place.line, "a name must be plain text; write it out.")
            name = str(key.value)
            if name in found:
                first = self._written.places[(*where, name)].line
                sentence = f"`{name}` is written twice; the first one is in line {first}."
                self._written.problems.append(Problem(place, sentence))
                continue
            self._written.places[(*where, name)] = place
            found[name] = self._value(value, (*where, name))
        return found


def _scalar(node: yaml.ScalarNode) -> Plain:
    text = str(node.value)
    if node.style is not None or node.tag == _CORE + "str":
        return text
    if node.tag == _CORE + "null":
        return None
    if text.lower() in _FLAGS:
        return _FLAGS[text.lower()]
    return int(text) if _WHOLE.fullmatch(text) else text


def _stray(name: str) -> str:
    for file, sections in FILES.items():
        if name in sections:
            return f"`{name}` belongs in {file}"
    return f"`{name}` is not known here"


def _or(names: Iterable[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)
