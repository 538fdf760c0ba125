"""A benchmark that nobody runs between releases still runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.whole

ROOT = Path(__file__).parents[2]


def bench(*command: str) -> str:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("MADANG", "DJANGO"))}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_votes_can_be_measured_and_none_is_missing() -> None:
    assert " 0 missing" in bench("benchmarks/voting.py", "--seconds", "0.5", "--clients", "2")


def test_the_journal_can_be_measured_and_its_roots_agree() -> None:
    few = [f"--{name}=2000" for name in ("entries", "peer-entries", "events")]
    said = bench("benchmarks/journal.py", *few)
    assert "the same" in said
    assert "events a CPU second of ours" in said
