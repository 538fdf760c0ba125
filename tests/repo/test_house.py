"""The house rules that no linter knows: sizes, rooms, doors, words, routes."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import grimp
import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

from madang.ground.block import PlacedBlock
from madang.ground.identity.access import May
from madang.site.api import api
from madang.site.messages import catalogue, gather, load

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "madang"
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if "migrations" not in p.parts)
ROOMS_OF_A_BLOCK = {
    *("__init__", "block", "rules", "events", "models", "queries", "services", "imports"),
    *("public", "handlers", "jobs", "rights", "web", "desk", "drafts", "forms", "api"),
}


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the function without its docstring, which may say as much as it must."""
    assert node.end_lineno is not None
    said = node.body[0] if ast.get_docstring(node) else None
    docstring = (said.end_lineno or said.lineno) - said.lineno + 1 if said else 0
    return node.end_lineno - node.lineno + 1 - docstring


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_is_short_and_says_what_it_is(path: Path) -> None:
    source = path.read_text("utf-8")
    assert source.count("\n") <= 400
    assert ast.get_docstring(ast.parse(source)), "the module has no docstring"
    long = [f"{each.name}: {length(each)}" for each in functions(path) if length(each) > 50]
    assert not long


@pytest.mark.parametrize("placed", settings.BLOCKS, ids=lambda placed: placed.block.name)
def test_a_block_holds_only_the_rooms_that_blocks_have(placed: PlacedBlock) -> None:
    folder = PACKAGE / Path(*placed.package.split(".")[1:])
    assert {path.stem for path in folder.glob("*.py")} <= ROOMS_OF_A_BLOCK
    allowed = {"migrations", "templates", "static", "__pycache__"}
    assert {path.name for path in folder.iterdir() if path.is_dir()} <= allowed
    assert placed.block.name == folder.name


@pytest.mark.parametrize("placed", settings.BLOCKS, ids=lambda placed: placed.block.name)
def test_a_block_declares_each_event_it_has(placed: PlacedBlock) -> None:
    module = import_module(f"{placed.package}.events")
    has = {each for each in vars(module).values() if hasattr(each, "wire")}
    own = {each for each in has if each.__module__ == module.__name__}
    assert set(placed.block.emits) == own
    assert [each.wire for each in own if not each.told] == [], "the journal's readers want words"


def test_a_view_is_short() -> None:
    long = [
        f"{path.parent.name}/{each.name}: {length(each)}"
        for path in MODULES
        if path.name in {"web.py", "desk.py"}
        for each in functions(path)
        if length(each) > 25
    ]
    assert not long


def test_blocks_knock_on_doors_only() -> None:
    graph = grimp.build_graph("madang")
    blocks = [placed.package for placed in settings.BLOCKS]
    knocks = [
        (importer, imported)
        for block in blocks
        for importer in graph.find_descendants(block)
        for imported in graph.find_modules_directly_imported_by(importer)
        for other in blocks
        if other != block and imported.startswith(f"{other}.")
    ]
    assert knocks, "no block uses another: the test sees nothing"
    assert [knock for knock in knocks if not knock[1].endswith((".public", ".events"))] == []


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, object]]:
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from routes(each, prefix + str(each.pattern))
        elif isinstance(each, URLPattern):
            yield prefix + str(each.pattern), each.callback


def test_every_page_of_ours_says_who_may_see_it() -> None:
    ours = [
        (route, view)
        for route, view in routes()
        if not getattr(view, "__module__", "").startswith(("allauth", "ninja", "django"))
        and not route.startswith("api/")
    ]
    assert len(ours) > 20
    silent = [route for route, view in ours if not isinstance(getattr(view, "may", None), May)]
    assert silent == []


def test_the_open_data_can_only_be_read() -> None:
    paths = api.get_openapi_schema()["paths"]
    assert paths
    assert {method for path in paths.values() for method in path} == {"get"}


def test_the_catalogues_hold_every_text_and_no_other() -> None:
    gathered = {(m.id, m.context) for m in gather() if m.id}
    for language in ("ko", "en"):
        assert {(m.id, m.context) for m in load(language) if m.id} == gathered, (
            "run `make messages`"
        )


def test_every_text_is_said_in_korean() -> None:
    assert [m.id for m in load("ko") if m.id and not m.string] == []


def test_korean_texts_keep_the_places_of_their_values() -> None:
    place = re.compile(r"%\(\w+\)[sd]|(?<!\{)\{\w+\}(?!\})")
    for message in load("ko"):
        texts = message.id if isinstance(message.id, tuple) else (message.id,)
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and all(said):
            wanted = set(place.findall(texts[-1]))
            assert all(set(place.findall(text)) == wanted for text in said), message.id
    assert catalogue("ko").exists()


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_project_names_no_machine_and_no_registry() -> None:
    # Put together from parts, so that this file names none of it either.
    parts = (
        ("pypi", r"\.org"),
        ("npmjs", r"\.(org|com)"),
        ("/ho", r"me/\w+/"),
        ("--in", "dex-url"),
    )
    forbidden = re.compile("|".join([*map("".join, parts), r"\"resolved\": *\"http"]))
    texts = {".py", ".md", ".toml", ".txt", ".json", ".html", ".css", ".js", ".po", ".sh", ""}
    skipped = {".git", ".venv", ".venv-bench", ".cache", "node_modules", ".madang", "vendor"}
    for path in ROOT.rglob("*"):
        if path.is_file() and path.suffix in texts and not skipped & set(path.parts):
            if path.stat().st_size > 2_000_000:
                continue
            assert not forbidden.search(path.read_text("utf-8", "ignore")), path
