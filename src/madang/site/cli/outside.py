"""A log in the hands of people who do not run the city: check it, countersign it."""

import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from madang.site.cli.cores import Json
from madang.site.cli.files import read_bytes, write_json
from madang.site.cli.refusal import Refusal
from madang.site.cli.words import _

if TYPE_CHECKING:
    from madang.core.tlog.checkpoint import Checkpoint
    from madang.core.tlog.note import Key, Note

PATIENCE_S = 30
SHORTEST_SECRET = 32  # characters
NOT_AS_SIGNED = 1  # exit code: the log was read, and it is not what it should be

Read = Callable[[str], bytes]
Source = Annotated[str, typer.Argument(help=_("Address (https://…) or folder of the log."))]
KeyText = Annotated[
    str, typer.Option("--key", help=_("Public key, as name+id+key; the log's own if absent."))
]


Name = Annotated[str, typer.Option(help=_("Your name as a witness, as in ngo.example."))]
Secret = Annotated[Path, typer.Option(help=_("File with your secret; made if it is not there."))]


@dataclass(frozen=True)
class Log:
    """A log whose newest head fits its key."""

    read: Read
    keys: "list[Key]"
    note: "Note"
    head: "Checkpoint"


@dataclass(frozen=True)
class Asked:
    """Which witnesses must have countersigned a head. quorum: how many of them; None for all."""

    witnesses: list[str]
    quorum: int | None


def verify(
    source: Source,
    key: KeyText = "",
    since: Annotated[
        Path | None,
        typer.Option(help=_("A signed head kept from before; all of it must be there.")),
    ] = None,
    witness: Annotated[
        list[str] | None,
        typer.Option(
            help=_("Public key of a witness who must have countersigned that head, or the newest.")
        ),
    ] = None,
    quorum: Annotated[
        int | None,
        typer.Option(min=1, help=_("How many of these witnesses are enough; all if absent.")),
    ] = None,
    receipt: Annotated[
        Path | None, typer.Option(help=_("A proof (.tlog-proof) that an entry is in this log."))
    ] = None,
    json: Json = None,
) -> None:
    with _as_refusal(source):
        witnesses = Asked(witness or [], quorum)
        log = _opened(source, key)
        found: dict[str, Any] = {
            "origin": log.head.origin,
            "size": log.head.size,
            "root": log.head.root.hex(),
            "key": str(log.keys[0]),
            "key_given": bool(key),
            "entries_checked": _count(log),
        }
        if since is None and witness:
            found["witnesses"] = _check_witnesses(log.note, witnesses)
        if since is not None:
            found["since"] = _check_since(log, read_bytes(since), witnesses)
        if receipt is not None:
            found["receipt"] = _check_receipt(log, read_bytes(receipt))
    if json is not None:
        write_json(found, json)
    else:
        _print(found)


def cosign(
    source: Source,
    name: Name,
    secret: Secret,
    seen: Annotated[
        Path, typer.Option(help=_("File of the head you saw last; the new one replaces it."))
    ],
    key: KeyText = "",
) -> None:
    from madang.core.tlog.check import check_growth
    from madang.ground.journal.keys import countersign, witness_key

    proper_name(name)
    with _as_refusal(source):
        log = _opened(source, key)
        if seen.exists():
            check_growth(_head(read_bytes(seen), log.keys)[1], log.head, log.read)
        _count(log)
    own = own_secret(secret)
    note = countersign(log.note, name, own, unix_time=int(time.time()))
    _replace(seen, str(note))
    told = {"size": log.head.size, "seen": seen, "key": witness_key(name, own)}
    print(
        _("Countersigned: {size} entries. The head is in {seen}; hand it to others.").format(**told)
    )
    print(_("Your public key: {key}").format(**told))


def _opened(source: str, key: str) -> Log:
    from madang.core.tlog.note import parse_key

    read = _reader(source)
    keys = [parse_key(key or read("key").decode("ascii", "replace"))]
    return Log(read, keys, *_head(read("checkpoint"), keys))


def _head(data: bytes, keys: "list[Key]") -> "tuple[Note, Checkpoint]":
    from madang.core.tlog.check import check_head
    from madang.core.tlog.note import parse_note
    from madang.ground.journal.keys import verify as signature_fits

    note = parse_note(data)
    return note, check_head(note, keys, signature_fits)


def _count(log: Log) -> int:
    """Read everything; return how many entries there are."""
    from madang.core.tlog.check import check_log

    with typer.progressbar(
        check_log(log.head, log.read),
        length=-(-log.head.size // 256),
        label=_("Checking"),
        file=sys.stderr,
    ) as bundles:
        return sum(len(entries) for entries in bundles)


def _check_since(log: Log, data: bytes, witnesses: Asked) -> dict[str, Any]:
    from madang.core.tlog.check import check_growth

    note, old = _head(data, log.keys)
    check_growth(old, log.head, log.read)
    seen = _check_witnesses(note, witnesses)
    return {"size": old.size, "root": old.root.hex(), "witnesses": seen}


def _check_witnesses(note: "Note", asked: Asked) -> list[dict[str, str]]:
    """Return which of these witnesses countersigned, and when; as many as were asked for."""
    from madang.core.tlog.note import parse_key, signers
    from madang.core.tlog.trouble import BadNote
    from madang.ground.journal.keys import verify as signature_fits

    keys = [parse_key(text) for text in asked.witnesses]
    times = {key: at for key, at in signers(note, keys, signature_fits) if at is not None}
    needed = len(set(keys)) if asked.quorum is None else asked.quorum
    if len(times) < needed:
        missing = ", ".join(key.name for key in keys if key not in times)
        raise BadNote(
            "{found} of {needed} witnesses countersigned this head; not: {missing}",
            found=len(times),
            needed=needed,
            missing=missing or "-",
        )
    return [
        {"name": witness.name, "at": datetime.fromtimestamp(at, UTC).isoformat()}
        for witness, at in times.items()
    ]


def _check_receipt(log: Log, data: bytes) -> dict[str, Any]:
    from madang.core.tlog.check import check_entry, check_growth, check_head
    from madang.core.tlog.checkpoint import parse_proof
    from madang.ground.journal.keys import verify as signature_fits
    from madang.ground.journal.seals import entry_shown

    proof = parse_proof(data)
    then = check_head(proof.checkpoint, log.keys, signature_fits)
    entry, said = entry_shown(proof.extra)
    check_entry(entry, proof, then)
    check_growth(then, log.head, log.read)
    return {"place": proof.index, "entry": said}


def _print(found: dict[str, Any]) -> None:
    print(_("The log {origin} is whole: {size} entries, root {root}.").format(**found))
    if not found["key_given"]:
        print(_("Signed by the key it names itself: {key}. Compare it.").format(**found))
    for witness in found.get("witnesses", ()):
        print(_("{name} countersigned it at {at}.").format(**witness))
    if "since" in found:
        print(_("It begins with all {size} entries of the older head.").format(**found["since"]))
        for witness in found["since"]["witnesses"]:
            print(_("{name} saw that head at {at}.").format(**witness))
    if "receipt" in found:
        print(_("Entry {place} is in it: {entry}").format(**found["receipt"]))


def proper_name(name: str) -> str:
    """Return the name of a witness. Raises Refusal for what cannot be one."""
    from madang.core.tlog.note import NAME

    if not NAME.fullmatch(name):
        raise Refusal(_("{name}: a name has no spaces and no plus sign.").format(name=name))
    return name


def own_secret(path: Path) -> str:
    """Return the secret in the file, which is made if it is not there. Raises Refusal."""
    import secrets

    if not path.exists():
        _replace(path, secrets.token_urlsafe(48))
    text = read_bytes(path).decode("ascii", "replace").strip()
    if len(text) < SHORTEST_SECRET:
        raise Refusal(_("{path}: this is too short for a secret.").format(path=path))
    return text


def _replace(path: Path, text: str) -> None:
    """Write the whole file, for its owner alone, or none: a witness must not forget."""
    from madang.ground.whole_files import write_durably

    try:
        write_durably(path, text)
    except OSError as trouble:
        raise Refusal(
            _("{path}: cannot be written: {why}.").format(path=path, why=trouble.strerror)
        ) from None


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
            refused.close()  # it is an answer, with a connection of its own
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
