"""Look whether backups are what they were when they were written."""

import json
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from hashlib import file_digest, sha256
from pathlib import Path
from typing import BinaryIO

from pyrage.x25519 import Identity

from madang.ground.words import marked as _
from madang.site.backup.archive import HALF, Piece
from madang.site.backup.sealing import UnableToOpen, chunks_of, opened
from madang.site.backup.shelf import (
    DATABASE_PART,
    Base,
    Part,
    bases_in,
    missing_from,
    number_of,
    pieces,
)

SERVERS_MANIFEST = "backup_manifest"


class Flaw(Enum):
    """What can be wrong, each with an English sentence whose places the finding fills."""

    ALTERED = _("{name} is not what was written.")
    GONE = _("{name} is gone.")
    LOG_MISSING = _("The piece {name} of the log is missing: no moment after it can be restored.")
    STRANGE = _("{name} was closed for another identity.")
    NOT_VERIFIED = _("{name} is not the whole database that PostgreSQL sent: {why}.")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a file, or with the log."""

    flaw: Flaw
    name: str
    why: str = ""


def check_backups(folder: Path, identities: Sequence[Identity] = ()) -> Iterator[Finding]:
    """Yield what is wrong: files against their hashes, the log against its gaps.

    With an identity, everything that a restore of today would read is opened, and each file of the
    database held against the manifest that PostgreSQL sent with it. Nothing opened is written to a
    disk. Raises OSError.
    """
    bases = bases_in(folder)
    for base in bases:
        yield from _check_files(base)
    for shelf in dict.fromkeys(base.shelf for base in bases):
        here = [base for base in bases if base.shelf == shelf]
        kept = list(pieces(shelf))
        yield from (Finding(Flaw.LOG_MISSING, name) for name in missing_from(here[0], kept))
        for piece in kept:
            yield from _check_piece(piece)
        if identities and here[-1] == bases[-1]:
            yield from _open_all(here[-1], kept, identities)


def _check_files(base: Base) -> Iterator[Finding]:
    for part in base.parts:
        path = base.folder / part.name
        try:
            with path.open("rb") as file:
                is_same = file_digest(file, "sha256").hexdigest() == part.sha256
        except FileNotFoundError:
            yield Finding(Flaw.GONE, str(path))
            continue
        if not is_same:
            yield Finding(Flaw.ALTERED, str(path))


def _check_piece(piece: Piece) -> Iterator[Finding]:
    with piece.path.open("rb") as file:
        if file_digest(file, "sha256").hexdigest()[:HALF] != piece.closed:
            yield Finding(Flaw.ALTERED, str(piece.path))


def _open_all(
    base: Base, kept: Sequence[Piece], identities: Sequence[Identity]
) -> Iterator[Finding]:
    for piece in kept:
        if len(piece.name) < 24 or number_of(piece.name, base.segment_bytes) >= base.first_number:
            yield from _open_piece(piece, identities)
    for part in base.parts:
        yield from _open_part(base, part, identities)


def _open_part(base: Base, part: Part, identities: Sequence[Identity]) -> Iterator[Finding]:
    path = base.folder / part.name
    try:
        with opened(path, identities) as stream:
            found, manifest = _hashes(stream)
    except UnableToOpen as unable:
        yield _as_finding(unable)
    except tarfile.TarError:
        yield Finding(Flaw.ALTERED, str(path))
    except FileNotFoundError:
        return  # that it is gone was said already
    else:
        if part.name == DATABASE_PART:
            yield from _compare(path, found, manifest)


def _hashes(stream: BinaryIO) -> tuple[dict[str, str], bytes]:
    """Return SHA-256 by name of what the tar holds, and the manifest that PostgreSQL wrote."""
    found, manifest = {}, b""
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        for member in tar:
            if not member.isreg():
                continue
            content = tar.extractfile(member)
            assert content is not None
            if member.name == SERVERS_MANIFEST:
                manifest = content.read()
            else:
                found[member.name] = file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]  # reads as a file does
    return found, manifest


def _compare(path: Path, found: dict[str, str], manifest: bytes) -> Iterator[Finding]:
    """Hold every file against the server's manifest, as pg_verifybackup does."""
    try:
        told = {_path_of(file): file["Checksum"] for file in json.loads(manifest)["Files"]}
    except (ValueError, KeyError):
        yield Finding(Flaw.NOT_VERIFIED, str(path), SERVERS_MANIFEST)
        return
    differing = sorted({name for name, _hash in told.items() ^ found.items()})
    if differing:
        yield Finding(Flaw.NOT_VERIFIED, str(path), differing[0])


def _path_of(file: dict[str, str]) -> str:
    if "Path" in file:
        return file["Path"]
    return bytes.fromhex(file["Encoded-Path"]).decode("utf-8", "surrogateescape")


def _open_piece(piece: Piece, identities: Sequence[Identity]) -> Iterator[Finding]:
    digest = sha256()
    try:
        with opened(piece.path, identities) as stream:
            for chunk in chunks_of(stream):
                digest.update(chunk)
    except UnableToOpen as unable:
        yield _as_finding(unable)
        return
    if digest.hexdigest()[:HALF] != piece.plain:
        yield Finding(Flaw.ALTERED, str(piece.path))


def _as_finding(unable: UnableToOpen) -> Finding:
    flaw = Flaw.STRANGE if str(unable) == "wrong-identity" else Flaw.ALTERED
    return Finding(flaw, str(unable.path))
