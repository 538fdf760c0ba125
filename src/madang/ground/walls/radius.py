"""The radius of a break-in: what somebody who holds a process could read, write and send."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings

from madang.ground.events.outbox import hearers_of
from madang.ground.keeping.encrypted import encrypted_fields
from madang.ground.keeping.ledger import LEDGER_KEY
from madang.ground.processes import FRONT, RIGHTS
from madang.ground.walls.grants import READ, Grant, functions_of, grants_of
from madang.ground.walls.roles import role_of
from madang.ground.walls.wall import Wall

FILES = ("city card", "journal/", "static/")
# PostgreSQL lets everybody notify: open pages look again, and workers look for work.
CHANNELS = ("madang_live", "procrastinate_queue_v1")


@dataclass(frozen=True)
class Touched:
    """A table or view, and what of it. Empty columns: all; empty rows: all."""

    table: str
    columns: tuple[str, ...]
    rows: str  # a condition in SQL


@dataclass(frozen=True)
class Told:
    """An event that can be recorded, and which blocks act on it."""

    event: str
    heard_by: tuple[str, ...]


@dataclass(frozen=True)
class Radius:
    """Everything within reach of who holds the process behind a wall."""

    wall: str
    role: str
    reads: tuple[Touched, ...]
    writes: tuple[Touched, ...]
    calls: tuple[str, ...]  # functions that do what their owner may
    sends: tuple[Told, ...]
    channels: tuple[str, ...]
    secrets: tuple[str, ...]
    files: tuple[str, ...]
    addresses: tuple[str, ...]


def radius_of(wall: Wall) -> Radius:
    """Return what an intruder behind this wall could do, from what the wall lets through."""
    grants = grants_of(wall)
    mail = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}" if settings.EMAIL_HOST else ""
    return Radius(
        wall=wall.name,
        role=role_of(wall.name),
        reads=_touched(grant for grant in grants if READ in grant.may),
        writes=_touched(grant for grant in grants if set(grant.may) - {READ}),
        calls=functions_of(wall),
        sends=tuple(Told(wire, hearers_of(wire)) for wire in wall.records),
        channels=CHANNELS,
        secrets=_secrets(wall),
        files=(*FILES, *(f"keys/{purpose}/" for purpose in key_purposes(wall))),
        addresses=("the database", *([mail] if mail and wall.name == FRONT else [])),
    )


def _touched(grants: Iterator[Grant]) -> tuple[Touched, ...]:
    touched = {Touched(grant.table, grant.columns, grant.rows) for grant in grants}
    return tuple(sorted(touched, key=lambda each: (each.table, each.columns, each.rows)))


def key_purposes(wall: Wall) -> tuple[str, ...]:
    """Return for what it needs keys of the key store: its own sealed fields, and residencies."""
    models = (*wall.own, *wall.seen)
    sealed = {field.purpose for model in models for field in encrypted_fields(model)}
    ledger = {LEDGER_KEY.purpose} if wall.name == FRONT else set()
    return tuple(sorted({*sealed, *ledger, "identity.residency"}))


def _secrets(wall: Wall) -> tuple[str, ...]:
    return (
        "MADANG_SECRET_KEY",
        *(f"MADANG_PSEUDONYM_KEY_{each.upper()}" for each in speaks_for(wall)),
    )


def speaks_for(wall: Wall) -> tuple[str, ...]:
    """Return the blocks whose stand-ins it makes: its own, for the rights those of all."""
    blocks = tuple(placed.block.name for placed in settings.BLOCKS)
    return blocks if wall.name == RIGHTS else tuple(name for name in blocks if name == wall.name)
