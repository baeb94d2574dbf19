"""The environment, with every value at hand whether it is there itself or in a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

FILE = "_FILE"

# Tokens and keys are far smaller; a larger file is the wrong one.
FILE_BYTES_MAX = 65_536


class SettingsError(Exception):
    """The environment cannot be used. `problems`: a sentence for each, never with a value in it."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class Environment:
    """Values by name. An empty one counts as not set."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._values = {name: value for name, value in environ.items() if value.strip()}

    def __repr__(self) -> str:
        return "Environment(...)"

    def get(self, name: str) -> str | None:
        """Give a value, from the file that NAME_FILE names if there is one; None if neither is set.

        Raises `SettingsError` if both are set, or the file cannot be read, is empty or above 64 kB.
        """
        direct, path = self._values.get(name), self._values.get(name + FILE)
        if path is None:
            return direct
        if direct is not None:
            raise SettingsError([f"{name} and {name}{FILE} are both set: remove one of them."])
        return _read(name + FILE, Path(path))


def _read(name: str, path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(FILE_BYTES_MAX + 1)
        text = content.decode().strip()
    except OSError as error:
        raise SettingsError(
            [f"{name} names a file that cannot be read ({error.strerror}): give a readable one."]
        ) from error
    except UnicodeDecodeError:
        raise SettingsError([f"{name} names a file that is not text: give a text file."]) from None
    if not text or len(content) > FILE_BYTES_MAX:
        size = "empty" if not text else f"larger than {FILE_BYTES_MAX} bytes"
        raise SettingsError([f"{name} names a file that is {size}: it should hold only the value."])
    return text
