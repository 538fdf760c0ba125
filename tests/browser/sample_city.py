"""What the sample city's pages are called, read from its own files."""

import csv
import tomllib
from typing import Any

from django.conf import settings

from madang.decide.plan.block import BLOCK as PLAN_BLOCK
from madang.ground.city.card import city

SAMPLE = settings.PACKAGE / "sample"


def _table(path: str) -> dict[str, Any]:
    return tomllib.loads((SAMPLE / path).read_text("utf-8"))


def _projects() -> list[dict[str, str]]:
    lines = (SAMPLE / "next/ballot/ballot.pb").read_text("utf-8").splitlines()
    rows = lines[lines.index("PROJECTS") + 1 : lines.index("VOTES")]
    return [
        {"ko": row["name"], "en": row["name_en"]} for row in csv.DictReader(rows, delimiter=";")
    ]


NAME = city().words
DISTRICTS = [district.words for district in city().districts]
HEARING = _table("next/hearing/hearing.toml")
BALLOT = _table("next/ballot/ballot.toml")
PLAN = _table("plan.toml")
PROJECTS = _projects()
PLAN_PAGES = {"ko": PLAN_BLOCK.korean, "en": PLAN_BLOCK.english}
