"""Checkpoints, against the public formats that they follow."""

from __future__ import annotations

import base64

import pytest

from adapters.signing import Ed25519Signer, is_signed, new_seed
from engine.audit.checkpoint import (
    BadCheckpoint,
    Checkpoint,
    VerifierKey,
    key_of,
    read_key,
    sign,
    verify,
)

ROOT = bytes(range(32))
NAME = "jit.acme.example/audit"
SIGNER = Ed25519Signer(NAME, base64.b64encode(bytes(32)).decode())
KEY = key_of(SIGNER)
WITNESS = Ed25519Signer("witness.example", new_seed())

# The example of C2SP signed-note and of Go's package golang.org/x/mod/sumdb/note.
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANNS_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6"
    "KE6RyyBwJnAM=\n"
)


def witnessed(note: str) -> str:
    """Add a signature by somebody else."""
    other = sign(42, ROOT, WITNESS)
    return note + other.splitlines()[-1] + "\n"


def test_a_signed_checkpoint_reads_as_specified() -> None:
    """Origin, size, root; an empty line; a dash, the name, the key's id and the signature."""
    note = sign(42, ROOT, SIGNER)

    body, _, line = note.partition("\n\n")
    assert body == f"{NAME}\n42\n{base64.b64encode(ROOT).decode()}"
    dash, name, encoded = line.removesuffix("\n").split(" ")
    assert (dash, name) == ("—", NAME)
    held = base64.b64decode(encoded)
    assert held[:4] == KEY.key_id
    assert is_signed(KEY.public_key, held[4:], f"{body}\n".encode())


def test_a_signed_checkpoint_is_verified() -> None:
    """What was signed is what is read, also with a witness's signature beside it."""
    note = sign(42, ROOT, SIGNER)

    assert verify(note, [KEY], is_signed) == Checkpoint(NAME, 42, ROOT)
    assert verify(witnessed(note), [KEY], is_signed) == Checkpoint(NAME, 42, ROOT)
    assert verify(sign(0, ROOT, SIGNER), [KEY], is_signed).size == 0


def test_the_published_example_is_read() -> None:
    """The specification's own key and note: the signature is good, though it is no checkpoint."""
    key = read_key(NEUMANN)
    assert str(key) == NEUMANN

    with pytest.raises(BadCheckpoint, match="origin, size and root"):
        verify(NEUMANNS_NOTE, [key], is_signed)
    with pytest.raises(BadCheckpoint, match="PeterNeumann is not good"):
        verify(NEUMANNS_NOTE.replace("answer", "question"), [key], is_signed)


@pytest.mark.parametrize("changed", ["\n43\n", "\n042\n", "\n-1\n", "\n\n"])
def test_a_changed_checkpoint_is_bad(changed: str) -> None:
    """Nothing in it can be changed."""
    note = sign(42, ROOT, SIGNER).replace("\n42\n", changed, 1)

    with pytest.raises(BadCheckpoint):
        verify(note, [KEY], is_signed)


def test_a_checkpoint_of_a_stranger_is_bad() -> None:
    """A good signature by nobody whom we trust proves nothing."""
    note = sign(42, ROOT, Ed25519Signer(NAME, new_seed()))

    with pytest.raises(BadCheckpoint, match="nobody"):
        verify(note, [KEY], is_signed)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "no note",
        f"{NAME}\n42\n\n",
        f"{NAME}\n42\nAAAA\n\n— {NAME} AAAA\n",
        f"{NAME}\n42\nAAAA\n\n— {NAME} not-base64\n",
        f"{NAME}\n42\nAAAA\n\n- {NAME} AAAAAAAA\n",
        sign(42, ROOT, SIGNER).removesuffix("\n"),
    ],
)
def test_what_is_no_note_is_bad(note: str) -> None:
    """Whatever somebody hands in, it is refused as a checkpoint and breaks nothing."""
    with pytest.raises(BadCheckpoint):
        verify(note, [KEY], is_signed)


def test_a_signature_of_the_wrong_length_is_bad() -> None:
    """Also where whoever checks would be satisfied."""
    short = base64.b64encode(KEY.key_id + b"short").decode()
    note = f"{Checkpoint(NAME, 42, ROOT).body()}\n— {NAME} {short}\n"

    with pytest.raises(BadCheckpoint, match="not good"):
        verify(note, [KEY], lambda *_: True)


@pytest.mark.parametrize("body", [f"{NAME}\n42\n", f"{NAME}\n42\nAAAA\n", f"\n42\n{'A' * 43}=\n"])
def test_a_signed_text_that_is_no_checkpoint_is_bad(body: str) -> None:
    """A key that signs other things as well cannot be used against us."""
    signature = base64.b64encode(KEY.key_id + SIGNER.sign(body.encode())).decode()

    with pytest.raises(BadCheckpoint):
        verify(f"{body}\n— {NAME} {signature}\n", [KEY], is_signed)


def test_a_key_is_written_and_read() -> None:
    """An auditor keeps one line of text."""
    assert read_key(f" {KEY}\n") == KEY
    assert str(KEY).startswith(f"{NAME}+{KEY.key_id.hex()}+")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "reads"),
        ("name", "reads"),
        ("name+00000000+AAAA", "reads"),
        ("name+00000000+%", "reads"),
        (NEUMANN.replace("Peter", "Peter "), "reads"),
        (NEUMANN.replace("+ARpc", "+BRpc"), "Ed25519"),
        (NEUMANN.replace("c74f", "c74e"), "id"),
        (NEUMANN.replace("Peter", "Petra"), "id"),
    ],
)
def test_a_key_that_is_none_is_refused(text: str, why: str) -> None:
    """A typing error is found before it makes a good checkpoint look bad."""
    with pytest.raises(ValueError, match=why):
        read_key(text)


def test_a_name_that_breaks_the_format_is_refused() -> None:
    """A space or a plus sign would end the name early."""
    with pytest.raises(ValueError, match="origin"):
        key_of(Ed25519Signer("our log", new_seed()))


def test_keys_of_one_name_are_told_apart() -> None:
    """A log that changed its key has two, with different ids."""
    assert VerifierKey(NAME, bytes(32)).key_id != KEY.key_id
