"""Hospitals of the NHS website beside the providers and sites that are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.errors import InvalidInput
from dmas.providers.commands import ImportHospitals, ImportOds, LoadReport
from dmas.providers.models import Organisation, Outcode, Site, Succession
from dmas.providers.services import import_hospitals, import_ods, load_england
from tests.factories.publishers import hospital_row, ods_row, write_hospitals, write_ods

Load = Callable[..., LoadReport]


@pytest.fixture
def load(database: Database, system: Actor, now: datetime, tmp_path: Path) -> Load:
    """Two trusts with places, one of them closed, and the website's file loaded on top."""
    with database.unit_of_work(system) as session:
        load_england(session, actor=system, now=now)
        session.add(Outcode(code="B15", latitude=52.47, longitude=-1.93))
        rows = [ods_row(), ods_row("RAA", "CLOSED NHS TRUST", closed="20200331")]
        trusts = write_ods(tmp_path / "etr.csv", rows)
        import_ods(session, ImportOds(path=trusts), actor=system, now=now)

    def load(*rows: Sequence[str]) -> LoadReport:
        path = write_hospitals(tmp_path / "Hospital.csv", rows)
        with database.unit_of_work(system) as session:
            return import_hospitals(session, ImportHospitals(path=path), actor=system, now=now)

    return load


def counts(report: LoadReport) -> tuple[int, int, int, int]:
    return report.new, report.changed, report.unchanged, report.refusals.count


def found(database: Database, system: Actor, table: Any, code: str) -> Any:
    with database.unit_of_work(system) as session:
        return session.get(table, code)


def test_sites_are_made_and_placed_once(load: Load, database: Database, system: Actor) -> None:
    rows = (hospital_row(), hospital_row("RRK03", latitude="", longitude=""), hospital_row("RRK02"))
    report = load(*rows)
    assert counts(report) == (2, 0, 0, 1)
    assert report.refusals.shown == [(4, "RRK02 is in the file twice: the first row was taken")]
    assert counts(load(*rows)) == (0, 0, 2, 1)
    site = found(database, system, Site, "RRK02")
    assert (site.latitude, site.longitude, site.location_source) == (52.45, -1.94, "nhs_website")
    assert (site.icb_code, site.region_code, site.provider_code) == ("QHL", "Y60", "RRK")
    assert found(database, system, Site, "RRK03").location_source == "outcode"


def test_an_independent_provider_that_nobody_knows_is_made_near_its_first_hospital(
    load: Load, database: Database, system: Actor
) -> None:
    rows = (
        hospital_row("NVX01", parent="NVX", parent_name="Valley Healthcare", sector="Independent Sector"),
        hospital_row("NVX02", parent="NVX", parent_name="Valley Healthcare"),
    )
    report = load(*rows)
    assert counts(report) == (2, 0, 0, 0)
    assert "1 independent providers were not known" in report.notes[0]
    made = found(database, system, Organisation, "NVX")
    assert (made.kind, made.name, made.icb_code, made.region_code) == (
        "independent",
        "Valley Healthcare",
        "QHL",
        "Y60",
    )
    again = load(*rows)
    assert (counts(again), again.notes) == ((0, 0, 2, 0), [])


def test_whose_trust_is_closed_or_not_known_is_refused_with_what_to_do(
    load: Load, database: Database, system: Actor
) -> None:
    closed = hospital_row("RAA01", parent="RAA", parent_name="Closed NHS Trust")
    unknown = hospital_row("RZZ01", parent="RZZ", parent_name="Another NHS Trust")
    nowhere = hospital_row("NVX01", parent="NVX", parent_name="Valley", latitude="", longitude="")
    refused = [reason for _, reason in load(closed, unknown, nowhere).refusals.shown]
    assert "has closed: import who followed it (dmas import successions)" in refused[0]
    assert "a trust that is not known: import the trusts first" in refused[1]
    assert "no trust with a place tells its region" in refused[2]
    with database.unit_of_work(system) as session:
        session.add(Succession(old_code="RAA", new_code="RRK", effective_on=date(2020, 4, 1)))
    assert counts(load(closed)) == (1, 0, 0, 0)
    assert found(database, system, Site, "RAA01").provider_code == "RRK"


def test_what_is_known_better_stands(load: Load, database: Database, system: Actor) -> None:
    with database.unit_of_work(system) as session:
        for code, postcode, source in (
            ("RRK02", "B15 2GW", "given"),
            ("RRK03", "B29 6JD", "outcode"),  # it has moved since the website knew it
            ("RRK04", "B15 2GW", "outcode"),
        ):
            session.add(
                Site(
                    code=code,
                    provider_code="RRK",
                    name=f"OUR {code}",
                    postcode=postcode,
                    latitude=52.5,
                    longitude=-1.9,
                    location_source=source,
                    opened_on=date(2001, 4, 1),
                )
            )
    assert load(hospital_row(), hospital_row("RRK03"), hospital_row("RRK04")).stored == 3
    for code, latitude in (("RRK02", 52.5), ("RRK03", 52.5), ("RRK04", 52.45)):
        site = found(database, system, Site, code)
        assert (site.latitude, site.name, site.opened_on) == (latitude, f"OUR {code}", date(2001, 4, 1))


def test_a_file_in_another_encoding_is_refused(
    load: Load, database: Database, system: Actor, now: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "Hospital.csv"
    path.write_bytes(b"OrganisationID\xacOrganisationCode\x81\r\n")
    with (
        pytest.raises(InvalidInput, match="is not Windows-1252 text"),
        database.unit_of_work(system) as session,
    ):
        import_hospitals(session, ImportHospitals(path=path), actor=system, now=now)
