"""Which walls a city has: one for each block, and one for the front, where people sign in.

All of it is derived: from block.py, from the tables, from who handles which event.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db import models

from madang.ground.events.event import EVENTS
from madang.ground.events.outbox import heard_by
from madang.ground.identity.events import ResidencyForgotten
from madang.ground.journal.events import FactsErased
from madang.ground.processes import FRONT, RIGHTS

# The rooms of the ground that have pages for people; the others work behind no address.
FRONT_ROOMS = ("identity", "consent", "release", "account")


@dataclass(frozen=True, kw_only=True)
class Wall:
    """What stands behind one wall.

    rooms: labels of its apps; doors: labels of the apps whose doors it may knock on; sees: labels
    of apps that it reads whole; records and hears: wires of events; package: what the names of its
    handlers and jobs begin with.
    """

    name: str
    package: str
    rooms: tuple[str, ...]
    doors: tuple[str, ...]
    records: tuple[str, ...]
    reads_journal: bool
    hears: tuple[str, ...] = ()
    sees: tuple[str, ...] = ()

    @property
    def own(self) -> list[type[models.Model]]:
        """Its tables."""
        return [model for model in _models(self.rooms) if model._meta.managed]

    @property
    def has_queue(self) -> bool:
        """Whether jobs of its own are worked off behind it; those of the ground's rooms are not."""
        return not self.package.startswith("madang.ground")

    @property
    def seen(self) -> list[type[models.Model]]:
        """Tables of others that it may read."""
        return [model for model in _models(self.sees) if model._meta.managed]

    @property
    def open_to_it(self) -> list[type[models.Model]]:
        """The views that it may read: the doors of others, and its own."""
        return [model for model in _models(self.doors + self.rooms) if not model._meta.managed]


def walls() -> tuple[Wall, ...]:
    """Return the walls of this city, those of the ground first."""
    return (_front(), _rights(), *(wall_of(placed.block.name) for placed in settings.BLOCKS))


def wall_of(name: str) -> Wall:
    """Return one wall. Raises KeyError for a name that no block has."""
    if name in {FRONT, RIGHTS}:
        return _front() if name == FRONT else _rights()
    placed = {placed.block.name: placed for placed in settings.BLOCKS}[name]
    doors = [use.removesuffix(".public") for use in placed.block.uses if use.endswith(".public")]
    return Wall(
        name=name,
        package=placed.package,
        rooms=(name,),
        doors=tuple(doors),
        records=tuple(sorted(event.wire for event in placed.block.emits)),
        hears=heard_by(name),
        reads_journal="journal" in placed.block.uses,
    )


def _front() -> Wall:
    """Where people sign in. It erases who leaves, and so certifies that in the journal."""
    return Wall(
        name=FRONT,
        package="madang.ground",
        rooms=FRONT_ROOMS,
        doors=tuple(placed.block.name for placed in settings.BLOCKS),
        records=(*_told_by(FRONT_ROOMS), FactsErased.wire),
        reads_journal=True,
    )


def _rights() -> Wall:
    """Where people see what is held about them: of all walls the one that reads the most."""
    return Wall(
        name=RIGHTS,
        package="madang.ground.rights",
        rooms=("rights",),
        doors=(),
        sees=(*FRONT_ROOMS, *(placed.block.name for placed in settings.BLOCKS)),
        records=(*_told_by(("consent", "rights")), ResidencyForgotten.wire),
        reads_journal=True,
    )


def _told_by(rooms: tuple[str, ...]) -> tuple[str, ...]:
    """Return the wires of the events of these rooms of the ground."""
    places = tuple(f"madang.ground.{room}." for room in rooms)
    return tuple(sorted(w for w, event in EVENTS.items() if event.__module__.startswith(places)))


def _models(labels: tuple[str, ...]) -> Iterator[type[models.Model]]:
    for config in apps.get_app_configs():
        if config.label in labels:
            yield from config.get_models(include_auto_created=True)
