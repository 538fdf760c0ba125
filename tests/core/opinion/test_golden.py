"""The map against what another implementation (red-dwarf 0.4.0) answers for the same files."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from madang.core.opinion.conversation import AGREE, DISAGREE
from madang.core.opinion.csv_rows import decode_text
from madang.core.opinion.polis_export import read_conversation
from madang.core.opinion.report import as_json, map_conversation

GOLDEN = Path(__file__).parents[2] / "golden" / "opinion-two-camps"


@pytest.fixture(scope="module")
def expected():
    return json.loads((GOLDEN / "expected.json").read_text())


@pytest.fixture(scope="module")
def result():
    files = {
        name: decode_text(f"{name}.csv", (GOLDEN / f"{name}.csv").read_bytes())
        for name in ("votes", "comments")
    }
    return map_conversation(read_conversation(**files), groups=2)


def test_the_golden_files_are_those_that_were_written_down():
    for line in (GOLDEN / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((GOLDEN / name).read_bytes()).hexdigest() == digest, name


def test_the_same_people_stand_together(result, expected):
    ids = np.array(result.conversation.participant_ids)
    groups = [ids[result.drawn.group_of == n].tolist() for n in (0, 1)]
    assert groups == expected["groups"]


def test_everybody_stands_in_the_same_place_but_for_the_sign_of_an_axis(result, expected):
    theirs = np.array([expected["positions"][str(n)] for n in result.conversation.participant_ids])
    ours = result.drawn.positions
    for axis in (0, 1):
        sign = np.sign(ours[:, axis] @ theirs[:, axis])
        assert ours[:, axis] * sign == pytest.approx(theirs[:, axis], abs=1e-9)


def test_group_informed_consensus_is_the_same(result, expected):
    ours = {str(one["id"]): one["consensus"] for one in as_json(result)["statements"]}
    assert ours == pytest.approx(expected["consensus"], abs=1e-12)


def test_consensus_statements_are_the_same_in_the_same_order(result, expected):
    for stance, name in ((AGREE, "consensus_agree"), (DISAGREE, "consensus_disagree")):
        ours = [one for one in result.drawn.consensus_statements if one.stance == stance]
        assert len(ours) == len(expected[name])
        for one, theirs in zip(ours, expected[name], strict=True):
            assert result.conversation.statements[one.statement].id == theirs["id"]
            assert (one.count, one.seen) == (theirs["count"], theirs["seen"])
            assert one.share == pytest.approx(theirs["share"])
            assert one.share_test == pytest.approx(theirs["share_test"])


def test_representative_statements_are_the_same_with_the_same_numbers(result, expected):
    """Polis puts the best agreed statement first; we rank by strength alone, so sets compare."""
    for group in as_json(result)["groups"]:
        first = str(expected["groups"][group["id"]][0])
        theirs = {one["id"]: one for one in expected["representative_by_first_member"][first]}
        ours = {one["id"]: one for one in group["representative"]}
        assert ours.keys() == theirs.keys()
        for id_, one in ours.items():
            assert one["stance"] == theirs[id_]["stance"]
            for number in ("count", "seen", "share", "share_test", "ratio", "ratio_test"):
                assert one[number] == pytest.approx(theirs[id_][number], abs=1e-6)
        strengths = [
            one["ratio"] * one["ratio_test"] * one["share"] * one["share_test"]
            for one in group["representative"]
        ]
        assert strengths == sorted(strengths, reverse=True)
