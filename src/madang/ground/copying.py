"""Write many rows at once, through PostgreSQL's COPY on Django's connection and transaction."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from psycopg import sql


def copy_rows(
    model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert the rows; `fields` are model fields, `rows` their values in that order.

    Database defaults and constraints hold; Python defaults do not. The table is analysed after,
    for a planner that believes it still empty makes a query of seconds last for minutes.
    """
    column_of = {field.name: field.column or field.name for field in model._meta.concrete_fields}
    columns: list[sql.Composable] = [sql.Identifier(column_of[name]) for name in fields]
    table = sql.Identifier(model._meta.db_table)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(table, sql.SQL(", ").join(columns))
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(sql.SQL("ANALYZE {}").format(table))
