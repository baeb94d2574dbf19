"""A checkpoint: a signed statement that the log has so many entries and this root.

The formats are public ones, so that others' tools read them: C2SP signed-note (Ed25519) around
C2SP tlog-checkpoint. A checkpoint that an auditor keeps is what later rewriting is found by; a log
must never sign two that contradict each other.

::

    jit.acme.example/audit                        the log's origin
    42                                            how many entries
    47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=  the root
                                                  (an empty line)
    — jit.acme.example/audit 3f9a…                key id and signature
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.audit.merkle import HASH_LENGTH
from engine.ports import Signer

ED25519 = b"\x01"
"""The signature type in key ids and verifier keys (signed-note)."""

KEY_ID_LENGTH = 4
PUBLIC_KEY_LENGTH = 32
SIGNATURE_LENGTH = 64

Check = Callable[[bytes, bytes, bytes], bool]
"""Says whether a signature is good: (public key, signature, message)."""

_NAME = re.compile(r"[^\s+]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_SIGNATURE = re.compile(r"— (\S+) (\S+)")


class BadCheckpoint(Exception):
    """A text is not a checkpoint, or nobody whom we trust has signed it."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How many entries, and the root over them."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """Write what is signed."""
        return f"{self.origin}\n{self.size}\n{_encode(self.root)}\n"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Whose signature is trusted: a vkey, `name+hex key id+base64 key`."""

    name: str
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart; no proof of anything."""
        hashed = hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public_key)
        return hashed.digest()[:KEY_ID_LENGTH]

    def __str__(self) -> str:
        """Write the vkey, for an auditor to keep."""
        return f"{self.name}+{self.key_id.hex()}+{_encode(ED25519 + self.public_key)}"


def read_key(text: str) -> VerifierKey:
    """Read a vkey. Raises `ValueError` with what is wrong with it."""
    name, hexed, encoded = [*text.strip().split("+", 2), "", ""][:3]
    held = _decode(encoded)
    if not _NAME.fullmatch(name) or held is None or len(held) != 1 + PUBLIC_KEY_LENGTH:
        raise ValueError("a verifier key reads `name+8 hex digits+base64 of 33 bytes`")
    if held[:1] != ED25519:
        raise ValueError("this verifier key is not of the kind Ed25519 (1)")
    key = VerifierKey(name, held[1:])
    if key.key_id.hex() != hexed:
        raise ValueError("this verifier key's id does not fit the key; a character is wrong")
    return key


def key_of(signer: Signer) -> VerifierKey:
    """Give the key by which a signer's checkpoints are verified."""
    if not _NAME.fullmatch(signer.name):
        raise ValueError("a log's origin has no space and no plus sign")
    return VerifierKey(signer.name, signer.public_key())


def sign(size: int, root: bytes, signer: Signer) -> str:
    """Write and sign a checkpoint."""
    key = key_of(signer)
    body = Checkpoint(signer.name, size, root).body()
    signature = signer.sign(body.encode())
    return f"{body}\n— {key.name} {_encode(key.key_id + signature)}\n"


def verify(note: str, keys: Iterable[VerifierKey], check: Check) -> Checkpoint:
    """Read a checkpoint that one of the keys has signed. Raises `BadCheckpoint`.

    Signatures by others (witnesses) are passed over; one in a trusted key's name and id that is
    bad spoils the note, as the specification says.
    """
    body, separator, signatures = note.rpartition("\n\n")
    if not separator or not signatures.endswith("\n"):
        raise BadCheckpoint("the text is no signed note: text, an empty line, signatures")
    trusted = {(key.name, key.key_id): key for key in keys}
    signed = f"{body}\n"
    good = 0
    for line in signatures[:-1].split("\n"):
        name, key_id, signature = _signature(line)
        key = trusted.get((name, key_id))
        if key is None:
            continue
        if len(signature) != SIGNATURE_LENGTH or not check(
            key.public_key, signature, signed.encode()
        ):
            raise BadCheckpoint(f"the signature of {name} is not good")
        good += 1
    if not good:
        raise BadCheckpoint("nobody whose key is trusted has signed it")
    return _read(signed)


def _read(body: str) -> Checkpoint:
    lines = body.split("\n")
    root = _decode(lines[2]) if len(lines) > 3 else None
    if root is None or len(root) != HASH_LENGTH or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise BadCheckpoint("the note reads not as origin, size and root")
    return Checkpoint(lines[0], int(lines[1]), root)


def _signature(line: str) -> tuple[str, bytes, bytes]:
    match = _SIGNATURE.fullmatch(line)
    held = _decode(match[2]) if match else None
    if match is None or held is None or len(held) <= KEY_ID_LENGTH:
        raise BadCheckpoint("a signature line reads not as dash, name, base64")
    return match[1], held[:KEY_ID_LENGTH], held[KEY_ID_LENGTH:]


def _encode(held: bytes) -> str:
    return base64.b64encode(held).decode()


def _decode(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
