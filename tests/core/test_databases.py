"""Making and dropping whole databases."""

from __future__ import annotations

import threading

import psycopg
import pytest
from sqlalchemy import make_url
from sqlalchemy.engine import URL

from dmas.core.databases import create_database, drop_database, scratch_database


@pytest.fixture
def server(server_url: URL) -> str:
    return server_url.render_as_string(hide_password=False)


def connect(url: str) -> psycopg.Connection:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True)


def exists(server: str, name: str | None) -> bool:
    with connect(server) as connection:
        return bool(connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount)


def test_a_scratch_database_is_empty_and_goes_even_while_somebody_is_in_it(server: str) -> None:
    with scratch_database(server) as url:
        name = make_url(url).database
        assert name is not None
        assert name.startswith("dmas_test_")
        assert exists(server, name)
        left_open = connect(url)
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert left_open.execute(tables).fetchone() == (0,)
        assert left_open.execute("SHOW server_encoding").fetchone() == ("UTF8",)
    assert not exists(server, name)
    left_open.close()


def test_a_scratch_database_goes_when_the_work_fails(server: str) -> None:
    urls: list[str] = []

    def fail() -> None:
        with scratch_database(server, "dmas_test_failing_") as url:
            urls.append(url)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert not exists(server, make_url(urls[0]).database)


def test_creating_twice_or_at_once_makes_one_database(server: str) -> None:
    name = "dmas_test_once"
    drop_database(server, name)
    errors: list[BaseException] = []

    def create() -> None:
        try:
            create_database(server, name)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        assert errors == []
        assert exists(server, name)
        create_database(server, name)
    finally:
        drop_database(server, name)
        drop_database(server, name)
    assert not exists(server, name)
