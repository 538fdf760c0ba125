"""What each wall lets through, as PostgreSQL grants it: tables, columns, rows, functions."""

from dataclasses import dataclass

from madang.ground.events.models import Delivery, OutboxEvent
from madang.ground.journal.models import RowNote, SignedHead
from madang.ground.processes import FRONT
from madang.ground.walls.models import Pause
from madang.ground.walls.wall import Wall

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
    journal = [Grant(table=_table(SignedHead), may=(READ,))] if wall.reads_journal else []
    forgetting = _forgetting(wall) if wall.name == FRONT else []
    pauses = [Grant(table=_table(Pause), may=(READ,))]
    return own + doors + pauses + journal + forgetting + _events(wall) + _jobs(wall)


def functions_of(wall: Wall) -> tuple[str, ...]:
    """Return the functions that it may call with the rights of their owner."""
    return FUNCTIONS if wall.name == FRONT else (*FUNCTIONS, "identity_visitor(varchar)")


def sequences_of(wall: Wall) -> tuple[str, ...]:
    return SEQUENCES


def _events(wall: Wall) -> list[Grant]:
    handlers = f"handler LIKE {_text(wall.package + '.%')}"
    return [
        Grant(
            table=_table(OutboxEvent),
            may=(READ,),
            rows=_is_one_of("wire", tuple(sorted({*wall.records, *wall.hears}))),
        ),
        Grant(table=_table(Delivery), may=(READ, ADD), rows=handlers),
    ]


def _jobs(wall: Wall) -> list[Grant]:
    """Its own queue. A heartbeat says nothing of whose it is, so all of them are open to each."""
    tasks = f"task_name LIKE {_text(wall.package + '.%')}"
    return [
        Grant(table="procrastinate_jobs", may=ALL, rows=f"queue_name = {_text(wall.name)}"),
        Grant(table="procrastinate_periodic_defers", may=ALL, rows=tasks),
        Grant(table="procrastinate_events", may=(ADD,)),
        Grant(table="procrastinate_workers", may=ALL),
    ]


def _forgetting(wall: Wall) -> list[Grant]:
    """What erasing a person takes: facts of its own sealed events, keys and salts of row notes."""
    tables = tuple(sorted(model._meta.db_table for model in wall.own))
    events, notes = _is_one_of("wire", wall.records), _is_one_of('"table"', tables)
    forgotten = ("row", "salt")
    return [
        Grant(table=_table(OutboxEvent), may=(CHANGE,), columns=("payload", "salt"), rows=events),
        Grant(table=_table(RowNote), may=(READ,), columns=("id", "table", "row"), rows=notes),
        Grant(table=_table(RowNote), may=(CHANGE,), columns=forgotten, rows=notes),
    ]


def _is_one_of(column: str, texts: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(map(_text, texts))})" if texts else "false"


def _text(text: str) -> str:
    assert "'" not in text, "names of ours need no escaping"
    return f"'{text}'"


def _table(model: type) -> str:
    name: str = model._meta.db_table  # type: ignore[attr-defined]  # of a model
    return name
