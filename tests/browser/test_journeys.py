"""Six ways through the site, each in both languages, by mouse, by keyboard and without scripts.

By mouse the screen is 320 pixels wide, the least that WCAG 2.2 asks for (1.4.10). What is looked
over at every page stands in visitor.py.
"""

import itertools
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.sample_city import BALLOT, DISTRICTS, HEARING, NAME, PLAN, PLAN_PAGES, PROJECTS
from browser.visitor import Account, Visitor, Way

pytestmark = pytest.mark.browser

NEWCOMERS = (
    Account(f"newcomer{number}@daon.example", "seven quiet rivers") for number in itertools.count()
)


def test_a_newcomer_signs_up_and_says_where_they_live(visitor: Visitor) -> None:
    says, newcomer = visitor.says, next(NEWCOMERS)
    home = says("What %(city)s asks, decides and does", city=NAME[visitor.language])
    district = DISTRICTS[2][visitor.language]

    visitor.opens()
    visitor.stands_at(home)
    visitor.follows(says("Sign up"), within=visitor.part(says("Your account")))
    visitor.stands_at(says("Sign Up"))
    visitor.signs_up(Account(newcomer.email, "0123456789"))
    summary = visitor.main.get_by_role("alert")
    expect(summary).to_contain_text(says("Please check what you entered"))
    expect(summary).to_be_focused()
    visitor.stands_at(says("Sign Up"))
    visitor.signs_up(newcomer)

    visitor.stands_at(home)
    visitor.follows(says("My page"), within=visitor.part(says("Your account")))
    visitor.stands_at(says("My page"))
    expect(visitor.main).to_contain_text(newcomer.email)
    visitor.follows(says("Say where you live"))
    visitor.tells_district(district)
    visitor.stands_at(says("My page"))
    expect(visitor.main).to_contain_text(says("Your district is recorded."))
    expect(visitor.main.get_by_role("definition").last).to_have_text(district)

    visitor.presses(says("Sign out"), within=visitor.part(says("Your account")))
    visitor.stands_at(home)
    visitor.follows(says("Sign in"), within=visitor.part(says("Your account")))
    visitor.signs_in(newcomer)
    visitor.stands_at(home)
    expect(visitor.part(says("Your account"))).to_contain_text(says("Sign out"))


def test_a_newcomer_votes_through_a_hearing(visitor: Visitor) -> None:
    says, title = visitor.says, HEARING["title"][visitor.language]
    answers = [says("Agree"), says("Disagree"), says("Pass")]

    visitor.opens()
    visitor.follows(title)
    visitor.stands_at(title)
    visitor.follows(says("Vote on sentences"))
    visitor.stands_at(says("Sign In"))
    asked = "If you have not created an account yet, then please %(link)ssign up%(end_link)s first."
    visitor.follows(visitor.link_in(asked))
    visitor.stands_at(says("Sign Up"))
    visitor.signs_up(next(NEWCOMERS))
    visitor.tells_district(DISTRICTS[0][visitor.language])

    visitor.stands_at(says("What do you think?"))
    progress = visitor.main.get_by_role("progressbar")
    sentence = visitor.main.get_by_role("article").get_by_role("paragraph").first
    given: dict[str, str] = {}
    for done in range(int(progress.get_attribute("max") or 0)):
        expect(progress).to_have_js_property("value", done)
        if done and visitor.way is not Way.NO_SCRIPT:
            expect(sentence).to_be_focused()
        text = sentence.inner_text()
        given[text] = answers[done % len(answers)]
        visitor.presses(given[text])
    expect(visitor.main).to_contain_text(says("You have voted on every sentence."))

    visitor.follows(says("My votes"))
    visitor.stands_at(says("My votes"))
    cards = visitor.main.get_by_role("article")
    expect(cards).to_have_count(len(given))
    changed = next(iter(given))
    visitor.presses(says("Pass"), within=cards.filter(has_text=changed))
    given[changed] = says("Pass")
    for text, answer in given.items():
        card = cards.filter(has=visitor.page.get_by_text(text, exact=True))
        expect(card.get_by_role("button", pressed=True)).to_have_text(answer)
    visitor.stands_at(says("My votes"))
    visitor.follows(title)
    visitor.stands_at(title)


def test_a_resident_writes_a_sentence_and_an_official_shows_it(
    visits: Callable[[], Visitor], person: Account, official: Account
) -> None:
    resident, moderator = visits(), visits()
    says, title = resident.says, HEARING["title"][resident.language]
    sentence = f"{title} ({person.email.partition('@')[0]}, {resident.way.value})"

    resident.opens("/hearings/next-year/")
    resident.stands_at(title)
    resident.follows(says("Write a sentence"))
    resident.signs_in(person)
    resident.tells_district(DISTRICTS[1][resident.language])
    resident.stands_at(says("Write a sentence"))
    resident.writes(says("Your sentence"), sentence)
    resident.presses(says("Send to the moderator"))
    resident.stands_at(title)
    expect(resident.main).to_contain_text(
        says("Thank you. A moderator reads it first; then others vote.")
    )
    resident.follows(says("All sentences with their votes"))
    resident.stands_at(says("All sentences"))
    expect(resident.main).not_to_contain_text(sentence)

    moderator.opens("/account/login/")
    moderator.signs_in(official)
    moderator.follows(title)
    moderator.stands_at(title)
    moderator.activates(moderator.main.get_by_role("link", name=says("Run this hearing")))
    moderator.stands_at(says("Run this hearing"))
    written = moderator.main.get_by_role("listitem").filter(has_text=sentence)
    moderator.activates(written.get_by_role("button", name=says("Show")))
    expect(moderator.main).to_contain_text(says("Done."))
    moderator.stands_at(says("Run this hearing"))

    resident.writes(says("Search in the sentences"), sentence)
    resident.presses(says("Search"))
    resident.follows(sentence)
    resident.stands_at(sentence)
    expect(resident.main).to_contain_text(says("No answers yet"))


def test_a_resident_casts_a_ballot(visitor: Visitor, person: Account) -> None:
    says, title = visitor.says, BALLOT["title"][visitor.language]
    first, second, third = (project[visitor.language] for project in PROJECTS[:3])

    visitor.opens()
    visitor.follows(title)
    visitor.stands_at(title)
    voters = visitor.figure(says("Have voted"))
    visitor.follows(says("Sign in to vote"))
    visitor.signs_in(person)
    visitor.stands_at(title)
    visitor.follows(says("Say where I live"))
    visitor.tells_district(DISTRICTS[3][visitor.language])
    visitor.stands_at(title)
    visitor.ticks(first)
    visitor.ticks(third)
    visitor.presses(says("Look over my choice"))
    visitor.stands_at(says("Look over your choice"))
    visitor.presses(says("Go back and change"))

    visitor.stands_at(title)
    boxes = visitor.main.get_by_role("checkbox", checked=True)
    expect(boxes).to_have_count(2)
    visitor.ticks(first)
    visitor.ticks(second)
    visitor.presses(says("Look over my choice"))
    visitor.stands_at(says("Look over your choice"))
    visitor.presses(says("Cast my ballot"))

    visitor.stands_at(says("Your ballot is cast"))
    expect(visitor.main.get_by_role("rowheader")).to_have_text([second, third])
    visitor.follows(says("Back to the ballot"))
    visitor.stands_at(title)
    approved = says("You approved %(n)s project.", "You approved %(n)s projects.", n=2)
    expect(visitor.main).to_contain_text(approved)
    assert visitor.figure(says("Have voted")) == voters + 1


def test_a_commitment_leads_back_to_its_sentence_and_down_again(visitor: Visitor) -> None:
    says = visitor.says
    to_sentence = says("From the commitment back to the sentence that asked for it")
    to_city = says("From the sentence to what the city does")

    visitor.opens()
    visitor.follows_menu(PLAN_PAGES[visitor.language])
    visitor.stands_at(PLAN["title"][visitor.language])
    commitment = visitor.main.get_by_role("heading", level=4).first.inner_text()
    visitor.follows(commitment)
    visitor.stands_at(commitment)
    chain = visitor.main.get_by_role("list", name=to_sentence)
    ballot, hearing, sentence = chain.get_by_role("link").all_inner_texts()

    visitor.follows(ballot, within=chain)
    visitor.stands_at(says("Result"))
    visitor.page.go_back()
    visitor.stands_at(commitment)
    visitor.follows(sentence, within=chain)
    visitor.stands_at(says("What became of a sentence"))
    expect(visitor.main).to_contain_text(sentence)

    visitor.follows(says("Sentence"))
    visitor.stands_at(sentence)
    expect(visitor.part(says("Where you are"))).to_contain_text(hearing)
    visitor.follows(says("Follow this sentence through ballot and plan"))
    visitor.stands_at(says("What became of a sentence"))
    visitor.follows(commitment, within=visitor.main.get_by_role("list", name=to_city))
    visitor.stands_at(commitment)


def test_the_language_changes_and_the_place_stays(visitor: Visitor) -> None:
    languages = {"ko": "한국어", "en": "English"}
    other = next(code for code in languages if code != visitor.language)
    title, word = HEARING["title"], {"ko": "와이파이", "en": "wifi"}[visitor.language]

    visitor.opens("/hearings/next-year/")
    visitor.stands_at(title[visitor.language])
    visitor.follows(visitor.says("All sentences with their votes"))
    visitor.stands_at(visitor.says("All sentences"))
    visitor.writes(visitor.says("Search in the sentences"), word)
    visitor.presses(visitor.says("Search"))
    one_found = visitor.says("%(n)s sentence", "%(n)s sentences", n=1)
    expect(visitor.main.get_by_role("status")).to_have_text(one_found)
    visitor.follows(languages[other], within=visitor.part(visitor.says("Language")))

    visitor.language = other
    visitor.stands_at(visitor.says("All sentences"))
    searched = visitor.main.get_by_label(visitor.says("Search in the sentences"))
    expect(searched).to_have_value(word)
    visitor.follows(title[other])
    visitor.stands_at(title[other])
