"""Post a request to a server that may be slow, dead or hostile, and take no harm from its answer.

No redirect is followed, nothing is sent but what was asked, and time and length are limited. Free
of Django.
"""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from threading import Timer
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

PORTS = {"http": 80, "https": 443}


class NoAnswer(Exception):
    """The server could not be reached, did not answer in time, or answered at too great length."""


class Answer(NamedTuple):
    status: int
    kind: str  # Content-Type
    body: bytes


def address(text: str) -> SplitResult:
    """Return the address of a server. Raises ValueError for anything that is more or less."""
    parts = urlsplit(text)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("it should begin with https:// and name a host")
    if parts.query or parts.fragment or parts.username is not None:
        raise ValueError("it should have no name, no question mark and no number sign in it")
    _ = parts.port  # raises ValueError if it is none
    return parts


def post(to: SplitResult, path: str, body: bytes, *, within_s: float, longest: int) -> Answer:
    """Return the answer to a POST. Raises NoAnswer."""
    deadline = time.monotonic() + within_s
    assert to.hostname is not None, "addresses are checked when they are read"
    connection = HTTPConnection(to.hostname, to.port or PORTS[to.scheme], timeout=within_s)
    try:
        with closing(connection):
            connection.connect()
            if to.scheme == "https":
                connection.sock = ssl.create_default_context().wrap_socket(
                    connection.sock, server_hostname=to.hostname, do_handshake_on_connect=False
                )
            with _cut_off(connection.sock, deadline - time.monotonic()):
                if isinstance(connection.sock, ssl.SSLSocket):
                    connection.sock.do_handshake()
                connection.request("POST", to.path.rstrip("/") + path, body)
                answer = connection.getresponse()
                data = answer.read(longest + 1)
    except (OSError, HTTPException) as silent:
        raise NoAnswer(str(silent)) from None
    if time.monotonic() >= deadline:
        raise NoAnswer("it took too long")  # and was cut off, which looks like an end
    if len(data) > longest:
        raise NoAnswer(f"more than {longest} bytes")
    return Answer(answer.status, answer.headers.get_content_type(), data)


@contextmanager
def _cut_off(link: socket.socket, after_s: float) -> Iterator[None]:
    """End the connection when its time is up, however often a byte of it comes."""

    def cut() -> None:
        with suppress(OSError):  # it has ended by itself
            socket.socket.shutdown(link, socket.SHUT_RDWR)

    timer = Timer(max(0.0, after_s), cut)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
