"""Every text colour reads on every ground: WCAG AA, in light and dark."""

import re
from itertools import product
from pathlib import Path

import pytest

import madang.web

TOKENS = (Path(madang.web.__file__).parent / "static/web/tokens.css").read_text()
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
    for block in re.findall(r":root \{(.*?)\}", TOKENS, re.DOTALL)[:2]
)
INKS = "ink ink-quiet accent accent-strong danger listen decide act measure agree disagree pass"
GROUPS = "group-a group-b group-c group-d group-e"
SOFT = "accent danger listen decide act measure"


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_is_twenty_one_to_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_texts_and_marks_are_readable(scheme: dict[str, str]) -> None:
    pairs = [
        *product(f"{INKS} {GROUPS}".split(), ("paper", "sheet", "hollow")),
        *((name, f"{name}-soft") for name in SOFT.split()),
        *(("ink", f"{name}-soft") for name in SOFT.split()),
        ("on-accent", "accent"),
        ("on-accent", "accent-strong"),
    ]
    weak = [pair for pair in pairs if contrast(scheme[pair[0]], scheme[pair[1]]) < 4.5]
    assert weak == []


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_edges_of_what_can_be_pressed_are_visible(scheme: dict[str, str]) -> None:
    assert contrast(scheme["line-strong"], scheme["sheet"]) >= 3
    assert contrast(scheme["line-strong"], scheme["paper"]) >= 3
    assert contrast(scheme["focus"], scheme["paper"]) >= 3
