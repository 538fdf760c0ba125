"""Commands of the journal inside the city: hold the database against it, let it grow, mend it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from madang.ground.words import marked
from madang.site.cli import witness
from madang.site.cli.city import standing_city
from madang.site.cli.cores import Json
from madang.site.cli.files import write_json
from madang.site.cli.outside import NOT_AS_SIGNED, cosign, verify
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _

if TYPE_CHECKING:
    from madang.ground.journal.audit import Finding
    from madang.ground.journal.witnesses import Health

app = typer.Typer(help=_("The log of what the city did."), no_args_is_help=True)
app.command(help=_("Check a whole log from outside: entries, root and signature."))(verify)
app.command(help=_("Witness a log: check how it grew since last time, and countersign it."))(cosign)
app.add_typer(witness.app, name="witness")

REFUSALS = {
    "files-missing": marked(
        "Files of the journal are missing; `madang journal rebuild` writes them anew."
    ),
    "files-changed": marked(
        "The files of the journal are not what was signed; `madang journal audit` says more."
    ),
    "rows-changed": marked(
        "The events are not what was signed, so nothing was written; `madang journal audit` says"
        " which."
    ),
}


@app.command("audit", help=_("Hold this city's database against the log that was signed."))
def audit(json: Json = None) -> None:
    with standing_city():
        from madang.ground.journal.audit import audit_journal
        from madang.ground.journal.queries import standing

        now = standing()
        findings = list(audit_journal())
        size = 0 if now is None else now.head.size
    if json is not None:
        write_json({"size": size, "findings": [_as_json(finding) for finding in findings]}, json)
    else:
        for finding in findings:
            print(finding.said(_))
        if not findings:
            print(_("All {size} entries are as they were signed.").format(size=size))
    raise SystemExit(NOT_AS_SIGNED if findings else 0)


def _as_json(finding: "Finding") -> dict[str, Any]:
    return {
        "trouble": finding.trouble.name.lower(),
        "place": finding.place,
        "event": finding.event,
        "act": finding.act,
        "said": str(finding),
    }


@app.command("extend", help=_("Enter what has happened now, without waiting for the worker."))
def extend() -> None:
    with _changing():
        from django.utils import timezone

        from madang.ground.journal.services import extend_journal

        entered = extend_journal(at=timezone.now())
        print(_("{entered} entries were added.").format(entered=entered))


@app.command("rebuild", help=_("Write the files of the log anew from the database."))
def rebuild() -> None:
    with _changing():
        from madang.ground.journal.services import rebuild_journal

        print(_("The files of {size} entries were written.").format(size=rebuild_journal()))


@app.command("witnesses", help=_("Show who countersigns the heads of this city's journal."))
def witnesses(json: Json = None) -> None:
    with standing_city():
        from madang.ground.journal.witnesses import health_of_witnesses

        found = health_of_witnesses()
    if json is not None:
        write_json([_health_as_json(each) for each in found], json)
        return
    for each in found:
        print(_("{name} ({url}): {said}").format(name=each.name, url=each.url, said=_said(each)))
    if not found:
        print(_("No witness is named; MADANG_WITNESSES names them."))


def _said(health: "Health") -> str:
    said = _("has countersigned nothing yet.")
    if health.at is not None:
        said = _("countersigned {size} entries at {at}.").format(
            size=health.size, at=health.at.isoformat()
        )
    return said if health.fault is None else f"{said} {_(health.fault.value)}"


def _health_as_json(health: "Health") -> dict[str, Any]:
    return {
        "name": health.name,
        "key": health.key,
        "url": health.url,
        "size": health.size,
        "at": health.at and health.at.isoformat(),
        "asked_at": health.asked_at and health.asked_at.isoformat(),
        "fault": health.fault and health.fault.name.lower(),
    }


@app.command(
    "accept", help=_("Take rows that are not as they were noted as they are; tell so in the log.")
)
def accept(
    *,
    yes: Annotated[
        bool, typer.Option("--yes", help=_("Do it; without this, only say which rows."))
    ] = False,
) -> None:
    with _changing():
        from madang.ground.journal.watch import accept_rows, rows_that_differ

        differing = list(rows_that_differ())
        for each in differing:
            print(f"{each.table} {each.row}")
        if not differing:
            print(_("All rows are as they were noted."))
        elif yes:
            accept_rows(differing)
            print(
                _("{rows} rows were taken as they are; the log tells it.").format(
                    rows=len(differing)
                )
            )
        else:
            print(_("Nothing was changed. Look into each row; --yes takes them as they are."))


@contextmanager
def _changing() -> Iterator[None]:
    """Run the block in a standing city; say what is wrong with its journal."""
    with standing_city():
        from madang.ground.journal.services import UnableToExtend

        try:
            yield
        except UnableToExtend as unable:
            raise Refusal(_(REFUSALS[str(unable)]), exit_code=NOT_AS_SIGNED) from None
