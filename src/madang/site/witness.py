"""A witness of other people's logs: a small server that countersigns heads which begin with all
that it saw before.

It keeps one file a log, on disk before anything is signed: a witness that was killed, or whose
machine lost power, still knows what it signed. Source: c2sp.org/tlog-witness.
"""

import fcntl
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from threading import BoundedSemaphore, Lock
from typing import NamedTuple

from madang.core.tlog.checkpoint import parse_checkpoint
from madang.core.tlog.note import Key, Note, parse_note
from madang.core.tlog.trouble import BadNote
from madang.core.tlog.witness import (
    LONGEST_REQUEST,
    SIZE_TYPE,
    Addition,
    NotCosigned,
    check_addition,
    parse_addition,
)
from madang.ground.journal.keys import countersign, verify, witness_key
from madang.ground.whole_files import write_durably

logger = logging.getLogger(__name__)

PLAIN = "text/plain; charset=utf-8"
PATIENCE_S = 10
MOST_AT_ONCE = 32


class StateInUse(Exception):
    """Another witness keeps its memory in this folder."""


class Answer(NamedTuple):
    status: int
    kind: str
    body: str


class Witness:
    """What one witness knows, signs and remembers."""

    def __init__(self, *, name: str, secret: str, state: Path, logs: list[Key]) -> None:
        self._name, self._secret, self._state, self._logs = name, secret, state, logs
        self._one_at_a_time = Lock()

    def add_checkpoint(self, data: bytes, *, unix_time: int) -> Answer:
        """Countersign a head, or say why not. Returns after what it signed is on disk."""
        try:
            asked = parse_addition(data)
            with self._one_at_a_time:
                return self._decided(asked, unix_time)
        except BadNote as wrong:
            return Answer(400, PLAIN, f"{wrong}\n")
        except OSError as trouble:
            logger.error("what was asked cannot be written down: %s", trouble)
            return Answer(500, PLAIN, "this witness cannot write\n")

    def _decided(self, asked: Addition, unix_time: int) -> Answer:
        origin = parse_checkpoint(asked.note).origin
        known = self._seen(origin)
        seen = None if known is None else parse_checkpoint(known)
        try:
            check_addition(asked, seen, self._logs, verify)
        except NotCosigned as refused:
            if refused.status == 422 or (refused.status, refused.saw) == (409, asked.old_size):
                # Signed by the log, and does not fit what it signed before, or is said not to.
                logger.error("%s: %s; this witness does not sign it", origin, refused)
                write_durably(self._file(origin).with_suffix(".refused"), str(asked.note))
            if refused.saw is not None:
                return Answer(refused.status, SIZE_TYPE, f"{refused.saw}\n")
            return Answer(refused.status, PLAIN, f"{refused}\n")
        write_durably(self._file(origin), str(asked.note))
        cosigned = countersign(Note(asked.note.text), self._name, self._secret, unix_time=unix_time)
        return Answer(200, PLAIN, str(cosigned.signatures[0]))

    def standing(self) -> str:
        """Return who this is and what it saw of each log last, as text for people."""
        heads = [note for log in self._logs if (note := self._seen(log.name))]
        return "\n".join([f"{witness_key(self._name, self._secret)}\n", *map(str, heads)])

    def _seen(self, origin: str) -> Note | None:
        """Return the head of this log that was countersigned last, as the log signed it."""
        try:
            return parse_note(self._file(origin).read_bytes())
        except FileNotFoundError:
            return None

    def _file(self, origin: str) -> Path:
        return self._state / f"{sha256(origin.encode()).hexdigest()[:32]}.checkpoint"


@contextmanager
def sole_keeper(state: Path) -> Iterator[None]:
    """Keep other witnesses from this folder: two with one key could sign a fork.

    Raises StateInUse.
    """
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (state / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StateInUse from None
        yield


class WitnessServer(ThreadingHTTPServer):
    """Serves a witness over http; put a proxy with https in front."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], witness: Witness) -> None:
        self.witness = witness
        self._places = BoundedSemaphore(MOST_AT_ONCE)
        super().__init__(address, _Handler)

    def process_request(self, request: socket, client_address: object) -> None:  # type: ignore[override]  # TCP alone
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: socket, client_address: object) -> None:  # type: ignore[override]  # TCP alone
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE_S
    server: WitnessServer  # the only one that uses this
    server_version = "madang-witness"
    sys_version = ""

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint":
            self._refuse(404, "not found")
        elif not (length.isascii() and length.isdigit()):
            self._refuse(411, "the length is missing")
        elif int(length) > LONGEST_REQUEST:
            self._refuse(413, "the request is too long")
        else:
            data = self.rfile.read(int(length))
            self._answer(self.server.witness.add_checkpoint(data, unix_time=int(time.time())))

    def do_GET(self) -> None:
        if self.path == "/":
            self._answer(Answer(200, PLAIN, self.server.witness.standing()))
        else:
            self._refuse(404, "not found")

    def _refuse(self, status: int, why: str) -> None:
        self.close_connection = True  # what else it sends is not read
        self._answer(Answer(status, PLAIN, f"{why}\n"))

    def _answer(self, answer: Answer) -> None:
        body = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: object) -> None:
        """Keep quiet: refusals that matter are logged where they are made."""
