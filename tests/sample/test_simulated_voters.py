"""Where the sample's votes come from, and that the open ballot is a contest; no Django."""

import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

import madang.sample
from madang.core.ballot.count import count
from madang.core.ballot.pabulib import Vote, read_pabulib
from madang.core.ballot.rule import parse_rule

SAMPLE = Path(madang.sample.__file__).parent


def run_listing(opening: str, folder: str) -> str:
    """Return what the program in the README whose first line begins so prints for a folder."""
    readme = (SAMPLE / "README.md").read_text("utf-8")
    (listing,) = re.findall(rf'```python\n("""{re.escape(opening)}.*?)```', readme, re.DOTALL)
    ran = subprocess.run(
        [sys.executable, "-I", "-c", listing, folder],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    return ran.stdout


@pytest.mark.parametrize("folder", ["hearing", "next/hearing"])
def test_the_listing_in_the_readme_makes_the_hearings_votes_again(folder: str) -> None:
    votes = (SAMPLE / folder / "votes.csv").read_text("utf-8")
    assert run_listing("Simulate the hearings' voters", folder) == votes


@pytest.mark.parametrize("folder", ["ballot", "next/ballot"])
def test_the_listing_in_the_readme_makes_the_ballots_votes_again(folder: str) -> None:
    ballot = (SAMPLE / folder / "ballot.pb").read_text("utf-8")
    assert run_listing("Simulate the ballots' voters", folder) == ballot.partition("\nVOTES\n")[2]


def count_next_ballot(*, also: str = "", times: int = 0) -> list[str]:
    """Return the winners of the open ballot, also with further voters who list one project."""
    folder = SAMPLE / "next" / "ballot"
    about = tomllib.loads((folder / "ballot.toml").read_text("utf-8"))
    file = read_pabulib((folder / "ballot.pb").read_text("utf-8").splitlines(), "ballot.pb")
    further = tuple(Vote(f"further {number}", (also,)) for number in range(times))
    election = replace(file, votes=file.votes + further).election()
    return list(count(election, parse_rule(**about["rule"])).winners)


@pytest.mark.parametrize(("project", "voters"), [("N01", 3), ("N02", 3), ("N04", 2)])
def test_two_or_three_further_voters_change_the_winners(project: str, voters: int) -> None:
    assert count_next_ballot() == ["N03", "N06", "N07", "N09"]
    assert project not in count_next_ballot(also=project, times=voters - 1)
    assert project in count_next_ballot(also=project, times=voters)
