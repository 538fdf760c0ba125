"""The docs say what the code does: the reference is current, links lead somewhere, examples run."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import typer

from madang.ground.events.event import EVENTS
from madang.site.cli.main import app

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(page for folder in ("docs", "src", "tests") for page in (ROOT / folder).rglob("*.md")),
        *(ROOT / "changelog.d").glob("*.md"),
    ]
)
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not name.startswith(("MADANG", "DJANGO"))
}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture(scope="module")
def everything_said() -> str:
    return "\n".join(path.read_text("utf-8") for path in PAGES)


def test_the_reference_says_what_the_code_says_today(tmp_path: Path) -> None:
    """In a process of its own, for commands choose their language when they are imported."""
    subprocess.run(
        [sys.executable, "-m", "madang.site.reference", tmp_path],
        env=ENVIRONMENT | {"LANG": "ko_KR.UTF-8"},
        check=True,
    )
    written = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    kept = {path.name: path.read_text("utf-8") for path in (DOCS / "reference").glob("*.md")}
    assert len(written) == 7
    assert kept == written, "run `make docs`"


def commands(command: Any = None, path: str = "madang") -> Iterator[str]:
    below = getattr(command or typer.main.get_command(app), "commands", {})
    yield path
    for name, each in below.items():
        yield from commands(each, f"{path} {name}")


def test_every_command_is_in_the_docs(everything_said: str) -> None:
    assert len(list(commands())) > 15
    assert [each for each in commands() if f"`{each}`" not in everything_said] == []


def test_every_event_is_in_the_docs(everything_said: str) -> None:
    ours = {wire for wire, event in EVENTS.items() if event.__module__.startswith("madang.")}
    assert ours
    assert {wire for wire in ours if f"`{wire}`" not in everything_said} == set()


def test_settings_are_described_just_as_they_are_read() -> None:
    read = {
        name
        for folder in ("src", "tests", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        for name in re.findall(r'"(MADANG_[A-Z_]+)"', path.read_text("utf-8"))
    }
    page = (DOCS / "reference" / "settings.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(MADANG_\w+)`", page, re.MULTILINE)) == read


def links(text: str) -> list[str]:
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    told = re.findall(r"\]\(([^()\s]+)\)|\b(?:src|srcset|href)=\"([^\"]+)\"", text)
    found = [markdown or html for markdown, html in told]
    return [each for each in found if not re.match(r"[a-z]+:", each)]


def anchors(path: Path) -> set[str]:
    """What a page's headings are called in addresses, as GitHub writes them."""
    heads = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\s-]", "", head.lower()) for head in heads)
    return {head.strip().replace(" ", "-") for head in plain}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = []
    for link in links(page.read_text("utf-8")):
        place, _, anchor = unquote(link).partition("#")
        target = page.parent / place if place else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)
    assert lost == []


def snippets() -> Iterator[Any]:
    for page in PAGES:
        text = page.read_text("utf-8")
        for number, code in enumerate(re.findall(r"```python\n(.*?)```", text, re.DOTALL), 1):
            # A snippet that shows a piece of a file says so in its first line.
            if not code.startswith(('"""', "# …")):
                yield pytest.param(code, id=f"{named(page)}-{number}")


@pytest.mark.parametrize("code", list(snippets()))
def test_every_python_example_runs(code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=ENVIRONMENT,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_decision_has_its_five_parts() -> None:
    parts = ["Context", "Decision", "Considered", "Consequences", "Revisit when"]
    decisions = sorted((DOCS / "decisions").glob("*.md"))
    numbers = [path.name.partition("-")[0] for path in decisions]
    assert numbers == [f"{number:04}" for number in range(1, len(decisions) + 1)]
    for path in decisions:
        text = path.read_text("utf-8")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == parts, path.name
        assert text.count("\n") <= 70, f"{path.name} is longer than a page"
