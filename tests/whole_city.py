"""The real program in a data folder of its own, as a newcomer starts it."""

import ctypes
import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from conftest import data_folder

MADANG = str(Path(sys.executable).parent / "madang")


class City:
    """A city of its own: `run` a command in it, `start` and `stop` its demo."""

    def __init__(self, data: Path) -> None:
        self.port = _free_ports()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("MADANG", "DJANGO"))}
        self.env |= {"MADANG_DATA": str(data), "MADANG_LANGUAGE": "en"}
        self.server: subprocess.Popen[str] | None = None
        self.log: Path | None = None  # where the server's standard error goes; else with the tests'

    def run(
        self, *words: str, expect: int = 0, program: str = MADANG
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [program, *words],
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return done

    def start(self) -> str:
        """Start the demo; return the password it prints for its people once its pages answer."""
        with nullcontext() if self.log is None else self.log.open("a") as log:
            self.server = subprocess.Popen(
                [MADANG, "demo", "--port", str(self.port)],
                env=self.env,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
                preexec_fn=_end_with_the_tests,
            )
        assert self.server.stdout is not None
        printed = "".join(self.server.stdout.readline() for _ in range(3))
        password = re.search(r"daon-[0-9a-f]+", printed)
        assert password, printed
        self.wait_for_pages()
        return password[0]

    def wait_for_pages(self) -> None:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=10) as answer:
                    assert json.load(answer)["ready"]
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the pages do not answer")

    def stop(self, number: int = signal.SIGTERM) -> None:
        assert self.server is not None
        os.kill(self.server.pid, number)
        self.server.wait(30)
        assert self.server.stdout is not None
        self.server.stdout.close()
        self.server = None

    def wait_for_free_ports(self) -> None:
        """Until the processes of a killed server have followed it."""
        for _ in range(200):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", self.port))
                except OSError:
                    time.sleep(0.1)
                else:
                    return
        raise AssertionError("the port is still taken")


class Browser:
    """As much of a browser as signing in and voting take."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.jar = http.cookiejar.CookieJar()
        self.open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar)).open

    def get(self, path: str) -> str:
        with self.open(self.url + path, timeout=30) as answer:
            text: str = answer.read().decode()
            return text

    def post(self, path: str, page: str, **fields: object) -> str:
        """Send a form with the token of the page it stands on."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, page
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        with self.open(self.url + path, body, timeout=30) as answer:
            text: str = answer.read().decode()
            return text


@contextmanager
def city_of_its_own() -> Iterator[City]:
    with data_folder() as data:
        city = City(data)
        try:
            yield city
        finally:
            if city.server is not None:
                city.stop()


def _end_with_the_tests() -> None:
    """Ask Linux to stop this process when the tests are killed, so that no city is left behind."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _free_ports() -> int:
    """A port that is free together with the next one."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
