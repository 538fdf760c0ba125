"""The city's card: read whole, or refused with what is wrong."""

from pathlib import Path
from shutil import copytree

import pytest
from django.core.exceptions import ImproperlyConfigured

from madang.ground.city.card import city, read_card


def test_the_sample_city_has_eight_districts_and_counts_its_people() -> None:
    daon = city()
    assert len(daon.districts) == 8
    assert sum(district.people for district in daon.districts) == sum(daon.people.values())


def test_an_office_nobody_knows_is_refused() -> None:
    with pytest.raises(KeyError):
        city().office("ministry-of-silly-walks")


@pytest.fixture
def own_city(tmp_path: Path) -> Path:
    copytree(city().boundaries.parent, tmp_path / "city")
    return tmp_path / "city" / "city.toml"


def test_a_missing_card_is_said_by_name(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="there is no city card here"):
        read_card(tmp_path / "city.toml")


def test_a_card_that_is_no_toml_is_refused(own_city: Path) -> None:
    own_city.write_text("name = ", "utf-8")
    with pytest.raises(ImproperlyConfigured, match="not a TOML file"):
        read_card(own_city)


def test_a_card_without_its_time_zone_says_so(own_city: Path) -> None:
    kept = [x for x in own_city.read_text("utf-8").splitlines() if not x.startswith("time_zone")]
    own_city.write_text("\n".join(kept), "utf-8")
    with pytest.raises(ImproperlyConfigured, match="lacks 'time_zone'"):
        read_card(own_city)


def test_a_map_of_other_districts_is_refused(own_city: Path) -> None:
    card = own_city.read_text("utf-8").replace('code = "08"', 'code = "09"')
    own_city.write_text(card, "utf-8")
    with pytest.raises(ImproperlyConfigured, match="does not draw just the districts"):
        read_card(own_city)
