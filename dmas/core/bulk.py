"""Many rows at once: COPY into a temporary table, then a few statements that compare and store.

All of it in the session's own transaction, so a file is stored whole or not at all.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from psycopg import sql
from sqlalchemy import (
    Table,
    Text,
    and_,
    cast,
    delete,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSON, insert
from sqlalchemy.orm import Session


class Changes(NamedTuple):
    """How many rows a load found new, changed or as they stood."""

    new: int
    changed: int
    unchanged: int


@contextmanager
def without_collecting() -> Iterator[None]:
    """Let no garbage be looked for meanwhile: millions of values come and go, and none refers in a circle."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def allow_long_statements(session: Session) -> None:
    """Lift the time limit of a statement for the rest of this transaction: a big file takes its time."""
    session.execute(text("SET LOCAL statement_timeout = 0"))


def make_temporary(session: Session, table: Table) -> None:
    """Make a table that only this transaction sees; one left by an earlier load in it goes first."""
    table.drop(session.connection(), checkfirst=True)
    table.create(session.connection())


def copy_rows(session: Session, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Stream rows into a table and return how many; an error in `rows` ends the whole transaction."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    connection = session.connection().connection.driver_connection
    assert connection is not None  # a session inside its transaction holds one
    count = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def insert_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows of the same columns in one statement, as JSON; columns left out take their defaults.

    For tables with row-level security, which COPY does not write to.
    """
    if not rows:
        return
    payload = cast(literal(json.dumps([dict(row) for row in rows], default=str), Text()), JSON())
    as_rows = func.json_populate_recordset(literal_column(f"NULL::{table.name}"), payload)
    read = as_rows.table_valued(*rows[0], name="given")
    names = list(rows[0])
    session.execute(insert(table).from_select(names, select(*(read.c[name] for name in names))))


def take_out_repeats(session: Session, staged: Table, key: str) -> list[tuple[int, str]]:
    """Remove all but the first line of each key from a staged file; return line and key of those removed."""
    nth = func.row_number().over(partition_by=staged.c[key], order_by=staged.c.line).label("nth")
    numbered = select(staged.c.line, nth).subquery()
    repeats = select(numbered.c.line).where(numbered.c.nth > 1)
    removed = session.execute(
        delete(staged).where(staged.c.line.in_(repeats)).returning(staged.c.line, staged.c[key])
    )
    return sorted((line, code) for line, code in removed)


def store(session: Session, staged: Table, target: Table, key: str, columns: Sequence[str]) -> Changes:
    """Write staged rows into their table by key, touching only those that differ, and count them."""
    differs = or_(*(target.c[name].is_distinct_from(staged.c[name]) for name in columns))
    found = staged.outerjoin(target, target.c[key] == staged.c[key])
    new, changed, total = session.execute(
        select(
            func.count().filter(target.c[key].is_(None)),
            func.count().filter(and_(target.c[key].is_not(None), differs)),
            func.count(),
        ).select_from(found)
    ).one()
    names = [key, *columns]
    statement = insert(target).from_select(names, select(*(staged.c[name] for name in names)))
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[key],
            set_={name: statement.excluded[name] for name in columns},
            where=or_(*(target.c[name].is_distinct_from(statement.excluded[name]) for name in columns)),
        )
    )
    return Changes(new, changed, total - new - changed)
