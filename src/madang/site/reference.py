"""Write docs/reference from the code itself: `make docs`.

What stands there cannot be forgotten when the code changes: a test writes the pages in memory and
compares. The pages are in English, whatever language the shell speaks.
"""

import inspect
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from madang.site.reference_api import open_data, table
from madang.site.reference_settings import settings_page

if TYPE_CHECKING:
    from madang.ground.block import Block
    from madang.ground.events.event import Event
    from madang.ground.keeping.personal import LegalGround

PACKAGE = Path(__file__).resolve().parent.parent
FOLDER = PACKAGE.parents[1] / "docs" / "reference"
MADE = "<!-- Written by `make docs` from the code; change the code, not this page. -->"

# What each environment variable does: its name, what holds without it, what it does. A test holds
# these names to the code.


def pages() -> dict[str, str]:
    """Return every page of the reference by file name. Django must be set up, in English."""
    from madang.site.reference_walls import walls_page

    return {
        "cli.md": _page("Commands", _cli()),
        "settings.md": _page("Settings", settings_page()),
        "events.md": _page("Events", _events()),
        "permissions.md": _page("Who may see what", _permissions()),
        "blocks.md": _page("Blocks", _blocks()),
        "walls.md": _page("Walls", walls_page()),
        "api.md": _page("Open data for programs", open_data()),
    }


def _page(title: str, lines: Iterable[str]) -> str:
    return "\n".join([f"# {title}", "", MADE, "", *lines]).rstrip() + "\n"


# Commands


def _cli() -> Iterator[str]:
    import typer

    # Found as the blocks are: the commands themselves look up here which settings there are.
    doc, app = import_module("madang.site.cli").__doc__, import_module("madang.site.cli.main").app
    yield inspect.cleandoc(doc or "").partition("\n\n")[2]
    yield ""
    yield from ("`madang --help` says the same in Korean where the shell speaks Korean.", "")
    root: Any = typer.main.get_command(app)
    yield from _command(root, "madang", None)


def _command(command: Any, name: str, parent: Any) -> Iterator[str]:
    """The help of a command, and of those below it, just as the shell prints it."""
    context = command.context_class(command, info_name=name, parent=parent, terminal_width=100)
    yield from (f"## `{context.command_path}`", "")
    yield "```"
    yield command.get_help(context)
    yield from ("```", "")
    for below, each in getattr(command, "commands", {}).items():
        yield from _command(each, below, context)


# Events


def _events() -> Iterator[str]:
    yield "An event is told once to everyone who asked for it, in the transaction of the act"
    yield "([why](../decisions/0003-events-and-jobs.md)). None carries a name or an address:"
    yield "people go by their number in a hearing, or by the id under which the ground knows them."
    yield ""
    heard = _heard()
    for block, package in _rooms():
        yield from (f"## {block.name}", "")
        for event in block.emits:
            yield from _event(event, heard.get(event.wire, []))
        for shape in _shapes(package):
            yield from (f"`{shape.__name__}`, part of the above: {_own_doc(shape)}", "")
            yield from _fields(shape)
    for room, events in sorted(_events_of_the_ground().items()):
        yield from (f"## {room}", "")
        for each in events:
            yield from _event(each, heard.get(each.wire, []))


def _events_of_the_ground() -> "dict[str, list[type[Event]]]":
    """Return the events of the ground's rooms that are no blocks, by room."""
    from madang.ground.events.event import EVENTS

    told = {event for block, _ in _rooms() for event in block.emits}
    rooms: dict[str, list[type[Event]]] = {}
    for event in EVENTS.values():
        _, floor, room, *_ = event.__module__.split(".")
        if floor == "ground" and event not in told:
            rooms.setdefault(room, []).append(event)
    return rooms


def _event(event: "type[Event]", heard_by: list[str]) -> Iterator[str]:
    yield from (f"### {event.__name__}", "")
    by = ", ".join(heard_by) or "nobody yet"
    sealed = "; sealed in the journal" if event.sealed else ""
    yield f"{event.told}. `{event.wire}`, heard by {by}{sealed}. {_own_doc(event)}".rstrip()
    yield ""
    yield from _fields(event)


def _fields(shape: type) -> Iterator[str]:
    """Fields as the class itself writes them, with the remarks beside them."""
    written = re.compile(r"    (\w+): (.+?)(?: = .+?)?(?:  # (.+))?")
    source = (written.fullmatch(line) for line in inspect.getsource(shape).splitlines())
    by_name = {found[1]: found for found in source if found}
    assert is_dataclass(shape)
    rows = [by_name[each.name] for each in fields(shape)]
    yield from table(("field", "type", ""), ((f"`{r[1]}`", f"`{r[2]}`", r[3] or "") for r in rows))


def _shapes(package: str) -> list[type]:
    """The dataclasses that events of this room are made of."""
    name = f"{package}.events"
    own = [each for each in vars(import_module(name)).values() if inspect.isclass(each)]
    return [c for c in own if c.__module__ == name and is_dataclass(c) and not hasattr(c, "wire")]


def _own_doc(shape: type) -> str:
    """The class's own docstring; dataclasses and parents make up others."""
    text = shape.__dict__.get("__doc__") or ""
    return "" if text.startswith(f"{shape.__name__}(") else inspect.cleandoc(text)


def _heard() -> dict[str, list[str]]:
    """Who hears an event, by its name on the wire: block and handler."""
    found: dict[str, list[str]] = {}
    for block, package in _rooms():
        for name, event in _handlers(package):
            found.setdefault(event.wire, []).append(f"{block.name} (`{name}`)")
    return found


def _handlers(package: str) -> "Iterator[tuple[str, type[Event]]]":
    from madang.ground.events.event import Event

    if find_spec(f"{package}.handlers") is None:
        return
    module = import_module(f"{package}.handlers")
    for name, each in vars(module).items():
        if inspect.isfunction(each) and each.__module__ == module.__name__ and name[0] != "_":
            event = get_type_hints(each).get("event")
            if inspect.isclass(event) and issubclass(event, Event):
                yield name, event


# Permissions


def _permissions() -> Iterator[str]:
    from django.utils.translation import override

    yield "Every page says itself who may use it (`@may(...)` above the view), and a test refuses a"
    yield "page that says nothing. *Resident* is a signed-in person who has said in which district"
    yield "they live; others are asked to sign in, or to say so, and then brought back."
    yield "All pages stand at these addresses in Korean, and behind `/en` in English, except"
    yield from ("`/healthz`, `/readyz`, `/robots.txt` and `/api`.", "")
    with override("ko"):
        rows = [(f"`/{route}`", *_who(route, view)) for route, view in _routes()]
    yield from table(("address", "who", "what"), rows)


def _who(route: str, view: Any) -> tuple[str, str]:
    if may := getattr(view, "may", None):
        return may.value, (inspect.getdoc(view) or "").partition("\n")[0]
    return ("everyone", "Open data.") if route.startswith("api/") else ("by django-allauth", "")


def _routes(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    from django.urls import URLResolver, get_resolver

    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from _routes(each, prefix + str(each.pattern))
        else:
            yield re.sub(r"\^|\\Z|\$", "", prefix + str(each.pattern)), each.callback


# Blocks


def _rooms() -> "Iterator[tuple[Block, str]]":
    """The ground's own declarations, then every block, with their packages."""
    from django.conf import settings

    from madang.ground.block import ground_rooms

    yield from ground_rooms()
    for placed in settings.BLOCKS:
        yield placed.block, placed.package


def _blocks() -> Iterator[str]:
    from django.conf import settings

    yield "Each block declares itself in its `block.py`; this page is those declarations."
    yield "How to make one: [Add a block](../how-to/add-a-block.md)."
    yield ""
    yield from _map()
    stages = {placed.package: placed.stage.value for placed in settings.BLOCKS}
    for block, package in _rooms():
        yield from (f"## {block.name} · {block.korean}", "")
        yield block.summary
        yield ""
        yield from table(("", ""), _about(block, package, stages.get(package, "ground")))
        yield from _kept_of_people(block.name)


def _kept_of_people(room: str) -> Iterator[str]:
    from madang.ground.privacy.declared import held_in_room

    if held := held_in_room(room):
        yield from ("What it keeps about people, as its models declare:", "")
        yield from table(
            ("field", "holds", "why", "by which right", "how long"),
            (
                (f"`{each.name}`", p.holds, p.purpose, _by_right(p.ground), p.keep.words)
                for each in held
                if (p := each.personal)
            ),
        )


def _by_right(ground: "LegalGround") -> str:
    return f"{ground.words} ({ground.articles})"


def _about(block: "Block", package: str, stage: str) -> list[tuple[str, str]]:
    heard = {event.__name__ for _, event in _handlers(package)}
    rows = (
        ("stage", [stage]),
        ("doors it uses", block.uses),
        ("events in", sorted(heard)),
        ("events out", [event.__name__ for event in block.emits]),
        ("datasets", block.datasets),
        ("leave", [f"{rule.dataset} {rule.leaves.value}" for rule in block.release_rules]),
        ("code", [f"src/{package.replace('.', '/')}"]),
    )
    return [(name, ", ".join(f"`{each}`" for each in said) or "none") for name, said in rows]


def _map() -> Iterator[str]:
    """Stages as boxes; a line is a door that is used, a dotted line events that run."""
    from django.conf import settings

    yield "```mermaid"
    yield "flowchart LR"
    for stage in dict.fromkeys(placed.stage for placed in settings.BLOCKS):
        yield f"  subgraph {stage.value}"
        for block in (placed.block for placed in settings.BLOCKS if placed.stage is stage):
            yield f'    {block.name}["{block.name}<br/>{block.korean}"]'
        yield "  end"
    for block in (placed.block for placed in settings.BLOCKS):
        for door in block.uses:
            if door.endswith(".public"):
                yield f"  {door.partition('.')[0]} -->|door| {block.name}"
    yield from _lines_of_events()
    yield from ("```", "")


def _lines_of_events() -> list[str]:
    told = {
        (event.wire.partition(".")[0], block.name, event.__name__)
        for block, package in _rooms()
        for _, event in _handlers(package)
    }
    return [f"  {by} -.->|{name}| {to}" for by, to, name in sorted(told) if by != to]


def main(folder: Path = FOLDER) -> int:
    """Write the pages; return 0."""
    import django

    os.environ |= {"DJANGO_SETTINGS_MODULE": "madang.site.settings", "MADANG_LANGUAGE": "en"}
    os.environ.setdefault("MADANG_SECRET_KEY", "no page needs it")
    django.setup()
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*map(Path, sys.argv[1:2])))
