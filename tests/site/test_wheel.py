"""The built wheel, in an environment with runtime dependencies only."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.whole

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).parent / "uv"


def run(*command: object) -> str:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("MADANG", "DJANGO", "VIRTUAL"))}
    done = subprocess.run(
        [str(each) for each in command], capture_output=True, text=True, check=False, env=env
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    python = sys.executable
    run(UV, "build", "--wheel", "--no-build-isolation", "--python", python, "--out-dir", out, ROOT)
    (built,) = out.glob("*.whl")
    return built


def test_the_wheel_carries_fonts_scripts_catalogues_and_the_sample(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for part in (
        "madang/web/static/vendor/htmx.min.js",
        "madang/locale/ko/LC_MESSAGES/django.mo",
        "madang/sample/city.toml",
        "madang/web/templates/web/base.html",
    ):
        assert part in names
    assert any(name.endswith(".woff2") for name in names)


def test_the_wheel_runs_with_runtime_dependencies_only(wheel: Path, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    python = venv / "bin" / "python"
    run(UV, "venv", "--python", sys.executable, venv)
    pinned = ["--require-hashes", "-r", ROOT / "requirements" / "run.txt"]
    run(UV, "pip", "install", "--quiet", "--python", python, *pinned)
    run(UV, "pip", "install", "--quiet", "--python", python, "--no-deps", wheel)
    assert "hearing" in run(venv / "bin" / "madang", "--help")
    votes = tmp_path / "votes.csv"
    votes.write_text("timestamp,datetime,comment-id,voter-id,vote\n1,x,0,0,1\n", "utf-8")
    assert '"groups": []' in run(venv / "bin" / "madang", "opinions", "map", votes)
