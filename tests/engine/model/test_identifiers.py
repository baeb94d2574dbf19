"""Request numbers, as people write them."""

from __future__ import annotations

import pytest

from engine.model.identifiers import NUMBER_MAX, RequestId, read, show


@pytest.mark.parametrize("text", ["JIT-42", "jit-42", "Jit-42", "42"])
def test_a_number_is_read_however_it_is_written(text: str) -> None:
    """With or without the letters, in any case."""
    assert read(text) == 42


@pytest.mark.parametrize(
    "text",
    ["", "JIT-", "JIT-0", "0", "042", "-1", "42 ", "JIT 42", "4.2", "٤٢", "four", "JIT-42\n"],
    ids=repr,
)
def test_anything_else_is_no_number(text: str) -> None:
    """Also digits of other scripts, which look like a number and are none here."""
    assert read(text) is None


def test_a_number_fits_the_database() -> None:
    """The largest one is read; one more is no number."""
    assert read(str(NUMBER_MAX)) == NUMBER_MAX
    assert read(f"JIT-{NUMBER_MAX + 1}") is None


def test_what_is_shown_can_be_read() -> None:
    """People copy it out of one message and into another."""
    assert show(RequestId(42)) == "JIT-42"
    assert read(show(RequestId(42))) == RequestId(42)
