"""The journal, checked in a reader's own browser: what is whole, and what was touched."""

from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from browser.visitor import Visitor, Way

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("way", [Way.MOUSE, Way.KEYBOARD], ids=lambda way: way.value),
]


@pytest.fixture
def reader(visitor: Visitor) -> Visitor:
    visitor.opens("/about/journal")
    visitor.stands_at(visitor.says("The journal"))
    return visitor


def verdict(reader: Visitor) -> str | None:
    reader.presses(reader.says("Check the whole log"))
    said = reader.page.locator("#verdict")
    expect(said).not_to_have_attribute("data-verdict", "checking")
    return said.get_attribute("data-verdict")


def test_a_whole_log_is_found_whole(reader: Visitor) -> None:
    assert verdict(reader) == "whole"
    root = reader.main.get_by_role("definition").nth(3).inner_text()
    expect(reader.page.locator("#verdict")).to_contain_text(root)
    reader.stands_at(reader.says("The journal"))


@pytest.mark.parametrize(
    ("path", "verdict_is"),
    [("tile/entries/", "changed"), ("checkpoint", "unsigned")],
)
def test_what_was_touched_on_the_way_is_found(reader: Visitor, path: str, verdict_is: str) -> None:
    def touch(route: Route) -> None:
        answer = route.fetch()
        body = bytearray(answer.body())
        body[20] ^= 1
        route.fulfill(response=answer, body=bytes(body))

    reader.page.route(f"**/journal/{path}**", touch)
    assert verdict(reader) == verdict_is


def test_a_proof_that_was_kept_is_checked(reader: Visitor, tmp_path: Path) -> None:
    kept = tmp_path / "entry.tlog-proof"
    kept.write_bytes(reader.page.request.get(f"{reader.url}/journal/proof/3.tlog-proof").body())
    reader.page.set_input_files("#check-proof", kept)
    said = reader.page.locator("#verdict")
    expect(said).to_have_attribute("data-verdict", "proved")
    kept.write_text(kept.read_text("utf-8").replace("index 3", "index 2"), "utf-8")
    reader.page.set_input_files("#check-proof", kept)
    expect(said).to_have_attribute("data-verdict", "changed")
    kept.write_text("nothing of the kind", "utf-8")
    reader.page.set_input_files("#check-proof", kept)
    expect(said).to_have_attribute("data-verdict", "noproof")
