"""Pages and open data of the ballots block: what they say, to whom, at what price."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from decide.worlds import (
    NOON,
    PB,
    draft,
    make_ballot,
    make_hearing,
    make_person,
    read_pb,
    who,
)
from madang.core.ballot.pabulib import read_pabulib
from madang.decide.ballots.imports import import_ballot
from madang.decide.ballots.models import Ballot, Cast, Status
from madang.decide.ballots.queries import election_on
from madang.decide.ballots.rules import Eligibility
from madang.decide.ballots.services import (
    cast_ballot,
    close_ballot,
    count_ballot,
    explain_losers,
    note_goals,
)
from madang.ground.identity.models import Role

pytestmark = pytest.mark.django_db


def body(response: Any) -> str:
    text: str = response.content.decode()
    return text


def make_imported(**more: Any) -> Ballot:
    make_hearing()
    import_ballot(
        file=read_pb(PB),
        source="small.pb",
        slug="small",
        title={"ko": "작은 투표", "en": "A small ballot"},
        hearing="after",
        at=NOON,
        **more,
    )
    return Ballot.objects.get()


def make_counted(**more: Any) -> Ballot:
    make_imported(**more)
    close_ballot(slug="small", at=NOON)
    count_ballot(slug="small", at=NOON)
    explain_losers(slug="small")
    return Ballot.objects.get()


@pytest.fixture
def resident(client: Client) -> Client:
    client.force_login(make_person())
    return client


@pytest.fixture
def official(client: Client) -> Client:
    client.force_login(make_person(roles=[Role.OFFICIAL]))
    return client


def test_an_empty_list_says_so(client: Client) -> None:
    assert "There is no ballot yet." in body(client.get("/en/ballots/"))


@pytest.mark.parametrize(("prefix", "says"), [("", "작은 투표"), ("/en", "A small ballot")])
def test_ballots_are_listed(
    client: Client, prefix: str, says: str, django_assert_max_num_queries: Any
) -> None:
    make_counted(simulated=True)
    make_ballot(slug="another")
    make_ballot(slug="unready", is_open=False)
    with django_assert_max_num_queries(1):
        text = body(client.get(f"{prefix}/ballots/"))
    assert says in text
    assert "/ballots/small/result" in text
    assert "unready" not in text


@pytest.mark.parametrize(
    ("prefix", "says"), [("", "와이파이가 있어야 합니다."), ("/en", "There must be wifi.")]
)
def test_a_ballot_names_the_sentences_it_grew_from(
    client: Client, prefix: str, says: str, django_assert_max_num_queries: Any
) -> None:
    make_imported(eligibility=Eligibility.DECLARED)
    with django_assert_max_num_queries(4):
        text = body(client.get(f"{prefix}/ballots/small/"))
    assert says in text
    assert f"{prefix}/hearings/after/statements/0" in text
    assert "small.pb" in text
    assert 'type="checkbox"' not in text
    assert "account/login" in text


@pytest.mark.parametrize("path", ["", "result", "result.json", "ballots.pb", "run"])
def test_a_draft_is_there_for_officials_only(resident: Client, path: str) -> None:
    make_ballot(is_open=False)
    assert resident.get(f"/ballots/small/{path}").status_code in (403, 404)


def test_a_resident_votes_looks_over_casts_and_changes(
    resident: Client, django_assert_max_num_queries: Any
) -> None:
    make_ballot()
    with django_assert_max_num_queries(8):
        assert body(resident.get("/en/ballots/small/")).count('type="checkbox"') == 3
    looked_over = body(resident.post("/en/ballots/small/review", {"project": ["P1", "P3"]}))
    assert "Project P1" in looked_over
    assert "Project P2" not in looked_over
    assert not Cast.objects.exists()
    again = body(resident.post("/en/ballots/small/", {"project": ["P1", "P3"]}))
    assert again.count(" checked>") == 2
    answer = resident.post("/en/ballots/small/cast", {"project": ["P1", "P3"]}, follow=True)
    assert answer.redirect_chain[-1][0] == "/en/ballots/small/receipt"
    assert "You approved 2 projects." in body(answer)
    resident.post("/en/ballots/small/cast", {"project": ["P2"]})
    assert list(Cast.objects.get().choices.values_list("project__code", flat=True)) == ["P2"]
    assert body(resident.get("/en/ballots/small/")).count(" checked>") == 1


@pytest.mark.parametrize(
    ("projects", "says"),
    [([], "Choose at least one project."), (["P9"], "is not on this ballot")],
)
def test_a_ballot_that_cannot_be_taken_is_answered_in_words(
    resident: Client, projects: list[str], says: str
) -> None:
    make_ballot()
    answer = resident.post("/en/ballots/small/cast", {"project": projects}, follow=True)
    assert says in body(answer)


def test_someone_of_another_district_is_told_why(resident: Client) -> None:
    make_ballot(district="02")
    text = body(resident.get("/en/ballots/small/"))
    assert "Only residents of another district" in text
    assert 'type="checkbox"' not in text


def test_nobody_votes_without_signing_in(client: Client) -> None:
    make_ballot()
    answer = client.post("/ballots/small/cast", {"project": ["P1"]})
    assert "account/login" in answer["Location"]
    assert not Cast.objects.exists()


@pytest.mark.parametrize(
    ("prefix", "funded", "lost"), [("", "무료 와이파이", "카메라"), ("/en", "Free wifi", "Cameras")]
)
def test_a_result_shows_winners_losers_and_how_to_check(
    client: Client, prefix: str, funded: str, lost: str, django_assert_max_num_queries: Any
) -> None:
    ballot = make_counted(simulated=True)
    with django_assert_max_num_queries(5):
        text = body(client.get(f"{prefix}/ballots/small/result"))
    assert text.index(funded) < text.index(lost)
    assert ballot.result["certificate"]["input_sha256"] in text
    assert "notice--simulated" in text


def test_a_loser_is_told_how_much_was_missing(client: Client) -> None:
    make_counted()
    text = body(client.get("/en/ballots/small/result"))
    assert "was missing to its cost of KRW 50" in text
    assert "more supporters would have carried it" in text


def test_a_result_waits_for_the_count(client: Client) -> None:
    make_imported()
    assert client.get("/en/ballots/small/result").status_code == 302
    close_ballot(slug="small", at=NOON)
    assert "The votes are being counted" in body(client.get("/en/ballots/small/result"))
    assert client.get("/en/ballots/small/result.json").status_code == 404


def test_a_ballot_that_nobody_cast_says_so(client: Client) -> None:
    make_ballot()
    close_ballot(slug="small", at=NOON)
    count_ballot(slug="small", at=NOON)
    assert "Nobody voted" in body(client.get("/en/ballots/small/result"))


def test_anyone_can_count_again_from_the_downloads(client: Client) -> None:
    ballot = make_counted()
    text = body(client.get("/ballots/small/ballots.pb"))
    election = read_pabulib(text.splitlines(keepends=True), "small.pb").election()
    stored = election_on(ballot)
    assert stored is not None
    assert election.input_sha256 == stored.input_sha256
    assert not {"\na;", "\nb;"} & set(text)
    result = client.get("/ballots/small/result.json").json()
    assert result["certificate"]["input_sha256"] == election.input_sha256


def test_the_downloads_tell_nothing_of_who_voted_or_when(client: Client) -> None:
    """The order of the ballots is that of what was chosen, not of who came when."""
    texts = []
    for slug, order in (("one", ["P1", "P2", "P3"]), ("two", ["P3", "P2", "P1"])):
        make_ballot(slug=slug)
        for code in order:
            person = make_person()
            cast_ballot(slug=slug, who=who(person), projects=[code], at=NOON)
        close_ballot(slug=slug, at=NOON)
        texts.append(body(client.get(f"/en/ballots/{slug}/ballots.pb")))
    assert texts[0] == texts[1]


def test_votes_cannot_be_downloaded_while_voting_is_open(client: Client) -> None:
    make_imported()
    assert client.get("/ballots/small/ballots.pb").status_code == 404


def test_a_form_says_what_an_address_is_made_of(official: Client) -> None:
    page = body(official.post("/en/ballots/new", {"slug": "New_Comer"}))
    assert "An address is made of small Latin letters" in page


def test_an_official_draws_up_a_ballot_from_a_hearing_and_opens_it(official: Client) -> None:
    make_hearing()
    form = {
        "slug": "drawn",
        "title_ko": "새 투표",
        "introduction_ko": "골라 주세요.",
        "statements": ["0", "1"],
        "budget": "100",
        "rule": "equal-shares",
        "eligibility": "declared",
        "district": "",
        "closes_at": "",
    }
    assert "There must be wifi." in body(official.get("/en/ballots/new?hearing=after"))
    answer = official.post("/en/ballots/new?hearing=after", form, follow=True)
    assert body(answer).count("Cost missing") == 2
    answer = official.post("/en/ballots/drawn/open", follow=True)
    assert "Some projects have no cost yet." in body(answer)
    for place in (0, 1):
        project = {"title_ko": f"사업 {place}", "cost": "40", "statement": str(place)}
        official.post(f"/en/ballots/drawn/projects/{place}", project)
    added = {"code": "P9", "title_ko": "하나 더", "cost": "10"}
    official.post("/en/ballots/drawn/projects/add", added)
    official.post("/en/ballots/drawn/projects/2/remove")
    changed = {**form, "title_ko": "고친 투표"}
    del changed["slug"]
    assert official.post("/en/ballots/drawn/edit", changed).status_code == 302
    assert "can no longer be changed" in body(official.get("/en/ballots/drawn/open"))
    official.post("/en/ballots/drawn/open")
    ballot = Ballot.objects.get(slug="drawn")
    assert (ballot.status, ballot.title) == (Status.OPEN, {"ko": "고친 투표"})
    assert list(ballot.projects.order_by("place").values_list("cost", "statement")) == [
        (40, 0),
        (40, 1),
    ]


def test_what_is_wrong_with_a_draft_is_said_beside_its_field(official: Client) -> None:
    form = {"slug": "drawn", "title_ko": "새 투표", "introduction_ko": "골라 주세요."}
    form |= {"budget": "0", "rule": "equal-shares", "eligibility": "declared", "district": ""}
    answer = body(official.post("/en/ballots/new", form))
    assert "Budget: The budget must be more than zero." in answer
    form |= {"budget": "100", "closes_at": "0001-01-01T00:00"}
    answer = body(official.post("/en/ballots/new", form))
    assert "Closes on: The ballot would be over already" in answer
    assert not Ballot.objects.exists()


def test_an_amount_too_fine_is_refused_in_our_own_words(official: Client) -> None:
    form = {"slug": "drawn", "title_ko": "새 투표", "introduction_ko": "골라 주세요."}
    form |= {"rule": "equal-shares", "eligibility": "declared", "district": ""}
    for budget, says in (("0.123", "at most two decimal places"), ("9" * 20, "too large")):
        assert says in body(official.post("/en/ballots/new", form | {"budget": budget}))


def test_a_draft_is_deleted_and_an_open_ballot_is_not(official: Client) -> None:
    make_ballot(is_open=False)
    make_ballot(slug="running")
    assert "gone for good" in body(official.get("/en/ballots/small/delete"))
    for slug in ("small", "running"):
        official.post(f"/en/ballots/{slug}/delete")
    assert [ballot.slug for ballot in Ballot.objects.all()] == ["running"]
    assert "so it stays" in body(official.get("/en/ballots/running/delete"))


def test_an_official_closes_after_reading_what_will_happen(official: Client) -> None:
    make_imported()
    assert "4 voters are counted" in body(official.get("/en/ballots/small/close"))
    answer = official.post("/en/ballots/small/close", follow=True)
    assert "is being counted" in body(answer)
    answer = official.post("/en/ballots/small/close", follow=True)
    assert "closed already" in body(answer)


@pytest.mark.parametrize(
    "path",
    [
        *("new", "small/run", "small/edit", "small/delete", "small/open", "small/close"),
        "small/projects/add",
    ],
)
def test_official_pages_are_for_officials(resident: Client, path: str) -> None:
    make_ballot()
    assert resident.get(f"/ballots/{path}").status_code == 403


def test_an_official_sees_every_page_of_a_draft(official: Client) -> None:
    make_ballot(is_open=False, closes_at=timezone.now() + timedelta(days=3))
    for path in ("", "run", "edit", "open", "projects/add", "projects/0"):
        assert official.get(f"/ballots/small/{path}").status_code == 200, path


def test_open_data_tells_of_ballots_and_results(client: Client) -> None:
    make_counted()
    make_ballot(slug="unready", is_open=False)
    rows = client.get("/api/v1/ballots/").json()
    assert [row["slug"] for row in rows] == ["small"]
    ballot = client.get("/api/v1/ballots/small").json()
    assert (ballot["budget"], ballot["voters"], ballot["source"]) == ("100", 4, "import: small.pb")
    assert [project["cost"] for project in ballot["projects"]] == ["60", "40", "50"]
    assert client.get("/api/v1/ballots/small/result").json()["winners"] == ["P1", "P2"]
    assert client.get("/api/v1/ballots/unready").status_code == 404
    assert client.get("/api/v1/ballots/unready/result").status_code == 404


def test_the_desk_names_the_goal_that_a_project_serves(official: Client) -> None:
    make_imported()
    assert "<td>connected</td>" in body(official.get("/en/ballots/small/run"))
    note_goals(goals={"connected": {"ko": "이어지는 도시", "en": "A connected city"}})
    assert "<td>A connected city</td>" in body(official.get("/en/ballots/small/run"))


def test_a_goal_is_chosen_by_its_name_and_one_unheard_of_is_kept(official: Client) -> None:
    note_goals(goals={"connected": {"ko": "이어지는 도시"}, "caring": {"ko": "돌보는 도시"}})
    make_ballot(is_open=False, projects=[draft("P1", goal="unheard-of")])
    page = body(official.get("/ballots/small/projects/0"))
    assert '<option value="connected">이어지는 도시</option>' in page
    assert '<option value="unheard-of" selected>unheard-of</option>' in page
    project = {"title_ko": "새 사업", "cost": "60", "goal": "caring"}
    official.post("/ballots/small/projects/0", project)
    assert Ballot.objects.get().projects.get().goal == "caring"
