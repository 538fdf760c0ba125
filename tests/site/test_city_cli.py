"""Commands on a city: what they bring in, what they say, and that they refuse in one sentence."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from decide.worlds import PB
from madang.decide.ballots.models import Ballot
from madang.listen.hearings.models import Hearing
from madang.site.cli.main import main

pytestmark = pytest.mark.django_db

VOTES = "timestamp,comment-id,voter-id,vote\n1000,0,0,1\n2000,1,0,-1\n3000,0,1,0\n"
COMMENTS = "comment-id,moderated,comment-body\n0,1,Light the alleys.\n1,-1,Buy now.\n"
BALLOT = PB.replace(";0;connected", ";;connected").replace(";1;", ";;")
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
