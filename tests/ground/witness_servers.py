"""Witnesses for the tests, over real HTTP on this machine: honest ones, and all others."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from time import sleep

from madang.core.tlog.note import parse_key
from madang.ground.journal.keys import witness_key
from madang.site.witness import Witness, WitnessServer

NAME, SECRET = "ngo.example", "a secret of the tests, long enough"
KEY = str(witness_key(NAME, SECRET))


@contextmanager
def serving(server: HTTPServer) -> Iterator[str]:
    """Yield the server's address while the block lasts."""
    with server:
        thread = Thread(target=lambda: server.serve_forever(poll_interval=0.02))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def honest(state: Path, log: str, *, port: int = 0) -> WitnessServer:
    """A witness of one log that remembers in this folder."""
    state.mkdir(exist_ok=True)
    witness = Witness(name=NAME, secret=SECRET, state=state, logs=[parse_key(log)])
    return WitnessServer(("127.0.0.1", port), witness)


def answering(status: int, body: bytes = b"", **headers: str) -> HTTPServer:
    """One that answers everything with the same."""

    def answer(asked: BaseHTTPRequestHandler) -> None:
        asked.send_response(status)
        for name, value in headers.items():
            asked.send_header(name.replace("_", "-"), value)
        asked.end_headers()
        asked.wfile.write(body)

    return _server(answer)


def dripping(every_s: float) -> HTTPServer:
    """One that answers a byte at a time, and never comes to an end."""

    def answer(asked: BaseHTTPRequestHandler) -> None:
        asked.send_response(200)
        asked.end_headers()
        try:
            while True:
                asked.wfile.write(b"x")
                sleep(every_s)
        except OSError:
            pass  # whoever asked has had enough

    return _server(answer)


def _server(answer: Callable[[BaseHTTPRequestHandler], None]) -> HTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            asked_for.append(self.path)
            answer(self)

        def log_message(self, *said: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    asked_for: list[str] = []
    server.asked_for = asked_for  # type: ignore[attr-defined]
    return server
