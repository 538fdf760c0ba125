"""Follow the log of a PostgreSQL server that is not the city's own, and keep it as it comes.

pg_receivewal, from the wheel, asks that server for its log over a replication connection: the
city's role needs REPLICATION there, and nothing is installed beside that server. A slot lets it
keep what we have not got yet. A segment lies open in `log-received/` of the data folder until it is
kept; of one that is not full yet a copy is kept now and then, so that little can be lost.
"""

import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from types import FrameType

import psycopg

from madang.site.archiving import Archiving, archiving
from madang.site.backup.archive import UnableToKeep, keep, pieces_in, put, shelf_of_wal
from madang.site.backup.sealing import UnableToSeal
from madang.site.backup.state import SLOT
from madang.site.backup.taking import open_address
from madang.site.postgres import programs

logger = logging.getLogger(__name__)

PARTIAL = ".partial"
PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0


class UnableToFollow(Exception):
    """The server does not let us have its log; the message is what it says about that."""


FAILURES = (UnableToFollow, UnableToKeep, UnableToSeal, OSError, psycopg.OperationalError)


class Follower:
    """Keeps what lies in the folder of received segments."""

    def __init__(self, received: Path, shelf: Path, wanted: Archiving) -> None:
        self.received, self.shelf, self.wanted = received, shelf, wanted
        self._copied: dict[str, tuple[int, float]] = {}  # name: when it was changed, and copied

    def keep_what_came(self) -> None:
        """Keep full segments, and of the one that is being written a copy that is due.

        Raises UnableToKeep, UnableToSeal, OSError: nothing is lost then, it comes again.
        """
        for path in sorted(self.received.iterdir()):
            if path.suffix == PARTIAL:
                self._copy(path)
            elif len(path.name) == 24:
                keep(path, path.name, shelf=self.shelf, keys=self.wanted.recipients)
                self._forget_copies(path.name, but=None)
                path.unlink()

    def _copy(self, path: Path) -> None:
        try:
            changed, now = path.stat().st_mtime_ns, time.monotonic()
        except FileNotFoundError:
            return  # it became full this moment
        seen, copied = self._copied.get(path.name, (0, now - self.wanted.lag_s))
        if changed == seen or now - copied < self.wanted.lag_s:
            return
        kept = put(path, path.name, shelf=self.shelf, keys=self.wanted.recipients)
        self._copied = {path.name: (changed, now)}
        self._forget_copies(path.name.removesuffix(PARTIAL), but=kept)

    def _forget_copies(self, name: str, *, but: Path | None) -> None:
        for piece in pieces_in(shelf_of_wal(self.shelf, name)):
            if piece.name == f"{name}{PARTIAL}" and piece.path != but:
                piece.path.unlink(missing_ok=True)


@contextmanager
def following(address: str, data: Path, wanted: Archiving) -> Iterator[None]:
    """Follow while the block lasts, unless somebody does already. Raises UnableToFollow."""
    with psycopg.connect(address, autocommit=True) as link:
        found = link.execute(
            "SELECT active FROM pg_replication_slots WHERE slot_name = %s", [SLOT]
        ).fetchone()
    if found is not None and found[0]:
        yield
        return
    _make_slot(address)
    over = Event()
    thread = Thread(target=follow, args=(address, data, wanted, over.is_set))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def follow(address: str, data: Path, wanted: Archiving, is_over: Callable[[], bool]) -> None:
    """Receive and keep until it is over; what fails is said in the log and tried again."""
    received = data / "log-received"
    received.mkdir(mode=0o700, exist_ok=True)
    pause = PAUSE_S
    while not is_over():
        try:
            _follow_once(address, received, wanted, is_over)
            pause = PAUSE_S
        except FAILURES as trouble:
            logger.error("backups: %s", str(trouble).strip())
            pause = min(pause * 2, LONGEST_PAUSE_S)
        until = time.monotonic() + pause
        while not is_over() and time.monotonic() < until:
            time.sleep(0.1)


def _follow_once(
    address: str, received: Path, wanted: Archiving, is_over: Callable[[], bool]
) -> None:
    """Receive until pg_receivewal ends or it is over."""
    with psycopg.connect(address, autocommit=True) as link:
        row = link.execute("SELECT system_identifier::text FROM pg_control_system()").fetchone()
    assert row is not None
    shelf = wanted.folder / row[0]
    follower = Follower(received, shelf, wanted)
    _make_slot(address)
    command, env = _receiver(address)
    receiving = [*command, "-D", str(received), "--synchronous"]
    with subprocess.Popen(receiving, env=env) as process:  # noqa: S603 the wheel's own program
        try:
            while not is_over() and process.poll() is None:
                follower.keep_what_came()
                time.sleep(PAUSE_S)
        finally:
            process.terminate()
    follower.keep_what_came()


def _make_slot(address: str) -> None:
    command, env = _receiver(address)
    options = ["--create-slot", "--if-not-exists"]
    done = subprocess.run(  # noqa: S603 the wheel's own program
        [*command, *options], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise UnableToFollow((done.stderr.strip().splitlines() or ["?"])[0])


def _receiver(address: str) -> tuple[list[str], dict[str, str]]:
    """Return the command that receives, without its options, and its environment."""
    shown, env = open_address(address)
    return [str(programs() / "pg_receivewal"), "-d", shown, "--no-password", "--slot", SLOT], env


def main() -> None:
    """Follow beside `madang serve`, until SIGTERM."""
    over = Event()

    def leave(number: int, frame: FrameType | None) -> None:
        over.set()

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    wanted = archiving()
    assert wanted is not None, "madang serve asks for this only where backups are on"
    data = Path(os.environ.get("MADANG_DATA", ".madang")).resolve()
    follow(os.environ["MADANG_DATABASE_URL"], data, wanted, over.is_set)


if __name__ == "__main__":
    main()
