"""Texts in the reader's language."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from madang.web.templatetags import madang as tags

NOW = datetime(2020, 5, 21, 5, 30, tzinfo=UTC)  # 14:30 in Seoul


@pytest.fixture
def in_korean() -> Iterator[None]:
    with translation.override("ko"):
        yield


@pytest.fixture
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.usefixtures("in_korean")
def test_dates_in_korean() -> None:
    assert tags.day(date(2020, 5, 21)) == "2020. 5. 21.(목)"
    assert tags.moment(NOW) == "2020. 5. 21.(목) 14:30"
    assert tags.day(datetime(2020, 5, 20, 15, tzinfo=UTC)) == "2020. 5. 21.(목)"


@pytest.mark.usefixtures("in_english")
def test_dates_in_english() -> None:
    assert tags.day(date(2020, 5, 21)) == "Thu 21 May 2020"
    assert tags.moment(NOW) == "Thu 21 May 2020, 14:30"
    assert tags.when(NOW) == (
        '<time datetime="2020-05-21T14:30:00+09:00">Thu 21 May 2020, 14:30</time>'
    )
    assert tags.when(date(2020, 5, 21)) == '<time datetime="2020-05-21">Thu 21 May 2020</time>'


def test_dates_in_a_language_without_a_pattern_are_spelled_by_babel() -> None:
    with translation.override("fr"):
        assert tags.day(date(2020, 5, 21)) == "21 mai 2020"


@pytest.mark.usefixtures("in_korean")
def test_money_and_particles_in_korean() -> None:
    assert tags.won(320_000_000) == "3억 2,000만 원"
    assert tags.josa("마당", "을/를") == "마당을"


@pytest.mark.usefixtures("in_english")
def test_money_and_particles_in_english() -> None:
    assert tags.won(320_000_000) == "KRW 320,000,000"
    assert tags.won(-5) == "−KRW 5"
    assert tags.josa("Madang", "을/를") == "Madang"


@pytest.mark.parametrize("amount", [1.5, "1000", True, None])
def test_money_that_is_no_whole_number_is_refused(amount: object) -> None:
    with pytest.raises(TypeError, match="whole number of won"):
        tags.won(amount)  # type: ignore[arg-type]


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize(
    ("share", "places", "written"),
    [
        (0.62, 0, "62%"),
        (0.625, 0, "63%"),
        (0.6249, 1, "62.5%"),
        (0, 0, "0%"),
        (1, 0, "100%"),
        (0.004, 0, "under 1%"),
        (0.999, 0, "over 99%"),
        (0.999, 1, "99.9%"),
    ],
)
def test_shares(share: float, places: int, written: str) -> None:
    assert tags.percent(share, places) == written


@pytest.mark.parametrize("share", [-0.1, 1.01, float("nan")])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="no share"):
        tags.percent(share)


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize(
    ("left", "written"),
    [
        (timedelta(days=3, hours=23), "3 days left"),
        (timedelta(days=1), "1 day left"),
        (timedelta(hours=23, minutes=59), "23 hours left"),
        (timedelta(minutes=1, seconds=59), "1 minute left"),
        (timedelta(seconds=59), "Less than a minute left"),
        (timedelta(0), "Ended"),
        (-timedelta(days=1), "Ended"),
    ],
)
def test_time_left_never_promises_too_much(left: timedelta, written: str) -> None:
    assert tags.time_left(NOW + left, NOW) == written


@pytest.mark.usefixtures("in_english")
def test_counts_have_their_thousands_set_apart() -> None:
    assert tags.whole(1234567) == "1,234,567"


def test_unknown_tones_and_stages_are_refused() -> None:
    with pytest.raises(ValueError, match="tone"):
        tags.badge("x", "purple")
    with pytest.raises(ValueError, match="tone"):
        tags.notice("x", "purple")
    with pytest.raises(ValueError, match="dream"):
        tags.loop("dream")


@pytest.mark.parametrize(("done", "total"), [(3, 2), (-1, 2)])
def test_impossible_progress_is_refused(done: int, total: int) -> None:
    with pytest.raises(ValueError, match="done of"):
        tags.progress(done, total, "x")


@pytest.mark.parametrize(("spent", "budget"), [(1, 0), (-1, 5)])
def test_an_impossible_budget_is_refused(spent: int, budget: int) -> None:
    with pytest.raises(ValueError, match="budget"):
        tags.budget_bar(spent, budget, "x")
