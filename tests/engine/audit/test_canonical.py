"""One exact spelling for one value, the same as RFC 8785 gives."""

from __future__ import annotations

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from engine.audit.canonical import INTEGER_MAX, Json, canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text(st.characters(max_codepoint=127))
VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-INTEGER_MAX, INTEGER_MAX) | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=30,
)


@given(VALUES)
def test_it_is_what_rfc_8785_says(value: Json) -> None:
    """Whatever an entry can hold is spelled as the reference implementation spells it."""
    assert canonical(value).encode() == rfc8785.dumps(value)


@given(VALUES)
def test_it_is_read_back_as_it_was(value: Json) -> None:
    """Nothing is lost, and spelling it again changes nothing."""
    read = json.loads(canonical(value))

    assert read == value
    assert canonical(read) == canonical(value)


def test_the_order_of_keys_does_not_matter() -> None:
    """Two objects with the same members have one spelling, without a space."""
    assert canonical({"b": 1, "a": [True, None, "ü"]}) == '{"a":[true,null,"ü"],"b":1}'
    assert canonical({"a": (True, None, "ü"), "b": 1}) == '{"a":[true,null,"ü"],"b":1}'


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        INTEGER_MAX + 1,
        -INTEGER_MAX - 1,
        "\ud800",
        b"bytes",
        {"ü": 1},
        {1: "one"},
        [{"deep": {1.5}}],
    ],
    ids=repr,
)
def test_what_has_no_one_spelling_is_refused(value: object) -> None:
    """Floats, integers that a reader would round, half characters, and keys outside ASCII."""
    with pytest.raises(ValueError, match=r"canonical JSON|surrogates"):
        canonical(value)  # type: ignore[arg-type]  # what the type forbids is the point


@pytest.mark.parametrize("value", [INTEGER_MAX, -INTEGER_MAX, 0, True])
def test_whole_numbers_are_exact(value: int) -> None:
    """Up to the largest one that every reader keeps."""
    assert json.loads(canonical(value)) == value
