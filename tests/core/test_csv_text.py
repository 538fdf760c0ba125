"""Texts as CSV cells: never a formula, and nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.core.csv_text import as_cell, from_cell

texts = st.text(alphabet="'=+-@＝\t\r\nab1 ") | st.text()


@given(texts)
def test_a_text_comes_back_as_it_was(text: str) -> None:
    assert from_cell(as_cell(text)) == text


@given(texts)
def test_no_cell_begins_as_a_formula(text: str) -> None:
    assert not as_cell(text).startswith(tuple("=+-@＝＋－＠\t\r\n"))


@given(texts, texts)
def test_two_texts_are_two_cells(one: str, other: str) -> None:
    assert (as_cell(one) == as_cell(other)) == (one == other)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=HYPERLINK(A1)", "'=HYPERLINK(A1)"),
        ("- 공원을 늘려 주세요.", "'- 공원을 늘려 주세요."),
        ("'=", "''="),
        ("'quoted'", "'quoted'"),
        ("공원", "공원"),
        ("", ""),
    ],
)
def test_cells_by_hand(text: str, cell: str) -> None:
    assert as_cell(text) == cell
