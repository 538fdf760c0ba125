"""Particles and money, as Korean writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.web.korean import final_consonant, with_particle, won_in_korean


@pytest.mark.parametrize(
    ("word", "pair", "written"),
    [
        ("공청회", "을/를", "공청회를"),
        ("투표", "이/가", "투표가"),
        ("마당", "은/는", "마당은"),
        ("서울", "으로/로", "서울로"),
        ("집", "으로/로", "집으로"),
        ("다온시", "으로/로", "다온시로"),
        ("“걷기 좋은 길”", "을/를", "“걷기 좋은 길”을"),
        ("다온시(가상)", "은/는", "다온시(가상)는"),
        ("2020", "이/가", "2020이"),
        ("1", "으로/로", "1로"),
        ("3", "으로/로", "3으로"),
        ("12,000", "을/를", "12,000을"),
        ("1000000000000", "을/를", "1000000000000를"),
        ("62%", "이/가", "62%가"),
        ("URL", "을/를", "URL을"),
        ("AI", "을/를", "AI를"),
        ("web", "을/를", "web을"),
        ("test", "을/를", "test를"),
        ("click", "을/를", "click을"),
        ("server", "을/를", "server를"),
        ("★", "을/를", "★을(를)"),
        ("", "을/를", "을(를)"),
    ],
)
def test_a_particle_follows_the_last_sound(word: str, pair: str, written: str) -> None:
    assert with_particle(word, pair) == written


@pytest.mark.parametrize("pair", ["을", "을/", "/를", "을/를/로", ""])
def test_a_pair_that_is_no_pair_is_refused(pair: str) -> None:
    with pytest.raises(ValueError, match="pair of particles"):
        with_particle("마당", pair)


def test_decomposed_hangul_sounds_like_composed() -> None:
    assert final_consonant("마당") == final_consonant("마당") == 21


@given(st.text())
def test_any_word_gets_one_of_the_particles(word: str) -> None:
    written = with_particle(word, "을/를")
    assert written.startswith(word)
    assert written.removeprefix(word) in {"을", "를", "을(를)"}


@pytest.mark.parametrize(
    ("amount_krw", "written"),
    [
        (320_000_000, "3억 2,000만 원"),
        (123_456_789, "1억 2,345만 6,789원"),
        (500, "500원"),
        (10_000, "1만 원"),
        (0, "0원"),
        (-1_500_000, "−150만 원"),
        (1_000_000_000_001, "1조 1원"),
        (12_345 * 10**16, "12,345경 원"),
    ],
)
def test_money_is_written_in_eok_and_man(amount_krw: int, written: str) -> None:
    assert won_in_korean(amount_krw) == written


@given(st.integers(min_value=0, max_value=10**20))
def test_no_won_is_lost_in_writing(amount_krw: int) -> None:
    units = {"만": 10**4, "억": 10**8, "조": 10**12, "경": 10**16}
    words = won_in_korean(amount_krw).removesuffix("원").split()
    read = sum(
        int(word.rstrip("만억조경").replace(",", "")) * units.get(word[-1], 1) for word in words
    )
    assert read == amount_krw
