"""The way of a request about one's own data: seen, asked, opened, answered, and seen again."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.sample_city import DISTRICTS
from browser.visitor import Account, Visitor

pytestmark = pytest.mark.browser


def test_a_resident_sees_their_data_and_an_official_answers_their_request(
    visits: Callable[[], Visitor], person: Account, official: Account
) -> None:
    resident, desk = visits(), visits()
    says = resident.says
    words = f"{person.email} / {resident.way.value}"

    resident.opens("/hearings/next-year/vote")
    resident.signs_in(person)
    resident.tells_district(DISTRICTS[0][resident.language])
    resident.stands_at(says("What do you think?"))
    resident.presses(says("Agree"))
    resident.opens("/identity/me")
    resident.stands_at(says("My page"))
    resident.follows(
        says("Everything that is held about you, who looked, and what you can ask for")
    )
    resident.stands_at(says("My data"))
    expect(resident.main).to_contain_text(person.email)
    expect(resident.main).to_contain_text(says("Nobody looked."))
    resident.presses(says("Write to me about hearings I took part in"))
    resident.stands_at(says("My data"))
    with resident.page.expect_download() as taken:
        resident.activates(resident.main.get_by_role("link", name=re.compile("JSON")))
    assert taken.value.suggested_filename == "my-data.json"

    asks = resident.main.get_by_role("link", name=re.compile(says("Ask for a change")))
    resident.activates(asks.filter(has_text=person.email))
    resident.stands_at(says("Ask for a change"))
    resident.presses(says("Send my request"))
    resident.stands_at(says("Ask for a change"))  # browsers without our words: nothing was chosen
    resident.picks(says("Correct it"))
    resident.writes(says("What is wrong, or why?") + optional(resident), words)
    resident.presses(says("Send my request"))
    resident.stands_at(says("My request"))
    expect(resident.main).to_contain_text(says("Waits for an answer"))

    desk.opens("/rights/desk")
    desk.signs_in(official)
    desk.stands_at(says("Requests of people about their data"))
    expect(desk.main).not_to_contain_text(person.email)
    address = resident.page.url.rpartition("/")[2]
    desk.activates(desk.main.locator(f'a[href$="{address}"]'))
    desk.stands_at(says("A request about personal data"))
    expect(desk.main).to_contain_text(words)
    desk.picks(says("Refuse it"))
    desk.presses(says("Answer"))
    expect(desk.main).to_contain_text(says("A refusal needs its reason."))
    desk.stands_at(says("A request about personal data"))
    desk.writes(says("What was done, or the reason") + optional(desk), "제36조 (1)")
    desk.presses(says("Answer"))
    desk.stands_at(says("Requests of people about their data"))

    resident.page.reload()
    resident.stands_at(says("My request"))
    expect(resident.main).to_contain_text("제36조 (1)")
    resident.follows(says("Back to my data"))
    resident.stands_at(says("My data"))
    expect(resident.main.get_by_role("table").first).to_contain_text(says("An official"))


def optional(visitor: Visitor) -> str:
    return f" {visitor.says('(optional)')}"
