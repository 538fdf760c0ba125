"""Processes that stand behind walls: what each is given, and at which port it answers.

A process gets the database address of its own role and the secrets that it cannot do without. What
it is not given is set to nothing, for it would be read from the data folder otherwise.
"""

import os
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from django.conf import settings

from madang.ground.privacy.pseudonyms import key_for
from madang.ground.processes import FRONT, LIVE
from madang.ground.walls.radius import speaks_for
from madang.ground.walls.roles import password_of, role_of
from madang.ground.walls.wall import wall_of, walls


@dataclass(frozen=True)
class Place:
    """A process with an address: which wall it is behind, and its port."""

    wall: str
    port: int


def places(port: int) -> tuple[Place, ...]:
    """Return who answers where: the front at this port, live updates at the next, then blocks."""
    names = (FRONT, LIVE, *(wall.name for wall in walls() if wall.name != FRONT))
    return tuple(Place(name, port + number) for number, name in enumerate(names))


def environment_of(wall: str) -> dict[str, str]:
    """Return the variables that make a process one behind this wall."""
    given = {"MADANG_BLOCK": wall, "MADANG_DATABASE_URL": address_of(wall)}
    if wall != LIVE:
        given["MADANG_SECRET_KEY"] = settings.SECRET_KEY
        for block in speaks_for(wall_of(wall)):
            given[f"MADANG_PSEUDONYM_KEY_{block.upper()}"] = key_for(block)
    kept_back = ("MADANG_PSEUDONYM_KEY", "MADANG_JOURNAL_KEY", "MADANG_WALLS_KEY")
    return {**dict.fromkeys(kept_back, ""), **given}


def address_of(wall: str) -> str:
    """Return the database's address as the role behind the wall."""
    parts = urlsplit(os.environ["MADANG_DATABASE_URL"])
    host = parts.netloc.rpartition("@")[2]
    signed = f"{quote(role_of(wall), safe='')}:{password_of(wall)}@{host}"
    return urlunsplit(parts._replace(netloc=signed))
