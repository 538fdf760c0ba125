"""The sample city's files, checked as they lie there: no Django, no loader."""

import csv
import json
import re
import tomllib
from collections import Counter
from itertools import chain, combinations, pairwise
from pathlib import Path

import pytest

import madang.sample

SAMPLE = Path(madang.sample.__file__).parent
STATEMENT_LIMIT = 140  # characters of Korean
HEARINGS = ("hearing", "next/hearing")
BALLOTS = ("ballot", "next/ballot")
HEARING_OF = dict(zip(BALLOTS, HEARINGS, strict=True))
HANGUL = re.compile("[가-힣]")

Point = tuple[float, float]
Edge = tuple[Point, Point]


def read_toml(name: str) -> dict:
    return tomllib.loads((SAMPLE / name).read_text("utf-8"))


def read_csv(name: str) -> list[dict[str, str]]:
    with (SAMPLE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


def read_rings() -> dict[str, list[Point]]:
    """Return the one ring of each district, closed, by code."""
    features = json.loads((SAMPLE / "districts.geojson").read_text("utf-8"))["features"]
    rings = {}
    for feature in features:
        (ring,) = feature["geometry"]["coordinates"]
        rings[feature["properties"]["code"]] = [(lon, lat) for lon, lat in ring]
    assert len(rings) == len(features)
    return rings


def read_ballot(folder: str) -> tuple[dict[str, str], list[dict[str, str]], list[dict[str, str]]]:
    """Return META, PROJECTS and VOTES of a folder's .pb file."""
    text = (SAMPLE / folder / "ballot.pb").read_text("utf-8")
    _, meta, projects, votes = re.split(r"^(?:META|PROJECTS|VOTES)\n", text, flags=re.MULTILINE)

    def rows(section: str) -> list[dict[str, str]]:
        return list(csv.DictReader(section.splitlines(), delimiter=";", strict=True))

    return {row["key"]: row["value"] for row in rows(meta)}, rows(projects), rows(votes)


def area(ring: list[Point]) -> float:
    """Return the signed area in square degrees: positive where the ring runs anticlockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def edges(ring: list[Point]) -> list[Edge]:
    return list(pairwise(ring))


def cross(first: Edge, second: Edge) -> bool:
    """Whether two edges without a common end touch or cross."""

    def side(edge: Edge, point: Point) -> float:
        (ax, ay), (bx, by) = edge
        return (bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax)

    apart = side(first, second[0]) * side(first, second[1]) > 0
    return not apart and side(second, first[0]) * side(second, first[1]) <= 0


def outline(rings: dict[str, list[Point]]) -> list[Point]:
    """Return the ring of the edges that no neighbour shares; fails where there are two rings."""
    drawn = {edge for ring in rings.values() for edge in edges(ring)}
    following = dict(edge for edge in drawn if edge[::-1] not in drawn)
    at = first = min(following)
    ring = [first]
    while following:
        at = following.pop(at)
        ring.append(at)
        if at == first:
            break
    assert not following, "the outline falls into more than one ring: there is a gap"
    return ring


def words_in(table: object, path: str = "") -> dict[str, dict]:
    """Return every table that holds a text in Korean or English, by its path."""
    if isinstance(table, list):
        pairs = [(str(i), value) for i, value in enumerate(table)]
    elif isinstance(table, dict):
        pairs = list(table.items())
    else:
        return {}
    found = {path: table} if isinstance(table, dict) and {"ko", "en"} & table.keys() else {}
    return found | {
        key: words
        for name, value in pairs
        for key, words in words_in(value, f"{path}/{name}").items()
    }


# The city


def test_every_district_is_drawn_once_and_every_drawing_is_a_district() -> None:
    codes = [district["code"] for district in read_toml("city.toml")["districts"]]
    assert codes == [f"{number:02}" for number in range(1, 9)]
    assert sorted(read_rings()) == codes


def test_no_boundary_crosses_or_touches_itself() -> None:
    for code, ring in read_rings().items():
        assert ring[0] == ring[-1], code
        assert len(set(ring)) == len(ring) - 1, code
        for first, second in combinations(edges(ring), 2):
            assert set(first) & set(second) or not cross(first, second), (code, first, second)


def test_districts_tile_the_city_without_gap_or_overlap() -> None:
    rings = read_rings()
    assert all(area(ring) > 0 for ring in rings.values()), "RFC 7946 wants anticlockwise rings"
    drawn = Counter(edge for ring in rings.values() for edge in edges(ring))
    assert set(drawn.values()) == {1}, "two districts lie on the same side of an edge"
    whole = outline(rings)
    assert len(set(whole)) == len(whole) - 1
    assert area(whole) == pytest.approx(sum(area(ring) for ring in rings.values()), rel=1e-9)


def test_the_city_lies_in_korea() -> None:
    for lon, lat in chain.from_iterable(read_rings().values()):
        assert 126 < lon < 130
        assert 34 < lat < 38.5


def test_the_river_runs_along_the_borders_of_districts() -> None:
    (river,) = json.loads((SAMPLE / "river.geojson").read_text("utf-8"))["features"]
    course = [(lon, lat) for lon, lat in river["geometry"]["coordinates"]]
    drawn = {edge for ring in read_rings().values() for edge in edges(ring)}
    for edge in pairwise(course):
        assert edge in drawn
        assert edge[::-1] in drawn


def test_population_names_every_district_age_and_sex_once() -> None:
    city = read_toml("city.toml")
    rows = [(row["district"], row["age_band"], row["sex"]) for row in city["population"]]
    assert sorted(rows) == sorted(
        (district["code"], age_band, sex)
        for district in city["districts"]
        for age_band in city["age_bands"]
        for sex in ("female", "male")
    )


def test_population_sums_to_the_number_the_readme_gives() -> None:
    population = read_toml("city.toml")["population"]
    assert all(type(row["people"]) is int and row["people"] > 0 for row in population)
    people = sum(row["people"] for row in population)
    assert f"{people:,} people" in (SAMPLE / "README.md").read_text("utf-8")
    assert 411_000 < people < 413_000


def test_new_town_is_young_and_inner_districts_age() -> None:
    old, people = Counter[str](), Counter[str]()
    for row in read_toml("city.toml")["population"]:
        people[row["district"]] += row["people"]
        old[row["district"]] += row["people"] * (row["age_band"] in ("60-69", "70-79", "80+"))
    share = {code: old[code] / people[code] for code in people}
    city_share = old.total() / people.total()
    assert min(share, key=lambda code: share[code]) == "06"
    assert all(share[code] > city_share for code in ("01", "02", "03", "07"))


# The words


@pytest.mark.parametrize(
    "name",
    [
        "city.toml",
        "plan.toml",
        *(f"{folder}/hearing.toml" for folder in HEARINGS),
        *(f"{folder}/ballot.toml" for folder in BALLOTS),
    ],
)
def test_every_text_stands_in_korean_and_in_english(name: str) -> None:
    texts = words_in(read_toml(name))
    assert texts
    for path, words in texts.items():
        assert HANGUL.search(words.get("ko", "")), path
        assert words.get("en", "").strip(), path
        assert not HANGUL.search(words["en"]), path


@pytest.mark.parametrize("folder", HEARINGS)
def test_every_statement_stands_in_korean_and_in_english(folder: str) -> None:
    for row in read_csv(f"{folder}/statements.csv"):
        assert HANGUL.search(row["ko"]), row
        assert row["en"], row
        assert not HANGUL.search(row["en"]), row


@pytest.mark.parametrize("folder", BALLOTS)
def test_every_ballot_project_stands_in_korean_and_in_english(folder: str) -> None:
    _, projects, _ = read_ballot(folder)
    for project in projects:
        for korean, english in (("name", "name_en"), ("summary", "summary_en")):
            assert HANGUL.search(project[korean]), project
            assert project[english], project
            assert not HANGUL.search(project[english]), project


@pytest.mark.parametrize("folder", BALLOTS)
def test_hearing_and_ballot_say_that_the_voters_are_simulated(folder: str) -> None:
    note = read_toml(f"{HEARING_OF[folder]}/hearing.toml")["note"]
    introduction = read_toml(f"{folder}/ballot.toml")["introduction"]
    for words in (note, introduction):
        assert "모의 투표자" in words["ko"]
        assert "simulated" in words["en"]


# The hearing


@pytest.mark.parametrize("folder", HEARINGS)
def test_statements_are_numbered_from_nought_without_a_gap(folder: str) -> None:
    numbers = [row["number"] for row in read_csv(f"{folder}/statements.csv")]
    assert numbers == [str(number) for number in range(len(numbers))]


@pytest.mark.parametrize("folder", HEARINGS)
def test_no_statement_is_over_the_limit_or_said_twice(folder: str) -> None:
    statements = read_csv(f"{folder}/statements.csv")
    assert all(len(row["ko"]) <= STATEMENT_LIMIT for row in statements)
    assert len({row["ko"] for row in statements}) == len(statements)
    assert len({row["en"] for row in statements}) == len(statements)


@pytest.mark.parametrize("folder", HEARINGS)
def test_every_vote_is_legal_and_on_a_statement_of_the_hearing(folder: str) -> None:
    numbers = {row["number"] for row in read_csv(f"{folder}/statements.csv")}
    votes = read_csv(f"{folder}/votes.csv")
    assert list(votes[0]) == ["timestamp", "datetime", "comment-id", "voter-id", "vote"]
    assert {vote["vote"] for vote in votes} == {"1", "0", "-1"}
    assert {vote["comment-id"] for vote in votes} == numbers


@pytest.mark.parametrize("folder", HEARINGS)
def test_votes_stand_in_order_of_time_and_no_two_at_one_moment(folder: str) -> None:
    moments = [int(vote["timestamp"]) for vote in read_csv(f"{folder}/votes.csv")]
    assert all(earlier < later for earlier, later in pairwise(moments))


@pytest.mark.parametrize(
    ("folder", "voters", "few", "least", "most"),
    [("hearing", 260, 25, 12, 38), ("next/hearing", 90, 6, 9, 14)],
)
def test_some_voters_give_too_few_votes_and_some_vote_again(
    folder: str, voters: int, few: int, least: int, most: int
) -> None:
    votes = read_csv(f"{folder}/votes.csv")
    pairs = {(vote["voter-id"], vote["comment-id"]) for vote in votes}
    said = Counter(voter for voter, _ in pairs)
    assert len(said) == voters
    assert sum(number < 7 for number in said.values()) == few
    assert all(number < 7 or least <= number <= most for number in said.values())
    assert len(votes) > len(pairs)


# The ballot


@pytest.mark.parametrize("folder", BALLOTS)
def test_every_line_of_the_ballot_has_the_fields_of_its_header(folder: str) -> None:
    for row in chain.from_iterable(read_ballot(folder)[1:]):
        assert None not in row
        assert None not in row.values()
    text = (SAMPLE / folder / "ballot.pb").read_text("utf-8")
    assert all(line.count(";") == 1 for line in text.partition("\nPROJECTS")[0].splitlines()[1:])


@pytest.mark.parametrize("folder", BALLOTS)
def test_ballot_counts_agree_with_its_meta(folder: str) -> None:
    meta, projects, votes = read_ballot(folder)
    assert meta["vote_type"] == "approval"
    assert meta["currency"] == read_toml("city.toml")["currency"]
    assert int(meta["num_projects"]) == len(projects)
    assert int(meta["num_votes"]) == len(votes)
    assert len({vote["voter_id"] for vote in votes}) == len(votes)
    approvals = Counter(project for vote in votes for project in vote["vote"].split(","))
    assert approvals == {project["project_id"]: int(project["votes"]) for project in projects}


@pytest.mark.parametrize("folder", BALLOTS)
def test_ballot_costs_are_whole_millions_and_not_all_can_win(folder: str) -> None:
    meta, projects, _ = read_ballot(folder)
    costs = [int(project["cost"]) for project in projects]
    assert all(cost % 1_000_000 == 0 for cost in costs)
    assert all(80_000_000 <= cost <= 1_800_000_000 for cost in costs)
    assert max(costs) <= int(meta["budget"]) < sum(costs)


@pytest.mark.parametrize("folder", BALLOTS)
def test_no_ballot_approves_a_project_twice(folder: str) -> None:
    _, _, votes = read_ballot(folder)
    for vote in votes:
        approved = vote["vote"].split(",")
        assert len(set(approved)) == len(approved)


@pytest.mark.parametrize("folder", BALLOTS)
def test_every_ballot_comes_from_a_district_and_an_age_of_the_city(folder: str) -> None:
    city = read_toml("city.toml")
    codes = {district["code"] for district in city["districts"]}
    _, _, votes = read_ballot(folder)
    assert {vote["district"] for vote in votes} == codes
    assert {vote["age_band"] for vote in votes} <= set(city["age_bands"])


@pytest.mark.parametrize("folder", BALLOTS)
def test_every_ballot_project_answers_a_statement_and_serves_a_goal(folder: str) -> None:
    numbers = {row["number"] for row in read_csv(f"{HEARING_OF[folder]}/statements.csv")}
    goals = {goal["code"] for goal in read_toml("plan.toml")["goals"]}
    _, projects, _ = read_ballot(folder)
    assert {project["statement"] for project in projects} <= numbers
    assert {project["goal"] for project in projects} == goals


@pytest.mark.parametrize("folder", BALLOTS)
def test_the_ballot_names_the_hearing_it_comes_from(folder: str) -> None:
    hearing = read_toml(f"{HEARING_OF[folder]}/hearing.toml")["slug"]
    assert read_toml(f"{folder}/ballot.toml")["hearing"] == hearing


@pytest.mark.parametrize(("folder", "budget"), [("ballot", 5_000), ("next/ballot", 800)])
def test_the_introduction_gives_the_budget_and_the_number_of_projects(
    folder: str, budget: int
) -> None:
    meta, projects, _ = read_ballot(folder)
    assert int(meta["budget"]) == budget * 1_000_000
    korean = read_toml(f"{folder}/ballot.toml")["introduction"]["ko"]
    assert f"사업 {len(projects)}개" in korean
    assert f"{budget // 100}억 원" in korean


# The second round


def test_both_rounds_have_addresses_of_their_own_and_the_rule_of_the_first() -> None:
    tables = [read_toml(f"{folder}/hearing.toml") for folder in HEARINGS]
    ballots = [read_toml(f"{folder}/ballot.toml") for folder in BALLOTS]
    assert len({table["slug"] for table in tables + ballots}) == 4
    assert ballots[0]["rule"] == ballots[1]["rule"]


def test_no_project_of_the_second_ballot_has_the_id_of_one_of_the_first() -> None:
    first, second = (
        {project["project_id"] for project in read_ballot(folder)[1]} for folder in BALLOTS
    )
    assert not first & second


# The plan


def test_three_goals_share_ten_projects_owned_by_offices_of_the_city() -> None:
    plan = read_toml("plan.toml")
    offices = {office["code"] for office in read_toml("city.toml")["offices"]}
    goals = [goal["code"] for goal in plan["goals"]]
    codes = [project["code"] for project in plan["projects"]]
    assert (len(set(goals)), len(set(codes))) == (len(goals), len(codes)) == (3, 10)
    assert {project["goal"] for project in plan["projects"]} == set(goals)
    assert {project["office"] for project in plan["projects"]} <= offices


def test_every_goal_has_a_project_of_its_own_that_takes_winners_in() -> None:
    plan = read_toml("plan.toml")
    offices = {office["code"] for office in read_toml("city.toml")["offices"]}
    goal_of = {project["code"]: project["goal"] for project in plan["projects"]}
    assert plan["intake"].keys() == {goal["code"] for goal in plan["goals"]}
    for goal, intake in plan["intake"].items():
        assert goal_of[intake["project"]] == goal
        assert intake["office"] in offices


# The size


def test_the_files_are_small_enough_to_travel_with_the_wheel() -> None:
    assert (SAMPLE / "districts.geojson").stat().st_size <= 40_000
    assert (SAMPLE / "hearing" / "votes.csv").stat().st_size <= 250_000
    second_round = [path for path in (SAMPLE / "next").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in second_round) <= 80_000
