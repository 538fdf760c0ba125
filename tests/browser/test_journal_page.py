"""The journal, checked in a reader's own browser: what is whole, and what was touched."""

from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from browser.sample_city import DISTRICTS
from browser.visitor import Account, Visitor, Way
from madang.core.tlog.checkpoint import parse_checkpoint
from madang.core.tlog.note import parse_note
from madang.ground.journal.keys import countersign, witness_key

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
    # The log may have grown since the page was made: the root is that of the head just read.
    with reader.page.expect_response("**/journal/checkpoint") as read:
        assert verdict(reader) == "whole"
    root = parse_checkpoint(parse_note(read.value.body())).root.hex()
    expect(reader.page.locator("#verdict")).to_contain_text(root)
    reader.stands_at(reader.says("The journal"))


@pytest.mark.parametrize(("at", "verdict_is"), [(0, "whole"), (20, "unsigned")])
def test_the_signature_of_a_witness_is_checked(reader: Visitor, at: int, verdict_is: str) -> None:
    key = witness_key("ngo.example", "a secret of the tests")

    def countersigned(route: Route) -> None:
        answer = route.fetch()
        note = parse_note(answer.body())
        seen = countersign(note, key.name, "a secret of the tests", unix_time=1_590_000_000)
        last = seen.signatures[-1]
        value = bytearray(last.value)
        value[-1] ^= at
        line = str(last._replace(value=bytes(value)))
        route.fulfill(response=answer, body=str(note) + line)

    reader.page.route("**/journal/checkpoint", countersigned)
    reader.page.eval_on_selector(
        "#checker", "(checker, key) => (checker.dataset.witnesses = key)", str(key)
    )
    assert verdict(reader) == verdict_is
    if verdict_is == "whole":
        expect(reader.page.locator("#verdict")).to_contain_text("ngo.example")
        expect(reader.page.locator("#verdict")).to_contain_text("2020")


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


@pytest.mark.parametrize("language", ["ko"])
def test_the_receipt_of_ones_own_vote_is_opened(
    visitor: Visitor, person: Account, tmp_path: Path
) -> None:
    says = visitor.says
    visitor.opens("/account/login/?next=/identity/residency?next=/hearings/next-year/vote")
    visitor.signs_in(person)
    visitor.tells_district(DISTRICTS[0][visitor.language])
    visitor.stands_at(says("What do you think?"))
    visitor.presses(says("Agree"))
    expect(visitor.main.get_by_role("progressbar")).to_have_js_property("value", 1)
    visitor.opens("/hearings/next-year/mine")
    visitor.stands_at(says("My votes"))
    address = visitor.page.locator("main a[download]").get_attribute("href")
    kept = tmp_path / "mine.tlog-proof"
    for _ in range(60):  # the worker extends the journal every ten seconds
        answer = visitor.page.request.get(f"{visitor.url}{address}", max_redirects=0)
        if answer.status == 200:
            break
        visitor.page.wait_for_timeout(500)
    kept.write_bytes(answer.body())
    visitor.opens("/about/journal")
    visitor.page.set_input_files("#check-proof", kept)
    said = visitor.page.locator("#verdict")
    expect(said).to_have_attribute("data-verdict", "proved")
    expect(said).to_contain_text('"value":1')
