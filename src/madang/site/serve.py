"""Run the site's processes side by side: pages (WSGI), jobs, live updates (ASGI).

All blocks are in one process for pages and one for jobs, or each block has its own behind its wall.
One dying process is started again and does not take the others with it; none outlives this one.
"""

import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from errno import EADDRINUSE
from pathlib import Path
from types import FrameType

from madang.ground.processes import FRONT, GROUND, LIVE, RIGHTS
from madang.site.postgres import UnableToRunDatabase

logger = logging.getLogger(__name__)

LONGEST_WAIT_S = 30.0
GRACE_S = 15.0
REVIVE_S = 2.0


class UnableToListen(Exception):
    """The address cannot be had; the message is the system's own reason."""

    def __init__(self, port: int, why: str) -> None:
        super().__init__(why)
        self.port = port


@dataclass
class Child:
    """One process to keep alive. `wait_s` grows while it keeps dying.

    given: variables that it has besides ours, or instead.
    """

    name: str
    command: list[str]
    given: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    wait_s: float = 1.0
    not_before: float = field(default=0.0)


@contextmanager
def reserved(host: str, ports: Iterable[int]) -> Iterator[None]:
    """Keep these ports for the city while the block lasts. Raises UnableToListen."""
    with ExitStack() as held:
        for needed in ports:
            held.enter_context(_reservation(host, needed))
            _try_to_listen(host, needed)
        yield


def serve_city(*, data: Path, host: str, port: int, revive: Callable[[], None]) -> int:
    """Serve until SIGTERM or SIGINT, on reserved ports; return the exit code.

    revive: called now and then, to start the database again where it died.
    """
    _prepare(host, port)
    children = [
        Child("pages", _pages(host, port, _static(data))),
        Child("live", _live(host, port + 1)),
        Child("jobs", _jobs()),
        *follower(data),
    ]
    return _keep_running(children, revive)


def serve_apart(*, data: Path, host: str, port: int, revive: Callable[[], None]) -> int:
    """Serve as `serve_city`, but each block behind its wall, at a port of its own."""
    from madang.site import apart

    _prepare(host, port)
    children = [Child("ground jobs", _jobs(GROUND)), *follower(data)]
    for place in apart.places(port):
        children += _behind(place.wall, data, host, place.port, apart.environment_of(place.wall))
    return _keep_running(children, revive)


def serve_wall(*, wall: str, data: Path, host: str, port: int, revive: Callable[[], None]) -> int:
    """Serve what is behind one wall, or the ground's jobs, which are behind none."""
    if wall == GROUND:
        _prepare(host, port)
        children = [Child("ground jobs", _jobs(GROUND)), *follower(data)]
        return _keep_running(children, revive)
    given = {}
    if os.environ.get("MADANG_BLOCK") != wall:
        from madang.site import apart

        given = apart.environment_of(wall)
    return _keep_running(_behind(wall, data, host, port, given), revive)


def _behind(wall: str, data: Path, host: str, port: int, given: dict[str, str]) -> list[Child]:
    if wall == LIVE:
        return [Child(LIVE, _live(host, port), given)]
    served = Child(f"{wall} pages", _pages(host, port, _static(data)), given)
    works = wall not in {FRONT, RIGHTS}
    return [served, *([Child(f"{wall} jobs", _jobs(wall), given)] if works else [])]


def _pages(host: str, port: int, static: str) -> list[str]:
    """Return the command that serves pages: all of them, or those of the wall it is behind."""
    return [
        *_granian(host, port),
        *("--interface", "wsgi", "--workers", "1", "--blocking-threads", "4"),
        *("--static-path-mount", static, "--respawn-failed-workers"),
        "madang.site.wsgi:application",
    ]


def _live(host: str, port: int) -> list[str]:
    return [*_granian(host, port), "--interface", "asgi", "madang.site.live:application"]


def _granian(host: str, port: int) -> list[str]:
    listening = ["--host", host, "--port", str(port), "--log-level", "warning"]
    return [sys.executable, "-m", "granian", *listening]


def _jobs(queue: str = "") -> list[str]:
    """Return the command that works off all queues, or this one."""
    return [sys.executable, "-m", "madang.site.worker", *([queue] if queue else [])]


def _prepare(host: str, port: int) -> None:
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
    os.environ.setdefault("MADANG_LIVE_URL", f"http://{host}:{port + 1}/live")


def _static(data: Path) -> str:
    return str(data / "static")


def follower(data: Path) -> list[Child]:
    """Return what keeps the log of another's PostgreSQL server; the city's own does so itself."""
    from madang.site.archiving import archiving
    from madang.site.postgres import is_own_database

    if archiving() is None or is_own_database(data, os.environ["MADANG_DATABASE_URL"]):
        return []
    return [Child("log", [sys.executable, "-m", "madang.site.backup.follow"])]


def _keep_running(children: list[Child], revive: Callable[[], None]) -> int:
    stopping, looked_at = False, time.monotonic()

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopping:
        for child in children:
            _tend(child, time.monotonic())
        time.sleep(0.2)
        if time.monotonic() - looked_at > REVIVE_S:
            _revive(revive)
            looked_at = time.monotonic()
    _end(children)
    return 0


def _revive(revive: Callable[[], None]) -> None:
    try:
        revive()
    except UnableToRunDatabase as silent:
        logger.error("the database does not start: %s", silent)


def _tend(child: Child, now: float) -> None:
    """Start the child if it is not running and has waited its time."""
    if child.process is not None and child.process.poll() is None:
        return
    if child.process is not None and now >= child.not_before:
        logger.warning("%s ended with %s; starting it again", child.name, child.process.returncode)
        child.wait_s = min(child.wait_s * 2, LONGEST_WAIT_S)
    if now >= child.not_before:
        child.process = subprocess.Popen(  # noqa: S603 our own commands
            child.command, env=os.environ | child.given, preexec_fn=_die_with_parent
        )
        child.not_before = now + child.wait_s


def _end(children: list[Child]) -> None:
    running = [child.process for child in children if child.process is not None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + GRACE_S
    for process in running:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # its workers too, which would keep the port


def _die_with_parent() -> None:
    """Ask Linux to end this process when its parent is killed, so that no port stays taken."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
    os.setpgid(0, 0)  # Ctrl+C reaches the parent alone, which ends its children in order


def _reservation(host: str, port: int) -> socket.socket:
    """Return what keeps another city from this port, which servers of ours would share.

    A name that the kernel knows as long as this process lives; no file is left behind.
    """
    held = socket.socket(socket.AF_UNIX)
    try:
        held.bind(f"\0madang {host} {port}")
    except OSError as taken:
        held.close()
        raise UnableToListen(port, os.strerror(taken.errno or EADDRINUSE)) from None
    return held


def _try_to_listen(host: str, port: int) -> None:
    try:
        (family, kind, _, _, address), *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as refused:
        raise UnableToListen(port, refused.strerror or str(refused)) from None
