"""The journal: every event in its place, signed, checked from outside, held against the rows."""

import json
import shutil
import threading
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections, transaction
from django.test import Client

from ground.gates import GUEST, GateOpened, open_gates, welcome
from madang.core.tlog.check import check_entry, check_growth, check_head, check_log
from madang.core.tlog.checkpoint import Checkpoint, parse_proof
from madang.core.tlog.note import parse_key, parse_note
from madang.core.tlog.trouble import NotProved
from madang.ground.events import outbox
from madang.ground.events.event import EVENTS
from madang.ground.events.models import OutboxEvent
from madang.ground.journal import files
from madang.ground.journal.audit import Finding, Trouble, audit_journal
from madang.ground.journal.entries import as_recorded, entry_of
from madang.ground.journal.keys import verify
from madang.ground.journal.models import SignedHead
from madang.ground.journal.public import receipt_for
from madang.ground.journal.seals import entry_shown, moment, opening, statement
from madang.ground.journal.services import UnableToExtend, extend_journal, rebuild_journal

AT = datetime(2020, 5, 21, 6, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.MADANG_DATA = tmp_path
    return tmp_path / "journal"


def extend() -> int:
    return extend_journal(at=AT)


def published() -> tuple[Checkpoint, list[bytes]]:
    """The log as an outsider reads it who has nothing but its files."""
    key = parse_key(files.read("key").decode())
    head = check_head(parse_note(files.read("checkpoint")), [key], verify)
    return head, [entry for bundle in check_log(head, files.read) for entry in bundle]


pytestmark = pytest.mark.django_db(transaction=True)


def test_every_event_gets_a_place_once_and_the_log_is_signed() -> None:
    open_gates("east", "남문")
    assert extend() == 2
    assert extend() == 0
    open_gates("west")
    assert extend() == 1
    head, entries = published()
    assert (head.origin, head.size) == ("127.0.0.1/journal", 3)
    assert [b'"gate":"east"' in entry for entry in entries] == [True, False, False]
    assert [event.leaf for event in OutboxEvent.objects.order_by("id")] == [0, 1, 2]


@pytest.mark.parametrize(
    ("hosts", "given", "name"),
    [
        (["madang.city.example", "www.city.example"], "", "madang.city.example/journal"),
        (["*", ".city.example", "madang.city.example"], "", "madang.city.example/journal"),
        (["*"], "city.example/log", "city.example/log"),
        (["madang.city.example"], "city.example/log", "city.example/log"),
    ],
)
def test_a_new_log_is_called_after_a_host_or_as_the_city_says(
    settings: LazySettings, hosts: list[str], given: str, name: str
) -> None:
    settings.ALLOWED_HOSTS, settings.MADANG_JOURNAL_NAME = hosts, given
    open_gates("east")
    extend()
    settings.ALLOWED_HOSTS, settings.MADANG_JOURNAL_NAME = ["other.example"], "another"
    open_gates("west")
    extend()  # its name stays
    assert published()[0] == Checkpoint(name, 2, published()[0].root)


@pytest.mark.parametrize(
    ("hosts", "given", "reason"),
    [
        (["*", ".city.example"], "", "MADANG_HOSTS names no single host"),
        (["*"], "two words", "cannot be called 'two words'"),
        (["*"], "a+b", "without spaces and plus signs"),
    ],
)
def test_a_log_without_a_proper_name_is_refused_in_one_sentence(
    settings: LazySettings, hosts: list[str], given: str, reason: str
) -> None:
    settings.ALLOWED_HOSTS, settings.MADANG_JOURNAL_NAME = hosts, given
    with pytest.raises(ImproperlyConfigured, match=reason):
        apps.get_app_config("journal").ready()  # as when the city starts


def test_an_entry_is_canonical_json_that_anybody_can_make_again() -> None:
    open_gates("남문")
    OutboxEvent.objects.update(recorded_at=AT)
    extend()
    (entry,) = published()[1]
    assert entry.decode() == (
        '{"act":"tests.gate-opened.v1","at":"2020-05-21T06:00:00.000000+00:00",'
        '"facts":{"gate":"남문"}}'
    )


def test_a_large_log_grows_over_many_tiles_and_begins_with_all_that_was_signed() -> None:
    heads = []
    for count in (1, 255, 256, 300):
        open_gates(*[f"gate {number}" for number in range(count)])
        assert extend() == count
        heads.append(published()[0])
    assert heads[-1].size == 812
    for older in heads[:-1]:
        check_growth(older, heads[-1], files.read)


def test_what_speaks_of_a_person_is_sealed_and_its_owner_can_open_it(folder: Path) -> None:
    welcome()
    extend()
    (entry,) = published()[1]
    event = OutboxEvent.objects.get()
    receipt = receipt_for(event_id=event.id)
    assert receipt is not None
    shown, said = entry_shown(receipt.extra)
    assert shown == entry
    assert said.encode() == statement(
        act=event.wire, at=moment(event.recorded_at), facts=f'{{"guest": "{GUEST}"}}'
    )
    check_entry(shown, receipt, published()[0])
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert str(GUEST).encode() not in kept


def test_a_seal_is_hmac_of_the_statement_worked_by_hand() -> None:
    # echo -n TEXT | openssl dgst -sha256 -mac HMAC -macopt hexkey:…
    said = b'{"act":"a.b.v1","at":"2020-05-21T06:00:00.000000+00:00","facts":{"x":1}}'
    entry, told = entry_shown(opening(said, bytes(range(32))))
    assert told.encode() == said
    by_openssl = "f24ad6e969cffd3c20037c4aaa84b27fead12e550ebf68a0830c02de1f0428e3"
    assert entry.decode() == f'{{"act":"a.b.v1","seal":"{by_openssl}"}}'


def test_a_receipt_with_another_statement_opens_nothing() -> None:
    welcome()
    extend()
    event = OutboxEvent.objects.get()
    receipt = receipt_for(event_id=event.id)
    assert receipt is not None
    forged, _ = entry_shown(receipt.extra.replace(b"1234", b"4321"))
    with pytest.raises(NotProved):
        check_entry(forged, receipt, published()[0])


def test_what_is_not_in_the_log_yet_has_no_receipt() -> None:
    welcome()
    assert receipt_for(event_id=OutboxEvent.objects.get().id) is None


def test_the_same_facts_are_sealed_differently_each_time() -> None:
    welcome()
    welcome()
    extend()
    one, two = published()[1]
    assert one != two


def test_a_seal_without_its_salt_tells_nothing() -> None:
    welcome()
    OutboxEvent.objects.update(salt=None)
    assert (
        entry_of(as_recorded(OutboxEvent.objects.get()))
        == b'{"act":"tests.guest-came.v1","seal":null}'
    )


def test_events_that_name_people_are_sealed() -> None:
    ours = {name: each for name, each in EVENTS.items() if each.__module__.startswith("madang.")}
    personal = {
        name
        for name, each in ours.items()
        if {"person_id", "participant", "voter"} & set(each.__annotations__)
    }
    assert "hearings.vote-cast.v1" in personal
    assert {name for name in personal if not ours[name].sealed} == set()


def test_facts_that_are_too_long_for_an_entry_are_told_by_their_hash() -> None:
    open_gates("x" * 70_000)
    extend()
    (entry,) = published()[1]
    event = OutboxEvent.objects.get()
    said = statement(act=event.wire, at=moment(event.recorded_at), facts=json.dumps(event.payload))
    assert entry.decode() == (
        f'{{"act":"tests.gate-opened.v1","sha256":"{sha256(said).hexdigest()}"}}'
    )


def test_what_was_rolled_back_never_enters() -> None:
    with transaction.atomic():
        outbox.record(GateOpened(gate="east"))
        transaction.set_rollback(True)
    open_gates("west")
    assert extend() == 1


def test_an_event_whose_transaction_took_long_is_not_passed_over() -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            outbox.record(GateOpened(gate="slow"))
            begun.set()
            may_end.wait(10)
        connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert begun.wait(10)
    open_gates("fast")
    assert extend() == 1
    may_end.set()
    thread.join()
    assert extend() == 1
    ids = OutboxEvent.objects.order_by("leaf").values_list("payload__gate", flat=True)
    assert list(ids) == ["fast", "slow"]
    assert published()[0].size == 2


def test_two_that_extend_at_once_give_every_event_one_place() -> None:
    open_gates(*[str(number) for number in range(50)])
    counts: list[int] = []

    def run() -> None:
        counts.append(extend())
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 50]
    assert published()[0].size == 50
    assert list(audit_journal()) == []


def test_a_head_that_a_crash_left_unpublished_is_published_by_the_next_run(folder: Path) -> None:
    open_gates("east")
    extend()
    (folder / "checkpoint").unlink()
    assert extend() == 0
    assert published()[0].size == 1


def test_a_log_whose_files_are_not_what_was_signed_is_not_extended(folder: Path) -> None:
    open_gates("east")
    extend()
    open_gates("west")
    row = folder / "tile" / "0" / "000.p" / "1"
    whole = row.read_bytes()
    row.write_bytes(bytes(32))
    with pytest.raises(UnableToExtend, match="files-changed"):
        extend()
    row.write_bytes(whole)
    for lost in (row, folder / "tile" / "entries" / "000.p" / "1"):
        whole = lost.read_bytes()
        lost.unlink()
        with pytest.raises(UnableToExtend, match="files-missing"):
            extend()
        lost.write_bytes(whole)
    assert extend() == 1


def test_lost_files_are_made_again_from_the_rows(folder: Path) -> None:
    for count in (300, 400):
        open_gates(*[f"gate {number}" for number in range(count)])
        extend()
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    shutil.rmtree(folder)
    assert rebuild_journal() == 700
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert after.items() <= before.items()
    assert published()[0].size == 700
    open_gates("one more")
    assert extend() == 1


def test_rows_that_are_not_what_was_signed_make_no_files(folder: Path) -> None:
    open_gates("east", "west")
    extend()
    shutil.rmtree(folder)
    OutboxEvent.objects.filter(leaf=0).update(payload={"gate": "north"})
    with pytest.raises(UnableToExtend, match="rows-changed"):
        rebuild_journal()
    assert not folder.exists()


# The audit


@pytest.fixture
def three() -> None:
    open_gates("east", "south", "west")
    extend()


def event(gate: str) -> OutboxEvent:
    return OutboxEvent.objects.get(payload__gate=gate)


def troubles() -> list[tuple[Trouble, int | None]]:
    return [(finding.trouble, finding.place) for finding in audit_journal()]


@pytest.mark.usefixtures("three")
def test_an_honest_database_has_nothing_to_find() -> None:
    open_gates("not yet entered")
    assert troubles() == []


def test_a_city_without_a_journal_has_nothing_to_find() -> None:
    assert troubles() == []


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    "change",
    [
        {"payload": {"gate": "north"}},
        {"wire": "tests.guest-came.v1"},
        {"recorded_at": AT},
    ],
)
def test_a_changed_row_is_named(change: dict[str, Any]) -> None:
    south = event("south")
    OutboxEvent.objects.filter(id=south.id).update(**change)
    (found,) = audit_journal()
    act = change.get("wire", "tests.gate-opened.v1")
    assert found == Finding(Trouble.CHANGED, place=1, event=south.id, act=act)
    assert str(found) == f"Entry 1 ({act}, event {south.id}) is not what was signed."


@pytest.mark.usefixtures("three")
def test_a_dropped_row_is_named() -> None:
    event("south").delete()
    assert troubles() == [(Trouble.MISSING, 1)]


@pytest.mark.usefixtures("three")
def test_reordered_rows_are_named() -> None:
    with connection.cursor() as cursor:
        for change in ("leaf = NULL WHERE leaf = 0", "leaf = 0 WHERE leaf = 1"):
            cursor.execute(f"UPDATE events_outboxevent SET {change}")
        cursor.execute("UPDATE events_outboxevent SET leaf = 1 WHERE leaf IS NULL")
    assert troubles() == [(Trouble.CHANGED, 0), (Trouble.CHANGED, 1)]


@pytest.mark.usefixtures("three")
def test_a_row_that_was_slipped_in_is_named() -> None:
    OutboxEvent.objects.create(wire="tests.gate-opened.v1", payload={"gate": "back"}, leaf=3)
    assert troubles() == [(Trouble.UNSIGNED, 3)]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("path", ["tile/0/000.p/3", "tile/entries/000.p/3"])
def test_a_changed_or_lost_file_is_named(folder: Path, path: str) -> None:
    (folder / path).write_bytes((folder / path).read_bytes()[:-1] + b"?")
    assert [trouble for trouble, _ in troubles()] == [Trouble.FILES]
    (folder / path).unlink()
    (found,) = audit_journal()
    assert path in str(found)


@pytest.mark.usefixtures("three")
def test_a_forged_head_is_named() -> None:
    open_gates("north")
    extend()
    older = SignedHead.objects.get(size=3)
    SignedHead.objects.filter(size=3).update(note=older.note.replace("\n3\n", "\n2\n"))
    (found,) = audit_journal()
    assert (found.trouble, found.place) == (Trouble.HEAD, 3)
    assert "does not fit" in str(found)


# The pages


@pytest.mark.usefixtures("three")
def test_the_log_is_served_as_its_format_asks(client: Client) -> None:
    head = client.get("/journal/checkpoint")
    assert head.content == files.read("checkpoint")
    assert head["Content-Type"] == "text/plain; charset=utf-8"
    assert head["Cache-Control"] == "max-age=5"
    row = client.get("/journal/tile/0/000.p/3")
    assert row.content == files.read("tile/0/000.p/3")
    assert row["Content-Type"] == "application/octet-stream"
    assert "immutable" in row["Cache-Control"]
    assert client.get("/journal/tile/entries/000.p/3").status_code == 200
    for wrong in ("tile/0/001", "tile/0/../key", "tile/9/000", "tile/0/000.p/3/x", "proof/3"):
        assert client.get(f"/journal/{wrong}").status_code == 404
    assert client.post("/journal/checkpoint").status_code in {403, 405}


@pytest.mark.usefixtures("three")
def test_anyone_can_keep_the_proof_of_an_entry(client: Client) -> None:
    proof = parse_proof(client.get("/journal/proof/1.tlog-proof").content)
    key = parse_key(client.get("/journal/key").content.decode())
    head = check_head(proof.checkpoint, [key], verify)
    check_entry(proof.extra, proof, head)
    assert proof.extra == entry_of(as_recorded(event("south")))
    assert client.get("/journal/proof/3.tlog-proof").status_code == 404


@pytest.mark.parametrize(("prefix", "title"), [("", "기록부"), ("/en", "The journal")])
def test_the_page_tells_people_how_to_check(client: Client, prefix: str, title: str) -> None:
    empty = client.get(f"{prefix}/about/journal").content.decode()
    assert title in empty
    open_gates("east")
    welcome()
    extend()
    page = client.get(f"{prefix}/about/journal").content.decode()
    assert files.read("key").decode().strip().partition("+")[0] in page
    assert "madang journal verify http://testserver/journal" in page
    assert "&quot;gate&quot;:&quot;east&quot;" in page
    assert str(GUEST) not in page
