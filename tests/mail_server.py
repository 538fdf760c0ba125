"""A mail server on a port of its own: it takes mail, or refuses as servers in trouble do."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class MailServer(socketserver.ThreadingTCPServer):
    """greeting: what it says first; port: where it listens; taken: the mails it took."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, greeting: str) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.greeting, self.taken = greeting, list[str]()
        self.port: int = self.server_address[1]


class _Talk(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say(self.server.greeting)
        while line := self.rfile.readline().decode().strip():
            word = line.upper()
            if word == "DATA":
                self._say("354 go on")
                self.server.taken.append(self._mail())
                self._say("250 taken")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _mail(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode()) != ".\r\n":
            lines.append(line)
        return "".join(lines)

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


@contextmanager
def mail_server(greeting: str = "220 here") -> Iterator[MailServer]:
    with MailServer(greeting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
