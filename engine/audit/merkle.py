"""A tree of hashes over the whole log (RFC 6962, 2.1): one root stands for every entry.

Only the *frontier* is kept: the roots of the perfect subtrees that the leaves so far fall into, one
for each binary digit 1 of their number, largest first. Appending costs two hashes on average.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""

HASH_LENGTH = 32


def leaf_hash(leaf: bytes) -> bytes:
    """Hash a leaf; the prefix keeps a leaf from passing as a node."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into one."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A growing tree, of which only the edge is kept."""

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        """Go on from a frontier that was kept. Raises `ValueError` where the two do not fit."""
        self._size = size
        self._hashes = list(hashes)
        fits = len(self._hashes) == size.bit_count()
        if size < 0 or not fits or any(len(held) != HASH_LENGTH for held in self._hashes):
            raise ValueError(f"{len(self._hashes)} hashes are no frontier of {size} leaves")

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self._size

    @property
    def hashes(self) -> list[bytes]:
        """The perfect subtrees' roots, largest first: what is to be kept."""
        return list(self._hashes)

    def append(self, hashed: bytes) -> None:
        """Add a leaf, by its hash."""
        carried, digits = hashed, self._size
        while digits & 1:
            carried = node_hash(self._hashes.pop(), carried)
            digits >>= 1
        self._hashes.append(carried)
        self._size += 1

    def root(self) -> bytes:
        """Give the root over all leaves so far."""
        if not self._hashes:
            return EMPTY_ROOT
        root = self._hashes[-1]
        for held in reversed(self._hashes[:-1]):
            root = node_hash(held, root)
        return root


def root_of(hashed: Iterable[bytes]) -> bytes:
    """Give the root over leaves, by their hashes."""
    frontier = Frontier()
    for one in hashed:
        frontier.append(one)
    return frontier.root()
