"""The pages of officials on the smallest screen that WCAG 2.2 asks for (1.4.10: 320 pixels)."""

import pytest

from browser.visitor import Account, Visitor, Way

pytestmark = pytest.mark.browser

DESKS = [
    *("/identity/me", "/hearings/new", "/hearings/after-the-pandemic/run"),
    *("/hearings/next-year/run", "/ballots/new", "/ballots/new?hearing=next-year"),
    *("/ballots/after-the-pandemic-budget/run", "/ballots/after-the-pandemic-budget/result"),
    *("/ballots/next-year-budget/run", "/ballots/next-year-budget/close"),
    *("/plan/", "/plan/commitments/1/", "/plan/commitments/1/edit"),
    *("/about/privacy", "/about/blocks", "/account/password/change/"),
]


@pytest.mark.parametrize("way", [Way.MOUSE])
def test_no_desk_is_wider_than_a_small_screen(visitor: Visitor, official: Account) -> None:
    visitor.opens("/account/login/")
    visitor.signs_in(official)
    for path in DESKS:
        visitor.opens(path)
        visitor.stands_at(visitor.main.get_by_role("heading", level=1).inner_text())


@pytest.mark.parametrize("way", [Way.MOUSE])
def test_a_name_of_one_long_word_is_broken(visitor: Visitor, official: Account) -> None:
    slug, name = f"long-{visitor.language}", "아주긴이름이한마디로이어져도화면을넘치지않습니다"
    visitor.opens("/account/login/")
    visitor.signs_in(official)
    visitor.opens("/ballots/new?hearing=next-year")
    told = {"slug": slug, "title_ko": name, "introduction_ko": name, "budget": "1000"}
    for field, text in told.items():
        visitor.page.locator(f"[name={field}]").fill(text)
    visitor.page.locator("[name=statements]").first.check()
    visitor.presses(visitor.says("Make the draft"))
    visitor.stands_at(visitor.says("Run this ballot"))
    for path in ("edit", "projects/0", "projects/add", "open"):
        visitor.opens(f"/ballots/{slug}/{path}")
        visitor.stands_at(visitor.main.get_by_role("heading", level=1).inner_text())
