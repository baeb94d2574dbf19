"""Signs and checks with Ed25519. The key comes from a setting, never from the database."""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

SEED_LENGTH = 32


class Ed25519Signer:
    """Signs checkpoints in a log's name."""

    def __init__(self, name: str, seed: str) -> None:
        """Take the log's origin, and the key as base64 of its 32-byte seed (RFC 8032).

        Raises `ValueError`, without quoting the seed, where that is no seed.
        """
        self.name = name
        self._key = Ed25519PrivateKey.from_private_bytes(_decode(seed))

    def sign(self, message: bytes) -> bytes:
        """Sign; 64 bytes."""
        return self._key.sign(message)

    def public_key(self) -> bytes:
        """Give the raw public key; 32 bytes."""
        return self._key.public_key().public_bytes_raw()


def new_seed() -> str:
    """Make a new key: base64 of 32 random bytes, to be kept outside the database."""
    return base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()


def is_signed(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether a signature over a message is good."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _decode(seed: str) -> bytes:
    try:
        held = base64.b64decode(seed.strip(), validate=True)
    except (binascii.Error, ValueError):
        held = b""
    if len(held) != SEED_LENGTH:
        raise ValueError(
            "the signing key must be base64 of 32 bytes, e.g. `openssl rand -base64 32`"
        )
    return held
