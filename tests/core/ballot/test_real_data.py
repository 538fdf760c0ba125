"""The winners of real elections (Pabulib, CC BY-SA, not shipped) as pabutools 1.2.3 has them."""

import functools
import json

import pytest

from madang.core.ballot.certificate import certify
from madang.core.ballot.count import count
from madang.core.ballot.pabulib import read_pabulib
from madang.core.ballot.pabulib_writer import write_pabulib
from madang.core.ballot.rule import parse_rule

RULES = {
    "greedy_cost": ("greedy", "cost", "none"),
    "greedy_card": ("greedy", "cardinality", "none"),
    "greedy_points": ("greedy", "points", "none"),
    "greedy_borda": ("greedy", "borda", "none"),
    "phragmen": ("phragmen", "cost", "none"),
    "mes_cost": ("equal-shares", "cost", "none"),
    "mes_card": ("equal-shares", "cardinality", "none"),
    "mes_points": ("equal-shares", "points", "none"),
    "mes_borda": ("equal-shares", "borda", "none"),
    "mes_cost_u": ("equal-shares", "cost", "utilitarian"),
    "mes_cost_add1": ("equal-shares", "cost", "add1"),
    "mes_card_add1": ("equal-shares", "cardinality", "add1"),
    "mes_points_add1": ("equal-shares", "points", "add1"),
    "mes_borda_add1": ("equal-shares", "borda", "add1"),
    "mes_cost_add1u": ("equal-shares", "cost", "add1u"),
}


@functools.cache
def read(path):
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return read_pabulib(lines, path.name)


@pytest.fixture(scope="module")
def oracle(real_data):
    return json.loads((real_data / "pabulib" / "oracle.json").read_text())["results"]


@pytest.mark.parametrize("key", RULES)
def test_every_real_election_has_the_winners_of_the_oracle(key, real_data, oracle):
    method, utility, completion = RULES[key]
    rule = parse_rule(method=method, utility=utility, completion=completion)
    compared = 0
    for name, results in oracle.items():
        if key in results:
            result = count(read(real_data / "pabulib" / name).election(), rule)
            assert list(result.winners) == results[key]["winners"], name
            compared += 1
    assert compared


def test_equal_shares_is_proportional_on_every_real_election(real_data, oracle):
    for name in oracle:
        election = read(real_data / "pabulib" / name).election()
        for utility in ("cost", "cardinality"):
            rule = parse_rule(method="equal-shares", utility=utility)
            assert certify(count(election, rule)).proportionality.holds, name


def test_every_real_file_is_written_and_read_back(real_data, oracle):
    for name in oracle:
        file = read(real_data / "pabulib" / name)
        again = read_pabulib(write_pabulib(file).splitlines(keepends=True), name)
        assert again.projects == file.projects
        assert again.votes == file.votes
