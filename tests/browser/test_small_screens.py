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
