"""Canonical JSON, spelled fast: the same bytes as by the library that follows RFC 8785 in full."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from madang.ground.journal.seals import canonical

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
)


@given(JSON)
def test_canonical_json_is_spelled_as_the_library_for_it_does(value: Any) -> None:
    assert canonical(json.dumps(value)) == rfc8785.dumps(value)
    assert canonical(json.dumps(value, ensure_ascii=False)) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ('{"b": 1, "a": "\u00e9\\u001F\\/"}', '{"a":"\u00e9\\u001f/","b":1}'),
        ("1.0", "1"),
        ("0.000001", "0.000001"),
        ("1e21", "1e+21"),
        ("9007199254740991", "9007199254740991"),
        # By units of 16 bits the second key, which begins with 0xD83D, comes first.
        ('{"\uffee": 1, "\U0001f600": 2}', '{"\U0001f600":2,"\uffee":1}'),
        ('{"\\uffee": 1, "\\ud83d\\ude00": 2}', '{"\U0001f600":2,"\uffee":1}'),
    ],
)
def test_canonical_json_worked_by_hand(text: str, spelled: str) -> None:
    assert canonical(text).decode() == spelled


@pytest.mark.parametrize("text", ["{", "9007199254740993", "NaN", '"\\ud800"', ""])
def test_what_has_no_canonical_spelling_is_refused(text: str) -> None:
    with pytest.raises((ValueError, rfc8785.CanonicalizationError)):
        canonical(text)
