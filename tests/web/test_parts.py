"""The parts of a page: what they say, how they are tied together, and what they must not hold."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.utils import translation

import madang.web
from madang.web.charts import draw_opinion_map

WEB = Path(madang.web.__file__).parent
TEMPLATES = sorted(path for path in (WEB / "templates").rglob("*.*") if path.is_file())


@pytest.fixture(autouse=True)
def english_page() -> Iterator[None]:
    with translation.override("en"):
        yield


def render(source: str, **context: object) -> str:
    html = Template("{% load madang %}" + source).render(Context(context))
    return re.sub(r"\s+", " ", html).replace("> <", "><").strip()


class OpinionForm(forms.Form):
    name = forms.CharField(help_text="As you like to be called.")
    district = forms.ChoiceField(choices=[("n", "North")], widget=forms.RadioSelect)
    note = forms.CharField(required=False)
    consent = forms.BooleanField(label="I agree.")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_keep_to_the_strict_content_policy(path: Path) -> None:
    source = path.read_text()
    get_template(path.relative_to(WEB / "templates").as_posix())
    assert not re.search(r"<[^>]*\sstyle\s*=", source), "an inline style"
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", source), "an inline handler"
    assert not re.search(r"<script(?![^>]*\bsrc=)", source), "an inline script"
    assert not re.search(r"https?://", source), "something from elsewhere"


def test_a_field_is_tied_to_its_help_and_its_error() -> None:
    html = render("{% field form.name %}", form=OpinionForm({}))
    assert '<label for="id_name">' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert '<div class="field__help" id="id_name_helptext">' in html
    assert '<ul class="field__errors" id="id_name_error">' in html


def test_a_group_of_choices_is_a_fieldset_with_a_legend() -> None:
    html = render("{% field form.district %}", form=OpinionForm({}))
    assert '<fieldset class="field field--error" aria-describedby="id_district_error">' in html
    assert "<legend>District</legend>" in html


def test_only_what_may_be_left_out_is_marked() -> None:
    html = render("{% fields form %}", form=OpinionForm())
    assert html.count("(optional)") == 1
    assert "error-summary" not in html


def test_the_error_summary_leads_to_each_field() -> None:
    html = render("{% fields form %}", form=OpinionForm({}))
    assert '<a href="#id_name">Name: This field is required.</a>' in html
    assert '<a href="#id_district_0">District: This field is required.</a>' in html
    assert '<a href="#id_consent">I agree: This field is required.</a>' in html
    assert 'id="id_district_0"' in html


def test_a_label_from_a_citizen_cannot_become_markup() -> None:
    hostile = "<script>alert(1)</script>"
    html = render(
        "{% badge x %}{% notice 'info' x %}{{ x }}{% endnotice %}"
        "{% data_table x %}{% enddata_table %}"
        "{% vote_shares 1 2 3 x %}{% budget_bar 1 2 x %}{% progress 1 2 x %}",
        x=hostile,
    )
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") == 9


def test_a_statement_has_three_answers_and_shows_the_one_given() -> None:
    html = render_to_string(
        "web/parts/statement_card.html", {"text": "Wider pavements", "action": "/vote", "vote": 0}
    )
    pressed = re.findall(r'value="(-?\d)" aria-pressed="(\w+)"', html)
    assert pressed == [("1", "false"), ("-1", "false"), ("0", "true")]
    assert "hx-post" not in html


def test_an_unanswered_statement_presses_no_button() -> None:
    html = render_to_string(
        "web/parts/statement_card.html",
        {"text": "Wider pavements", "action": "/vote", "vote": None, "target": "#card"},
    )
    assert 'aria-pressed="true"' not in html
    assert 'hx-post="/vote" hx-target="#card"' in html


def test_vote_shares_are_words_before_they_are_a_bar() -> None:
    html = render("{% vote_shares 3 1 0 %}")
    assert "Agree <strong>75%</strong>" in html
    assert "Disagree <strong>25%</strong>" in html
    assert 'x="75.00%" width="25.00%"' in html
    assert "No answers yet" in render("{% vote_shares 0 0 0 %}")


def test_a_budget_bar_says_what_is_left_and_what_is_too_much() -> None:
    assert "KRW 180 left" in render("{% budget_bar 320 500 'Chosen' %}")
    assert "KRW 60 over the budget" in render("{% budget_bar 560 500 'Chosen' %}")


def test_the_map_tells_in_words_what_it_draws() -> None:
    drawn = draw_opinion_map(
        points=[(0, 0, 0), (1, 0, 0), (0, 1, 1), (2, 2, None)], labels=["Walkers", "Drivers"], you=2
    )
    html = render('{% include "web/parts/opinion_map.html" with simulated=True %}', map=drawn)
    assert "4 people as points, in 2 groups. Group A: 67%. Group B: 33%." in html
    assert "You stand in group B." in html
    assert "The groups border on one another, with no clear gap between them." not in html
    assert "You stand in the middle of group B." in html
    assert "1 person answered too little" in html
    assert "Simulated data" in html
    assert all(f"<td>{label} " in html for label in ("Walkers", "Drivers"))
    assert "2 people, 67%" in html
    assert "1 person, 33%" in html


def test_the_map_tells_which_groups_are_near_and_where_the_reader_stands() -> None:
    square = [(0, 0), (0, 2), (2, 0), (2, 2)]
    points = [(x + 9 * n, y, group) for group, n in enumerate([0, 1, 4]) for x, y in square]
    drawn = draw_opinion_map(points=points, labels=["Walkers", "Drivers", "Riders"], you=5)
    html = render('{% include "web/parts/opinion_map.html" %}', map=drawn)
    assert "There is a clear gap between the groups." in html
    assert "Groups A and B are nearest to each other, groups A and C farthest apart." in html
    assert "You stand in the middle of group B." in html
    assert [*re.findall(r"Nearest: group (\w)", html)] == ["B", "A", "B"]


def test_the_chain_links_every_step_but_the_one_the_reader_is_on() -> None:
    steps = [
        {"stage": "listen", "kind": "Statement", "title": "Wider pavements", "url": "/s"},
        {"stage": "act", "kind": "Commitment", "title": "Paving", "url": "/c", "current": True},
    ]
    html = render_to_string("web/parts/chain.html", {"label": "The way", "steps": steps})
    assert 'href="/s"' in html
    assert 'href="/c"' not in html
    assert html.count('aria-current="true"') == 1


def test_the_pager_keeps_the_rest_of_the_address() -> None:
    page = Paginator(range(30), 10).page(2)
    html = render("{% pager page query %}", page=page, query="sort=new&")
    assert 'href="?sort=new&amp;page=1"' in html
    assert "Page 2 of 3" in html
    assert render("{% pager page %}", page=Paginator([1], 10).page(1)) == ""


def test_the_loop_marks_the_stage_the_reader_is_in() -> None:
    html = render("{% loop 'decide' %}")
    assert re.findall(r'stage-(\w+)" aria-current="step"', html) == ["decide"]
    assert "aria-current" not in render("{% loop %}")


def test_the_page_of_our_own_failure_needs_no_context() -> None:
    html = render_to_string("500.html")
    assert '<html lang="en">' in html
    assert "Something went wrong on our side" in html
