"""`madang journal witness serve`: what its operator types, what it remembers when killed."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread

import pytest

from madang.core.tlog.checkpoint import Checkpoint
from madang.core.tlog.merkle import leaf_hash
from madang.core.tlog.note import Note, parse_key, signers
from madang.core.tlog.proofs import Tree
from madang.core.tlog.tiles import Edge, append
from madang.core.tlog.witness import Addition, cosignature_in
from madang.ground.journal.keys import city_key, sign, verify, witness_key
from madang.site.cli.main import main
from madang.site.witness import StateInUse, Witness, WitnessServer, sole_keeper

MADANG = str(Path(sys.executable).parent / "madang")
ORIGIN = "daon.example/journal"
LOG = city_key(ORIGIN)


def request(size: int, old_size: int, *, entry: bytes = b"entry") -> Addition:
    """What a city asks whose log has this size. entry: another one makes another log."""
    edge, _ = append(Edge(), [leaf_hash(entry + b"%d" % number) for number in range(size)])
    (row,) = edge.rows
    proof = Tree(size, lambda level, number, width: row[: 32 * width]).consistency(old_size)
    head = Checkpoint(ORIGIN, size, edge.root())
    return Addition(old_size, tuple(proof), sign(head.text, ORIGIN))


def ask(port: int, body: bytes, path: str = "/add-checkpoint") -> tuple[int, str, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", path, body)
    answer = connection.getresponse()
    told = answer.status, answer.headers.get_content_type(), answer.read()
    connection.close()
    return told


@contextmanager
def process(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int, str]]:
    """Run the witness as its operator does; yield it with its port and its public key."""
    command = [MADANG, "journal", "witness", "serve", "--name", "ngo.example", "--port", "0"]
    files = ["--secret", str(folder / "secret"), "--state", str(folder / "state")]
    with subprocess.Popen(
        [*command, *files, "--log", str(LOG)], stdout=subprocess.PIPE, text=True,
        env={"MADANG_LANGUAGE": "en"},
    ) as running:  # fmt: skip
        assert running.stdout is not None
        key = running.stdout.readline().rpartition(" ")[2].strip()
        port = int(running.stdout.readline().split(";")[0].rpartition(":")[2])
        try:
            yield running, port, key
        finally:
            running.kill()


def test_a_witness_that_was_killed_still_knows_what_it_signed(tmp_path: Path) -> None:
    with process(tmp_path) as (running, port, key):
        status, _, answer = ask(port, bytes(request(7, 0)))
        assert status == 200
        line, at = cosignature_in(answer, request(7, 0).note.text, parse_key(key), verify)
        assert (line.name, abs(at - time.time()) < 600) == ("ngo.example", True)
        running.send_signal(signal.SIGKILL)
        running.wait()
    with process(tmp_path) as (_, port, again):
        assert again == key
        assert ask(port, bytes(request(5, 0))) == (409, "text/x.tlog.size", b"7\n")
        assert ask(port, bytes(request(9, 7, entry=b"forged")))[0] == 422
        assert ask(port, bytes(request(7, 7, entry=b"forged")))[0] == 409
        assert ask(port, bytes(request(9, 7)))[0] == 200
        assert ask(port, bytes(request(9, 9)))[0] == 200


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WitnessServer]:
    (tmp_path / "state").mkdir()
    witness = Witness(name="ngo.example", secret="x" * 40, state=tmp_path / "state", logs=[LOG])
    with WitnessServer(("127.0.0.1", 0), witness) as serving:
        thread = Thread(target=lambda: serving.serve_forever(poll_interval=0.02))
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


def test_what_is_no_request_is_answered_in_one_sentence(server: WitnessServer) -> None:
    port = server.server_port
    assert ask(port, b"nonsense") == (
        400, "text/plain", b"the request does not begin with an old size\n",
    )  # fmt: skip
    assert ask(port, b"x" * 70_000)[0] == 413
    assert ask(port, b"old 0\n\n", "/elsewhere")[0] == 404
    unsigned = Addition(0, (), Note(request(3, 0).note.text, request(4, 0).note.signatures))
    assert ask(port, bytes(unsigned))[0] == 403


def test_a_witness_tells_people_who_it_is_and_what_it_saw(server: WitnessServer) -> None:
    ask(server.server_port, bytes(request(3, 0)))
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request("GET", "/")
    said = connection.getresponse().read().decode()
    connection.close()
    assert said == f"{witness_key('ngo.example', 'x' * 40)}\n\n{request(3, 0).note}"


def test_of_two_requests_at_once_no_older_one_rolls_a_newer_one_back(server: WitnessServer) -> None:
    assert ask(server.server_port, bytes(request(3, 0)))[0] == 200
    with ThreadPoolExecutor(8) as threads:
        sizes = [4, 5, 6, 7, 8, 9, 10, 11]
        told = threads.map(lambda n: ask(server.server_port, bytes(request(n, 3)))[0], sizes)
        statuses = list(told)
    assert sorted(statuses) == [200, *[409] * 7]
    size = sizes[statuses.index(200)]
    assert ask(server.server_port, bytes(request(3, 0)))[2] == f"{size}\n".encode()


def test_what_was_signed_is_on_disk_for_its_owner_alone(
    server: WitnessServer, tmp_path: Path
) -> None:
    ask(server.server_port, bytes(request(3, 0)))
    (kept,) = (tmp_path / "state").glob("*.checkpoint")
    assert kept.read_text("utf-8") == str(request(3, 0).note)
    assert kept.stat().st_mode & 0o077 == 0


def test_two_witnesses_cannot_keep_one_memory(tmp_path: Path) -> None:
    with sole_keeper(tmp_path), pytest.raises(StateInUse), sole_keeper(tmp_path):
        pass


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--log", "nonsense"], "nonsense: this is no key"),
        (["--log", str(witness_key("x.example", "x" * 40))], "the key of a witness, not of a log"),
        (["--log", str(LOG), "--name", "two words"], "a name has no spaces"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    files = ["--secret", str(tmp_path / "secret"), "--state", str(tmp_path / "state")]
    command = ["madang", "journal", "witness", "serve", "--name", "ngo.example", *files, *words]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit) as left:
        main()
    assert (left.value.code, said in capsys.readouterr().err) == (2, True)


def test_the_signature_of_the_log_is_no_witness_s() -> None:
    assert signers(request(3, 0).note, [witness_key("ngo.example", "x" * 40)], verify) == []
