"""Write many rows at once, through PostgreSQL's COPY on Django's connection and transaction."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from psycopg import sql


def copy_rows(
    model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert the rows; `fields` are model fields, `rows` their values in that order.

    Database defaults and constraints hold; Python defaults do not.
    """
    columns = {field.name: field.column for field in model._meta.concrete_fields}
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join([sql.Identifier(columns[name]) for name in fields]),
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
