"""k, l and t of one file of records: Madang's core beside pycanon, in one run.

    python benchmarks/disclosure.py --peer-python .venv-bench/bin/python [--records 5000]

Each side runs in processes of its own, in turn, so that both meet the same machine. The file is
invented, the same in every run: age, sex and a postal code of 40 as quasi-identifiers, an illness
of seven as the sensitive column. Printed: CPU seconds of measuring alone, the median of the runs,
as a ratio, and peak memory. What both find must be the same, or the benchmark fails.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve()
QUASI, SENSITIVE = ["age", "sex", "code"], ["illness"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer-python", default=sys.executable, help="a Python with pycanon")
    parser.add_argument("--records", type=int, default=5000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.side:
        show_run(asked.side, asked.records)
        return 0
    runs = {side: [] for side in SIDES}
    for _ in range(asked.runs):
        for side in SIDES:
            python = sys.executable if side == "madang" else asked.peer_python
            command = [python, str(HERE), "--side", side, "--records", str(asked.records)]
            told = subprocess.run(command, check=True, capture_output=True, text=True)
            runs[side].append(json.loads(told.stdout))
    return report(asked.records, runs)


def rows_of(records: int) -> list[list[str]]:
    rng = np.random.default_rng(7)
    columns = (
        rng.integers(18, 90, records),
        rng.choice(["f", "m"], records),
        rng.integers(13050, 13090, records),
        rng.choice(list("ABCDEFG"), records),
    )
    return [[str(value) for value in row] for row in zip(*columns, strict=True)]


def measure_ours(rows: list[list[str]]) -> tuple[dict, float]:
    from madang.core.disclosure.check import check, parts
    from madang.core.disclosure.records import records_of
    from madang.core.disclosure.requirement import Requirement

    start = time.process_time()
    records = records_of("file", [*QUASI, *SENSITIVE], rows)
    found = check(*parts(records, QUASI, SENSITIVE), Requirement(k=5))
    (variety,) = found.varieties
    spent = time.process_time() - start
    return {"k": found.k, "l": variety.distinct, "t": round(variety.equal, 9)}, spent


def measure_peer(rows: list[list[str]]) -> tuple[dict, float]:
    import pandas as pd
    from pycanon import anonymity

    start = time.process_time()
    data = pd.DataFrame(rows, columns=[*QUASI, *SENSITIVE])
    found = {
        "k": int(anonymity.k_anonymity(data, QUASI)),
        "l": int(anonymity.l_diversity(data, QUASI, SENSITIVE)),
        "t": round(float(anonymity.t_closeness(data, QUASI, SENSITIVE)), 9),
    }
    return found, time.process_time() - start


SIDES = {"madang": measure_ours, "pycanon": measure_peer}


def show_run(side: str, records: int) -> None:
    found, spent = SIDES[side](rows_of(records))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"found": found, "cpu_s": spent, "peak_mb": peak_mb}))


def report(records: int, runs: dict[str, list[dict]]) -> int:
    """Print the medians as ratios; return 1 where the findings differ."""
    ours, theirs = runs["madang"], runs["pycanon"]
    print(f"disclosure: k, l and t of {records} records; median of {len(ours)}")
    for name, unit in (("cpu_s", "CPU s"), ("peak_mb", "peak MB")):
        mine, other = (statistics.median(run[name] for run in side) for side in (ours, theirs))
        print(f"  {unit:8}  madang {mine:.4f}  pycanon {other:.4f}  {other / mine:.1f} times")
    found = {json.dumps(run["found"], sort_keys=True) for run in (*ours, *theirs)}
    if len(found) != 1:
        print(f"  they differ: {found}")
        return 1
    print(f"  both find {found.pop()}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
