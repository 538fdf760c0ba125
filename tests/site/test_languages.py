"""A text in another language than its page says so wherever it is shown (WCAG 2.2, 3.1.2)."""

from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django.test import Client

from decide.worlds import NOON, make_person
from madang.decide.ballots import services as ballots
from madang.decide.ballots.rules import ProjectDraft
from madang.decide.plan.models import Commitment
from madang.decide.plan.rules import CommitmentDraft, GoalDraft
from madang.decide.plan.rules import ProjectDraft as PlanProjectDraft
from madang.decide.plan.services import create_plan, move_commitment, update_commitment
from madang.ground.city.card import city
from madang.ground.identity.models import Person, Role
from madang.ground.identity.public import who_is
from madang.ground.jobs.queue import work_off
from madang.ground.words import Said, as_written, language_of, said
from madang.listen.hearings import services as hearings
from madang.listen.hearings.models import Moderation

WHALE = {"ko": "고래", "en": "whale"}
VOID = {"br", "hr", "img", "input", "link", "meta", "path", "rect", "circle", "line", "use"}
PAGES = [
    *("/", "/hearings/", "/hearings/past/", "/hearings/past/statements", "/hearings/past/run"),
    *("/hearings/past/statements/0", "/hearings/past/statements/8", "/hearings/past/mine"),
    *("/hearings/now/vote", "/hearings/now/mine", "/hearings/now/write", "/hearings/now/run"),
    *("/ballots/", "/ballots/past/", "/ballots/past/result", "/ballots/past/run"),
    *("/ballots/past/receipt", "/ballots/now/", "/ballots/now/run", "/ballots/now/close"),
    *("/ballots/draft/run", "/ballots/draft/projects/0", "/ballots/draft/projects/add"),
    *("/ballots/new", "/ballots/new?hearing=now", "/plan/", "/plan/plans/early/"),
    *("/plan/commitments/{id}/", "/plan/commitments/{id}/edit"),
    *("/plan/because/hearing/past/0", "/plan/because/hearing/past/1"),
]


class Listener(HTMLParser):
    """Collects the texts with a word in them, each with the language of the element it is in."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word
        self.inside: list[tuple[str, str]] = []
        self.heard: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        around = self.inside[-1][1] if self.inside else ""
        if tag not in VOID:
            self.inside.append((tag, dict(attrs).get("lang") or around))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            while self.inside.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        # A <title> holds text alone, and what someone may change in a form is named by its label.
        if self.word in data and self.inside[-1][0] not in {"title", "textarea"}:
            self.heard.append((self.inside[-1][1], data.strip()))


def make_hearing(slug: str, words: dict[str, str], people: list[Person]) -> None:
    hearings.create_hearing(slug=slug, title=words, introduction=words, question=words, at=NOON)
    for n in range(9):
        sentence = {code: f"{text} {n}" for code, text in words.items()}
        hearings.add_statement(slug=slug, words=sentence, at=NOON)
    hearings.open_hearing(slug=slug, at=NOON)
    for n, person in enumerate(people):
        for number in range(8):
            value = 1 if number == 0 or n % 2 else -1
            hearings.cast_vote(
                slug=slug, person_id=person.id, statement=number, value=value, at=NOON
            )
    hearings.moderate_statement(
        slug=slug,
        number=8,
        moderation=Moderation.HIDDEN,
        reason=next(iter(words.values())),
        at=NOON,
    )
    hearings.draw_map(slug=slug, at=NOON)


def make_ballot(slug: str, words: dict[str, str], *, hearing: str) -> None:
    ballots.create_ballot(
        slug=slug,
        title=words,
        introduction=words,
        currency="KRW",
        budget=Decimal(100),
        at=NOON,
        hearing=hearing,
        projects=[
            ProjectDraft(
                code=f"P{n}", words=words, summary=words, cost=Decimal(60), statement=n, goal="sea"
            )
            for n in range(2)
        ],
    )


def make_plan(slug: str, words: dict[str, str]) -> None:
    office = city().offices[0].code
    projects = tuple(
        PlanProjectDraft(
            code=code, words=words, description=words, office=office, takes_winners=code == "calls"
        )
        for code in ("calls", "dives")
    )
    goal = GoalDraft(code="sea", words=words, description=words, projects=projects)
    create_plan(slug=slug, title=words, vision=words, goals=(goal,), at=NOON)


def make_world(words: dict[str, str]) -> tuple[Person, Commitment]:
    """Everything that people can write, in one language only."""
    person = make_person(roles=[Role.OFFICIAL])
    who = who_is(Person.objects.get(id=person.id))
    assert who is not None
    people = [person, *(make_person() for _ in range(19))]
    make_hearing("now", words, people)
    make_hearing("past", words, people)
    hearings.close_hearing(slug="past", at=NOON)
    hearings.answer_hearing(slug="past", answer=words, at=NOON)
    make_plan("early", words)
    make_plan("late", words)
    for slug, hearing in (("past", "past"), ("now", "now"), ("draft", "now")):
        make_ballot(slug, words, hearing=hearing)
        if slug != "draft":
            ballots.open_ballot(slug=slug, at=NOON)
            ballots.cast_ballot(slug=slug, who=who, projects=["P0"], at=NOON)
    ballots.close_ballot(slug="past", at=NOON)
    work_off()
    commitment = Commitment.objects.get()
    (text,) = words.values()
    told = CommitmentDraft(
        office=city().offices[0].code,
        partners=text,
        budget=None,
        starts_on=None,
        ends_on=None,
        status="underway",
    )
    update_commitment(commitment=commitment.id, draft=told, note=text, at=NOON)
    dives = commitment.project.goal.projects.get(code="dives")
    move_commitment(commitment=commitment.id, project=dives.id, note=text, at=NOON)
    return person, commitment


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("own", "prefix"), [("ko", "/en"), ("en", "")], ids=["ko-en", "en-ko"])
def test_every_text_of_another_language_names_it(client: Client, own: str, prefix: str) -> None:
    word = WHALE[own]
    person, commitment = make_world({own: f"{word} {word}"})
    client.force_login(person)
    for page in PAGES:
        answer = client.get(prefix + page.format(id=commitment.id))
        assert answer.status_code == 200, page
        listener = Listener(word)
        listener.feed(answer.content.decode())
        assert listener.heard or page in {"/ballots/draft/projects/add"}, f"{page} shows no text"
        assert [text for language, text in listener.heard if language != own] == [], page


@pytest.mark.django_db(transaction=True)
def test_a_text_of_the_page_s_own_language_names_none(client: Client) -> None:
    person, commitment = make_world({"ko": "고래"})
    client.force_login(person)
    for page in PAGES:
        html = client.get(page.format(id=commitment.id)).content.decode()
        _html, _, below = html.partition("<main")
        assert "lang=" not in below.partition("<footer")[0].replace('<dd lang="en">', ""), page


def test_a_text_knows_the_language_it_was_chosen_in() -> None:
    words = {"ko": "고래", "en": ""}
    assert [said(words, code).language for code in ("ko", "en")] == ["ko", "ko"]
    assert said({"und": "#3"}, "en") == Said("#3")
    assert said({"und": "我覺得搭乘時有風險"}, "en").language == "zh"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("고래 whale", "ko"),
        ("a whale", "en"),
        ("鯨 whale", "zh"),
        ("鯨のうた", "ja"),
        ("кит", "und"),
        ("10", "und"),
        ("", "und"),
    ],
)
def test_letters_tell_the_language_where_nobody_noted_it(text: str, language: str) -> None:
    assert as_written(text).language == language
    assert language_of(text, otherwise="ko") == ("ko" if language == "und" else language)
