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

if TYPE_CHECKING:
    from madang.ground.block import Block
    from madang.ground.events.event import Event

PACKAGE = Path(__file__).resolve().parent.parent
FOLDER = PACKAGE.parents[1] / "docs" / "reference"
MADE = "<!-- Written by `make docs` from the code; change the code, not this page. -->"

# What each environment variable does: its name, what holds without it, what it does. A test holds
# these names to the code.
SETTINGS = """
MADANG_DATA · `.madang` in the folder you call from
  Folder of all that this city keeps on the machine: the database, the secrets, collected static
  files, and mail where no mail server is named. Closed to other users.
MADANG_DATABASE_URL · the city's own PostgreSQL in the data folder
  Address of a PostgreSQL server (15 or newer), as `postgresql://user:password@host:5432/name`.
  What follows a `?` goes to the driver: `?sslmode=verify-full`.
MADANG_CITY · the sample city
  Path of the city card, a TOML file: name, districts, offices, population.
MADANG_HOSTS · `127.0.0.1,localhost,[::1]`
  Host names under which the site answers, with commas between them.
MADANG_ORIGINS · none
  Origins from which forms are taken although they differ from the host that the site sees, as
  `https://madang.city.example`, with commas between them. A proxy that passes the host on needs
  none.
MADANG_HTTPS · off
  `1` where a proxy in front speaks https: cookies travel by https only, browsers are told to stay
  with https for a year, and the proxy's header `X-Forwarded-Proto` is believed. The proxy must set
  that header itself and let none through that came from outside.
MADANG_LIVE_URL · `http://HOST:PORT+1/live`, by `madang serve`
  Address at which browsers reach live updates; it ends in `/live`.
MADANG_SECRET_KEY · made once, kept in `secrets/` of the data folder
  Key that signs sessions and forms. A new one signs everybody out.
MADANG_PSEUDONYM_KEY · made once, kept in `secrets/` of the data folder
  Key of the pseudonyms under which people vote. Keep a copy away from the database. Never change
  it while a hearing or a ballot is open: under a new key everybody would be a stranger, and could
  vote once more.
MADANG_JOURNAL_KEY · made once, kept in `secrets/` of the data folder
  Key that signs the journal. Keep a copy: a journal signed by another key is another journal, and
  whoever noted the public key down will not believe it.
MADANG_MAIL_HOST · none: mail is written into `mail/` of the data folder
  Mail server as `host` or `host:port` (25 where no port is named). It must take our mail without a
  password. Where it is named, people who sign up confirm their address by a code.
MADANG_MAIL_FROM · `madang@localhost`
  Sender of the mail.
MADANG_PROXIES · `0`
  How many proxies of yours stand in front; visitors' addresses, by which sign-ins are limited, are
  then taken from `X-Forwarded-For`.
MADANG_TIME_ZONE · `Asia/Seoul`
  Time zone in which pages show times.
MADANG_LOG · `WARNING`
  How much is written to standard error: `DEBUG`, `INFO`, `WARNING` or `ERROR`.
MADANG_DEBUG · off
  `1` shows the details of faults in the browser. Never where others can look.
MADANG_LANGUAGE · what the shell speaks (`LC_ALL`, `LC_MESSAGES`, `LANG`)
  Language of the commands: `ko` or `en`. The language of a page goes by its address.
MADANG_TEST_DATA · `shared/data` beside the checkout
  Folder of real data for tests and benchmarks; what needs it is skipped where it is missing. The
  site never reads it.
"""


def pages() -> dict[str, str]:
    """Return every page of the reference by file name. Django must be set up, in English."""
    return {
        "cli.md": _page("Commands", _cli()),
        "settings.md": _page("Settings", _settings()),
        "events.md": _page("Events", _events()),
        "permissions.md": _page("Who may see what", _permissions()),
        "blocks.md": _page("Blocks", _blocks()),
        "api.md": _page("Open data for programs", _api()),
    }


def _page(title: str, lines: Iterable[str]) -> str:
    return "\n".join([f"# {title}", "", MADE, "", *lines]).rstrip() + "\n"


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


# Commands


def _cli() -> Iterator[str]:
    import typer

    from madang.site import cli
    from madang.site.cli.main import app

    yield inspect.cleandoc(cli.__doc__ or "").partition("\n\n")[2]
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


# Settings


def _settings() -> Iterator[str]:
    yield "Everything that differs between cities comes from the environment. A switch is on for"
    yield "`1`, `true`, `yes` or `on`. How they work together is told in"
    yield from ("[Run a city](../how-to/run-a-city.md).", "")
    told = re.findall(r"^(\w+) · (.+)\n((?:  .+\n)+)", SETTINGS, re.MULTILINE)
    rows = [(f"`{name}`", without, " ".join(does.split())) for name, without, does in told]
    yield from _table(("variable", "where it is not set", "what it does"), rows)


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
    yield from _table(("field", "type", ""), ((f"`{r[1]}`", f"`{r[2]}`", r[3] or "") for r in rows))


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
    yield from ("`/healthz`, `/robots.txt` and `/api`.", "")
    with override("ko"):
        rows = [(f"`/{route}`", *_who(route, view)) for route, view in _routes()]
    yield from _table(("address", "who", "what"), rows)


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
        yield from _table(("", ""), _about(block, package, stages.get(package, "ground")))
        if block.personal:
            yield "What it keeps about people:"
            yield ""
            yield from _table(
                ("field", "holds", "why", "how long"),
                ((f"`{p.field}`", p.holds, p.purpose, p.keep) for p in block.personal),
            )


def _about(block: "Block", package: str, stage: str) -> list[tuple[str, str]]:
    heard = {event.__name__ for _, event in _handlers(package)}
    rows = (
        ("stage", [stage]),
        ("doors it uses", block.uses),
        ("events in", sorted(heard)),
        ("events out", [event.__name__ for event in block.emits]),
        ("datasets", block.datasets),
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


# API


def _api() -> Iterator[str]:
    from madang.site.api import api

    # JSON as the site serves it: keys are text, and nothing in it depends on Django's state.
    schema: dict[str, Any] = dict(api.get_openapi_schema())
    yield schema["info"]["description"]
    yield "The description for programs is at `/api/v1/openapi.json`."
    yield ""
    for path, methods in schema["paths"].items():
        for method, call in methods.items():
            yield from _call(f"{method.upper()} {path}", call)
    shapes = schema.get("components", {}).get("schemas", {})
    for name, shape in sorted(shapes.items()):
        yield from (f"## {name}", "")
        yield from _table(
            ("field", "type", ""),
            (
                (f"`{field}`", _json_type(about), about.get("description", ""))
                for field, about in shape.get("properties", {}).items()
            ),
        )


def _call(line: str, call: dict[str, Any]) -> Iterator[str]:
    yield from (f"## `{line}`", "")
    yield call.get("description") or call.get("summary", "")
    yield ""
    if call.get("parameters"):
        yield from _table(
            ("parameter", "in", "type", ""),
            (
                (f"`{each['name']}`", each["in"], _json_type(each["schema"]), _must(each))
                for each in call["parameters"]
            ),
        )
    for code, answer in call["responses"].items():
        content = answer.get("content", {}).get("application/json", {})
        shape = _json_type(content["schema"]) if content.get("schema") else "no JSON"
        yield f"Answers {code}: {shape}."
        yield ""


def _must(parameter: dict[str, Any]) -> str:
    return "required" if parameter.get("required") else ""


def _json_type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_json_type(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_json_type(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "any")


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
