"""The cores as commands: stable JSON for good input, one sentence and exit 2 for bad."""

import json
import sys
from pathlib import Path

import pytest

from madang.site.cli.main import main

VOTES = "timestamp,datetime,comment-id,voter-id,vote\n1000,x,0,0,1\n2000,x,1,0,-1\n3000,x,0,1,0\n"
COMMENTS = "comment-id,moderated,comment-body\n0,1,one\n1,1,two\n"
BALLOT = """META
key;value
description;Two projects
country;Daon
unit;Daon
instance;2020
num_projects;2
num_votes;3
budget;100
vote_type;approval
rule;greedy
date_begin;01.05.2020
date_end;31.05.2020
PROJECTS
project_id;cost
a;60
b;70
VOTES
voter_id;vote
1;a
2;a,b
3;b
"""


def madang(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: object
) -> tuple[int, str, str]:
    """Run the command in this process; return exit code, output and errors."""
    monkeypatch.setattr(sys, "argv", ["madang", *map(str, words)])
    with pytest.raises(SystemExit) as left:
        main()
    printed = capsys.readouterr()
    return int(left.value.code or 0), printed.out, printed.err


@pytest.fixture
def export(tmp_path: Path) -> Path:
    (tmp_path / "votes.csv").write_text(VOTES, "utf-8")
    (tmp_path / "comments.csv").write_text(COMMENTS, "utf-8")
    return tmp_path


@pytest.fixture
def ballot(tmp_path: Path) -> Path:
    path = tmp_path / "two.pb"
    path.write_text(BALLOT, "utf-8")
    return path


def test_a_map_has_the_keys_that_programs_rely_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], export: Path
) -> None:
    code, out, _ = madang(monkeypatch, capsys, "opinions", "map", export)
    drawn = json.loads(out)
    assert code == 0
    assert list(drawn) == ["participants", "groups", "statements", "consensus", "params"]
    assert {"id", "x", "y", "group"} == set(drawn["participants"][0])
    needed = {"id", "agree", "disagree", "pass", "consensus", "divisiveness"}
    assert needed <= set(drawn["statements"][0])
    assert [(s["agree"], s["disagree"], s["pass"]) for s in drawn["statements"]] == [
        (1, 0, 1),
        (0, 1, 0),
    ]


def test_one_file_of_votes_is_enough(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], export: Path
) -> None:
    assert madang(monkeypatch, capsys, "opinions", "map", export / "votes.csv")[0] == 0


def test_standing_votes_serve_where_there_is_no_history(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "participants-votes.csv").write_text(
        "participant,group-id,n-comments,n-votes,n-agree,n-disagree,0,1\n"
        "0,,0,2,1,1,1,-1\n1,,0,1,0,0,0,\n",
        "utf-8",
    )
    code, out, _ = madang(monkeypatch, capsys, "opinions", "map", tmp_path)
    assert code == 0
    assert [s["agree"] for s in json.loads(out)["statements"]] == [1, 0]


def test_a_count_has_the_keys_that_programs_rely_on(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ballot: Path,
    tmp_path: Path,
) -> None:
    told = tmp_path / "out.json"
    code, out, _ = madang(
        monkeypatch, capsys, "ballots", "count", ballot, "--rule", "greedy", "--json", told
    )
    counted = json.loads(told.read_text("utf-8"))
    assert (code, out) == (0, "")
    assert list(counted) == ["winners", "spent", "budget", "rule", "certificate", "explanations"]
    assert (counted["winners"], counted["spent"], counted["budget"]) == (["a"], "60", "100")
    lost = next(each for each in counted["explanations"] if not each["funded"])
    assert {"project", "funded", "support", "needed", "why"} <= set(lost)
    assert (lost["project"], lost["support"], lost["needed"]) == ("b", 2, 1)


@pytest.mark.parametrize(
    ("file", "change", "says"),
    [
        ("votes.csv", lambda text: text.replace("-1", "7"), "votes.csv:3:"),
        ("votes.csv", lambda text: text.replace("3000", "soon"), "votes.csv:4:"),
        ("votes.csv", lambda text: "", "empty"),
        ("votes.csv", lambda text: text.replace("voter-id", "who"), "voter-id"),
        ("votes.csv", lambda text: text + "4000,x,9,0,1\n", "comment 9"),
        ("votes.csv", lambda text: text + "4000,x\n", "votes.csv:5:"),
        ("comments.csv", lambda text: text + "0,1,again\n", "comments.csv:4:"),
    ],
)
def test_a_bad_export_is_one_sentence_with_file_and_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    export: Path,
    file: str,
    change: object,
    says: str,
) -> None:
    assert callable(change)
    path = export / file
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    code, out, err = madang(monkeypatch, capsys, "opinions", "map", export)
    assert (code, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("budget;100", "budget;0", "budget"),
        ("budget;100", "budget;much", "budget"),
        ("2;a,b", "2;a,c", "two.pb:21:"),
        ("b;70", "a;70", "two.pb:17:"),
        ("VOTES\n", "VOICES\n", "two.pb"),
        (BALLOT, "", "two.pb"),
    ],
)
def test_a_bad_ballot_is_one_sentence_with_file_and_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ballot: Path,
    old: str,
    new: str,
    says: str,
) -> None:
    ballot.write_text(BALLOT.replace(old, new), "utf-8")
    code, out, err = madang(monkeypatch, capsys, "ballots", "count", ballot)
    assert (code, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("command", [("opinions", "map"), ("ballots", "count")])
def test_a_wrong_encoding_names_the_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    command: tuple[str, str],
) -> None:
    path = tmp_path / "votes.csv"
    path.write_bytes("첫째 줄\n둘째 줄\n".encode() + "셋째".encode("cp949"))
    code, _, err = madang(monkeypatch, capsys, *command, path)
    assert code == 2
    assert "votes.csv:3:" in err


@pytest.mark.parametrize(
    "words",
    [
        ("opinions", "map", "nowhere"),
        ("ballots", "count", "nowhere.pb"),
        ("ballots", "count", "."),
        ("opinions", "map", "."),
    ],
)
def test_what_is_not_there_is_said(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    words: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = madang(monkeypatch, capsys, *words)
    assert code == 2
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "option",
    [
        ("--rule", "lottery"),
        ("--utility", "joy"),
        ("--completion", "prayer"),
        ("--tie-break", "coin"),
    ],
)
def test_a_rule_nobody_knows_is_refused_with_those_there_are(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ballot: Path,
    option: tuple[str, str],
) -> None:
    code, _, err = madang(monkeypatch, capsys, "ballots", "count", ballot, *option)
    assert code == 2
    assert option[0] in err
    assert option[1] in err


@pytest.mark.parametrize("groups", ["1", "0", "99"])
def test_an_impossible_number_of_groups_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], export: Path, groups: str
) -> None:
    code, _, err = madang(monkeypatch, capsys, "opinions", "map", export, "--groups", groups)
    assert code == 2
    assert groups in err


def test_an_output_that_cannot_be_written_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], export: Path
) -> None:
    code, _, err = madang(
        monkeypatch, capsys, "opinions", "map", export, "--json", export / "no" / "where.json"
    )
    assert code == 2
    assert "cannot be written" in err


@pytest.mark.parametrize("block", ["hearing", "ballot"])
def test_a_language_that_is_none_is_refused_before_anything_is_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], export: Path, block: str
) -> None:
    code, out, err = madang(
        monkeypatch, capsys, block, "import", export, "--language", 'en" onclick="'
    )
    assert (code, out) == (2, "")
    assert "language" in err
