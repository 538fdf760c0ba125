"""Commands of the operator: is the city well, is its configuration right, will an upgrade do?"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from madang.site.cli.city import city_as_it_stands
from madang.site.cli.cores import Json
from madang.site.cli.files import write_json
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _, sentence_of

NOT_READY = 3

config = typer.Typer(help=_("The settings in the environment."), no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Hang these commands at the top of `madang`."""
    app.command(help=_("Look whether the city can serve; exit code 3 where it cannot."))(health)
    app.command(help=_("Say which changes of the tables are to come; nothing is changed."))(upgrade)
    app.add_typer(config, name="config")


def health(json: Json = None) -> None:
    with city_as_it_stands():
        from madang.site.operate.health import look

        seen = look()
    if json is not None:
        checks = [
            {"name": check.name, "state": check.state.value, "values": dict(check.values)}
            | {"said": check.said.format_map(check.values)}
            for check in seen.checks
        ]
        write_json({"ready": seen.is_ready, "checks": checks}, json)
    else:
        states = {"ok": _("good"), "warning": _("look at this"), "failing": _("failing")}
        for check in seen.checks:
            print(f"{check.name} · {states[check.state]}: {_(check.said).format_map(check.values)}")
    raise SystemExit(0 if seen.is_ready else NOT_READY)


def upgrade(
    *,
    rehearsal: Annotated[
        bool,
        typer.Option("--rehearse", help=_("Make them on a copy of the database, and drop it.")),
    ] = False,
    old: Annotated[
        Path | None,
        typer.Option(help=_("The program `madang` of the version that serves, to try it there.")),
    ] = None,
    json: Json = None,
) -> None:
    with city_as_it_stands(), _said_why_not():
        from madang.site.upgrade import changes_to_come, rehearse

        rows: list[dict[str, Any]] = []
        for row in rehearse(old=old) if rehearsal or old is not None else changes_to_come():
            rows.append({"change": row} if isinstance(row, str) else asdict(row))
            if json is None:
                print(_row(rows[-1]), flush=True)
        if json is not None:
            write_json(rows, json)
        elif not rows:
            print(_("The tables are as the code wants them."))


def _row(row: dict[str, Any]) -> str:
    if "seconds" not in row:
        return str(row["change"])
    locks = ", ".join(row["locks"]) or _("no table is locked")
    return f"{row['change']}: {row['seconds']:.2f} s; {locks}"


@contextmanager
def _said_why_not() -> Iterator[None]:
    from django.db import DatabaseError

    from madang.site.upgrade import UnableToRehearse

    try:
        yield
    except UnableToRehearse as unable:
        raise Refusal(
            _("The rehearsal failed: {why}").format(why=unable), exit_code=NOT_READY
        ) from None
    except DatabaseError as silent:
        why = str(silent).strip()
        raise Refusal(
            _("The database does not answer: {why}").format(why=why), exit_code=NOT_READY
        ) from None


@config.callback()
def _config() -> None:
    """Keeps `check` a subcommand while it is the only one."""


@config.command(help=_("Say everything that is wrong with the settings; nothing is started."))
def check(json: Json = None) -> None:
    from madang.site.configuration import problems

    wrong = problems(os.environ)
    if json is not None:
        write_json([{"setting": each.source, "said": sentence_of(each)} for each in wrong], json)
    else:
        for each in wrong:
            print(sentence_of(each))
        if not wrong:
            print(_("The settings are right."))
    raise SystemExit(2 if wrong else 0)
