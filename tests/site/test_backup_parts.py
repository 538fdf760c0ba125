"""The parts that backups are made of: closed files, kept pieces, the shelf, settings."""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from madang.site.archiving import UnableToArchive, archiving, server_settings
from madang.site.backup.archive import (
    UnableToKeep,
    keep,
    main,
    pieces_in,
    shelf_of_wal,
)
from madang.site.backup.sealing import (
    UnableToOpen,
    make_identity,
    opened,
    parse_identities,
    parse_recipients,
    seal,
    seal_into,
)
from madang.site.backup.shelf import (
    Base,
    OutsideWindow,
    Part,
    base_for,
    bases_in,
    missing_from,
    name_of,
    needed_until,
    number_of,
    pieces,
    remove,
    surplus,
    timeline_at,
    write_base,
)
from madang.site.backup.taking import open_address
from madang.site.cli.main import main as madang
from madang.site.postgres import DATABASE, Server
from madang.site.serve import follower

IDENTITY, KEY = make_identity()
OPENS = parse_identities(IDENTITY)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SEGMENT = 1 << 24


def write_closed(path: Path, data: bytes) -> None:
    seal([data], path, parse_recipients([KEY]))


def read_closed(path: Path, identity: str = IDENTITY) -> bytes:
    with opened(path, parse_identities(identity)) as stream:
        return stream.read()


# Closed files


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=100_000), max_size=4))
def test_what_was_closed_opens_to_what_it_was(tmp_path: Path, chunks: list[bytes]) -> None:
    path = tmp_path / "closed"
    path.unlink(missing_ok=True)
    done = seal(chunks, path, parse_recipients([KEY]))
    assert read_closed(path) == b"".join(chunks)
    assert (done.plain_size, done.size) == (sum(map(len, chunks)), path.stat().st_size)


def test_each_of_several_keys_opens_alone(tmp_path: Path) -> None:
    other, other_key = make_identity()
    seal([b"words"], tmp_path / "closed", parse_recipients([KEY, other_key]))
    assert read_closed(tmp_path / "closed") == read_closed(tmp_path / "closed", other) == b"words"


def test_another_identity_and_an_altered_file_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "closed"
    write_closed(path, os.urandom(300_000))
    with pytest.raises(UnableToOpen, match="wrong-identity"):
        read_closed(path, make_identity()[0])
    data = path.read_bytes()
    for harmed in (data[:-1], data[:200_000], data[:-9] + b"?" + data[-8:], b"", data[:90]):
        path.write_bytes(harmed)
        with pytest.raises(UnableToOpen, match="altered"):
            read_closed(path)


def test_a_reader_that_stops_halfway_hears_of_the_harm_behind_it(tmp_path: Path) -> None:
    path = tmp_path / "closed"
    write_closed(path, os.urandom(3_000_000))
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(UnableToOpen, match="altered"), opened(path, OPENS) as stream:
        stream.read(10)


def test_what_the_source_raises_comes_out_as_it_is(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"some"
        raise UnableToKeep("mine")

    with pytest.raises(UnableToKeep, match="mine"):
        seal(broken(), tmp_path / "closed", parse_recipients([KEY]))


def test_a_full_disk_is_told_as_the_system_tells_it() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with (
        Path("/dev/full").open("wb", buffering=0) as full,
        pytest.raises(OSError, match="No space left"),
    ):
        seal_into(full, [os.urandom(1 << 20)], parse_recipients([KEY]))


# Pieces of the log


@pytest.fixture
def piece(tmp_path: Path) -> Path:
    path = tmp_path / "0000000100000000000000A1"
    path.write_bytes(os.urandom(5000))
    return path


def test_a_piece_is_kept_once_however_often_it_comes(tmp_path: Path, piece: Path) -> None:
    shelf = tmp_path / "shelf"
    for _ in range(2):
        keep(piece, piece.name, shelf=shelf, keys=[KEY])
    (kept,) = pieces(shelf)
    assert kept.name == piece.name
    assert read_closed(kept.path) == piece.read_bytes()
    assert [path for path in shelf.rglob("*") if path.is_file()] == [kept.path]


def test_another_piece_of_the_same_name_is_refused(
    tmp_path: Path, piece: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf = tmp_path / "shelf"
    keep(piece, piece.name, shelf=shelf, keys=[KEY])
    before = next(pieces(shelf))
    piece.write_bytes(b"of another city")
    assert main([str(shelf), KEY, str(piece), piece.name]) == 1
    assert "second city" in capsys.readouterr().err
    assert list(pieces(shelf)) == [before]


@pytest.mark.parametrize("name", ["../0000000100000000000000A1", "x", "0000000100000000000000a1"])
def test_what_is_no_piece_of_a_log_is_refused(tmp_path: Path, piece: Path, name: str) -> None:
    with pytest.raises(UnableToKeep, match="no piece"):
        keep(piece, name, shelf=tmp_path / "shelf", keys=[KEY])


def test_a_draft_that_a_crash_left_is_no_piece(tmp_path: Path, piece: Path) -> None:
    shelf = tmp_path / "shelf"
    folder = shelf_of_wal(shelf, piece.name)
    folder.mkdir(parents=True)
    (folder / f".{piece.name}.new").write_bytes(b"half")
    assert pieces_in(folder) == []
    keep(piece, piece.name, shelf=shelf, keys=[KEY])
    assert len(list(folder.iterdir())) == 1


# The shelf


def make_base(folder: Path, *, hours: float, segment: int, timeline: int = 1) -> Base:
    at = NOON + timedelta(hours=hours)
    place = folder / "77" / "base"
    draft = place / ".draft.new"
    draft.mkdir(parents=True)
    base = Base(
        name=f"{at:%Y%m%dT%H%M%SZ}",
        system="77",
        madang="1",
        postgres=18,
        database="madang",
        user="postgres",
        is_own=True,
        segment_bytes=SEGMENT,
        timeline=timeline,
        start_lsn=f"0/{segment * SEGMENT + 40:X}",
        end_lsn=f"0/{segment * SEGMENT + 288:X}",
        started_at=at,
        finished_at=at,
        parts=(Part("database.tar.gz.age", 5, 9, "00"),),
        folder=place / f"{at:%Y%m%dT%H%M%SZ}",
    )
    return write_base(base, draft)


def keep_segments(folder: Path, *numbers: int, timeline: int = 1) -> None:
    for number in numbers:
        name = name_of(timeline, number, SEGMENT)
        path = folder / "source"
        path.write_bytes(name.encode())
        keep(path, name, shelf=folder / "77", keys=[KEY])


def test_a_base_backup_reads_as_it_was_written(tmp_path: Path) -> None:
    first = make_base(tmp_path, hours=0, segment=1)
    second = make_base(tmp_path, hours=1, segment=3)
    assert bases_in(tmp_path) == [first, second]
    assert (second.first_number, second.last_number) == (3, 3)


@given(st.integers(1, 2**32 - 1), st.integers(0, 2**40), st.sampled_from([1 << 20, 1 << 24]))
def test_a_segments_name_and_its_place_are_one(timeline: int, number: int, size: int) -> None:
    number %= (1 << 32) * ((1 << 32) // size)
    assert number_of(name_of(timeline, number, size), size) == number


def test_names_are_those_of_postgresql() -> None:
    """pg_walfile_name('1/2A000028') on a server with segments of 16 MB."""
    assert name_of(1, 0x12A000028 // SEGMENT, SEGMENT) == "00000001000000010000002A"


def test_the_newest_backup_before_the_moment_is_taken(tmp_path: Path) -> None:
    first, second = (make_base(tmp_path, hours=h, segment=1 + h) for h in (0, 2))
    bases = bases_in(tmp_path)
    assert base_for(NOON + timedelta(hours=1), bases) == first
    assert base_for(NOON + timedelta(hours=2), bases) == base_for(None, bases) == second
    with pytest.raises(OutsideWindow) as outside:
        base_for(NOON - timedelta(seconds=1), bases)
    assert outside.value.earliest == NOON


def test_a_gap_in_the_log_is_named_where_it_matters(tmp_path: Path) -> None:
    first, second = (make_base(tmp_path, hours=h, segment=s) for h, s in ((0, 1), (2, 6)))
    keep_segments(tmp_path, 1, 2, 3, 5, 6, 7)
    kept, bases = list(pieces(tmp_path / "77")), bases_in(tmp_path)
    assert missing_from(first, kept) == [name_of(1, 4, SEGMENT)]
    assert missing_from(second, kept) == []
    until = needed_until(first, NOON + timedelta(hours=1), bases)
    assert until == 6
    assert missing_from(first, kept, until=3) == []
    assert needed_until(second, NOON + timedelta(hours=3), bases) is None


def test_a_moment_lies_on_the_timeline_that_was_lived_on_then(tmp_path: Path) -> None:
    base = make_base(tmp_path, hours=0, segment=1)
    history = tmp_path / "source"
    history.write_text("1\t0/3000000\tbefore the mishap\n", "utf-8")
    keep(history, "00000002.history", shelf=tmp_path / "77", keys=[KEY])
    (kept,) = pieces(tmp_path / "77")
    os.utime(kept.path, ((NOON + timedelta(hours=5)).timestamp(),) * 2)
    assert timeline_at(NOON + timedelta(hours=4), base, [kept]) == 1
    assert timeline_at(NOON + timedelta(hours=6), base, [kept]) == 2


def test_pruning_keeps_every_moment_of_the_days_that_are_kept(tmp_path: Path) -> None:
    bases = [make_base(tmp_path, hours=24 * day, segment=10 * day + 1) for day in range(4)]
    keep_segments(tmp_path, *range(1, 40))
    keep_segments(tmp_path, 25, timeline=2)
    found = surplus(tmp_path, since=NOON + timedelta(hours=60))
    assert found.bases == tuple(bases[:2])
    numbers = {number_of(piece.name, SEGMENT) for piece in found.pieces}
    assert numbers == set(range(1, 21))
    remove(found)
    assert bases_in(tmp_path) == bases[2:]
    assert missing_from(bases[2], list(pieces(tmp_path / "77"))) == []
    assert surplus(tmp_path, since=NOON + timedelta(days=900)).bases == (bases[2],)


@pytest.mark.parametrize(
    ("moment", "says"),
    [
        ("2026-03-01T20:59:59", "can be restored is 2026-03-01T21:00:00+09:00"),  # Seoul's time
        ("2026-03-01T11:59:59Z", "can be restored is 2026-03-01T21:00:00+09:00"),
        ("2026-03-01T21:30", "reach until 2026-03-01T21:10:00+09:00; `--to end`"),
        ("9999-01-01T00:00+09:00", "is in the future"),
        ("yesterday", "yesterday: this is no moment; write it as"),
    ],
)
def test_a_moment_that_no_backup_leads_to_is_refused_with_the_window(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    moment: str,
    says: str,
) -> None:
    make_base(tmp_path, hours=0, segment=1)
    keep_segments(tmp_path, 1)
    (kept,) = pieces(tmp_path / "77")
    os.utime(kept.path, ((NOON + timedelta(minutes=10)).timestamp(),) * 2)
    (tmp_path / "identity").write_text(IDENTITY, "utf-8")
    monkeypatch.setenv("MADANG_BACKUP_DIR", str(tmp_path))
    words = ["--to", moment, "--identity", str(tmp_path / "identity"), "--into", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", ["madang", "restore", *words])
    with pytest.raises(SystemExit) as left:
        madang()
    said = capsys.readouterr()
    assert (left.value.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert says in said.err


# Settings


def named(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name in ("DIR", "KEYS", "LAG"):
        monkeypatch.delenv(f"MADANG_BACKUP_{name}", raising=False)
    for name, value in values.items():
        monkeypatch.setenv(f"MADANG_BACKUP_{name}", value)


def test_without_a_folder_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    named(monkeypatch, KEYS=KEY)
    assert archiving() is None
    assert server_settings(tmp_path, None) == "archive_mode = off\n"


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "MADANG_BACKUP_KEYS is not"),
        ({"KEYS": "age1nonsense"}, "age1nonsense"),
        ({"KEYS": IDENTITY}, "AGE-SECRET-KEY-…"),
        ({"KEYS": KEY, "LAG": "0"}, "from 1 to 86400"),
        ({"KEYS": KEY, "LAG": "soon"}, "soon"),
    ],
)
def test_settings_that_do_not_fit_are_one_sentence(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], says: str
) -> None:
    named(monkeypatch, DIR="backups", **values)
    with pytest.raises(UnableToArchive) as wrong:
        archiving()
    assert says in str(wrong.value)
    assert IDENTITY not in str(wrong.value)


def test_a_password_stays_out_of_the_list_of_processes() -> None:
    shown, env = open_address("postgresql://madang:a%20long%20one@db.example/madang?sslmode=prefer")
    assert "long" not in shown
    assert "sslmode=prefer" in shown
    assert env["PGPASSWORD"] == "a long one"


def test_only_the_log_of_anothers_server_is_followed_while_serving(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = Server(tmp_path / "postgres").address(DATABASE)
    named(monkeypatch, DIR=str(tmp_path / "backups"), KEYS=KEY)
    monkeypatch.setenv("MADANG_DATABASE_URL", own)
    assert follower(tmp_path) == []
    monkeypatch.setenv("MADANG_DATABASE_URL", "postgresql://madang@db.example/madang")
    (child,) = follower(tmp_path)
    assert child.command[-1] == "madang.site.backup.follow"
    named(monkeypatch)
    assert follower(tmp_path) == []
