"""The page that compares waits, held against a computation of its own, postcode by postcode and row by row.

`python -m benchmarks compare --outcodes F --rtt F [--trusts F --hospitals F …]` loads the publishers' files
by the real importers into a database that is dropped again, asks the page for its CSV, and compares each row.
"""

from __future__ import annotations

import csv
import os
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import text

from benchmarks import apart
from dmas import cli
from dmas.app import create_app
from dmas.core.databases import scratch_database
from dmas.core.db import OWNER, Database, migrate
from dmas.core.embedded import database_server
from dmas.settings import Environment, Settings

POSTCODES = ("CB2 0QQ", "SE1 7EH", "B15 2GW", "M13 9WL", "EX2 5DW")
SERVICES = ("C_110", "C_130", "C_502")
WITHIN = (50, None)
# In the order they build on each other: what each file is called on the command line.
KINDS = ("outcodes", "icbs", "trusts", "successions", "hospitals", "ratings", "rtt", "dm01")


def main(arguments: list[str] | None = None) -> int:
    """Compare, and print each question with the rows that agree and differ; return 1 where any differs."""
    asked = _asked(arguments or [])
    if asked.rtt is None or asked.outcodes is None:
        print(
            "compare needs the publishers' files: --outcodes, --rtt, and better --trusts and --hospitals too."
        )
        return 0
    mine = apart.read(
        outcodes=asked.outcodes,
        rtt=asked.rtt,
        dm01=asked.dm01,
        trusts=asked.trusts,
        hospitals=asked.hospitals,
        successions=asked.successions,
    )
    with database_server(os.environ) as server, scratch_database(server) as url:
        migrate(url)
        _load(url, asked)
        return 1 if _compare(url, mine, asked) else 0


def _asked(arguments: list[str]) -> Namespace:
    parser = ArgumentParser(prog="benchmarks compare")
    for kind in KINDS:
        parser.add_argument(f"--{kind}", type=Path)
    parser.add_argument("--postcodes", nargs="+", default=POSTCODES)
    parser.add_argument("--services", nargs="+", default=SERVICES)
    return parser.parse_args(arguments)


def _load(url: str, asked: Namespace) -> None:
    before, os.environ["DATABASE_URL"] = os.environ.get("DATABASE_URL"), url
    try:
        for kind in KINDS:
            path = getattr(asked, kind)
            if path is not None:
                cli.main(["import", "ods" if kind == "trusts" else kind, str(path)])
    finally:
        if before is None:
            del os.environ["DATABASE_URL"]
        else:
            os.environ["DATABASE_URL"] = before


def _compare(url: str, mine: apart.Files, asked: Namespace) -> int:
    owner = Database(url, role=OWNER)
    with owner.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    owner.dispose()
    database = Database(url)
    app = create_app(Settings(environment=Environment.TEST, secret_key="x" * 60, log_level="WARNING"))
    app.config["WTF_CSRF_ENABLED"] = False
    app.extensions["dmas_database"] = database
    differing = 0
    try:
        for postcode in asked.postcodes:
            for service in asked.services:
                client = app.test_client()
                client.post("/compare", data={"postcode": postcode, "service": service}).close()
                for within in WITHIN:
                    differing += _one(client, mine, postcode, service, within)
    finally:
        database.dispose()
    print(f"{differing} rows differ")
    return differing


def _one(client: FlaskClient, mine: apart.Files, postcode: str, service: str, within: int | None) -> int:
    began = time.perf_counter()
    page = client.get("/compare", query_string={"service": service, "within": within or "", "format": "csv"})
    seconds = time.perf_counter() - began
    theirs = {row["Code"]: _answer(row) for row in csv.DictReader(page.text.lstrip("\ufeff").splitlines())}
    own = mine.near(postcode, service, within)
    differ = [code for code in sorted(own.keys() | theirs.keys()) if own.get(code) != theirs.get(code)]
    placed = sum(one.miles is not None for one in theirs.values())
    known = sum(one.half is not None for one in theirs.values())
    reach = f"within {within} miles" if within else "anywhere"
    print(
        f"{postcode:8} {service:6} {reach:16} {len(theirs):4} providers, {placed:4} placed,"
        f" {known:4} with a wait, {len(differ):3} differ, {1000 * seconds:4.0f} ms"
    )
    for code in differ[:5]:
        print(f"    {code}: the page says {theirs.get(code)}, apart from it {own.get(code)}")
    order = [_key(one) for one in theirs.values()]
    if order != sorted(order):
        print("    the page is not in the order of its waits")
        return len(differ) + 1
    return len(differ)


def _key(one: apart.Answer) -> tuple[bool, int, int, float]:
    unplaced = 1e9 if one.miles is None else one.miles
    return (one.half is None, one.half or 0, one.nine_in_ten or 0, unplaced)


def _answer(row: dict[str, str]) -> apart.Answer:
    miles = row["Miles"].removeprefix("about ")
    people = row["People counted"].replace(",", "")
    return apart.Answer(
        float(miles) if miles else None,
        _weeks(row["Half within"]),
        _weeks(row["Nine in ten within"]),
        int(people) if people.isdigit() else 0,
    )


def _weeks(cell: str) -> int | None:
    number = cell.removesuffix(" weeks")
    if number.startswith("over "):
        return int(number.removeprefix("over ")) + 1
    return int(number) if number else None
