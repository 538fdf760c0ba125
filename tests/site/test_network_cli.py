"""Commands of the network block: what they bring in, print, and refuse in one sentence."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from listen.network.files import LINKS, SYSTEMS, register
from madang.listen.network.models import Register
from madang.site.cli.main import main

pytestmark = pytest.mark.django_db

Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Ask:
    """Run `madang network …` in this process; return exit code, output and errors."""
    monkeypatch.setenv("MADANG_DATA", str(tmp_path / "data"))

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["madang", "network", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        return int(left.value.code or 0), printed.out, printed.err

    return run


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    systems, links = tmp_path / "systems.csv", tmp_path / "links.csv"
    systems.write_text(SYSTEMS, "utf-8")
    links.write_text(LINKS, "utf-8")
    return systems, links


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    ask: Ask, files: tuple[Path, Path]
) -> None:
    code, said, _ = ask("import", *files, "--dry-run")
    assert code == 0
    assert "+ mail\n" in said
    assert "+ mail → hall (data)\n" in said
    assert "6 added, 0 removed, 0 changed." in said
    assert not Register.objects.exists()


def test_an_import_makes_versions_and_says_what_it_changed(
    ask: Ask, files: tuple[Path, Path]
) -> None:
    assert "Version 1 of the register holds now." in ask("import", *files)[1]
    assert "already, as version 1." in ask("import", *files)[1]
    files[1].write_text(LINKS.replace("0.3,4", "0.3,5"), "utf-8")
    said = ask("import", *files)[1]
    assert said.splitlines() == [
        "~ mail → hall (data): cost 4 → 5",
        "0 added, 0 removed, 1 changed.",
        "Version 2 of the register holds now.",
    ]


def test_a_bad_file_is_refused_with_its_line(ask: Ask, files: tuple[Path, Path]) -> None:
    files[1].write_text(LINKS.replace("mail,hall", "mail,mail"), "utf-8")
    code, said, wrong = ask("import", *files)
    assert (code, said) == (2, "")
    assert wrong == f"{files[1]}:2: The link leads from mail to itself.\n"
    assert ask("import", files[0], files[1].with_name("none.csv"))[0] == 2


def test_the_radius_is_printed_and_written_as_json(ask: Ask, tmp_path: Path) -> None:
    register()
    code, said, _ = ask("radius", "mail")
    assert code == 0
    assert said.startswith("mail: 2 systems fall with it, damage 140.\n1\t0.")
    assert said.endswith("\tdb\tmail → hall → db\n")
    told = read_json(ask, tmp_path, "radius", "mail", "--trials", 500, "--seed", 3)
    assert (told["damage"], told["unrated_links"], told["seed"]) == (140, 0, 3)
    hall, db = told["fallen"]
    assert (hall["likeliest_way"], db["likeliest_way"]) == (0.3, 0.15)
    assert db["interval"][0] <= db["estimate"] <= db["interval"][1]
    assert db["way"] == ["mail", "hall", "db"]
    assert told == read_json(ask, tmp_path, "radius", "mail", "--trials", 500, "--seed", 3)


def test_cuts_and_budgets_are_printed_and_written_as_json(ask: Ask, tmp_path: Path) -> None:
    register()
    assert ask("cuts", "mail", "--protect", "db")[1] == "cut\tmail → hall → data\nCost: 4\n"
    told = read_json(ask, tmp_path, "cuts", "mail", "--protect", "db")
    assert told == {"cost": 4, "links": [["mail", "hall", "data"]], "systems": []}
    said = ask("cuts", "mail", "--budget", 4)[1]
    assert "Kept safe: 130 of 140." in said
    assert "No other choice of this cost keeps more safe." in said
    outside = read_json(ask, tmp_path, "cuts", "--budget", 1)
    assert (outside["systems"], outside["saved"]) == (["tap"], 5)


def test_the_register_is_shown_in_numbers(ask: Ask, tmp_path: Path) -> None:
    register()
    assert "Version 1: 4 systems, 2 links." in ask("show")[1]
    told = read_json(ask, tmp_path, "show")
    assert told["openers"][0] == {"code": "mail", "systems": 2, "damage": 140, "score": 560}
    assert told["chokepoints"][0] == {"at": "mail", "systems": 2, "damage": 130}


@pytest.mark.parametrize("words", [("show",), ("radius", "mail"), ("cuts", "--budget", "3")])
def test_without_a_register_a_command_says_how_to_begin(ask: Ask, words: tuple[str, ...]) -> None:
    code, _, wrong = ask(*words)
    assert (code, wrong.count("\n")) == (3, 1)
    assert "madang network import" in wrong


def test_what_cannot_be_asked_is_refused_in_one_sentence(ask: Ask) -> None:
    register(
        SYSTEMS.replace(",40,ict,5", ",40,ict,"), LINKS.replace(",4\n", ",\n").replace(",7", ",")
    )
    for code, words in (
        (2, ("radius", "nowhere")),
        (2, ("cuts", "mail", "--protect", "nowhere")),
        (2, ("cuts", "mail")),
        (3, ("cuts", "mail", "--protect", "db")),
    ):
        left, said, wrong = ask(*words)
        assert (left, said, wrong.count("\n")) == (code, "", 1)
    assert "mail → hall → db" in wrong


def read_json(ask: Ask, folder: Path, *words: object) -> Any:
    path = folder / "told.json"
    assert ask(*words, "--json", path)[0] == 0
    return json.loads(path.read_text("utf-8"))
