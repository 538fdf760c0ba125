"""Who clicks twice is heard once."""

import pytest
from playwright.sync_api import Request, expect

from browser.sample_city import BALLOT, DISTRICTS, PROJECTS
from browser.visitor import Account, Visitor, Way

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("language", ["ko"]),
    pytest.mark.parametrize("way", [Way.MOUSE, Way.NO_SCRIPT], ids=lambda way: way.value),
]


def go_in(visitor: Visitor, person: Account, path: str) -> None:
    """Open a page as a resident."""
    visitor.opens(f"/account/login/?next=/identity/residency?next={path}")
    visitor.signs_in(person)
    visitor.tells_district(DISTRICTS[0][visitor.language])


def test_a_double_click_casts_one_vote(visitor: Visitor, person: Account) -> None:
    says = visitor.says
    go_in(visitor, person, "/hearings/next-year/vote")
    visitor.stands_at(says("What do you think?"))
    visitor.main.get_by_role("button", name=says("Agree"), exact=True).dblclick()
    expect(visitor.main.get_by_role("progressbar")).to_have_js_property("value", 1)
    visitor.follows(says("My votes"))
    visitor.stands_at(says("My votes"))
    expect(visitor.main.get_by_role("article")).to_have_count(1)


def test_a_slow_double_click_leaves_the_next_sentence_alone(
    visitor: Visitor, person: Account
) -> None:
    says = visitor.says
    go_in(visitor, person, "/hearings/next-year/vote")
    visitor.stands_at(says("What do you think?"))
    agree = visitor.main.get_by_role("button", name=says("Agree"), exact=True)
    answers: list[Request] = []
    visitor.page.on("request", lambda sent: answers.append(sent) if sent.method == "POST" else None)

    agree.click(trial=True)
    # What moves on the page stands still, so that the second click comes right after the first.
    clock = visitor.context.new_cdp_session(visitor.page)
    clock.send("Animation.enable")
    clock.send("Animation.setPlaybackRate", {"playbackRate": 0})
    agree.click()
    expect(visitor.main.get_by_role("progressbar")).to_have_js_property("value", 1)
    agree.click(force=True)
    visitor.follows(says("My votes"))
    visitor.stands_at(says("My votes"))
    assert len(answers) == 1


def test_a_double_click_casts_one_ballot(visitor: Visitor, person: Account) -> None:
    says, title = visitor.says, BALLOT["title"][visitor.language]
    go_in(visitor, person, "/ballots/next-year-budget/")
    visitor.stands_at(title)
    voters = visitor.figure(says("Have voted"))
    visitor.ticks(PROJECTS[0][visitor.language])
    visitor.presses(says("Look over my choice"))
    visitor.stands_at(says("Look over your choice"))
    visitor.main.get_by_role("button", name=says("Cast my ballot"), exact=True).dblclick()
    visitor.stands_at(says("Your ballot is cast"))
    visitor.follows(says("Back to the ballot"))
    visitor.stands_at(title)
    assert visitor.figure(says("Have voted")) == voters + 1
