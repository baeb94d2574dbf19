"""The tree, against the recursive definition of RFC 6962."""

from __future__ import annotations

import hashlib

import pytest

from engine.audit.merkle import EMPTY_ROOT, Frontier, leaf_hash, node_hash, root_of

LEAVES = [number.to_bytes(2, "big") for number in range(300)]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]


def defined(leaves: list[bytes]) -> bytes:
    """Give the root as RFC 6962, 2.1 defines it, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    left, right = defined(leaves[:split]), defined(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@pytest.mark.parametrize("size", [*range(70), 127, 128, 129, 255, 256, 257, 300])
def test_the_root_is_the_defined_one(size: int) -> None:
    """Growing leaf by leaf gives what the definition gives for the whole list."""
    assert root_of(HASHES[:size]) == defined(LEAVES[:size])


def test_known_roots() -> None:
    """Roots that others publish for RFC 6962 (certificate-transparency's reference data)."""
    data = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
    hashes = [leaf_hash(bytes.fromhex(one)) for one in data]

    assert hashes[0].hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert root_of(hashes).hex() == (
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"
    )


@pytest.mark.parametrize("size", range(35))
def test_a_kept_frontier_goes_on(size: int) -> None:
    """What is kept of a tree is enough to grow it further."""
    grown = Frontier()
    for hashed in HASHES[:size]:
        grown.append(hashed)

    again = Frontier(grown.size, grown.hashes)
    for hashed in HASHES[size:40]:
        again.append(hashed)

    assert (again.size, again.root()) == (40, defined(LEAVES[:40]))


def test_what_is_kept_cannot_be_changed_from_outside() -> None:
    """The frontier that is given out is a copy."""
    tree = Frontier(1, HASHES[:1])

    tree.hashes.clear()

    assert tree.root() == HASHES[0]


@pytest.mark.parametrize(
    ("size", "hashes"),
    [(2, HASHES[:2]), (1, []), (0, HASHES[:1]), (1, [b"short"]), (-1, HASHES[:1])],
)
def test_a_frontier_that_does_not_fit_is_refused(size: int, hashes: list[bytes]) -> None:
    """A size and hashes that belong to no tree are never grown into one."""
    with pytest.raises(ValueError, match="no frontier"):
        Frontier(size, hashes)


def test_a_leaf_never_passes_as_a_node() -> None:
    """The prefixes keep two hashes side by side from being a leaf of the same hash."""
    left, right = HASHES[:2]

    assert leaf_hash(left + right) != node_hash(left, right)


def test_the_empty_root_is_the_hash_of_nothing() -> None:
    """SHA-256 of the empty string, as the RFC says."""
    assert Frontier().root() == EMPTY_ROOT == hashlib.sha256().digest()
