"""The gate's commands: on any CSV file without a city, and in one."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from madang.ground.release.models import Budget
from madang.site.cli.main import main
from worlds_of_release import PEOPLE

Ask = Callable[..., tuple[int, str, str]]
QUASI = ("--quasi", "age,sex", "--sensitive", "answer", "--k", 2, "--l", 2)


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Ask:
    """Run a command in this process; return exit code, output and errors."""
    monkeypatch.setenv("MADANG_DATA", str(tmp_path / "data"))

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["madang", "release", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        return int(left.value.code or 0), printed.out, printed.err

    return run


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE, "utf-8")
    return path


def test_a_file_that_tells_too_much_is_named_with_what_would_mend_it(ask: Ask, people: Path):
    code, out, _ = ask("check", people, *QUASI)
    assert code == 1
    assert "the smallest has 1, and 2 stand alone" in out
    assert "34, f: 1" in out
    assert "1. age: bands of 10; sex: as it is — smallest class 2, 0 left out" in out


def test_the_same_for_programs(ask: Ask, people: Path):
    code, out, _ = ask("check", people, *QUASI, "--json", "-")
    told = json.loads(out)
    assert code == 1
    assert (told["k"], told["alone"], told["passes"]) == (1, 2, False)
    assert told["suggestions"][0]["levels"] == {"age": "bands of 10", "sex": "as it is"}


def test_what_a_suggestion_makes_passes_the_check(ask: Ask, people: Path, tmp_path: Path):
    safe = tmp_path / "safe.csv"
    assert ask("check", people, *QUASI, "--out", safe)[0] == 0
    assert "person" not in safe.read_text("utf-8")
    assert ask("check", safe, *QUASI)[0] == 0
    assert ask("check", people, *QUASI, "--out", safe, "--way", 9)[0] == 2


def test_a_hierarchy_of_ones_own_is_followed(ask: Ask, people: Path, tmp_path: Path):
    tree = tmp_path / "tree.csv"
    tree.write_text("age,span\n34,young\n35,young\n23,young\n51,old\n62,old\n", "utf-8")
    _, out, _ = ask("check", people, *QUASI, "--hierarchy", f"age={tree}")
    assert "age: level 1; sex: as it is" in out
    tree.write_text("age,span\n34,young\n", "utf-8")
    code, _, err = ask("check", people, *QUASI, "--hierarchy", f"age={tree}")
    assert code == 2
    assert "does not say what “23” becomes" in err


def test_a_table_hides_what_tells_too_much(ask: Ask, people: Path, tmp_path: Path):
    out_file = tmp_path / "table.csv"
    words = ("--columns", "district,answer", "--fewest", 3)
    code, out, err = ask("table", people, *words, "--out", out_file)
    assert (code, out) == (0, "")
    assert "4 of 9 cells are hidden" in err
    assert "north,no,×" in out_file.read_text("utf-8")
    told = json.loads(ask("table", people, *words, "--json", "-")[1])
    assert (told["hidden"], told["is_least"]) == (4, True)
    amounts = ask("table", people, "--columns", "district", "--amount", "age", "--p", "90")
    assert amounts[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("check", "FILE", "--quasi", "height"), "The header lacks: height"),
        (("check", "FILE", "--quasi", "age", "--k", "0"), "must be 1 or more"),
        (("check", "FILE", "--quasi", "age", "--diversity", "much"), "is not one of"),
        (("check", "FILE", "--quasi", "age", "--l", "2"), "need a sensitive column"),
        (("check", "nowhere.csv", "--quasi", "age"), "there is no such file"),
        (("table", "FILE", "--columns", ""), "one to three columns"),
        (("table", "FILE", "--columns", "sex", "--amount", "district"), "that is no number"),
        (("grant", "x", "--starts", "2020-01-01", "--ends", "2021-01-01", "--epsilon", "0"),
         "epsilon must be more than 0"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_one_sentence(ask: Ask, people: Path, words: tuple[str, ...], said: str):
    code, _, err = ask(*(people if word == "FILE" else word for word in words))
    assert code == 2
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.django_db
def test_a_budget_is_granted_once_and_listed(ask: Ask):
    words = ("--starts", "2020-01-01", "--ends", "2021-01-01", "--epsilon", "0.5")
    assert ask("grant", "hearings.votes", *words, "--dry-run")[0] == 0
    assert not Budget.objects.exists()
    code, out, _ = ask("grant", "hearings.votes", *words)
    assert (code, Budget.objects.get().micro_epsilon) == (0, 500_000)
    assert "epsilon 0.5" in out
    assert ask("grant", "hearings.votes", *words)[0] == 3
    assert ask("grant", "hearings.secrets", *words)[0] == 2
    listed = json.loads(ask("list", "--json", "-")[1])
    assert listed["budgets"][0]["left"] == {"epsilon": "0.5", "delta": "0"}
    assert "epsilon 0.5 of 0.5 left" in ask("list")[1]
