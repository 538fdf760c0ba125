"""Commands on a city: what they bring in, what they say, and that they refuse in one sentence."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import sleep

import pytest
from django.db import connection
from django.test import Client

from decide.worlds import NOON, PB
from madang.decide.ballots.models import Ballot, Status
from madang.decide.ballots.services import count_ballot
from madang.listen.hearings.models import Hearing
from madang.site.cli.main import main
from madang.web.forms import sent_number

pytestmark = pytest.mark.django_db

VOTES = "timestamp,comment-id,voter-id,vote\n1000,0,0,1\n2000,1,0,-1\n3000,0,1,0\n"
COMMENTS = "comment-id,moderated,comment-body\n0,1,Light the alleys.\n1,-1,Buy now.\n"
BALLOT = PB.replace(";0;connected", ";;connected").replace(";1;", ";;")
LATER = """
CREATE FUNCTION test_later() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.scheduled_at := now() + interval '1 hour'; RETURN NEW; END $$;
CREATE TRIGGER test_later BEFORE INSERT ON procrastinate_jobs
    FOR EACH ROW EXECUTE FUNCTION test_later();
"""
Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Ask:
    """Run a command in this process; return exit code, output and errors."""
    monkeypatch.setenv("MADANG_DATA", str(tmp_path / "data"))

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["madang", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        return int(left.value.code or 0), printed.out, printed.err

    return run


@pytest.fixture
def export(tmp_path: Path) -> Path:
    folder = tmp_path / "My_hearing.2020"
    folder.mkdir()
    (folder / "votes.csv").write_text(VOTES, "utf-8")
    (folder / "comments.csv").write_text(COMMENTS, "utf-8")
    return folder


@pytest.fixture
def ballot(tmp_path: Path) -> Path:
    path = tmp_path / "My_ballot.2020.pb"
    path.write_text(BALLOT, "utf-8")
    return path


def test_an_address_is_made_from_the_name_of_the_file_or_folder(
    ask: Ask, export: Path, ballot: Path
) -> None:
    assert ask("hearing", "import", export)[0] == 0
    assert ask("ballot", "import", ballot)[0] == 0
    assert Hearing.objects.get().slug == "my-hearing-2020"
    assert Ballot.objects.get().slug == "my-ballot-2020"


def test_ids_as_large_as_json_keeps_them_come_in(ask: Ask, export: Path, client: Client) -> None:
    for name in ("votes.csv", "comments.csv"):
        text = (export / name).read_text("utf-8")
        (export / name).write_text(
            text.replace("\n0,1", f"\n{2**53},1").replace(",0,", f",{2**53},")
        )
    assert ask("opinions", "map", export)[0] == 0
    assert ask("hearing", "import", export, "--slug", "large")[0] == 0
    assert sorted(Hearing.objects.get().participants.values_list("number", flat=True))[-1] == 2**53
    assert client.get(f"/hearings/large/statements/{2**53}").status_code == 200
    assert sent_number(str(2**53)) == 2**53, "nobody could vote on it from a page"


@pytest.mark.parametrize("name", ["votes.csv", "comments.csv", "summary.csv"])
def test_a_nul_character_in_an_export_is_one_sentence(ask: Ask, export: Path, name: str) -> None:
    (export / "summary.csv").write_text("topic,Lamps\n", "utf-8")
    with (export / name).open("a") as file:
        file.write("x\0\n")
    code, out, err = ask("hearing", "import", export)
    assert (code, out) == (2, "")
    assert f"{name}:" in err
    assert "NUL" in err
    assert not Hearing.objects.exists()


@pytest.mark.parametrize("word", ["A small ballot", "Free wifi", "P1", "\na;", ";01"])
def test_a_nul_character_in_a_ballot_is_one_sentence(ask: Ask, ballot: Path, word: str) -> None:
    ballot.write_text(BALLOT.replace(word, f"{word}\0"), "utf-8")
    for words in (("ballots", "count"), ("ballot", "import")):
        code, out, err = ask(*words, ballot)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert "NUL" in err


def test_points_that_no_array_holds_are_one_sentence(ask: Ask, ballot: Path) -> None:
    text = BALLOT.replace("approval", "cumulative").replace("vote;district", "vote;points")
    text = text.replace("a;P1,P3;01", f"a;P1,P3;1,{'9' * 50}").replace("P1,P2;02", "P1,P2;1,2")
    ballot.write_text(text, "utf-8")
    for words in (("ballots", "count"), ("ballot", "import")):
        code, out, err = ask(*words, ballot)
        assert (code, out, err.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("port", ["-1", "0", "65535", "99999"])
def test_a_port_that_is_none_is_refused(ask: Ask, port: str) -> None:
    for command in ("serve", "demo"):
        code, out, err = ask(command, "--port", port)
        assert (code, out) == (2, "")
        assert "--port" in err


@pytest.mark.django_db(transaction=True)
def test_closing_waits_for_the_count_that_a_servers_worker_took(ask: Ask, ballot: Path) -> None:
    ask("ballot", "import", ballot, "--slug", "small")

    def count_as_a_worker_does() -> None:
        try:
            while not Ballot.objects.filter(status=Status.CLOSED).exists():
                sleep(0.05)
            sleep(0.5)
            count_ballot(slug="small", at=NOON)
        finally:
            connection.close()

    with _no_job_is_due(), ThreadPoolExecutor(1) as pool:
        counting = pool.submit(count_as_a_worker_does)
        code, out, err = ask("ballot", "close", "small")
        counting.result()
    assert (code, err) == (0, "Counting …\n")
    assert "P1, P2" in out


@contextmanager
def _no_job_is_due() -> Iterator[None]:
    """Keep this process from the queue's jobs, as a worker that is quicker does."""
    with connection.cursor() as cursor:
        cursor.execute(LATER)
        try:
            yield
        finally:
            cursor.execute("DROP FUNCTION test_later() CASCADE")


def test_votes_that_are_here_already_are_said_to_be(ask: Ask, export: Path, ballot: Path) -> None:
    for command in (("hearing", "import", export), ("ballot", "import", ballot)):
        assert ask(*command)[0] == 0
        code, out, err = ask(*command)
        assert (code, err) == (0, "")
        assert "here already, as my-" in out
        code, out, err = ask(*command, "--slug", "other", "--language", "ko")
        assert (code, out, err.count("\n")) == (3, "", 1)
        assert "its address, its" in err
        assert "its texts" in err
    assert Hearing.objects.count() == Ballot.objects.count() == 1


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "equal-shares, cost, add1u"),
        (("--completion", "none"), "equal-shares, cost, none"),
        (("--rule", "greedy"), "greedy, cost, none"),
    ],
)
def test_an_import_says_by_which_rule_it_will_be_counted(
    ask: Ask, ballot: Path, options: tuple[str, ...], says: str
) -> None:
    assert says in ask("ballot", "import", ballot, *options, "--dry-run")[1]
    assert says in ask("ballot", "import", ballot, *options)[1]


def test_a_completion_that_the_rule_does_not_have_is_refused(ask: Ask, ballot: Path) -> None:
    code, out, err = ask("ballot", "import", ballot, "--rule", "greedy", "--completion", "add1u")
    assert (code, out) == (2, "")
    assert "equal-shares" in err


@pytest.mark.parametrize(
    "slug", ["x y", "A B/..", "한글", "a?b#c", "a" * 300, "New_Comer", "a\n", "../a"]
)
def test_what_is_no_address_is_refused_in_one_sentence(
    ask: Ask, export: Path, ballot: Path, slug: str
) -> None:
    for command in (("hearing", "import", export), ("ballot", "import", ballot)):
        for words in (("--slug", slug), ("--slug", slug, "--dry-run")):
            code, out, err = ask(*command, *words)
            assert (code, out) == (2, "")
            assert "hyphens" in err
    assert not Hearing.objects.exists()
    assert not Ballot.objects.exists()
