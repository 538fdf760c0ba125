"""A benchmark that nobody runs between releases still runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.whole

ROOT = Path(__file__).parents[2]


def test_votes_can_be_measured_and_none_is_missing() -> None:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("MADANG", "DJANGO"))}
    done = subprocess.run(
        [sys.executable, "benchmarks/voting.py", "--seconds", "0.5", "--clients", "2"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert " 0 missing" in done.stdout
