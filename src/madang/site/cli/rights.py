"""Commands about what people ask of their own data. None names anybody: the page does."""

import typer

from madang.site.cli.city import standing_city
from madang.site.cli.cores import Json
from madang.site.cli.files import write_json
from madang.site.cli.words import _

app = typer.Typer(help=_("Requests of people about their own data."), no_args_is_help=True)


@app.command("list", help=_("List the open requests, those due first on top. Nobody is named."))
def list_(json: Json = None) -> None:
    with standing_city():
        from django.conf import settings
        from django.utils import timezone

        from madang.ground.rights.desk import name_of
        from madang.ground.rights.forms import KINDS
        from madang.ground.rights.queries import list_waiting
        from madang.ground.rights.rules import days_left

        rows, now = list_waiting(), timezone.now()
        left = [days_left(row.due_on, at=now, zone=settings.TIME_ZONE) for row in rows]
        if json is not None:
            write_json(
                [
                    {"id": str(r.id), "kind": r.kind.value, "field": r.field,
                     "asked_at": r.asked_at.isoformat(), "due_on": r.due_on.isoformat(),
                     "days_left": days}
                    for r, days in zip(rows, left, strict=True)
                ],
                json,
            )  # fmt: skip
            return
        for row, days in zip(rows, left, strict=True):
            print(f"{row.due_on}\t{days:+d}\t{KINDS[row.kind]}\t{name_of(row.field)}\t{row.id}")
        if not rows:
            print(_("No request waits."))
