"""Commands of the plan block."""

import typer

from madang.site.cli.city import standing_city
from madang.site.cli.cores import Json
from madang.site.cli.files import write_json
from madang.site.cli.words import _, shell_language

app = typer.Typer(help=_("The master plan."), no_args_is_help=True)


@app.callback()
def _plan() -> None:
    """Keeps `show` a subcommand while it is the only one."""


@app.command("show", help=_("Print the commitments of the plan and why each was made."))
def show(json: Json = None) -> None:
    with standing_city():
        from madang.decide.plan.forms import STATUS_BADGES
        from madang.site.loop import commitments

        rows = commitments(shell_language())
        if json is not None:
            write_json(rows, json)
            return
        for row in rows:
            status, _tone = STATUS_BADGES[row["status"]]
            print(f"{row['commitment']}\t{status}\t{row['title']}\t← {row['because']}")
        if not rows:
            print(_("There is no commitment yet."))
