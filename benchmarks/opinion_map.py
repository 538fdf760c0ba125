"""The opinion map of one real hearing: `madang opinions map` beside red-dwarf 0.4.0.

    python benchmarks/opinion_map.py --peer-python .venv-bench/bin/python [FOLDER]

Each side runs in processes of its own on one thread, from the export's files to a JSON file, and
in turn, so that both meet the same machine. Printed: CPU seconds (user and system, imports and
all) and peak memory, the median of the runs, as ratios; and for both sides the adjusted Rand
index with the groups that Polis published, given their number.
"""

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve()
DATA = Path(os.environ.get("MADANG_TEST_DATA", HERE.parents[2] / "shared" / "data"))
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONWARNINGS": "ignore",  # the peer's
}


@dataclass(frozen=True)
class Run:
    """What one process cost, and the groups it found: participant id to group."""

    cpu_s: float
    peak_mb: float
    group_of: dict[int, int]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=DATA / "polis" / "vtaiwan.uberx")
    parser.add_argument("--peer-python", default=sys.executable, help="a Python with red-dwarf")
    parser.add_argument("--python", default=sys.executable, help="a Python with madang")
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    if not (asked.folder / "participants-votes.csv").is_file():
        print(f"opinion map: no real data at {asked.folder}; set MADANG_TEST_DATA")
        return 0

    published = published_groups(asked.folder)
    k = len(set(published.values()))
    ours, library, peer = [], [], []
    for _ in range(asked.runs):
        ours.append(
            measure(asked.python, [str(Path(asked.python).parent / "madang")], asked.folder, k)
        )
        library.append(measure(asked.python, [str(HERE), "--as-library"], asked.folder, k))
        peer.append(measure(asked.peer_python, [str(HERE), "--as-peer"], asked.folder, k))
    report(
        asked.folder, {"madang opinions map": ours, "madang's core alone": library}, peer, published
    )
    return 0


def measure(python: str, program: list[str], folder: Path, k: int) -> Run:
    """Return what `program opinions map FOLDER --groups K --json OUT` costs."""
    with tempfile.TemporaryDirectory() as made:
        out = Path(made) / "map.json"
        command = [
            python,
            *program,
            "opinions",
            "map",
            str(folder),
            "--groups",
            str(k),
            "--json",
            str(out),
        ]
        process = subprocess.Popen(
            command, env={**os.environ, **ONE_THREAD}, stdout=subprocess.DEVNULL
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"opinion map: {command} ended with {process.returncode}")
        answer = json.loads(out.read_text())
    groups = {one["id"]: one["group"] for one in answer["participants"] if one["group"] is not None}
    return Run(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, groups)


def report(
    folder: Path, ours: dict[str, list[Run]], peer: list[Run], published: dict[int, int]
) -> None:
    peer_cpu_s, peer_mb = middle(peer)
    print(f"opinion map of {folder.name}, {len(peer)} runs each, one thread, groups given")
    for name, runs in {**ours, "red-dwarf": peer}.items():
        cpu_s, mb = middle(runs)
        agreement = adjusted_rand(runs[0].group_of, published)
        print(
            f"  {name:20} {cpu_s:6.2f} CPU s  {mb:6.0f} MB peak  ARI {agreement:.3f}"
            f"   red-dwarf / this: CPU {peer_cpu_s / cpu_s:5.1f}, memory {peer_mb / mb:5.1f}"
        )


def middle(runs: list[Run]) -> tuple[float, float]:
    return (
        statistics.median(run.cpu_s for run in runs),
        statistics.median(run.peak_mb for run in runs),
    )


def published_groups(folder: Path) -> dict[int, int]:
    with (folder / "participants-votes.csv").open(encoding="utf-8-sig", newline="") as file:
        return {
            int(row["participant"]): int(row["group-id"])
            for row in csv.DictReader(file)
            if row["group-id"]
        }


def adjusted_rand(found: dict[int, int], published: dict[int, int]) -> float:
    """Return the agreement of two groupings over the people that both place."""

    def pairs(counts: Counter) -> float:
        return sum(n * (n - 1) / 2 for n in counts.values())

    both = sorted(found.keys() & published.keys())
    together = pairs(Counter((found[id_], published[id_]) for id_ in both))
    rows = pairs(Counter(found[id_] for id_ in both))
    columns = pairs(Counter(published[id_] for id_ in both))
    by_chance = rows * columns / (len(both) * (len(both) - 1) / 2)
    return (together - by_chance) / ((rows + columns) / 2 - by_chance)


def run_library(folder: Path, groups: int, out: Path) -> None:
    """What the command does, without the command line around it."""
    from madang.core.opinion.csv_rows import decode_text
    from madang.core.opinion.polis_export import read_conversation
    from madang.core.opinion.report import as_json, map_conversation

    files = {
        name: decode_text(f"{name}.csv", (folder / f"{name}.csv").read_bytes())
        for name in ("votes", "comments")
    }
    result = map_conversation(read_conversation(**files), groups)
    out.write_text(json.dumps(as_json(result)))


def run_peer(folder: Path, groups: int, out: Path) -> None:
    """The same work by red-dwarf: newest votes, map, groups, statistics and consensus."""
    from reddwarf.implementations.polis import run_pipeline

    newest: dict[tuple[int, int], tuple[int, int]] = {}
    with (folder / "votes.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            key, at = (int(row["voter-id"]), int(row["comment-id"])), int(row["timestamp"])
            if key not in newest or at >= newest[key][0]:
                newest[key] = (at, int(row["vote"]))
    with (folder / "comments.csv").open(encoding="utf-8-sig", newline="") as file:
        out_ids = [
            int(row["comment-id"])
            for row in csv.DictReader(file)
            if row["moderated"] == "-1" or row.get("is-meta") == "true"
        ]
    result = run_pipeline(
        votes=[
            {"participant_id": who, "statement_id": what, "vote": vote, "modified": at}
            for (who, what), (at, vote) in newest.items()
        ],
        mod_out_statement_ids=out_ids,
        force_group_count=groups,
        random_state=0,
    )
    placed = result.participants_df[result.participants_df["cluster_id"].notna()]
    people = [{"id": int(id_), "group": int(group)} for id_, group in placed["cluster_id"].items()]
    out.write_text(json.dumps({"participants": people}))


if __name__ == "__main__":
    sides = {"--as-library": run_library, "--as-peer": run_peer}
    if len(sys.argv) > 1 and sys.argv[1] in sides:
        # Called by measure() as: opinion_map.py --as-… opinions map FOLDER --groups K --json OUT
        sides[sys.argv[1]](Path(sys.argv[4]), int(sys.argv[6]), Path(sys.argv[8]))
        sys.exit(0)
    sys.exit(main())
