"""A person at the site's pages: by mouse on a small screen, by keyboard alone, or without scripts.

Every page a visitor stands at is looked over: its language, that nothing reaches out of it, that
the browser has nothing to complain about and that axe-core finds nothing: by mouse every time, by
keyboard, which is on a wide screen, once an address.
"""

import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from django.utils import translation
from playwright.sync_api import Browser, ConsoleMessage, ElementHandle, Locator, expect

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"  # put there by `make setup`
PATIENCE_MS = 15_000  # the city may be at work behind its pages
MOST_TABS = 150  # more than any page has things to reach

# What has the focus: whether it is the target or a radio button beside it, and whether it shows.
FOCUS = """target => {
  const here = document.activeElement, box = here.getBoundingClientRect();
  const style = getComputedStyle(here);
  const ringed = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  return {
    there: here === target || (here.type === "radio" && here.name === target.name),
    shows: here === document.body || (
      here.matches(":focus-visible") && ringed && box.width > 0 && box.height > 0 &&
      box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth),
    what: here.outerHTML.slice(0, 200),
  };
}"""

# What reaches out of the window, but for tables, which scroll within themselves.
STICKS_OUT = """() => [...document.querySelectorAll("body *")].filter(each => {
  const box = each.getBoundingClientRect();
  return box.width && box.right > innerWidth + 1 && !each.closest(".table, .hidden-text");
}).map(each => each.outerHTML.slice(0, 200))"""


class Way(Enum):
    """How a visitor goes about it."""

    MOUSE = "mouse"
    KEYBOARD = "keyboard"
    NO_SCRIPT = "no-script"


@dataclass(frozen=True)
class Account:
    email: str
    password: str


class Visitor:
    """One person in one browser of their own. Texts are looked up in the site's own catalogue."""

    def __init__(
        self, browser: Browser, url: str, language: str, way: Way, seen_wide: set[str]
    ) -> None:
        self.url = url
        self.language = language
        self.way = way
        self.seen_wide = seen_wide  # pages that axe-core has seen on a wide screen
        self.complaints: list[str] = []
        self.context = browser.new_context(
            java_script_enabled=way is not Way.NO_SCRIPT,
            viewport={"width": 320, "height": 740}
            if way is Way.MOUSE
            else {"width": 1280, "height": 800},
            color_scheme="dark" if language == "en" else "light",
            locale="ko-KR" if language == "ko" else "en-GB",
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.main = self.page.get_by_role("main")

    def says(self, text: str, plural: str = "", **words: Any) -> str:
        """What the site says for a text of the code, in the visitor's language."""
        with translation.override(self.language):
            if plural:
                said = translation.ngettext(text, plural, words["n"])
            else:
                said = translation.gettext(text)
        return said % words if words else said

    def link_in(self, text: str) -> str:
        """The words of the link inside a sentence of allauth's."""
        found = re.search(r"%\(link\)s(.+?)%\(end_link\)s", self.says(text))
        assert found, f"{text!r} has no link"
        return found[1]

    # Going about

    def opens(self, path: str = "/") -> None:
        """Type an address, as it is in Korean."""
        prefix = "" if self.language == "ko" else f"/{self.language}"
        self.page.goto(f"{self.url}{prefix}{path}")

    def stands_at(self, heading: str) -> None:
        """Be at the page of this heading, and look it over."""
        expect(self.page.get_by_role("heading", level=1, name=heading, exact=True)).to_be_visible()
        self.page.wait_for_load_state()
        self._look_over()

    def part(self, label: str) -> Locator:
        """A navigation of the page's frame."""
        return self.page.get_by_role("navigation", name=label, exact=True)

    def follows(self, name: str, within: Locator | None = None) -> None:
        self.activates((within or self.main).get_by_role("link", name=name, exact=True))

    def presses(self, name: str, within: Locator | None = None) -> None:
        self.activates((within or self.main).get_by_role("button", name=name, exact=True))

    def follows_menu(self, name: str) -> None:
        """Follow a link of the main menu, which a small screen folds."""
        menu = self.page.get_by_role("button", name=self.says("Menu"), exact=True)
        if menu.is_visible():
            self.activates(menu)
        self.follows(name, within=self.part(self.says("Main menu")))

    def activates(self, target: Locator) -> None:
        """Click, or with the keyboard go there and press Enter."""
        if self.way is Way.KEYBOARD:
            self._tab_to(target)
            self.page.keyboard.press("Enter")
        else:
            target.click()

    def writes(self, label: str, text: str) -> None:
        field = self.main.get_by_label(label, exact=True)
        if self.way is Way.KEYBOARD:
            self._tab_to(field)
            self.page.keyboard.press("Control+a")
            self.page.keyboard.type(text)
        else:
            field.fill(text)
        expect(field).to_have_value(text)

    def ticks(self, name: str) -> None:
        """Tick a box, or take the tick away."""
        box = self.main.get_by_role("checkbox", name=name, exact=True)
        before = box.is_checked()
        if self.way is Way.KEYBOARD:
            self._tab_to(box)
            self.page.keyboard.press("Space")
        else:
            box.click()
        expect(box).to_be_checked(checked=not before)

    def picks(self, name: str) -> None:
        """Pick one of several; with the keyboard by the arrows."""
        button = self.main.get_by_role("radio", name=name, exact=True)
        if self.way is Way.KEYBOARD:
            self._tab_to(button)
            for _ in range(self.main.get_by_role("radio").count()):
                if button.is_checked():
                    break
                self.page.keyboard.press("ArrowDown")
        else:
            button.check()
        expect(button).to_be_checked()

    def figure(self, label: str) -> int:
        """A key figure of the page."""
        figure = self.main.locator("dl > div").filter(has=self.page.get_by_text(label, exact=True))
        return int(figure.get_by_role("definition").inner_text().replace(",", ""))

    # Being someone

    def signs_in(self, account: Account) -> None:
        self.stands_at(self.says("Sign In"))
        self.writes(self.says("Email"), account.email)
        self.writes(self.says("Password"), account.password)
        self.presses(self.says("Sign In"))

    def signs_up(self, account: Account) -> None:
        self.writes(self.says("Email"), account.email)
        self.writes(self.says("Password"), account.password)
        self.presses(self.says("Sign Up"))

    def tells_district(self, district: str) -> None:
        self.stands_at(self.says("Where do you live?"))
        self.picks(district)
        agrees = self.says("I agree that the city keeps the district I live in")
        if self.main.get_by_label(agrees).count():  # asked once
            self.ticks(agrees)
        self.presses(self.says("Save"))

    # Looking

    def leaves(self) -> None:
        """Go; whatever the browser complained of since the last page is said now."""
        self.context.close()
        assert not self.complaints

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location.get('url')})")

    def _look_over(self) -> None:
        where = self.page.url
        assert self.page.get_attribute("html", "lang") == self.language, where
        assert self.page.evaluate(STICKS_OUT) == [], f"{where} is wider than the window"
        if self.way is Way.MOUSE or (self.way is Way.KEYBOARD and where not in self.seen_wide):
            self.page.evaluate(AXE.read_text("utf-8"))
            found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            assert not found["violations"], f"{where}: {_told(found['violations'])}"
        if self.way is Way.KEYBOARD:
            self.seen_wide.add(where)
        assert not self.complaints, where

    def _tab_to(self, target: Locator) -> None:
        """Press Tab until the target has the focus, which shows at every stop on the way."""
        element = target.element_handle()
        for pressed in range(MOST_TABS):
            focus = self._focus(element)
            assert not pressed or focus["shows"], f"no focus to be seen at {focus['what']}"
            if focus["there"]:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never comes to {target}")

    def _focus(self, element: ElementHandle) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate(FOCUS, element)
        return found


def _told(violations: list[dict[str, Any]]) -> str:
    return "; ".join(
        f"{each['id']}: {each['help']}: {each['nodes'][0]['html']}" for each in violations
    )
