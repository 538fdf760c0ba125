"""What each wall lets through, as PostgreSQL grants it: tables, columns, rows, functions."""

from dataclasses import dataclass

from madang.ground.events.models import Delivery, OutboxEvent
from madang.ground.journal.models import Cosignature, RowNote, SignedHead, WitnessState
from madang.ground.privacy.models import Generation
from madang.ground.processes import FRONT, RIGHTS
from madang.ground.rights.models import LookNote, Request
from madang.ground.walls.models import Pause
from madang.ground.walls.wall import Wall, wall_of

READ, ADD, CHANGE, REMOVE = "SELECT", "INSERT", "UPDATE", "DELETE"
ALL = (READ, ADD, CHANGE, REMOVE)
FUNCTIONS = (
    "events_record(text, jsonb, boolean, bytea)",
    "events_hand_out(bigint, text[])",
)
SEQUENCES = tuple(
    f"procrastinate_{table}_id_seq" for table in ("jobs", "events", "periodic_defers")
)


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What may be done to a table.

    columns: to these alone, where there are any; rows: a condition in SQL, on rows that meet it
    alone.
    """

    table: str
    may: tuple[str, ...]
    columns: tuple[str, ...] = ()
    rows: str = ""


def grants_of(wall: Wall) -> list[Grant]:
    """Return everything that this wall lets through to tables and views."""
    own = [Grant(table=model._meta.db_table, may=ALL) for model in wall.own]
    doors = [Grant(table=model._meta.db_table, may=(READ,)) for model in wall.open_to_it]
    read = (SignedHead, Cosignature, WitnessState) if wall.reads_journal else ()
    journal = [Grant(table=_table(model), may=(READ,)) for model in read]
    known = [Grant(table=_table(model), may=(READ,)) for model in (Pause, Generation)]
    seen = [Grant(table=_table(model), may=(READ,)) for model in wall.seen]
    more = _leaving(wall) if wall.name == FRONT else []
    more += _withdrawing() if wall.name == RIGHTS else []
    work = _work(wall) if wall.has_queue else []
    return [*own, *doors, *known, *journal, *seen, *more, _events(wall), *work]


def functions_of(wall: Wall) -> tuple[str, ...]:
    """Return the functions that it may call with the rights of their owner."""
    return FUNCTIONS if wall.name == FRONT else (*FUNCTIONS, "identity_visitor(varchar)")


def sequences_of(wall: Wall) -> tuple[str, ...]:
    return SEQUENCES if wall.has_queue else ()


def _events(wall: Wall) -> Grant:
    return Grant(table=_table(OutboxEvent), may=(READ,), rows=_is_one_of("wire", _read_by(wall)))


def _read_by(wall: Wall) -> tuple[str, ...]:
    """Return the events that it tells or hears; the front and the rights know of all of people."""
    of_people = wall_of(FRONT).records + wall_of(RIGHTS).records
    more = of_people if wall.name in {FRONT, RIGHTS} else ()
    return tuple(sorted({*wall.records, *wall.hears, *more}))


def _work(wall: Wall) -> list[Grant]:
    """Its own queue, and which events its handlers took.

    A heartbeat says nothing of whose it is, so all of them are open to each.
    """
    handlers, tasks = (
        f"{column} LIKE {_text(wall.package + '.%')}" for column in ("handler", "task_name")
    )
    return [
        Grant(table=_table(Delivery), may=(READ, ADD), rows=handlers),
        Grant(table="procrastinate_jobs", may=ALL, rows=f"queue_name = {_text(wall.name)}"),
        Grant(table="procrastinate_periodic_defers", may=ALL, rows=tasks),
        Grant(table="procrastinate_events", may=(ADD,)),
        Grant(table="procrastinate_workers", may=ALL),
    ]


def _leaving(wall: Wall) -> list[Grant]:
    """What erasing a person takes, and what everybody may know of requests and looks.

    Their requests and the notes of looks go; who looked or answered is forgotten. Facts of sealed
    events, keys and salts of row notes are emptied.
    """
    rights = wall_of(RIGHTS)
    tables = (_table(model) for model in (*wall.own, *rights.own))
    events = _is_one_of("wire", tuple(sorted({*wall.records, *rights.records})))
    notes = _is_one_of('"table"', tuple(sorted(tables)))
    looked = ("id", "person_id", "looker_id", "look", "looked_at")
    asked = ("id", "person_id", "answered_by_id", "asked_at", "answered_at", "due_on", "state")
    look, request, note = _table(LookNote), _table(Request), _table(RowNote)
    return [
        Grant(table=look, may=(READ,), columns=looked),
        Grant(table=look, may=(CHANGE,), columns=("looker_id",)),
        Grant(table=look, may=(REMOVE,)),
        Grant(table=request, may=(READ,), columns=asked),
        Grant(table=request, may=(CHANGE,), columns=("answered_by_id",)),
        Grant(table=request, may=(REMOVE,)),
        Grant(table=_table(OutboxEvent), may=(CHANGE,), columns=("payload", "salt"), rows=events),
        Grant(table=note, may=(READ,), columns=("id", "table", "row"), rows=notes),
        Grant(table=note, may=(CHANGE,), columns=("row", "salt"), rows=notes),
    ]


def _withdrawing() -> list[Grant]:
    """What taking back a consent takes, and what is told of the traces of an account."""
    people = _is_one_of('"table"', ("identity_person",))
    return [
        Grant(table="consent_consent", may=(CHANGE,)),
        Grant(table="identity_residency", may=(REMOVE,)),
        Grant(table=_table(RowNote), may=(READ,), columns=("id", "table", "row"), rows=people),
    ]


def _is_one_of(column: str, texts: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(map(_text, texts))})" if texts else "false"


def _text(text: str) -> str:
    assert "'" not in text, "names of ours need no escaping"
    return f"'{text}'"


def _table(model: type) -> str:
    name: str = model._meta.db_table  # type: ignore[attr-defined]  # of a model
    return name
