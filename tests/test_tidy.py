"""The part of the architecture's page that a machine can check.

Ruff, mypy and import-linter check what they can; here is what they cannot: sizes, words, places.
Each test collects everything that breaks its rule, so that one run shows the whole of it.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

TOP = {
    *("bot", "adapters", "engine", "storage", "tests", "docs", "examples", ".ci"),
    *("README.md", "Makefile", "Procfile", "pyproject.toml", ".gitignore"),
    *("requirements.lock", "requirements-dev.lock"),
}

FUNCTION_LINES_MAX = 50
PARAMETERS_MAX = 6
METHODS_OF_PORT_MAX = 8
FILES_IN_FOLDER_MAX = 16

# The first that fits a file holds for it.
MODULE_LINES_MAX = (
    ("tests/", 500),
    ("engine/workflow/", 150),
    ("adapters/chat/commands/", 150),
    ("adapters/connectors/", 350),
    ("", 400),
)

# Words that mean too much; the glossary has a better one for each.
BANNED = re.compile(r"_*(event|review|manager|service|helper|util)s?", re.IGNORECASE)
# A person's manager is a fact of life, where people are read and approvers are found.
OF_LIFE = ("engine/", "adapters/company/", "adapters/people/", "tests/")

# Somebody's machine, and not any machine.
MACHINE = re.compile(r"(?<![\w.}])/(work|root|home|Users)/\w|(?<![\w.}])/tmp/\w|\.pyenv")

# A rule that is switched off for a line says why, behind a dash or another hash sign.
SWITCH = re.compile(r"#\s*(noqa|type:\s*ignore)(?P<rest>.*)")
REASON = re.compile(r"(:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*|\[[\w, -]+\])\s+(-|#)\s+\S.*")

# The engine neither waits nor reaches out; and the only clock is the database's.
NOT_IN_ENGINE = {
    *("asyncio", "concurrent", "http", "io", "logging", "multiprocessing", "os", "pathlib"),
    *("random", "secrets", "selectors", "shutil", "socket", "sqlite3", "ssl", "subprocess"),
    *("tempfile", "threading", "time", "urllib", "uuid"),
}
OWN_CLOCK = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time)\(")


@cache
def files() -> tuple[str, ...]:
    """Name every file of the project, committed or about to be."""
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - whichever
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return tuple(sorted(name for name in done.stdout.splitlines() if (ROOT / name).is_file()))


@cache
def text(name: str) -> str:
    """Read a file; nothing if it is not text."""
    try:
        return (ROOT / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@cache
def parsed(name: str) -> ast.Module:
    """Parse a module."""
    return ast.parse(text(name), name)


def modules(*below: str) -> list[str]:
    """Name the Python files, all or those below some folders."""
    return [name for name in files() if name.endswith(".py") and name.startswith(below or ("",))]


def nodes(name: str, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
    """Walk a module's nodes of some kinds."""
    return (node for node in ast.walk(parsed(name)) if isinstance(node, kinds))


def functions(name: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Walk a module's functions and methods."""
    for node in nodes(name, ast.FunctionDef, ast.AsyncFunctionDef):
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        yield node


def told(problems: list[str]) -> str:
    """Show problems one below the other."""
    return "\n".join(["", *problems])


def test_only_the_agreed_names_stand_at_the_top() -> None:
    """A newcomer sees the whole house at a glance."""
    strangers = {name.partition("/")[0] for name in files()} - TOP

    assert not strangers, "bring it under one of the agreed names: " + ", ".join(strangers)


def test_functions_are_short() -> None:
    """What does not fit on a screen is two things."""
    long = [
        f"{name}:{each.lineno} {each.name} has {lines} lines, the limit is {FUNCTION_LINES_MAX}"
        for name in modules()
        for each in functions(name)
        if (lines := (each.end_lineno or 0) - each.lineno + 1) > FUNCTION_LINES_MAX
    ]

    assert not long, told(long)


def test_functions_take_few_parameters() -> None:
    """More than six are a thing that has no name yet; tests are free, they take fixtures."""
    greedy = [
        f"{name}:{each.lineno} {each.name} takes {taken}, the limit is {PARAMETERS_MAX}"
        for name in modules()
        for each in functions(name)
        if (taken := _parameters(each)) > PARAMETERS_MAX and not each.name.startswith("test_")
    ]

    assert not greedy, told(greedy)


def test_modules_are_short() -> None:
    """A module is one thought."""
    long = [
        f"{name} has {lines} lines, the limit is {limit}"
        for name in modules()
        for limit in [next(limit for start, limit in MODULE_LINES_MAX if name.startswith(start))]
        if (lines := len(text(name).splitlines())) > limit
    ]

    assert not long, told(long)


def test_ports_are_small() -> None:
    """Whoever writes a second implementation of a port must be able to hold it in mind."""
    wide = [
        f"{name}:{node.lineno} {node.name} has {count} methods, the limit is {METHODS_OF_PORT_MAX}"
        for name in modules("engine/", "adapters/", "storage/", "bot/")
        for node in nodes(name, ast.ClassDef)
        if isinstance(node, ast.ClassDef) and "Protocol" in {_name(base) for base in node.bases}
        if (
            count := sum(
                isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) for part in node.body
            )
        )
        > METHODS_OF_PORT_MAX
    ]

    assert not wide, told(wide)


def test_folders_are_small() -> None:
    """A folder that has to be scrolled is two folders."""
    # Conversations are read one at a time, from the command that they are named after.
    counts = Counter(str(Path(name).parent) for name in files() if not name.endswith(".txt"))
    full = [
        f"{folder}/ has {count} files, the limit is {FILES_IN_FOLDER_MAX}"
        for folder, count in counts.items()
        if count > FILES_IN_FOLDER_MAX
    ]

    assert not full, told(full)


def test_every_module_opens_with_a_thought() -> None:
    """The first line says what the module is about, as a sentence and not as a title."""
    silent = [
        f"{name} opens with {first!r}"
        for name in modules()
        for first in [(ast.get_docstring(parsed(name)) or "").partition("\n")[0]]
        if not (first.endswith((".", "?", ":", "!")) and len(first.split()) >= 2)
    ]

    assert not silent, told(silent)


def test_every_test_states_a_fact() -> None:
    """What is true, in the present tense: not what the test does, nor what should be."""
    vague = re.compile(r"(tests?|checks?|verif(y|ies)|ensures?|make sure|should)\b", re.IGNORECASE)
    idle = [
        f"{name}:{each.lineno} {each.name}: {said!r}"
        for name in modules("tests/")
        for each in functions(name)
        if each.name.startswith("test_")
        for said in [ast.get_docstring(each) or ""]
        if not said or vague.match(said)
    ]

    assert not idle, told(idle)


def test_words_that_mean_too_much_name_nothing() -> None:
    """Such a name says that nobody has thought of one yet."""
    vague = [
        f"{name}:{line} {word}"
        for name in modules()
        for line, word in [*_given_names(name), (1, Path(name).stem)]
        if BANNED.fullmatch(word)
        if not ("manager" in word.lower() and name.startswith(OF_LIFE))
    ]

    assert not vague, told(vague)


def test_no_path_of_somebodys_machine_is_written_down() -> None:
    """What works here works everywhere."""
    private = [
        f"{name}:{number} {line.strip()}"
        for name in files()
        if name != "tests/test_tidy.py"
        for number, line in enumerate(text(name).splitlines(), 1)
        if MACHINE.search(line)
    ]

    assert not private, told(private)


def test_a_rule_that_is_switched_off_says_why() -> None:
    """An exception without its reason becomes the rule."""
    silent = [
        f"{name}:{number} {line.strip()}"
        for name in modules()
        if name != "tests/test_tidy.py"
        for number, line in enumerate(text(name).splitlines(), 1)
        for switch in [SWITCH.search(line)]
        if switch and not REASON.fullmatch(switch["rest"])
    ]

    assert not silent, told(silent)


def test_the_engine_imports_nothing_that_acts() -> None:
    """Rules that cannot wait, reach out or look at a clock can be tried by the thousand."""
    allowed = (sys.stdlib_module_names - NOT_IN_ENGINE) | {"engine"}
    strangers = [
        f"{name}:{line} {module}"
        for name in modules("engine/")
        for line, module in _imported(name)
        if module.partition(".")[0] not in allowed
    ]

    assert not strangers, told(strangers)


def test_the_only_clock_is_the_databases() -> None:
    """Two clocks disagree, and then access ends at two times."""
    own = [
        f"{name}:{number} {line.strip()}"
        for name in modules("engine/", "storage/")
        for number, line in enumerate(text(name).splitlines(), 1)
        if OWN_CLOCK.search(line)
    ]

    assert not own, told(own)


def test_no_test_sleeps_and_hopes() -> None:
    """`tests/waiting.py` looks until the thing is so; only benchmarks keep a pace."""
    hopeful = [
        f"{name}:{node.lineno} {ast.unparse(node)}"
        for name in modules("tests/")
        if name != "tests/waiting.py" and not name.startswith("tests/bench/")
        for node in nodes(name, ast.Call)
        if isinstance(node, ast.Call) and _name(node.func) == "sleep"
        # A stand-in may answer as slowly as it was told to; nought only lets others run.
        if not isinstance(node.args[0], ast.Attribute) and ast.unparse(node.args[0]) != "0"
    ]

    assert not hopeful, told(hopeful)


def test_tests_stand_where_the_code_stands() -> None:
    """The proof of a module is found without searching."""
    homeless = [
        name
        for name in modules("tests/bot/", "tests/adapters/", "tests/engine/", "tests/storage/")
        if not (ROOT / Path(name).parent.relative_to("tests")).is_dir()
    ]

    assert not homeless, told(homeless)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_file_fixes_everything_and_names_no_index(name: str) -> None:
    """What is installed is what was reviewed, wherever it is fetched from."""
    requirements = re.split(r"\n(?=\S)", text(name).strip())
    loose = [
        each.splitlines()[0] for each in requirements if "==" not in each or "--hash=" not in each
    ]

    assert not loose, told(loose)
    assert "://" not in text(name)


def test_every_path_that_a_guide_names_is_there() -> None:
    """Guides are read by people who do not know yet what is wrong in them."""
    guides = [name for name in files() if name.endswith(".md")]
    missing = [
        f"{name} names {path}"
        for name in guides
        for path in sorted(set(_paths_in(name)))
        if not any(base.joinpath(path).exists() for base in (ROOT, (ROOT / name).parent))
    ]

    assert not missing, told(missing)


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    taken = function.args
    named = [each.arg for each in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs)]
    return len([name for name in named if name not in {"self", "cls"}])


def _name(node: ast.AST) -> str:
    """Give the last word of a dotted name."""
    if isinstance(node, ast.Subscript):
        return _name(node.value)
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _given_names(name: str) -> Iterator[tuple[int, str]]:
    """Walk the names that a module itself gives: not those of libraries that it uses."""
    for node in ast.walk(parsed(name)):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.lineno, node.name
            case ast.arg():
                yield node.lineno, node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.lineno, node.id
            case ast.Attribute(ctx=ast.Store()):
                yield node.lineno, node.attr
            case ast.alias(asname=str(given)):
                yield node.lineno, given


def _imported(name: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(parsed(name)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""


def _paths_in(name: str) -> Iterator[str]:
    """Find what looks like one of our paths: in `code`, or behind a link."""
    said = text(name)
    for span in re.findall(r"`([^`\s]+)`", said):
        if re.fullmatch(r"[\w.-]+(/[\w.-]+)*/?", span) and span.split("/")[0] in TOP:
            yield span
    for target in re.findall(r"\]\(([^)\s#]+)[^)]*\)", said):
        if ":" not in target:
            yield target
