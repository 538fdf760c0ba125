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
    column_of = {field.name: field.column or field.name for field in model._meta.concrete_fields}
    columns: list[sql.Composable] = [sql.Identifier(column_of[name]) for name in fields]
    table = sql.Identifier(model._meta.db_table)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(table, sql.SQL(", ").join(columns))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
    analyse(model)


def analyse(model: type[models.Model]) -> None:
    """Let the planner know that a table has been filled.

    While it believes the table empty, the check of each foreign key reads all of it: a copy of
    seconds then lasts for minutes.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(model._meta.db_table)))
