"""Hand PostgreSQL the pieces of its log that it asks for while it recovers.

Its restore_command is a line of shell that names what it wants and waits; this process opens the
piece and puts it there. So the identity never leaves this process, no piece waits open on the disk
for longer than it takes to read it, and the backup folder stays closed to the server's user.
"""

import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote

from pyrage.x25519 import Identity

from madang.site.backup.archive import NAME, Piece, pieces_in, shelf_of_wal
from madang.site.backup.sealing import CHUNK, UnableToOpen, opened

POLL_S = 0.02
# Ends with 1 where the log ends; above 125 PostgreSQL gives up instead of believing that.
ASK = (
    'cd {place} && rm -f "{f}.none" && : > "{f}.want" && '
    'while [ ! -e "{f}.here" ]; do [ -e "{f}.none" ] && exit 1; [ -e stop ] && exit 200; '
    'sleep {poll}; done && mv "{f}.here" "$OLDPWD/{p}"'
)


class LogIsMissing(Exception):
    """A piece of the log is lost, and later ones are there; the message is its name."""


@dataclass
class Hatch:
    """Where pieces are handed over. `trouble`: why PostgreSQL was told to give up."""

    place: Path
    shelf: Path
    identities: Sequence[Identity]
    older: Path | None = None  # the log of the database that is being replaced
    user: str | None = None
    trouble: Exception | None = None
    handed: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def command(self) -> str:
        """Return PostgreSQL's restore_command."""
        place = quote(str(self.place)).replace("%", "%%")
        return ASK.format(place=place, f="%f", p="%p", poll=POLL_S)

    def work(self) -> None:
        while not self._over.wait(POLL_S):
            for asked in self.place.glob("*.want"):
                name = asked.name.removesuffix(".want")
                asked.unlink()
                if NAME.fullmatch(name):
                    self._answer(name)

    def end(self) -> None:
        self._over.set()

    def _answer(self, name: str) -> None:
        try:
            draft = self.place / f"{name}.draft"
            if self._fetch(name, draft):
                if self.user is not None:
                    shutil.chown(draft, self.user)
                draft.rename(self.place / f"{name}.here")
                self.handed += 1
            else:
                (self.place / f"{name}.none").touch()
        except (LogIsMissing, UnableToOpen, OSError) as trouble:
            self.trouble = trouble
            (self.place / "stop").touch()

    def _fetch(self, name: str, draft: Path) -> bool:
        """Write the piece, wherever it is; return False where the log ends."""
        found = {piece.name: piece for piece in pieces_in(shelf_of_wal(self.shelf, name))}
        if name in found:
            self._open(found[name], draft)
            return True
        if self.older is not None and (self.older / name).is_file():
            shutil.copyfile(self.older / name, draft)
            return True
        if f"{name}.partial" in found:
            self._open(found[f"{name}.partial"], draft)
            return True
        if len(name) == 24 and self._goes_on_after(name):
            raise LogIsMissing(name)
        return False

    def _open(self, piece: Piece, draft: Path) -> None:
        with opened(piece.path, self.identities) as stream, draft.open("wb") as file:
            shutil.copyfileobj(stream, file, CHUNK)

    def _goes_on_after(self, name: str) -> bool:
        timeline = self.shelf / "wal" / name[:8]
        later = [folder for folder in timeline.glob("*/") if folder.name >= name[8:16]]
        return any(p.name > name for folder in later for p in pieces_in(folder) if p.is_segment)


@contextmanager
def working(hatch: Hatch) -> Iterator[Hatch]:
    """Let the hatch work while the block lasts."""
    thread = threading.Thread(target=hatch.work)
    thread.start()
    try:
        yield hatch
    finally:
        hatch.end()
        thread.join()
