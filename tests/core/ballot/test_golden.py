"""The winners of 160 small elections full of ties, as pabutools 1.2.3 has them."""

import hashlib
import json
from collections import Counter
from fractions import Fraction
from pathlib import Path

from madang.core.ballot.count import count
from madang.core.ballot.election import Project, VoteType, election_of
from madang.core.ballot.rule import parse_rule

GOLDEN = Path(__file__).parents[2] / "golden" / "ballot-pabutools"


def read_elections():
    for told in json.loads((GOLDEN / "input.json").read_text()):
        ballots = (
            tuple((id_, Fraction(points)) for id_, points in ballot.items())
            for ballot in told["ballots"]
        )
        yield election_of(
            budget=Fraction(told["budget"]),
            projects=[Project(id_, Fraction(cost)) for id_, cost in told["costs"].items()],
            vote_type=VoteType(told["vote_type"]),
            ballots=Counter(ballots),
        )


def test_the_golden_files_are_those_that_were_written_down():
    for line in (GOLDEN / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((GOLDEN / name).read_bytes()).hexdigest() == digest, name


def test_every_rule_chooses_the_same_winners():
    expected = json.loads((GOLDEN / "expected.json").read_text())
    for election, told in zip(read_elections(), expected, strict=True):
        for words, winners in told.items():
            method, utility, completion = words.split()
            rule = parse_rule(method=method, utility=utility, completion=completion)
            assert list(count(election, rule).winners) == winners, (words, election.projects)
