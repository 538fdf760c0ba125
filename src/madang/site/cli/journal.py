"""Commands of the journal: check a log from outside, hold this city's database against its own."""

import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from madang.ground.words import marked
from madang.site.cli.city import standing_city
from madang.site.cli.cores import Json
from madang.site.cli.files import read_bytes, write_json
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _

if TYPE_CHECKING:
    from madang.core.tlog.checkpoint import Checkpoint
    from madang.core.tlog.note import Key
    from madang.ground.journal.audit import Finding

app = typer.Typer(help=_("The log of what the city did."), no_args_is_help=True)

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
PATIENCE_S = 30
NOT_AS_SIGNED = 1  # exit code: the log was read, and it is not what it should be

Read = Callable[[str], bytes]


@app.command("verify", help=_("Check a whole log from outside: entries, root and signature."))
def verify(
    source: Annotated[str, typer.Argument(help=_("Address (https://…) or folder of the log."))],
    key: Annotated[
        str, typer.Option(help=_("Public key, as name+id+key; the log's own if absent."))
    ] = "",
    since: Annotated[
        Path | None,
        typer.Option(help=_("A signed head kept from before; all of it must be there.")),
    ] = None,
    receipt: Annotated[
        Path | None, typer.Option(help=_("A proof (.tlog-proof) that an entry is in this log."))
    ] = None,
    json: Json = None,
) -> None:
    read = _reader(source)
    with _as_refusal(source):
        keys = [_key(key or read("key").decode("ascii", "replace"))]
        head = _head(read("checkpoint"), keys)
        entries = _count(head, read)
        found: dict[str, Any] = {
            "origin": head.origin,
            "size": head.size,
            "root": head.root.hex(),
            "key": str(keys[0]),
            "key_given": bool(key),
            "entries_checked": entries,
        }
        if since is not None:
            found["since"] = _check_since(read_bytes(since), keys, head, read)
        if receipt is not None:
            found["receipt"] = _check_receipt(read_bytes(receipt), keys, head, read)
    if json is not None:
        write_json(found, json)
    else:
        _print(found)


def _count(head: "Checkpoint", read: Read) -> int:
    from madang.core.tlog.check import check_log

    with typer.progressbar(
        check_log(head, read), length=-(-head.size // 256), label=_("Checking"), file=sys.stderr
    ) as bundles:
        return sum(len(entries) for entries in bundles)


def _check_since(data: bytes, keys: "list[Key]", head: "Checkpoint", read: Read) -> dict[str, Any]:
    from madang.core.tlog.check import check_growth

    old = _head(data, keys)
    check_growth(old, head, read)
    return {"size": old.size, "root": old.root.hex()}


def _check_receipt(
    data: bytes, keys: "list[Key]", head: "Checkpoint", read: Read
) -> dict[str, Any]:
    from madang.core.tlog.check import check_entry, check_growth, check_head
    from madang.core.tlog.checkpoint import parse_proof
    from madang.ground.journal.keys import verify as signature_fits

    proof = parse_proof(data)
    then = check_head(proof.checkpoint, keys, signature_fits)
    check_entry(proof.extra, proof, then)
    check_growth(then, head, read)
    return {"place": proof.index, "entry": proof.extra.decode("utf-8", "replace")}


def _print(found: dict[str, Any]) -> None:
    print(_("The log {origin} is whole: {size} entries, root {root}.").format(**found))
    if not found["key_given"]:
        print(_("Signed by the key it names itself: {key}. Compare it.").format(**found))
    if "since" in found:
        print(_("It begins with all {size} entries of the older head.").format(**found["since"]))
    if "receipt" in found:
        print(_("Entry {place} is in it: {entry}").format(**found["receipt"]))


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


@contextmanager
def _changing() -> Iterator[None]:
    """Run the block in a standing city; say what is wrong with its journal."""
    with standing_city():
        from madang.ground.journal.services import UnableToExtend

        try:
            yield
        except UnableToExtend as unable:
            raise Refusal(_(REFUSALS[str(unable)]), exit_code=NOT_AS_SIGNED) from None


# Reading a log


def _reader(source: str) -> Read:
    if not source.startswith(("http://", "https://")):
        return lambda path: read_bytes(Path(source) / path)
    base = source.rstrip("/")

    def fetch(path: str) -> bytes:
        try:
            with urllib.request.urlopen(f"{base}/{path}", timeout=PATIENCE_S) as answer:  # noqa: S310 http or https, above
                data: bytes = answer.read()
                return data
        except urllib.error.HTTPError as refused:
            raise _unread(f"{base}/{path}", str(refused.code)) from None
        except OSError as silent:
            raise _unread(f"{base}/{path}", str(getattr(silent, "reason", silent))) from None

    return fetch


def _unread(address: str, why: str) -> Refusal:
    return Refusal(_("{path}: cannot be read: {why}.").format(path=address, why=why), exit_code=3)


@contextmanager
def _as_refusal(source: str) -> Iterator[None]:
    """Say in one sentence what is wrong with the log."""
    from madang.core.tlog.trouble import Untrue

    try:
        yield
    except Untrue as wrong:
        why = _(wrong.reason).format(**wrong.values)
        raise Refusal(
            _("{source}: this is not what was signed: {why}.").format(source=source, why=why),
            exit_code=NOT_AS_SIGNED,
        ) from None


def _key(text: str) -> "Key":
    from madang.core.tlog.note import parse_key

    return parse_key(text)


def _head(data: bytes, keys: "list[Key]") -> "Checkpoint":
    from madang.core.tlog.check import check_head
    from madang.core.tlog.note import parse_note
    from madang.ground.journal.keys import verify as signature_fits

    return check_head(parse_note(data), keys, signature_fits)
