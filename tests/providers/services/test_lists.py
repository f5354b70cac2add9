"""Ratings and successions, from short lists."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.providers import queries
from dmas.providers.commands import ImportRatings, ImportSuccessions, LoadReport
from dmas.providers.models import Organisation
from dmas.providers.queries import Rating
from dmas.providers.services import import_ratings, import_successions
from dmas.providers.vocabulary import QualityRating
from tests.factories.providers import make_site, make_trust
from tests.factories.publishers import write_csv


@pytest.fixture
def trusts(database: Database, system: Actor) -> list[Organisation]:
    """Two trusts."""
    with database.unit_of_work(system) as session:
        return [make_trust(session), make_trust(session)]


def counts(report: LoadReport) -> tuple[int, int, int, int]:
    return report.new, report.changed, report.unchanged, report.refusals.count


def test_the_newest_rating_stands(
    database: Database, system: Actor, now: datetime, tmp_path: Path, trusts: list[Organisation]
) -> None:
    with database.unit_of_work(system) as session:
        site = make_site(session, session.get_one(Organisation, trusts[0].code)).code

    def load(*rows: list[str]) -> LoadReport:
        path = write_csv(tmp_path / "ratings.csv", [["site", "rating", "date"], *rows])
        with database.unit_of_work(system) as session:
            return import_ratings(session, ImportRatings(path=path), actor=system, now=now)

    first = [[site, "Good", "2024-05-01"], [trusts[0].code, "Outstanding", "1/2/2025"]]
    assert counts(load(*first)) == (2, 0, 0, 0)
    assert counts(load(*first)) == (0, 0, 2, 0)
    later = [
        [site, "Inadequate", "2026-05-01"],
        [site, "Good", "2025-05-01"],
        [site, "Good", "2026-05-01"],
        [site, "Good", "2031-05-01"],
        ["ZZZ99", "Good", "2025-05-01"],
        [site, "Fine", "2025-05-01"],
    ]
    report = load(*later)
    assert counts(report) == (0, 1, 1, 4)
    said = " ".join(reason for _, reason in report.refusals.shown)
    for words in ("two ratings of one day", "still to come", "no site or provider we know", "Give one of"):
        assert words in said
    with database.unit_of_work(system) as session:
        assert queries.ratings(session, [site, trusts[1].code, trusts[0].code]) == {
            site: Rating(QualityRating.INADEQUATE, date(2026, 5, 1)),
            trusts[0].code: Rating(QualityRating.OUTSTANDING, date(2025, 2, 1)),
        }
        assert queries.ratings(session, []) == {}


def test_successions_of_whom_we_know_are_kept_once(
    database: Database, system: Actor, now: datetime, tmp_path: Path, trusts: list[Organisation]
) -> None:
    old, new = (trust.code for trust in trusts)
    rows = [[old, new, "2020-04-01"], [old, "ZZZ", "2020-04-01"], [old, old, "2020-04-01"]]
    path = write_csv(tmp_path / "successions.csv", [["old_code", "new_code", "date"], *rows])
    for counted in ((1, 0, 0, 2), (0, 0, 1, 2)):
        with database.unit_of_work(system) as session:
            report = import_successions(session, ImportSuccessions(path=path), actor=system, now=now)
        assert counts(report) == counted
