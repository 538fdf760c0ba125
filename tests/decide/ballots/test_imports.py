"""Ballots that come in from a Pabulib file."""

import json
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from time import perf_counter

import pytest
from django.db import connection

from decide.worlds import NOON, PB, make_hearing, make_who, read_pb
from madang.core.bad_input import BadInput
from madang.core.ballot.pabulib import read_pabulib
from madang.core.ballot.rule import Method, Rule, Utility
from madang.decide.ballots.imports import UnableToImport, import_ballot, preview_import
from madang.decide.ballots.models import Ballot, Cast, Choice, Status
from madang.decide.ballots.queries import election_on
from madang.decide.ballots.rules import Eligibility
from madang.decide.ballots.services import (
    UnableToCast,
    UnableToDraft,
    cast_ballot,
    close_ballot,
    count_ballot,
)
from madang.ground.events.models import OutboxEvent

pytestmark = pytest.mark.django_db
NO_STATEMENTS = PB.replace(";0;connected", ";;connected").replace(";1;", ";;")


def bring_in(text: str = NO_STATEMENTS, **more):
    more = {"slug": "small", "at": NOON, "source": "small.pb", **more}
    return import_ballot(file=read_pb(text), **more)


def test_an_import_opens_a_ballot_with_its_projects_and_votes():
    made = bring_in()
    assert (made.slug, made.projects, made.voters, made.choices, made.is_new) == (
        "small", 3, 4, 6, True,
    )  # fmt: skip
    ballot = Ballot.objects.get()
    assert (ballot.status, ballot.source, ballot.title) == (
        Status.OPEN, "import: small.pb", {"en": "A small ballot"},
    )  # fmt: skip
    assert ballot.projects.get(code="P1").words == {"en": "Free wifi", "ko": "무료 와이파이"}
    assert set(Cast.objects.get(voter="d").choices.values_list("project__code", flat=True)) == {
        "P1", "P2",
    }  # fmt: skip


def test_a_file_that_names_no_code_of_a_language_has_texts_of_an_unknown_one():
    bring_in(NO_STATEMENTS.replace("language;en", "language;English"))
    assert Ballot.objects.get().title == {"und": "A small ballot"}


def test_the_database_gives_back_the_very_election_of_the_file():
    bring_in()
    election = election_on(Ballot.objects.get())
    assert election is not None
    assert election.input_sha256 == read_pb(NO_STATEMENTS).election().input_sha256


def test_the_same_content_again_returns_the_earlier_ballot():
    bring_in()
    again = bring_in(slug="again", source="renamed.pb", at=NOON + timedelta(days=1))
    assert (again.slug, again.is_new) == ("small", False)
    assert Ballot.objects.count() == OutboxEvent.objects.count() == 1
    assert Cast.objects.count() == 4


def test_the_same_content_again_tells_what_differs_and_changes_nothing():
    bring_in()
    assert bring_in().differing == ()
    assert bring_in(slug="again").differing == ("slug",)
    assert bring_in(NO_STATEMENTS.replace("Free wifi", "Wifi")).differing == ("texts",)
    other = NO_STATEMENTS.replace("A small ballot", "Another")
    assert bring_in(other).differing == ("title",)
    preview = preview_import(file=read_pb(other), source="small.pb", slug="small", hearing="x")
    assert preview.differing == ("title", "hearing")
    assert Ballot.objects.get().title == {"en": "A small ballot"}


def test_the_same_votes_under_another_rule_are_refused():
    bring_in()
    with pytest.raises(UnableToImport, match="another-rule"):
        bring_in(slug="again", rule=Rule(Method.GREEDY))


def test_a_preview_writes_nothing():
    preview = preview_import(file=read_pb(NO_STATEMENTS), source="small.pb", slug="small")
    assert (preview.voters, preview.is_new) == (4, True)
    assert not Ballot.objects.exists()
    bring_in()
    preview = preview_import(file=read_pb(NO_STATEMENTS), source="small.pb", slug="again")
    assert (preview.slug, preview.is_new) == ("small", False)


def test_statements_count_in_the_hearing_named():
    make_hearing()
    bring_in(PB, hearing="after")
    assert list(
        Ballot.objects.get().projects.order_by("place").values_list("statement", flat=True)
    ) == [0, 1, None]


@pytest.mark.parametrize(
    ("text", "more", "refusal", "reason"),
    [
        (PB, {}, UnableToDraft, "no-such-statement"),
        (NO_STATEMENTS, {"hearing": "nowhere"}, UnableToDraft, "no-such-hearing"),
        (PB.replace(";1;", ";one;"), {}, BadInput, "not a number"),
        (PB.replace(";1;", f";{10**30};"), {}, BadInput, "not a number"),
        (PB.replace(";1;", f";{2**53};"), {}, UnableToDraft, "no-such-statement"),
        (PB.replace("P2;40", "P2;40.1234567"), {}, BadInput, "too many digits"),
        (NO_STATEMENTS.replace("KRW", "Pounds"), {}, BadInput, "Pounds is too long"),
        (NO_STATEMENTS.replace("\na;", f"\n{'a' * 201};"), {}, BadInput, "is too long"),
        (
            NO_STATEMENTS.replace("approval", "ordinal"),
            {"eligibility": Eligibility.DECLARED},
            UnableToImport,
            "points-cannot-be-added-to",
        ),
    ],
)
def test_a_refused_import_leaves_nothing(text, more, refusal, reason):
    with pytest.raises(refusal, match=reason):
        bring_in(text, **more)
    assert not Ballot.objects.exists()
    assert not OutboxEvent.objects.exists()


def test_a_taken_slug_is_refused():
    bring_in()
    with pytest.raises(UnableToDraft, match="slug-taken"):
        bring_in(NO_STATEMENTS.replace("budget;100", "budget;120"))


def test_nobody_votes_on_an_import_unless_it_says_so():
    bring_in()
    with pytest.raises(UnableToCast, match="nobody-votes-here"):
        cast_ballot(slug="small", who=make_who(), projects=["P1"], at=NOON)


def test_residents_votes_come_on_top_where_the_import_lets_them():
    bring_in(eligibility=Eligibility.DECLARED)
    cast_ballot(slug="small", who=make_who(), projects=["P1"], at=NOON)
    election = election_on(Ballot.objects.get())
    assert election is not None
    assert election.support == (4, 2, 1)


@pytest.mark.django_db(transaction=True)
def test_four_imports_at_once_make_one_ballot():
    start, made, trouble = Barrier(4), [], []

    def bring(number: int) -> None:
        try:
            start.wait(timeout=20)
            made.append(bring_in(slug=f"number-{number}"))
        except Exception as error:
            trouble.append(error)
        finally:
            connection.close()

    threads = [Thread(target=bring, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not trouble
    assert [each.is_new for each in made].count(True) == 1
    assert len({each.slug for each in made}) == Ballot.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "utility", "told"),
    [
        ("Poland_Krakow_2023_Stare_Miasto.pb", Utility.BORDA, "mes_borda"),  # ranked
        ("Poland_Gdansk_2020_Piecki_Migowo.pb", Utility.POINTS, "mes_points"),  # cumulative
        ("Poland_Zabrze_2020.pb", Utility.COST, "mes_cost"),  # one project a voter
        ("Netherlands_Assen_2024.pb", Utility.COST, "mes_cost"),
    ],
)
def test_a_real_ballot_of_any_kind_comes_back_and_counts_as_the_oracle_says(
    real_data: Path, name, utility, told
):
    path = real_data / "pabulib" / name
    with path.open(encoding="utf-8", newline="") as lines:
        file = read_pabulib(lines, name, accept_disagreement=True)
    rule = Rule(Method.EQUAL_SHARES, utility)
    import_ballot(file=file, source=name, slug="real", rule=rule, at=NOON)
    election = election_on(Ballot.objects.get())
    assert election is not None
    assert election.input_sha256 == file.election().input_sha256
    close_ballot(slug="real", at=NOON)
    ballot = count_ballot(slug="real", at=NOON)
    oracle = json.loads((real_data / "pabulib" / "oracle.json").read_text("utf-8"))["results"]
    assert ballot.result["winners"] == oracle[name][told]["winners"]


def test_a_large_real_ballot_is_imported_in_seconds(real_data: Path):
    name = "Poland_Wroclaw_2018.pb"
    with (real_data / "pabulib" / name).open(encoding="utf-8", newline="") as lines:
        file = read_pabulib(lines, name)
    began = perf_counter()
    made = import_ballot(file=file, source=name, slug="wroclaw", at=NOON)
    assert perf_counter() - began < 20  # about 3 on an idle machine
    assert made.voters == 53801
    assert Choice.objects.count() == made.choices
