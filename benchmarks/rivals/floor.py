"""The least that reading a problem from the database and writing its answer back costs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from psycopg import Connection as Psycopg
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Float,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    insert,
    select,
    text,
)

from dmas.core.embedded import server
from dmas.matching.engine.problem import Ints, Problem

META = MetaData()
REQUEST_NUMBERS = (
    "provider", "icb", "region", "market", "places", "priority", "waiting_since", "needed_by", "travel",
    "age", "asa", "sex",
)  # fmt: skip
OFFER_NUMBERS = (
    "site", "market", "opens", "closes", "places", "min_age", "max_age", "max_asa", "sex",
)  # fmt: skip
REQUESTS = Table(
    "bench_request", META, Column("id", Text),
    *(Column(name, Integer) for name in REQUEST_NUMBERS),
    *(Column(name, Float) for name in ("lat", "lon", "bmi")),
)  # fmt: skip
OFFERS = Table(
    "bench_offer", META, Column("id", Text), *(Column(name, Integer) for name in OFFER_NUMBERS),
    Column("max_bmi", Float),
)  # fmt: skip
MATCHES = Table(
    "bench_match", META, Column("request", Text), Column("offer", Text), Column("places", Integer),
    Column("tenths", BigInteger),
)  # fmt: skip


def measure(problem: Problem, assignments: Ints) -> dict[str, float]:
    """Return the seconds of reading and writing the rows, with SQLAlchemy Core and with COPY."""
    matches = _matches(problem, assignments)
    with scratch() as engine:
        with engine.begin() as connection:
            META.create_all(connection)
            _copy_in(connection, REQUESTS, _columns(problem.requests, REQUESTS))
            _copy_in(connection, OFFERS, _columns(problem.offers, OFFERS))
        found = {}
        steps: tuple[tuple[str, Callable[[Connection], Any]], ...] = (
            ("core read", lambda connection: [_read(connection, table) for table in (REQUESTS, OFFERS)]),
            ("core write", lambda connection: connection.execute(insert(MATCHES), _dicts(matches))),
            ("copy read", lambda connection: [_copy_out(connection, table) for table in (REQUESTS, OFFERS)]),
            ("copy write", lambda connection: _copy_in(connection, MATCHES, matches)),
        )
        for name, step in steps:
            with engine.begin() as connection:
                connection.execute(text("TRUNCATE bench_match"))
            began = time.perf_counter()
            with engine.begin() as connection:
                step(connection)
            found[name] = time.perf_counter() - began
    return found


@contextmanager
def scratch() -> Iterator[Engine]:
    """Yield an empty database on a server of its own, gone afterwards."""
    with TemporaryDirectory(prefix="dmas-bench-") as folder:
        path = Path(folder)
        path.chmod(0o755)
        with server(path) as url:
            engine = create_engine(url)
            yield engine
            engine.dispose()


def _columns(rows: Any, table: Table) -> list[Any]:
    columns = (getattr(rows, "ids" if column.name == "id" else column.name) for column in table.columns)
    return [column.tolist() if isinstance(column, np.ndarray) else column for column in columns]


def _matches(problem: Problem, assignments: Ints) -> list[Any]:
    request, offer, places, tenths = assignments.T.tolist()
    requests, offers = problem.requests.ids, problem.offers.ids
    return [[requests[i] for i in request], [offers[i] for i in offer], places, tenths]


def _dicts(columns: list[Any]) -> list[dict[str, Any]]:
    names = MATCHES.columns.keys()
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _read(connection: Connection, table: Table) -> list[Any]:
    """Read a table into one array a column."""
    columns = list(zip(*connection.execute(select(table)).all(), strict=True))
    kinds = [column.type.python_type for column in table.columns]
    return [
        values if kind is str else np.fromiter(values, np.int64 if kind is int else np.float64, len(values))
        for values, kind in zip(columns, kinds, strict=True)
    ]


def _driver(connection: Connection) -> Psycopg[Any]:
    driver = connection.connection.driver_connection
    assert isinstance(driver, Psycopg)
    return driver


def _copy_in(connection: Connection, table: Table, columns: list[Any]) -> None:
    with _driver(connection).cursor() as cursor, cursor.copy(f"COPY {table.name} FROM STDIN") as copy:
        line = "\t".join(repeat("%s", len(columns))) + "\n"
        copy.write("".join([line % row for row in zip(*columns, strict=True)]))


def _copy_out(connection: Connection, table: Table) -> list[Any]:
    """Read a table into one array a column, from text."""
    with _driver(connection).cursor() as cursor, cursor.copy(f"COPY {table.name} TO STDOUT") as copy:
        data = b"".join(copy)
    cells = data.replace(b"\n", b"\t").split(b"\t")[:-1]
    width = len(table.columns)
    kinds = [column.type.python_type for column in table.columns]
    return [
        cells[i::width]
        if kind is str
        else np.array(cells[i::width]).astype(np.int64 if kind is int else float)
        for i, kind in enumerate(kinds)
    ]
