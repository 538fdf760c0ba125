"""The real program in a data folder of its own, as a newcomer starts it.

Or each block apart, behind a proxy with the configuration that `madang deploy` wrote.
"""

import ctypes
import http.cookiejar
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
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path

from conftest import data_folder
from madang.ground.block import discover_blocks

BLOCKS = [placed.block for placed in discover_blocks()]
APART = [f"/{block.name}/" for block in BLOCKS if block.home]
PORTS_APART = 3 + len(BLOCKS)
MADANG = str(Path(sys.executable).parent / "madang")


class City:
    """A city of its own: `run` a command in it, `start` and `stop` its demo."""

    def __init__(self, data: Path, *, is_apart: bool = False) -> None:
        self.is_apart = is_apart
        self.port, self.proxy_port = _free_ports(PORTS_APART), _free_ports(1)
        self.url = f"http://127.0.0.1:{self.proxy_port if is_apart else self.port}"
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("MADANG", "DJANGO"))}
        self.env |= {"MADANG_DATA": str(data), "MADANG_LANGUAGE": "en"}
        if is_apart:
            self.env |= {"MADANG_LIVE_URL": f"{self.url}/live", "MADANG_PROXIES": "1"}
        self.server: subprocess.Popen[str] | None = None
        self.log: Path | None = None  # where the server's standard error goes; else with the tests'
        self.proxy: subprocess.Popen[bytes] | None = None

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
                [MADANG, "demo", "--port", str(self.port), *(["--apart"] if self.is_apart else [])],
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
        if self.is_apart:
            self._start_proxy()
        self.wait_for_pages()
        return password[0]

    def _start_proxy(self) -> None:
        """Run nginx with what `madang deploy` wrote, and nothing more than it needs to be run."""
        folder = Path(self.env["MADANG_DATA"]) / "proxy"
        listen = f"127.0.0.1:{self.proxy_port}"
        self.run("deploy", str(folder), "--port", str(self.port), "--listen", listen)
        places = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = " ".join(f"{place}_temp_path {folder}/{place};" for place in places)
        (folder / "main.conf").write_text(
            f"{'user root;' if os.geteuid() == 0 else ''} daemon off; pid {folder}/pid;"
            f" error_log {folder}/errors; events {{}}"
            f" http {{ access_log off; {temporary} include {folder}/nginx.conf; }}"
        )
        self.proxy = subprocess.Popen(
            ["nginx", "-c", str(folder / "main.conf"), "-e", str(folder / "errors")],
            preexec_fn=_end_with_the_tests,
        )

    def wait_for_pages(self) -> None:
        for path in APART if self.is_apart else ("/readyz",):
            self._wait_for(path)

    def _wait_for(self, path: str) -> None:
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"{self.url}{path}", timeout=5) as answer:
                    assert answer.status == 200
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"{path} does not answer")

    def stop(self, number: int = signal.SIGTERM) -> None:
        assert self.server is not None
        os.kill(self.server.pid, number)
        self.server.wait(30)
        assert self.server.stdout is not None
        self.server.stdout.close()
        self.server = None
        if self.proxy is not None:
            self.proxy.terminate()
            self.proxy.wait(30)
            self.proxy = None

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

    def sign_in(self, email: str, password: str) -> None:
        page = self.get("/en/account/login/")
        self.post("/en/account/login/", page, login=email, password=password)


@contextmanager
def city_of_its_own(*, is_apart: bool = False) -> Iterator[City]:
    with data_folder() as data:
        city = City(data, is_apart=is_apart)
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


def _free_ports(count: int) -> int:
    """The first of so many ports in a row that are free."""
    while True:
        with ExitStack() as held:
            first = held.enter_context(socket.socket())
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                for after in range(1, count):
                    held.enter_context(socket.socket()).bind(("127.0.0.1", port + after))
            except (OSError, OverflowError):
                continue
            return port
