"""Pages and open data of the plan: the chain in both directions."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from decide.worlds import NOON, decided, make_hearing, make_person, make_plan
from madang.decide.plan.models import Commitment, Project
from madang.decide.plan.services import make_commitments
from madang.ground.city.card import city
from madang.ground.identity.models import Role

pytestmark = pytest.mark.django_db


def body(response: Any) -> str:
    text: str = response.content.decode()
    return text


def make_world() -> Commitment:
    make_hearing()
    make_plan()
    return make_commitments(decided=decided(), at=NOON)[0]


@pytest.fixture
def official(client: Client) -> Client:
    client.force_login(make_person(roles=[Role.OFFICIAL]))
    return client


def test_without_a_plan_the_page_says_so(client: Client) -> None:
    assert "There is no plan yet." in body(client.get("/en/plan/"))


@pytest.mark.parametrize(
    ("prefix", "says"),
    [
        ("", ["이어지는 도시", "무료 와이파이", "60원"]),
        ("/en", ["A connected city", "Free wifi", "KRW 60"]),
    ],
)
def test_the_plan_goes_from_vision_to_commitments(
    client: Client, prefix: str, says: list[str], django_assert_max_num_queries: Any
) -> None:
    make_world()
    with django_assert_max_num_queries(4):
        text = body(client.get(f"{prefix}/plan/"))
    assert all(word in text for word in says)


@pytest.mark.parametrize(
    ("query", "is_found"),
    [("q=WIFI", True), ("q=tunnel", False), ("status=promised", True), ("status=done", False)],
)
def test_commitments_are_searched_and_filtered(client: Client, query: str, is_found: bool) -> None:
    make_world()
    assert ("Free wifi" in body(client.get(f"/en/plan/?{query}"))) is is_found
    assert len(client.get(f"/en/plan/commitments.json?{query}").json()["commitments"]) == is_found


def test_an_owner_is_filtered_by(client: Client) -> None:
    make_world()
    first, second = (office.code for office in city().offices[:2])
    assert "Free wifi" in body(client.get(f"/en/plan/?office={first}"))
    assert "Free wifi" not in body(client.get(f"/en/plan/?office={second}"))


def test_an_earlier_plan_keeps_its_page(client: Client) -> None:
    make_plan(slug="early")
    make_plan(slug="late")
    assert "/en/plan/plans/early/" in body(client.get("/en/plan/"))
    assert client.get("/en/plan/plans/early/").status_code == 200
    assert client.get("/en/plan/plans/never/").status_code == 404


@pytest.mark.parametrize(
    ("prefix", "sentence"), [("", "와이파이가 있어야 합니다."), ("/en", "There must be wifi.")]
)
def test_a_commitment_leads_back_to_ballot_hearing_and_sentence(
    client: Client, prefix: str, sentence: str, django_assert_max_num_queries: Any
) -> None:
    commitment = make_world()
    with django_assert_max_num_queries(6):
        text = body(client.get(f"{prefix}/plan/commitments/{commitment.id}/"))
    links = [
        f"{prefix}/ballots/small/result",
        f"{prefix}/hearings/after/",
        f"{prefix}/plan/because/hearing/after/0",
    ]
    places = [text.index(link) for link in links]
    assert places == sorted(places)
    assert sentence in text
    assert client.get(f"{prefix}/plan/commitments/{commitment.id + 1}/").status_code == 404


def test_a_sentence_leads_on_to_its_commitment(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    commitment = make_world()
    with django_assert_max_num_queries(4):
        text = body(client.get("/en/plan/because/hearing/after/0"))
    assert f"/en/plan/commitments/{commitment.id}/" in text
    assert "was funded" in text


def test_a_sentence_whose_project_lost_is_told_so(client: Client) -> None:
    make_world()
    assert "was not funded" in body(client.get("/en/plan/because/hearing/after/1"))


def test_a_sentence_without_a_ballot_is_told_so_and_an_unknown_one_is_not_there(
    client: Client,
) -> None:
    make_hearing()
    text = body(client.get("/en/plan/because/hearing/after/1"))
    assert "No ballot has decided on this sentence yet." in text
    assert client.get("/en/plan/because/hearing/after/9").status_code == 404


def form(**more: str) -> dict[str, str]:
    told = {"status": "promised", "office": city().offices[0].code, "budget": "60"}
    return {**told, **more}


def test_an_official_says_how_it_goes_and_everyone_reads_it(official: Client) -> None:
    commitment = make_world()
    address = f"/en/plan/commitments/{commitment.id}/"
    assert official.get(f"{address}edit").status_code == 200
    answer = official.post(
        f"{address}edit",
        form(status="underway", partners="The university", ends_on="2026-12-01", note="Begun."),
        follow=True,
    )
    text = body(answer)
    assert "Under way" in text
    assert "Begun." in text
    assert "The university" in text


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({}, "Nothing was changed."),
        ({"budget": "-1"}, "A budget must be more than zero"),
        ({"status": "dropped"}, "What happened: Say why it is dropped"),
        ({"starts_on": "0001-01-01"}, "Start: This date is more than thirty years away"),
        ({"starts_on": "2026-12-02", "ends_on": "2026-12-01"}, "The end must not be before"),
    ],
)
def test_a_bad_update_is_answered_in_words(
    official: Client, more: dict[str, str], says: str
) -> None:
    commitment = make_world()
    answer = official.post(f"/en/plan/commitments/{commitment.id}/edit", form(**more))
    assert says in body(answer)


def test_an_official_moves_a_commitment(official: Client) -> None:
    commitment = make_world()
    there = Project.objects.get(code="lessons")
    address = f"/en/plan/commitments/{commitment.id}/move"
    official.post(address, {"project": there.id})
    assert Commitment.objects.get().project == there
    history = body(official.get(f"/en/plan/commitments/{commitment.id}/"))
    assert "<del>Chosen by residents</del> <ins>Lessons</ins>" in history
    answer = official.post(address, {"project": 0}, follow=True)
    assert "There is no such project." in body(answer)


@pytest.mark.parametrize("path", ["edit", "move"])
def test_only_officials_change_a_commitment(client: Client, path: str) -> None:
    commitment = make_world()
    client.force_login(make_person())
    assert client.post(f"/plan/commitments/{commitment.id}/{path}", form()).status_code == 403


def test_commitments_come_as_a_table(client: Client) -> None:
    make_world()
    (row,) = csv.DictReader(io.StringIO(body(client.get("/en/plan/commitments.csv"))))
    assert (row["title"], row["budget"], row["status"]) == ("Free wifi", "60", "promised")


def test_no_cell_of_the_table_is_a_formula(official: Client) -> None:
    commitment = make_world()
    address = f"/en/plan/commitments/{commitment.id}/edit"
    official.post(address, form(partners="=1+1", note="They joined."))
    answer = official.get("/en/plan/commitments.csv")
    (row,) = csv.DictReader(io.StringIO(body(answer)))
    assert row["partners"] == "'=1+1"
    assert official.get("/en/plan/commitments.json").json()["commitments"][0]["partners"] == "=1+1"


def test_open_data_tells_of_the_plan_and_why(client: Client) -> None:
    assert client.get("/api/v1/plan/").status_code == 404
    commitment = make_world()
    plan = client.get("/api/v1/plan/").json()
    assert plan["goals"][0]["projects"][0]["commitments"] == [commitment.id]
    (row,) = client.get("/api/v1/plan/commitments").json()
    assert [reason["kind"] for reason in row["because"]] == ["ballot", "statement"]
