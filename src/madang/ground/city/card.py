"""Read the city's identity card and answer what pages and rules ask of it."""

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from madang.ground.words import Words


@dataclass(frozen=True)
class District:
    code: str
    words: Words
    people: int


@dataclass(frozen=True)
class Office:
    code: str
    words: Words


@dataclass(frozen=True)
class City:
    """Who the city is. `people` is (district, age band, sex) → number of residents."""

    slug: str
    words: Words
    time_zone: str
    currency: str
    languages: tuple[str, ...]
    districts: tuple[District, ...]
    offices: tuple[Office, ...]
    age_bands: tuple[str, ...]
    people: dict[tuple[str, str, str], int]
    boundaries: Path
    notice: Words | None  # stands on top of every page; None for most cities
    contact: Words | None  # whom to ask for help without a screen; stands below every page

    @property
    def district_codes(self) -> frozenset[str]:
        return frozenset(district.code for district in self.districts)

    def office(self, code: str) -> Office:
        """Raises KeyError for an office the card does not name."""
        return {office.code: office for office in self.offices}[code]


@cache
def city() -> City:
    """Return the card of the city this site serves. Raises ImproperlyConfigured, saying why."""
    return read_card(Path(settings.MADANG_CITY))


def read_card(path: Path) -> City:
    """Return the city that the TOML file describes. Raises ImproperlyConfigured, saying why."""
    try:
        card = tomllib.loads(path.read_text("utf-8"))
        return _city(card, path)
    except FileNotFoundError as missing:
        raise ImproperlyConfigured(f"{path}: there is no city card here.") from missing
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise ImproperlyConfigured(f"{path}: not a TOML file: {broken}") from broken
    except KeyError as missing:
        raise ImproperlyConfigured(f"{path}: the city card lacks {missing}.") from missing


def _city(card: dict[str, Any], path: Path) -> City:
    people = {
        (row["district"], row["age_band"], row["sex"]): int(row["people"])
        for row in card["population"]
    }
    districts = tuple(
        District(
            row["code"], row["name"], sum(n for key, n in people.items() if key[0] == row["code"])
        )
        for row in card["districts"]
    )
    boundaries = path.parent / card["boundaries"]
    drawn = {
        feature["properties"]["code"]
        for feature in json.loads(boundaries.read_text("utf-8"))["features"]
    }
    if drawn != {district.code for district in districts}:
        raise ImproperlyConfigured(f"{boundaries}: does not draw just the districts of {path}.")
    return City(
        slug=card["slug"],
        words=card["name"],
        time_zone=card["time_zone"],
        currency=card["currency"],
        languages=tuple(card["languages"]),
        districts=districts,
        offices=tuple(
            Office(row["code"], {"ko": row["ko"], "en": row["en"]}) for row in card["offices"]
        ),
        age_bands=tuple(card["age_bands"]),
        people=people,
        boundaries=boundaries,
        notice=card.get("notice"),
        contact=card.get("contact"),
    )
