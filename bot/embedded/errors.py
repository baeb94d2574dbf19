"""What can go wrong with an embedded server is one sentence for the person who started it."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class EmbeddedError(Exception):
    """An embedded server cannot run here; the message is a sentence: what, why, what to do."""


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Whatever keeps the code inside from writing into `folder` becomes one sentence."""
    try:
        yield
    except OSError as error:
        raise EmbeddedError(_sentence(folder, error)) from error


def no_room(folder: Path) -> EmbeddedError:
    """The disk is full."""
    return EmbeddedError(
        f"The disk that holds {folder} is full: free at least 200 MB, or choose another folder."
    )


def _sentence(folder: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return str(no_room(folder))
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        why = "is on a read-only disk" if error.errno == errno.EROFS else "may not be written to"
        return f"{folder} {why}: choose another folder, or run from a copy that you own."
    return f"{folder} cannot be used ({error.strerror}): choose another folder."
