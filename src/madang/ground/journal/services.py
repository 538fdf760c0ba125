"""Let the log grow: give the newest events their places, and sign.

One transaction at a time does so. Events get their places by id among those that are committed: an
act that began when another was over stands behind it, and no event is ever passed over, however
long its transaction took.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from madang.core.tlog.checkpoint import Checkpoint, parse_checkpoint
from madang.core.tlog.merkle import leaf_hash
from madang.core.tlog.note import parse_note
from madang.core.tlog.tiles import Edge, append, path_of
from madang.ground.events.models import OutboxEvent
from madang.ground.events.outbox import record
from madang.ground.journal import files
from madang.ground.journal.entries import entry_of, recorded
from madang.ground.journal.events import FactsErased
from madang.ground.journal.keys import city_key, name_of_new_log, sign
from madang.ground.journal.models import SignedHead
from madang.ground.journal.watch import bundle_notes, forget_rows
from madang.ground.journal.witnesses import collect_cosignatures, with_cosignatures
from madang.ground.locks import Turn, take_turns

BATCH = 20_000  # events that are read, hashed and signed at once
# Gives the next places to the events that have none, by id.
PLACE = """
UPDATE events_outboxevent SET leaf = %s - 1 + placed.place
FROM (SELECT id AS event, row_number() OVER (ORDER BY id) AS place FROM events_outboxevent
      WHERE leaf IS NULL ORDER BY id LIMIT %s) AS placed
WHERE id = placed.event RETURNING {columns}
"""
PLACED = """
SELECT {columns} FROM events_outboxevent WHERE leaf >= %s AND leaf < %s ORDER BY leaf
"""


class UnableToExtend(Exception):
    """The log on disk is not the one that was signed. The message is a stable code."""


def extend_journal(*, at: datetime) -> int:
    """Give every committed event its place in the log; return how many there were.

    Witnesses are asked before the new head is published, so that it is published with their
    signatures; without those of witnesses who did not answer.
    Raises UnableToExtend: "files-missing", "files-changed".
    """
    extended = 0
    while batch := _extend(at):
        extended += batch
    collect_cosignatures(at=at)
    _publish()
    return extended


@transaction.atomic
def _extend(at: datetime) -> int:
    take_turns(Turn.JOURNAL)
    bundle_notes()
    newest = SignedHead.objects.order_by("-size").first()
    old = None if newest is None else parse_checkpoint(parse_note(newest.note.encode()))
    events = recorded(PLACE, [0 if old is None else old.size, BATCH])
    if not events:
        return 0
    events.sort(key=lambda event: event.leaf or 0)
    edge = _write(Edge() if old is None else _edge(old), list(map(entry_of, events)))
    head = Checkpoint(journal_origin(), edge.size, edge.root())
    note = str(sign(head.text, head.origin))
    SignedHead.objects.create(size=head.size, note=note, signed_at=at)
    return len(events)


@transaction.atomic
def rebuild_journal() -> int:
    """Write all files of the log anew from the events; return how many entries it has.

    For a city whose data folder was lost. Nothing is written unless the events still lead to the
    root that was signed. Raises UnableToExtend: "rows-changed".
    """
    take_turns(Turn.JOURNAL)
    newest = SignedHead.objects.order_by("-size").first()
    if newest is None:
        return 0
    head = parse_checkpoint(parse_note(newest.note.encode()))
    edge = Edge()
    for entries in _batches(head.size):
        edge, _ = append(edge, [leaf_hash(entry) for entry in entries])
    if edge.root() != head.root:
        raise UnableToExtend("rows-changed")
    edge = Edge()
    for entries in _batches(head.size):
        edge = _write(edge, entries)
    _publish()
    return head.size


def _batches(size: int) -> Iterator[list[bytes]]:
    for first in range(0, size, BATCH):
        yield list(map(entry_of, recorded(PLACED, [first, min(first + BATCH, size)])))


def _write(edge: Edge, entries: list[bytes]) -> Edge:
    """Append entries to the files; the checkpoint that makes them count comes later."""
    try:
        files.write_entries(edge.size, entries)
    except FileNotFoundError:
        raise UnableToExtend("files-missing") from None
    edge, full = append(edge, [leaf_hash(entry) for entry in entries])
    for tile in (*full, *edge.partial_tiles()):
        files.write_tile(tile)
    return edge


def erase_facts(*, person_id: UUID, rows: Mapping[str, Sequence[str]]) -> None:
    """Let no sealed event that names the person, and no note of these rows, say anything.

    rows: by table, the keys of rows that are gone. Facts, keys and salts are erased, so no seal of
    theirs can ever be opened; FactsErased says which. Runs in the transaction of the erasure that
    it belongs to.
    """
    told = OutboxEvent.objects.filter(is_sealed=True, payload__person_id=str(person_id))
    erase_told(events=list(told.order_by("id").values_list("id", flat=True)), rows=rows)


def erase_told(*, events: Sequence[int], rows: Mapping[str, Sequence[str]]) -> None:
    """Let these sealed events, and the notes of these rows, say nothing any more; record which.

    rows: by table, the keys of rows that are gone, or will be written anew without what was
    erased. Runs in the transaction of the erasure that it belongs to.
    """
    OutboxEvent.objects.filter(id__in=events, is_sealed=True).update(payload={}, salt=None)
    notes = [note for table, keys in rows.items() for note in forget_rows(table, keys)]
    if events or notes:
        record(FactsErased(events=tuple(events), notes=tuple(notes)))


def journal_origin() -> str:
    """Return the log's name: that of its first head, or the one that a new log gets."""
    first = SignedHead.objects.order_by("size").first()
    if first is None:
        return name_of_new_log()
    return parse_checkpoint(parse_note(first.note.encode())).origin


def _edge(head: Checkpoint) -> Edge:
    """Return the right edge of the log as it lies on disk. Raises UnableToExtend."""
    levels = range((head.size.bit_length() + 7) // 8)
    widths = [(head.size >> 8 * level) % 256 for level in levels]
    paths = [path_of(level, head.size >> 8 * (level + 1), w) for level, w in enumerate(widths)]
    try:
        rows = [files.read(path) if w else b"" for path, w in zip(paths, widths, strict=True)]
    except FileNotFoundError:
        raise UnableToExtend("files-missing") from None
    edge = Edge(head.size, tuple(rows))
    if edge.root() != head.root:
        raise UnableToExtend("files-changed")
    return edge


@transaction.atomic
def _publish() -> None:
    """Let outsiders see the newest head, now that it is committed; also one that a crash kept."""
    take_turns(Turn.JOURNAL)
    newest = SignedHead.objects.order_by("-size").first()
    if newest is None:
        return
    try:
        published = files.read("checkpoint").decode()
    except FileNotFoundError:
        published = ""
    if published != (note := with_cosignatures(newest)):
        files.publish(note, str(city_key(journal_origin())))
