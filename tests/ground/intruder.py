"""Somebody who took over the process behind a wall."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection

from madang.ground.walls.roles import password_of, role_of


@contextmanager
def intruder(name: str) -> Iterator[psycopg.Connection]:
    """A connection as the role behind a wall, with the password that its process has."""
    here = connection.settings_dict
    with psycopg.connect(
        host=here["HOST"] or None,
        port=here["PORT"] or None,
        dbname=here["NAME"],
        user=role_of(name),
        password=password_of(name),
        autocommit=True,
    ) as link:
        yield link
