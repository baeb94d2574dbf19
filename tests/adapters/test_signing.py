"""Ed25519, as RFC 8032 says, from a key that never shows in an error."""

from __future__ import annotations

import base64

import pytest

from adapters.signing import Ed25519Signer, is_signed, new_seed

# RFC 8032, 7.1, test 2.
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_the_published_vector() -> None:
    """The RFC's key signs the RFC's message as the RFC says."""
    signer = Ed25519Signer("log.example", base64.b64encode(SEED).decode())

    assert signer.public_key() == PUBLIC
    assert signer.sign(b"\x72") == SIGNATURE
    assert is_signed(PUBLIC, SIGNATURE, b"\x72")


@pytest.mark.parametrize(
    ("key", "signature", "message"),
    [
        (PUBLIC, SIGNATURE, b"\x73"),
        (PUBLIC, bytes(64), b"\x72"),
        (PUBLIC, b"short", b"\x72"),
        (b"short", SIGNATURE, b"\x72"),
        (bytes(32), SIGNATURE, b"\x72"),
    ],
)
def test_a_bad_signature_is_no_error(key: bytes, signature: bytes, message: bytes) -> None:
    """Whatever is handed in, the answer is that it is not signed."""
    assert not is_signed(key, signature, message)


def test_a_new_key_is_a_new_one() -> None:
    """And one that a signer takes, with a line's end or without."""
    first, second = new_seed(), new_seed()

    assert first != second
    assert Ed25519Signer("a", f"{first}\n").public_key() == Ed25519Signer("a", first).public_key()


@pytest.mark.parametrize("seed", ["", "hunter2", "not base64!", base64.b64encode(b"x").decode()])
def test_what_is_no_key_is_refused_and_not_quoted(seed: str) -> None:
    """The sentence says what a key looks like, and not what was given."""
    with pytest.raises(ValueError, match="base64 of 32 bytes") as refused:
        Ed25519Signer("log.example", seed)

    assert not seed or seed not in str(refused.value)
