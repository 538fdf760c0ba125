"""The gate, from a first try to the file that everybody takes home."""

from pathlib import Path

import pytest

from browser.visitor import Account, Visitor, Way
from worlds_of_release import PEOPLE

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("way", [Way.MOUSE])
def test_an_official_tries_a_file_follows_a_suggestion_and_publishes(
    visitor: Visitor, official: Account, tmp_path: Path
) -> None:
    people = tmp_path / "people.csv"
    people.write_text(PEOPLE, "utf-8")
    visitor.opens("/account/login/")
    visitor.signs_in(official)
    visitor.opens("/releases/")
    visitor.follows(visitor.says("Publish a file"))
    visitor.stands_at(visitor.says("Publish a file"))
    for method in ("table", "noise", "records"):
        visitor.opens(f"/releases/new/{method}")
        visitor.stands_at(visitor.main.get_by_role("heading", level=1).inner_text())
    heading = visitor.says("Records in which people look alike")
    told = {"title": "File", "quasi": "age, sex", "sensitive": "answer", "k": "2"}
    for field, text in told.items():
        visitor.page.locator(f"[name={field}]").fill(text)
    visitor.page.set_input_files("[name=file]", people)
    visitor.presses(visitor.says("Try"))
    visitor.stands_at(heading)
    visitor.page.locator("[name=way]").fill("1")
    visitor.page.set_input_files("[name=file]", people)
    visitor.presses(visitor.says("Try"))
    visitor.stands_at(heading)
    visitor.page.set_input_files("[name=file]", people)
    visitor.presses(visitor.says("Publish for everybody"))
    visitor.stands_at("File")
    visitor.opens("/releases/")
    visitor.stands_at(visitor.says("What was published"))
