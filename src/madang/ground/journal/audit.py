"""Hold the database against the log that was signed, and name what differs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import chain

from madang.core.tlog.check import check_growth, check_head, check_log
from madang.core.tlog.checkpoint import Checkpoint
from madang.core.tlog.note import parse_note
from madang.core.tlog.trouble import BadNote, NotProved, Untrue
from madang.ground.events.models import OutboxEvent
from madang.ground.journal import files
from madang.ground.journal.entries import entry_of
from madang.ground.journal.events import FactsErased, RowsChanged
from madang.ground.journal.keys import city_key, verify
from madang.ground.journal.models import RowNote, SignedHead
from madang.ground.journal.services import journal_origin
from madang.ground.journal.triggers import is_function_ours
from madang.ground.journal.watch import (
    digest_of,
    rows_that_differ,
    tables_that_differ,
    triggers_that_differ,
)
from madang.ground.words import marked as _


class Trouble(Enum):
    """What can be wrong, each with an English sentence whose places the finding fills."""

    CHANGED = _("Entry {place} ({act}, event {event}) is not what was signed.")
    MISSING = _("The event of entry {place} is gone from the database.")
    UNSIGNED = _("Event {event} ({act}) claims entry {place}, which nobody signed.")
    FILES = _("The files of the log are not what was signed: {why}.")
    ROW_CHANGED = _("Row {place} of {act} is not as it was written by the city's own programs.")
    ROW_GONE = _("Row {place} of {act} was deleted behind the city's own programs.")
    ROW_NEW = _("Row {place} of {act} was not written by the city's own programs.")
    COLUMNS = _("The columns of {act} are not those with which its rows were noted.")
    TRIGGERS = _("The trigger {place} of {act} is missing, off, or not what it should be.")
    FUNCTION = _("The function {place} that notes rows is not the city's own.")
    NOTES = _("The notes of written rows are not what was signed (batch {place}).")
    HEAD = _("The signed head of {place} entries does not fit the log: {why}.")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. place: an entry, a row, a batch, for a head its size.

    act: what an entry tells of, for a row its table; why: of files and heads.
    """

    trouble: Trouble
    place: int | str | None = None
    event: int | None = None
    act: str = ""
    why: Untrue | None = None

    def __str__(self) -> str:
        return self.said(lambda text: text)

    def said(self, translate: Callable[[str], str]) -> str:
        """Return the finding as a sentence."""
        why = self.why and translate(self.why.reason).format(**self.why.values)
        return translate(self.trouble.value).format(
            place=self.place, event=self.event, act=self.act, why=why
        )


def audit_journal() -> Iterator[Finding]:
    """Yield everything that differs: events from entries, files from roots, heads from signatures,
    rows of the watched tables from the notes that the log speaks of, and triggers from ours.

    Reads every event, every file of the log and every watched row once. Events that are not in
    the log yet are not looked at.
    """
    yield from _audit_log()
    yield from _audit_watch()
    yield from _audit_rows()


def _audit_log() -> Iterator[Finding]:
    heads, keys = [], [city_key(journal_origin())]
    for row in SignedHead.objects.order_by("size"):
        try:
            note = parse_note(row.note.encode())
            heads.append(check_head(note, keys, verify))
        except BadNote as bad:
            yield Finding(Trouble.HEAD, place=row.size, why=bad)
    if not heads:
        return
    try:
        yield from _compare(heads[-1])
        for head in heads[:-1]:
            yield from _check_growth(head, heads[-1])
    except NotProved as broken:
        yield Finding(Trouble.FILES, why=broken)
    except FileNotFoundError as lost:
        yield Finding(Trouble.FILES, why=NotProved("{path} is missing", path=lost.filename))


def _compare(head: Checkpoint) -> Iterator[Finding]:
    """Go through entries and events side by side."""
    erased = _certified("events")
    events = OutboxEvent.objects.exclude(leaf=None).order_by("leaf").iterator(chunk_size=2000)
    event = next(events, None)
    for place, entry in enumerate(chain.from_iterable(check_log(head, files.read))):
        if event is None or event.leaf != place:
            yield Finding(Trouble.MISSING, place=place)
            continue
        is_erased = event.id in erased and event.is_sealed and not event.payload
        if not is_erased and entry_of(event) != entry:
            yield Finding(Trouble.CHANGED, place=place, event=event.id, act=event.wire)
        event = next(events, None)
    while event is not None:
        yield Finding(Trouble.UNSIGNED, place=event.leaf, event=event.id, act=event.wire)
        event = next(events, None)


def _check_growth(old: Checkpoint, new: Checkpoint) -> Iterator[Finding]:
    try:
        check_growth(old, new, files.read)
    except NotProved as broken:
        yield Finding(Trouble.HEAD, place=old.size, why=broken)


def _certified(kind: str) -> set[int]:
    """Return which events or notes were erased as an entry of the log says."""
    told = OutboxEvent.objects.filter(wire=FactsErased.wire).values_list("payload", flat=True)
    return {number for payload in told for number in payload[kind]}


def _audit_rows() -> Iterator[Finding]:
    erased = set(RowNote.objects.filter(row="").values_list("id", flat=True))
    for note in RowNote.objects.filter(id__in=erased - _certified("notes")).order_by("id"):
        yield Finding(Trouble.NOTES, place=note.batch)
    for event in OutboxEvent.objects.filter(wire=RowsChanged.wire).order_by("id").iterator():
        told = event.payload
        if digest_of(told["batch"]) != (told["rows"], told["digest"]):
            yield Finding(Trouble.NOTES, place=told["batch"])
    for each in rows_that_differ():
        if not each.is_here:
            yield Finding(Trouble.ROW_GONE, place=each.row, act=each.table)
        else:
            trouble = Trouble.ROW_CHANGED if each.is_noted else Trouble.ROW_NEW
            yield Finding(trouble, place=each.row, act=each.table)


def _audit_watch() -> Iterator[Finding]:
    """Look whether rows are still being noted, and with the columns that they were noted with."""
    if not is_function_ours():
        yield Finding(Trouble.FUNCTION, place="journal_note_rows")
    for table, trigger in triggers_that_differ():
        yield Finding(Trouble.TRIGGERS, place=trigger, act=table)
    for table in tables_that_differ():
        yield Finding(Trouble.COLUMNS, act=table)
