"""Equal Shares with Add1 on one real election: Madang's core beside pabutools 1.2.3, both exact.

    python benchmarks/ballot_count.py --peer-python .venv-bench/bin/python [FILE.pb]

Each side runs in processes of its own, in turn, so that both meet the same machine: the largest
.pb at hand is read and counted (cost utility, ties by project id). Printed: CPU seconds of the
count alone and of the whole process, and peak memory, the median of the runs, as ratios. The
winners must be the same, or the benchmark fails. pabutools is measured twice: as it reads a file,
voter by voter, and on merged ballots (its multiprofile), which is its faster way where many
ballots are alike.
"""

import argparse
import functools
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve()
DATA = Path(os.environ.get("MADANG_TEST_DATA", HERE.parents[2] / "shared" / "data"))


@dataclass(frozen=True)
class Run:
    """What one process cost, and the winners it found."""

    count_s: float
    process_s: float
    peak_mb: float
    winners: list[str]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--peer-python", default=sys.executable, help="a Python with pabutools")
    parser.add_argument("--python", default=sys.executable, help="a Python with madang")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.side:
        show_run(SIDES[asked.side], asked.file)
        return 0
    file = asked.file or largest_file()
    if file is None or not file.is_file():
        print(f"ballot count: no real data at {DATA}; set MADANG_TEST_DATA")
        return 0
    runs: dict[str, list[Run]] = {side: [] for side in SIDES}
    for _ in range(asked.runs):
        for side in SIDES:
            python = asked.python if side == "madang" else asked.peer_python
            runs[side].append(measure(python, side, file))
    return report(file, runs)


def largest_file() -> Path | None:
    return max((DATA / "pabulib").glob("*.pb"), key=lambda path: path.stat().st_size, default=None)


def measure(python: str, side: str, file: Path) -> Run:
    told = subprocess.run(
        [python, str(HERE), "--side", side, str(file)], check=True, capture_output=True, text=True
    )
    return Run(**json.loads(told.stdout))


def show_run(count, file: Path) -> None:
    """Count in this process and print the run."""
    winners, count_s = count(file)
    used = resource.getrusage(resource.RUSAGE_SELF)
    process_s = used.ru_utime + used.ru_stime
    print(json.dumps(Run(count_s, process_s, used.ru_maxrss / 1024, winners).__dict__))


def count_ours(file: Path) -> tuple[list[str], float]:
    from madang.core.ballot.count import count
    from madang.core.ballot.pabulib import read_pabulib
    from madang.core.ballot.rule import parse_rule

    with file.open(encoding="utf-8-sig", newline="") as lines:
        election = read_pabulib(lines, file.name).election()
    start = time.process_time()
    result = count(election, parse_rule(method="equal-shares", completion="add1"))
    return list(result.winners), time.process_time() - start


def count_peer(file: Path, *, merged: bool = False) -> tuple[list[str], float]:
    from pabutools.election import Cost_Sat, parse_pabulib
    from pabutools.rules import method_of_equal_shares

    instance, profile = parse_pabulib(str(file))
    if merged:
        profile = profile.as_multiprofile()
    start = time.process_time()
    result = method_of_equal_shares(instance, profile, sat_class=Cost_Sat, voter_budget_increment=1)
    return sorted(project.name for project in result), time.process_time() - start


SIDES = {
    "madang": count_ours,
    "pabutools": count_peer,
    "pabutools, merged": functools.partial(count_peer, merged=True),
}


def report(file: Path, runs: dict[str, list[Run]]) -> int:
    """Print the medians as ratios; return 1 where the winners differ."""
    ours = runs["madang"]
    print(f"ballot count: {file.name}, equal-shares, cost, add1; median of {len(ours)}")
    measures = {
        "count, CPU s": lambda run: run.count_s,
        "whole process, CPU s": lambda run: run.process_s,
        "peak memory, MB": lambda run: run.peak_mb,
    }
    for name, value in measures.items():
        mine = statistics.median(map(value, ours))
        for side, theirs in runs.items():
            figure = statistics.median(map(value, theirs))
            print(f"  {name:22}{side:20}{figure:10.3f}{figure / mine:9.1f}×")
    same = all(run.winners == ours[0].winners for side in runs.values() for run in side)
    print(f"  winners: {'the same' if same else 'DIFFERENT'} ({', '.join(ours[0].winners)})")
    return 0 if same else 1


if __name__ == "__main__":
    raise SystemExit(main())
