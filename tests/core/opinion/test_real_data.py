"""The map of six real hearings against what Polis published of them (CC BY 4.0, not shipped)."""

import csv
import functools
import os
import subprocess
import sys

import numpy as np
import pytest

from madang.core.opinion.csv_rows import decode_text
from madang.core.opinion.polis_export import read_conversation
from madang.core.opinion.report import map_conversation
from madang.core.opinion.statistics import count_votes_by_group, group_informed_consensus

# Adjusted Rand index with the published groups that red-dwarf 0.4.0 reaches, given their number.
RED_DWARF = {
    "vtaiwan.uberx": 0.826,
    "austria-climate.5twd2jsnkf.2022-08-08": 0.954,
    "scoop-hivemind.biodiversity": 0.954,
    "bg2050-volunteers": 0.194,
    "brexit-consensus": 0.876,
    "football-concussions": 0.405,
}


def adjusted_rand(left, right) -> float:
    """Return the agreement of two groupings: 1 the same, about 0 by chance."""
    table = np.zeros((left.max() + 1, right.max() + 1))
    np.add.at(table, (left, right), 1)
    pairs, rows, columns, all_pairs = (
        (n * (n - 1) / 2).sum() for n in (table, table.sum(axis=1), table.sum(axis=0), table.sum())
    )
    by_chance = rows * columns / all_pairs
    return float((pairs - by_chance) / ((rows + columns) / 2 - by_chance))


@functools.cache
def read(folder, *names):
    files = {
        name.replace("-", "_"): decode_text(f"{name}.csv", (folder / f"{name}.csv").read_bytes())
        for name in names
    }
    return read_conversation(**files)


@pytest.fixture(params=sorted(RED_DWARF))
def folder(request, real_data):
    return real_data / "polis" / request.param


def test_groups_agree_with_the_published_ones_at_least_as_well_as_red_dwarf(folder):
    conversation = read(folder, "votes", "comments", "participants-votes")
    published = np.array([-1 if g is None else g for g in conversation.published_groups])
    found = map_conversation(conversation, int(published.max()) + 1).drawn.group_of
    both = (published >= 0) & (found >= 0)
    agreement = adjusted_rand(found[both], published[both])
    print(f"{folder.name}: {agreement:.3f} over {both.sum()}, red-dwarf {RED_DWARF[folder.name]}")
    assert agreement >= RED_DWARF[folder.name]


def test_both_forms_of_the_export_tell_one_story(folder):
    from_history = read(folder, "votes", "comments", "participants-votes")
    from_standing = read(folder, "participants-votes", "comments")
    assert from_history.participant_ids == from_standing.participant_ids
    assert from_history.statements == from_standing.statements
    assert np.array_equal(from_history.votes, from_standing.votes)


MAP_AS_BYTES = """
import json, pathlib, sys
from madang.core.opinion.csv_rows import decode_text
from madang.core.opinion.polis_export import read_conversation
from madang.core.opinion.report import as_json, map_conversation

files = {n: decode_text(n, pathlib.Path(sys.argv[1], n + ".csv").read_bytes())
         for n in ("votes", "comments")}
print(json.dumps(as_json(map_conversation(read_conversation(**files))), allow_nan=False))
"""


def test_two_processes_with_other_numbers_of_threads_give_the_same_bytes(real_data):
    folder = real_data / "polis" / "vtaiwan.uberx"
    answers = {
        subprocess.run(
            [sys.executable, "-c", MAP_AS_BYTES, folder],
            env={**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    }
    assert len(answers) == 1


def test_group_informed_consensus_is_the_published_number(real_data):
    folder = real_data / "polis" / "bg2050-volunteers"
    conversation = read(folder, "votes", "comments", "participants-votes")
    published = np.array([-1 if g is None else g for g in conversation.published_groups])
    counts = count_votes_by_group(conversation.votes, published, 2)
    with (folder / "comments.csv").open(encoding="utf-8-sig", newline="") as file:
        theirs = {
            int(row["comment-id"]): float(row["group-informed-consensus"])
            for row in csv.DictReader(file)
        }
    ours = {
        statement.id: value
        for statement, value in zip(
            conversation.statements, group_informed_consensus(counts), strict=True
        )
    }
    assert len(ours) == 371
    assert ours == pytest.approx(theirs, abs=1e-12)
