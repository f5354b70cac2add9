"""COPY, repeats and the one statement that stores what differs."""

from __future__ import annotations

import gc
from datetime import date

import pytest
from sqlalchemy import Column, Float, Integer, MetaData, Table, Text, select, text

from dmas.core import bulk
from dmas.core.actors import Actor
from dmas.core.db import Base, Database
from dmas.providers.models import Outcode

STAGED = Table(
    "staged_test",
    MetaData(),
    Column("line", Integer),
    Column("code", Text),
    Column("latitude", Float),
    Column("longitude", Float),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)
TARGET = Outcode.metadata.tables["outcode"]


def test_rows_are_stored_once_and_counted(database: Database, system: Actor) -> None:
    with database.unit_of_work(system) as session:
        session.add_all(
            [Outcode(code="B1", latitude=1.0, longitude=1.0), Outcode(code="B2", latitude=2.0, longitude=2.0)]
        )
        session.flush()
        bulk.allow_long_statements(session)
        for _ in range(2):  # a second load in one transaction starts clean
            bulk.make_temporary(session, STAGED)
        rows = [(1, "B1", 1.0, 1.0), (2, "B2", 2.5, 2.0), (3, "B3", 3.0, 3.0), (4, "B3", 9.0, 9.0)]
        assert bulk.copy_rows(session, STAGED, ["line", "code", "latitude", "longitude"], rows) == 4
        assert bulk.take_out_repeats(session, STAGED, "code") == [(4, "B3")]
        changes = bulk.store(session, STAGED, TARGET, "code", ("latitude", "longitude"))
        assert changes == bulk.Changes(new=1, changed=1, unchanged=1)
        session.expire_all()
        held = session.execute(select(Outcode.code, Outcode.latitude).order_by(Outcode.code)).all()
        assert held == [("B1", 1.0), ("B2", 2.5), ("B3", 3.0)]
        assert session.scalar(text("SHOW statement_timeout")) == "0"
    with database.unit_of_work(system) as session:
        assert session.scalar(text("SHOW statement_timeout")) == "15s"


def test_an_error_while_copying_stores_nothing(database: Database, system: Actor) -> None:
    def rows():
        yield ("B1", 1.0, 1.0)
        raise RuntimeError("the file broke")

    with pytest.raises(RuntimeError, match="the file broke"), database.unit_of_work(system) as session:
        bulk.copy_rows(session, TARGET, ["code", "latitude", "longitude"], rows())
    with database.unit_of_work(system) as session:
        assert session.scalars(select(Outcode.code)).all() == []


def test_rows_go_in_by_one_statement_with_the_defaults_of_what_is_left_out(
    database: Database, system: Actor
) -> None:
    table = Base.metadata.tables["organisation"]
    rows = [
        {"code": "QZ1", "name": "Area 'one'", "kind": "region", "opened_on": date(2022, 7, 1)},
        {"code": "QZ2", "name": 'Area "two"', "kind": "region", "opened_on": None},
    ]
    with database.unit_of_work(system) as session:
        bulk.insert_rows(session, table, [])
        bulk.insert_rows(session, table, rows)
        found = session.execute(select(table).where(table.c.kind == "region").order_by(table.c.code)).all()
    assert [(row.name, row.opened_on, row.raw) for row in found] == [
        ("Area 'one'", date(2022, 7, 1), {}),
        ('Area "two"', None, {}),
    ]


def test_no_garbage_is_looked_for_meanwhile_and_it_is_again_afterwards() -> None:
    assert gc.isenabled()
    with bulk.without_collecting():
        with bulk.without_collecting():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
