"""A trust's weekly list, checked and applied, against its floor: COPYing it raw into equal tables."""

from __future__ import annotations

import csv
import io
import os
import random
import time
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from psycopg import Cursor
from sqlalchemy import text
from sqlalchemy.engine import URL

from dmas import wiring
from dmas.core.actors import Actor
from dmas.core.clock import LONDON
from dmas.core.databases import scratch_database
from dmas.core.db import OWNER, Database, migrate
from dmas.core.embedded import database_server
from dmas.core.nhs_number import check_digit
from dmas.providers.models import Organisation
from dmas.uploads import queries as uploads
from dmas.uploads.upload import Meter
from dmas.waitinglist import services
from dmas.waitinglist.commands import ApplyExtract
from dmas.waitinglist.vocabulary import Confirm

PROVIDER, ROWS, MOST = "RXX", 50_000, 5.0
FIRST, SECOND = date(2026, 11, 8), date(2026, 11, 15)
ACTOR = Actor.system("benchmark")
ROUNDS = 3
_FOREIGN_KEYS = (
    "equal_patient ADD FOREIGN KEY (icb_code) REFERENCES organisation (code)",
    "equal_pathway ADD FOREIGN KEY (provider_code) REFERENCES organisation (code)",
    "equal_pathway ADD FOREIGN KEY (patient_id) REFERENCES equal_patient (id)",
)

HEADER = (
    "week_ending_date", "NHS_number", "local_patient_identifier", "person_stated_gender_code",
    "ethnic_category", "commissioner_code", "practice_code", "waiting_list_type", "provider_code",
    "site_of_treatment", "referring_organisation", "referral_request_received_date",
    "referral_to_treatment_period_start_date", "end_date", "patient_pathway_identifier", "source_of_referral",
    "main_specialty_code", "activity_treatment_function_code", "consultant_code",
    "outpatient_future_appointment_date", "outpatient_appointment_date", "date_last_attended",
    "last_dna_date",
    "tci_date", "referral_to_treatment_period_status", "decision_to_admit_date",
    "proposed_procedure_opcs_code", "admission_method_code", "priority_type_code", "procedure_priority_code",
    "diagnostic_priority_code", "date_of_last_priority_review", "last_pas_validation_date",
    "inclusion_on_cancer_ptl", "intended_management_code",
    "asa_physical_status_classification_system_code", "transfer_status", "given_name", "family_name",
    "date_of_birth", "address", "postcode", "mobile", "email", "contact_preference", "interpreter_language",
    "communication_needs", "safe_contact", "bmi", "bmi_date", "asa_date", "ubrn",
)  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Print the seconds and the ratios of a first list, and of the same list a week later."""
    parser = ArgumentParser(prog="benchmarks uploads")
    parser.add_argument("--rows", type=int, default=ROWS)
    rows = parser.parse_args(arguments or []).rows
    wiring.install()
    lists = {"first list": (FIRST, 0.0), "a week later": (SECOND, 0.1)}
    files = {words: extract(week, rows, changed) for words, (week, changed) in lists.items()}
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    seen: set[int] = set()
    with database_server(os.environ) as url:
        for _ in range(ROUNDS):
            with scratch_database(url, "dmas_bench_") as scratch:
                migrate(scratch)
                database = Database(scratch, statement_seconds=600)
                _settle(database)
                for words, (week, _changed) in lists.items():
                    file = files[words]
                    found[words, "whole"].append(_timed(_take, database, scratch, file, week, seen))
                    found[words, "equal"].append(_copy_equal(scratch))
                    found[words, "texts"].append(_timed(_copy_rows, scratch, file))
                    found[words, "bare"].append(_timed(_copy_bytes, scratch, file))
                database.dispose()
    for words, file in files.items():
        whole, equal, texts, bare = (min(found[words, one]) for one in ("whole", "equal", "texts", "bare"))
        print(
            f"{words}: {rows:,} rows, {len(file) / 2**20:.1f} MiB; checked and applied {whole:.2f} s:"
            f" {whole / equal:.1f} x copying it raw into equal tables ({equal:.2f} s; at most {MOST:g}),"
            f" {whole / texts:.1f} x its cells into a table of texts ({texts:.2f} s),"
            f" {whole / bare:.1f} x the bare file ({bare:.2f} s); progress seen at {len(seen)} points"
        )
    return 0


def extract(week: date, rows: int, changed: float) -> bytes:
    """Return an invented list of a week; a share of its rows differs from the list without changes."""
    chosen, other = random.Random(7), random.Random(8)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for number, nhs in zip(range(rows), _nhs_numbers(), strict=False):
        start = FIRST - timedelta(days=chosen.randrange(7, 500))
        dates = (start, chosen.choice(("IRTT", "ORTT")), chosen.randrange(20, 25000), chosen.randrange(1, 5))
        later = other.random() < changed
        writer.writerow(_row(week, number, nhs, dates, moved=later))
    return out.getvalue().encode()


def _row(
    week: date, number: int, nhs: str, dates: tuple[date, str, int, int], *, moved: bool
) -> list[object]:
    start, listed, days, code = dates
    born = date(2005, 1, 1) - timedelta(days=days)
    lately = FIRST - timedelta(days=30 + code)
    return [
        week, nhs, f"L{number:07d}", code % 2 + 1, "A", "QHL00", "M85001", listed, PROVIDER, "RXX01",
        "M85001",
        start, start, "", f"PW{number:018d}", "03", "110", ("100", "101", "110", "130")[code - 1],
        f"C{1000000 + code}", week + timedelta(days=90) if moved else "", "", "", "", "", "20",
        lately if listed == "IRTT" else "", "W37.1", "11", "1", f"p{max(3, code)}", "", lately, lately,
        "N", "1",
        code, "", "Morgan", f"Example{number}", born, f"{number} Example Street, Birmingham", "B15 2GW",
        f"07700 {900000 + number % 1000}", f"morgan{number}@example.org", "sms", "", "", "any", "28.5",
        lately,
        lately, "",
    ]  # fmt: skip


def _nhs_numbers() -> Iterator[str]:
    for number in range(1_000_000):
        nine = f"999{number:06d}"
        if (check := check_digit(nine)) is not None:
            yield f"{nine}{check}"


def _settle(database: Database) -> None:
    with database.unit_of_work(ACTOR) as session:
        session.add(Organisation(code="Y60", name="Midlands", kind="region"))
        session.flush()
        session.add(Organisation(code="QHL", name="An ICB", kind="icb", region_code="Y60"))
        session.flush()
        session.add(
            Organisation(code=PROVIDER, name="A trust", kind="trust", icb_code="QHL", region_code="Y60")
        )


def _timed(do: Callable[..., None], *given: Any) -> float:
    began = time.perf_counter()
    do(*given)
    return time.perf_counter() - began


@contextmanager
def _raw_table(url: URL | str) -> Iterator[Cursor[Any]]:
    """Give a cursor beside a fresh table of texts, and commit."""
    database = Database(url, role=OWNER, statement_seconds=600)
    columns = ", ".join(f'"{name}" text' for name in HEADER)
    with database.engine.begin() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        connection.execute(text("DROP TABLE IF EXISTS raw_list"))
        connection.execute(text(f"CREATE TABLE raw_list ({columns})"))
        with driver.cursor() as cursor:
            yield cursor
    database.dispose()


def _copy_rows(url: URL | str, file: bytes) -> None:
    """Read the file's rows with csv and COPY them as they are."""
    with _raw_table(url) as cursor, cursor.copy("COPY raw_list FROM STDIN") as copy:
        rows = csv.reader(io.StringIO(file.decode(), newline=""))
        next(rows)
        for row in rows:
            copy.write_row(row)


def _copy_bytes(url: URL | str, file: bytes) -> None:
    """Hand the whole file to the server, which reads it itself."""
    with _raw_table(url) as cursor, cursor.copy("COPY raw_list FROM STDIN (FORMAT csv, HEADER)") as copy:
        for start in range(0, len(file), 2**18):
            copy.write(file[start : start + 2**18])


def _copy_equal(url: URL | str) -> float:
    """Return the seconds of COPYing a list that was applied into empty tables with all that ours stand on.

    Their keys, indexes, checks and foreign keys are those of ours; row-level security lets no COPY through,
    so it is left off. Making the tables and reading our own is not counted.
    """
    owner = Database(url, role=OWNER, statement_seconds=600)
    try:
        with owner.engine.begin() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            lists = {}
            for table in ("patient", "pathway"):
                connection.execute(text(f"DROP TABLE IF EXISTS equal_{table} CASCADE"))
                connection.execute(text(f"CREATE TABLE equal_{table} (LIKE {table} INCLUDING ALL)"))
                with driver.cursor() as cursor, cursor.copy(f"COPY {table} TO STDOUT") as copy:
                    lists[f"equal_{table}"] = b"".join(map(bytes, copy))
            for key in _FOREIGN_KEYS:
                connection.execute(text(f"ALTER TABLE {key}"))
        began = time.perf_counter()
        with owner.engine.begin() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            for table, rows in lists.items():
                with driver.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(rows)
        return time.perf_counter() - began
    finally:
        owner.dispose()


def _take(database: Database, url: URL | str, file: bytes, week: date, seen: set[int]) -> None:
    """Receive, check and apply a list, while a second connection looks at how far it has come."""
    now = datetime(week.year, week.month, week.day, 18, tzinfo=LONDON) + timedelta(days=1)
    watcher = Database(url)
    with database.unit_of_work(ACTOR) as session:
        upload = services.receive_extract(session, PROVIDER, file, actor=ACTOR, now=now)
    meter = Meter(database, upload.id)

    def report(step: str, done: int, of: int) -> None:
        meter(step, done, of)
        with watcher.snapshot(ACTOR) as session:
            found = uploads.progress_of(session, upload.id)
            seen.add(found.done if found and found.step == "read" else 0)

    with database.unit_of_work(ACTOR) as session:
        command = ApplyExtract(upload.reference, None, tuple(Confirm))
        services.take_extract(session, command, actor=ACTOR, now=now, report=report)
    watcher.dispose()


if __name__ == "__main__":
    main()
