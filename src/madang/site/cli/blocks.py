"""Commands about blocks: which there are, how far a break-in reaches, switch one off and on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from madang.ground.block import PlacedBlock
from madang.ground.words import marked, said
from madang.site.cli.city import standing_city
from madang.site.cli.cores import Json
from madang.site.cli.files import write_json
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _, shell_language

if TYPE_CHECKING:
    from madang.ground.walls.queries import Paused
    from madang.ground.walls.radius import Radius, Touched

app = typer.Typer(
    help=_("The blocks of the city and the walls between them."), no_args_is_help=True
)
Name = Annotated[str, typer.Argument(help=_("Name of the block, as in hearings."))]
WHY_NOT = {
    "unknown-block": marked("There is no block {name}; there are {known}."),
    "no-reason": marked("Say with --ko or --en why it is switched off; everybody reads it."),
    "paused-already": marked("{name} is switched off already, for another reason."),
    "not-paused": marked("{name} is not switched off."),
}


@app.command("list", help=_("List the blocks, and which of them are switched off."))
def list_blocks(json: Json = None) -> None:
    with standing_city():
        from django.conf import settings

        from madang.ground.walls.queries import paused

        off = paused()
        rows = [(placed, off.get(placed.block.name)) for placed in settings.BLOCKS]
    if json is not None:
        write_json([_as_json(placed, pause) for placed, pause in rows], json)
        return
    for placed, pause in rows:
        why = "" if pause is None else said(pause.reason, shell_language())
        state = _("switched off: {why}").format(why=why) if why else _("on")
        print(f"{placed.stage.value:8} {placed.block.name:12} {state}")


def _as_json(placed: PlacedBlock, pause: "Paused | None") -> dict[str, Any]:
    return {
        "name": placed.block.name,
        "stage": placed.stage.value,
        "switched_off_since": pause and pause.since.isoformat(),
        "reason": pause and dict(pause.reason),
    }


@app.command(help=_("Say what an intruder in a block's process could read, write and send."))
def radius(name: Name, json: Json = None) -> None:
    with standing_city():
        from madang.ground.walls.radius import radius_of
        from madang.ground.walls.wall import wall_of, walls

        known = [wall.name for wall in walls()]
        if name not in known:
            raise _refusal("unknown-block", name, known)
        reach = radius_of(wall_of(name))
    if json is not None:
        write_json(asdict(reach), json)
    else:
        _print_radius(reach)


def _print_radius(reach: "Radius") -> None:
    parts = {
        _("It signs in to the database as"): [reach.role],
        _("It reads"): [_spelled(each) for each in reach.reads],
        _("It writes"): [_spelled(each) for each in reach.writes],
        _("It calls"): reach.calls,
        _("It records"): [
            f"{told.event} → {', '.join(told.heard_by) or '–'}" for told in reach.sends
        ],
        _("It notifies"): reach.channels,
        _("It holds the secrets"): reach.secrets,
        _("It reads the files"): reach.files,
        _("It reaches the addresses"): reach.addresses,
    }
    for title, lines in parts.items():
        print(title)
        for line in lines:
            print(f"  {line}")


def _spelled(touched: "Touched") -> str:
    columns = f" ({', '.join(touched.columns)})" if touched.columns else ""
    return f"{touched.table}{columns}" + (f", {touched.rows}" if touched.rows else "")


@app.command(help=_("Switch a block off: its pages say why, its work waits, all others go on."))
def pause(
    name: Name,
    ko: Annotated[str, typer.Option(help=_("Why, in Korean; everybody reads it."))] = "",
    en: Annotated[str, typer.Option(help=_("Why, in English."))] = "",
) -> None:
    reason = {code: text for code, text in (("ko", ko), ("en", en)) if text}
    with standing_city(), _refused(name):
        from django.utils import timezone

        from madang.ground.walls.services import pause_block

        pause_block(block=name, reason=reason, at=timezone.now())
    print(_("{name} is switched off.").format(name=name))


@app.command(help=_("Switch a block on again; its work goes on."))
def resume(name: Name) -> None:
    with standing_city(), _refused(name):
        from django.utils import timezone

        from madang.ground.walls.services import resume_block

        resume_block(block=name, at=timezone.now())
    print(_("{name} is switched on.").format(name=name))


@contextmanager
def _refused(name: str) -> Iterator[None]:
    """Put what a service refuses into a sentence."""
    from django.conf import settings

    from madang.ground.walls.services import UnableToPause, UnableToResume

    try:
        yield
    except (UnableToPause, UnableToResume) as unable:
        known = [placed.block.name for placed in settings.BLOCKS]
        raise _refusal(str(unable), name, known) from None


def _refusal(code: str, name: str, known: list[str]) -> Refusal:
    sentence = _(WHY_NOT[code]).format(name=name, known=", ".join(known))
    return Refusal(sentence, exit_code=2 if code in {"unknown-block", "no-reason"} else 3)
