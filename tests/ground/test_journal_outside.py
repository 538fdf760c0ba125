"""The journal in the hands of outsiders: programs that we did not write must find it whole."""

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pymerkle
import pytest
from django.conf import LazySettings

from ground.gates import open_gates
from madang.core.tlog.checkpoint import parse_checkpoint, parse_proof
from madang.core.tlog.merkle import leaf_hash
from madang.core.tlog.note import parse_note
from madang.core.tlog.tiles import path_of, unpack, width_of
from madang.ground.journal import files, queries
from madang.ground.journal.services import extend_journal

AT = datetime(2020, 5, 21, 6, 0, tzinfo=UTC)
GO_LIBRARIES = Path("/usr/share/gocode")
SOURCE = Path(__file__).parent / "outsider"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def outsider(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program made of Go's own note and tlog packages."""
    if shutil.which("go") is None or not (GO_LIBRARIES / "src/golang.org/x/mod/sumdb").is_dir():
        pytest.skip("no Go (Debian: apt install golang-go golang-golang-x-mod-dev)")
    made = tmp_path_factory.mktemp("outsider")
    env = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": str(GO_LIBRARIES),
        "GOCACHE": str(made / "cache"),
    }
    program = made / "outsider"
    subprocess.run(["go", "build", "-o", program, "."], cwd=SOURCE, env=env, check=True)
    return program


@pytest.fixture
def log(settings: LazySettings, tmp_path: Path) -> Path:
    """A log that grew twice, to 700 entries; the head of 300 is kept beside it."""
    settings.MADANG_DATA = tmp_path
    for count in (300, 400):
        open_gates(*[f"{count}/{number}" for number in range(count)])
        extend_journal(at=AT)
        shutil.copy(files.folder() / "checkpoint", tmp_path / f"checkpoint-{count}")
    return files.folder()


def asks(outsider: Path, log: Path) -> subprocess.CompletedProcess[str]:
    key = (log / "key").read_text().strip()
    command = [outsider, log, key, log.parent / "checkpoint-300"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_go_finds_the_log_whole_signed_and_grown(outsider: Path, log: Path) -> None:
    told = asks(outsider, log)
    assert (told.returncode, told.stdout, told.stderr) == (0, "700\n", "")


@pytest.mark.parametrize(
    ("path", "at"),
    [
        ("tile/entries/001", 40),  # within the text of an entry
        ("tile/0/001", 40),
        ("tile/0/002.p/188", 40),
        ("tile/1/000.p/2", 40),
        ("checkpoint", 19),  # the size
    ],
)
def test_go_finds_any_byte_that_was_changed(outsider: Path, log: Path, path: str, at: int) -> None:
    data = bytearray((log / path).read_bytes())
    data[at] = data[at] + 1 if data[at] != 57 else 48
    (log / path).write_bytes(bytes(data))
    told = asks(outsider, log)
    assert told.returncode == 1, told.stdout


def test_pymerkle_makes_the_same_root_and_accepts_our_proofs(log: Path) -> None:
    head = parse_checkpoint(parse_note((log / "checkpoint").read_bytes()))
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for number in range(3):
        width = width_of(0, number, head.size)
        for entry in unpack((log / path_of("entries", number, width)).read_bytes()):
            tree.append_entry(entry)
    assert (tree.get_size(), tree.get_root()) == (head.size, head.root)
    for place in (0, 255, 256, 699):
        found = queries.proof_of(place)
        assert found is not None
        proof = parse_proof(str(found).encode())
        theirs = tree.prove_inclusion(place + 1)
        own = leaf_hash(proof.extra)
        assert [step for step in theirs.path if step != own] == list(proof.steps)
