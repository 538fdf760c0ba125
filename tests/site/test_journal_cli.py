"""`madang journal verify`: what an outsider types, and what it says of a log that was touched."""

import json
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from madang.core.tlog.checkpoint import Checkpoint, Proof
from madang.core.tlog.merkle import leaf_hash
from madang.core.tlog.note import parse_note
from madang.core.tlog.proofs import Tree
from madang.core.tlog.tiles import Edge, append, pack, path_of
from madang.ground.journal.keys import city_key, sign, witness_key
from madang.site.cli.main import main

ORIGIN = "daon.example/journal"
ENTRIES = [b'{"number":%d}' % number for number in range(300)]
Ask = Callable[..., tuple[int, str, str]]


def write_log(folder: Path, size: int) -> None:
    """Write a log of the first entries, signed by the city, as its files lie in a data folder."""
    edge, full = append(Edge(), [leaf_hash(entry) for entry in ENTRIES[:size]])
    for tile in (*full, *edge.partial_tiles()):
        put(folder / path_of(tile.level, tile.number, tile.width), tile.hashes)
    for number in range(-(-size // 256)):
        some = ENTRIES[256 * number : min(256 * (number + 1), size)]
        put(folder / path_of("entries", number, len(some)), pack(some))
    head = Checkpoint(ORIGIN, size, edge.root())
    put(folder / "checkpoint", str(sign(head.text, ORIGIN)).encode())
    put(folder / "key", f"{city_key(ORIGIN)}\n".encode())


def put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    write_log(tmp_path / "log", 200)
    shutil.copy(tmp_path / "log" / "checkpoint", tmp_path / "older")
    write_log(tmp_path / "log", 300)
    return tmp_path / "log"


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run `madang journal verify`; return exit code, output and the last line of errors."""

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["madang", "journal", "verify", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        return int(left.value.code or 0), printed.out, printed.err.strip().rpartition("\n")[2]

    return run


@pytest.fixture
def served(log: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *said: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=log)) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def receipt_for(log: Path, place: int) -> Proof:
    """The proof of an entry under the head of 200, with the entry."""
    edge, _ = append(Edge(), [leaf_hash(entry) for entry in ENTRIES[:200]])
    (row,) = edge.rows
    steps = Tree(200, lambda level, number, width: row[: 32 * width]).inclusion(place)
    note = parse_note((log.parent / "older").read_bytes())
    return Proof(place, tuple(steps), note, ENTRIES[place])


def test_a_whole_log_is_found_whole(log: Path, ask: Ask) -> None:
    code, out, _ = ask(log)
    assert code == 0
    assert f"The log {ORIGIN} is whole: 300 entries" in out
    assert f"Signed by the key it names itself: {city_key(ORIGIN)}" in out
    assert "Signed by" not in ask(log, "--key", city_key(ORIGIN))[1]


def test_a_log_is_read_over_the_web(served: str, ask: Ask) -> None:
    code, out, _ = ask(served, "--json", "-")
    assert code == 0
    assert json.loads(out[out.index("{") :])["size"] == 300
    code, _, said = ask(f"{served}/elsewhere")
    assert (code, said) == (3, f"{served}/elsewhere/key: cannot be read: 404.")


def test_an_older_head_and_a_receipt_are_held_against_the_log(log: Path, ask: Ask) -> None:
    receipt = log.parent / "mine.tlog-proof"
    receipt.write_text(str(receipt_for(log, 17)), "utf-8")
    code, out, _ = ask(log, "--since", log.parent / "older", "--receipt", receipt, "--json", "-")
    assert code == 0
    found = json.loads(out[out.index("{") :])
    assert found["entries_checked"] == 300
    assert found["since"]["size"] == 200
    assert found["receipt"] == {"place": 17, "entry": '{"number":17}'}
    assert list(found) == [
        *("origin", "size", "root", "key", "key_given", "entries_checked", "since", "receipt")
    ]


def test_a_receipt_for_another_entry_is_refused(log: Path, ask: Ask) -> None:
    receipt = log.parent / "mine.tlog-proof"
    text = str(receipt_for(log, 17)).replace("index 17", "index 16")
    receipt.write_text(text, "utf-8")
    code, _, said = ask(log, "--receipt", receipt)
    assert (code, "does not lead from this entry" in said) == (1, True)


def test_a_log_that_was_cut_short_does_not_begin_with_its_past(log: Path, ask: Ask) -> None:
    shutil.rmtree(log)
    write_log(log, 150)
    code, _, said = ask(log, "--since", log.parent / "older")
    assert (code, "shrank from 200 to 150" in said) == (1, True)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("tile/entries/000", "tile/0/000 is not what its entries make"),
        ("tile/0/001.p/44", "tile/0/001.p/44 is not what its entries make"),
        ("tile/1/000.p/1", "tile/1/000.p/1 is not what its entries make"),
    ],
)
def test_a_changed_file_is_named(log: Path, ask: Ask, path: str, reason: str) -> None:
    data = (log / path).read_bytes()
    (log / path).write_bytes(data[:-2] + b"?" + data[-1:])
    code, _, said = ask(log)
    assert (code, reason in said) == (1, True), said


def test_a_changed_head_a_wrong_key_and_no_log_at_all_are_told_apart(log: Path, ask: Ask) -> None:
    other = city_key("other.example/journal")
    assert "no key at hand signed for daon.example" in ask(log, "--key", other)[2]
    assert "this is no key" in ask(log, "--key", "nonsense")[2]
    head = (log / "checkpoint").read_text("utf-8")
    (log / "checkpoint").write_text(head.replace("\n300\n", "\n299\n"), "utf-8")
    assert f"the signature of {ORIGIN} does not fit" in ask(log)[2]
    code, _, said = ask(log.parent / "nothing")
    assert (code, said) == (2, f"{log.parent / 'nothing' / 'key'}: there is no such file.")


# Witnesses


@pytest.fixture
def cosign(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], log: Path) -> Ask:
    """Witness the log, as ngo.example with files beside it."""
    files = {name: log.parent / name for name in ("secret", "seen")}

    def run(*words: object) -> tuple[int, str, str]:
        named = ["--name", "ngo.example", "--secret", files["secret"], "--seen", files["seen"]]
        command = ["madang", "journal", "cosign", log, *named, *words]
        monkeypatch.setattr(sys, "argv", list(map(str, command)))
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        return int(left.value.code or 0), printed.out, printed.err.strip().rpartition("\n")[2]

    return run


def test_a_witness_countersigns_what_grew_and_others_can_ask_for_it(
    log: Path, ask: Ask, cosign: Ask
) -> None:
    code, out, _ = cosign()
    assert (code, "Countersigned: 300 entries" in out) == (0, True)
    key = out.rpartition("Your public key: ")[2].strip()
    assert (log.parent / "secret").stat().st_mode & 0o077 == 0
    seen = log.parent / "seen"
    found = json.loads(ask(log, "--since", seen, "--witness", key, "--json", "-")[1])
    assert [witness["name"] for witness in found["since"]["witnesses"]] == ["ngo.example"]
    assert cosign()[0] == 0  # the same head once more
    other = city_key("other.example")
    code, _, said = ask(log, "--since", log.parent / "older", "--witness", key)
    assert (code, "0 of 1 witnesses countersigned this head; not: ngo.example" in said) == (1, True)
    assert ask(log, "--since", seen, "--witness", other)[0] == 1


def test_as_many_witnesses_must_have_countersigned_the_newest_head_as_one_asks_for(
    log: Path, ask: Ask, cosign: Ask
) -> None:
    key = cosign()[1].rpartition("Your public key: ")[2].strip()
    silent = witness_key("paper.example", "x" * 40)
    assert ask(log, "--witness", key)[0] == 1  # the city has not published it
    shutil.copy(log.parent / "seen", log / "checkpoint")
    code, out, _ = ask(log, "--witness", key)
    assert (code, "ngo.example countersigned it at 20" in out) == (0, True)
    code, _, said = ask(log, "--witness", key, "--witness", silent)
    assert (code, "1 of 2 witnesses countersigned this head; not: paper.example" in said) == (
        1,
        True,
    )
    assert ask(log, "--witness", key, "--witness", silent, "--quorum", "1")[0] == 0
    assert ask(log, "--witness", key, "--witness", key, "--quorum", "2")[0] == 1


def test_a_witness_refuses_a_log_that_forgot_what_it_saw(log: Path, cosign: Ask) -> None:
    assert cosign()[0] == 0
    before = (log.parent / "seen").read_bytes()
    shutil.rmtree(log)
    write_log(log, 150)
    code, _, said = cosign()
    assert (code, "shrank from 300 to 150" in said) == (1, True)
    assert (log.parent / "seen").read_bytes() == before
