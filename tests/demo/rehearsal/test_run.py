"""A rehearsal from published figures to its report."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from sqlalchemy import func, select, text

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.errors import InvalidInput
from dmas.demo.rehearsal.database import Applied
from dmas.demo.rehearsal.read import Published
from dmas.demo.rehearsal.report import Report
from dmas.demo.rehearsal.results import FirstNight
from dmas.demo.rehearsal.run import compare, rehearse
from dmas.demo.rehearsal.stages import Stages
from dmas.matching import nightly
from dmas.published.models import Dm01Count, RttCount
from tests.demo.rehearsal import truths
from tests.demo.rehearsal.conftest import rehearsed
from tests.factories.providers import make_site, make_trust
from tests.matching.engine import truth

STAGES = {
    "read the published figures",
    "draw people, requests and offers",
    "nights: what has ended and who comes",
    "nights: make the problem",
    "nights: solve",
    "nights: check",
    "nights: hold places",
    "database: write the exchange",
    "database: run the night",
    "database: look at every rule",
    "count",
}


def timeless(report: Report) -> list[str]:
    """Return the report's lines without how long it took."""
    return list(replace(report, stages=Stages()).lines())


def test_the_same_seed_gives_the_same_report_but_for_the_seconds(month: str) -> None:
    one, again, other = (
        rehearse(month, uptake=0.3, seed=seed, weeks=1, in_database=False) for seed in (4, 4, 5)
    )
    assert timeless(one) == timeless(again) != timeless(other)
    assert one.as_csv() == again.as_csv() != other.as_csv()


def test_the_night_on_columns_is_the_night_in_the_database(
    month: str, database: Database, system: Actor
) -> None:
    report = rehearse(month, uptake=0.5, seed=1, in_database=True)
    night, applied = report.first.night, report.applied
    assert applied is not None
    assert applied.matched == applied.held == night.matched > 0
    assert (applied.tenths, applied.outside_region) == (night.tenths, night.outside_region)
    assert applied.rules >= 15
    assert applied.broken == 0
    said = "\n".join(report.lines())
    assert f"{applied.rules} rules looked at, 0 broken" in said
    assert "check in the database         Checked independently" in said
    assert set(report.stages.seconds) == STAGES
    assert all(
        seconds >= 0 and report.stages.peaks[name] > 10 for name, seconds in report.stages.seconds.items()
    )
    with database.unit_of_work(system) as session:
        left = session.scalars(text("SELECT datname FROM pg_database WHERE datname LIKE 'dmas_rehearsal_%'"))
        assert left.all() == []
        assert session.scalar(text("SELECT count(*) FROM offer")) == 0
        assert session.scalar(text("SELECT count(*) FROM patient")) == 0


def test_a_night_that_differs_in_the_database_is_not_reported(published: Published) -> None:
    night = rehearsed(published, nights=1).nights[0]
    first = FirstNight(night, own=0, offers=0, median_miles=None, ninth_miles=None, tables=[])
    same = Applied(0, night.wanted, night.matched, night.tenths, night.outside_region, 0, 0, "", 25, 0)
    treatments = replace(published, cells=[cell for cell in published.cells if not cell.test])
    compare(same, first, treatments)
    other = replace(same, tenths=night.tenths + 1)
    compare(other, first, published)  # with tests, which the database does not have, they may differ
    with pytest.raises(RuntimeError, match="on columns gives"):
        compare(other, first, treatments)


def test_the_figures_add_up_with_what_was_published(month: str, database: Database, system: Actor) -> None:
    report = rehearse(month, uptake=1.0, seed=1)
    with database.unit_of_work(system) as session:
        over_40 = session.scalar(
            text(
                "SELECT sum((SELECT sum(w) FROM unnest(weeks[41:]) AS w)) FROM rtt_count"
                " WHERE part = '2' AND icb_code <> 'Q99'"
            )
        )
        providers = session.scalar(select(func.count(RttCount.provider_code.distinct())))
    assert report.applied is None  # so large an uptake is not written as rows
    assert report.late == over_40 == report.first.night.wanted
    assert report.providers + report.left_out == providers
    assert (report.providers, report.left_out, report.approximate) == (4, 1, 4)
    services = dict(report.first.tables[1].rows)
    assert services["Other paediatric services"][0] == 160
    assert (services["Other paediatric services"][1] or 0) > 0


def test_tests_take_part_where_their_figures_are_loaded(
    month: str, database: Database, system: Actor
) -> None:
    with database.unit_of_work(system) as session:
        for code, weeks, done in (("RRK", [9] * 14, 0), ("RTD", [90] + [0] * 13, 900)):
            session.add(
                Dm01Count(
                    period=session.scalars(select(RttCount.period).limit(1)).one(),
                    provider_code=code,
                    test="MRI",
                    provider_name=code,
                    icb_code="QHM",
                    total=sum(weeks),
                    weeks=weeks,
                    waiting_list_activity=done,
                    planned_activity=0,
                    unscheduled_activity=0,
                )
            )
    report = rehearse(month, uptake=0.2, seed=1, weeks=1, in_database=False)
    assert report.late_tests == 8 * 9
    assert "MRI scan" in dict(report.first.tables[1].rows)
    assert "For tests" in "\n".join(report.lines())


def test_providers_whose_place_is_loaded_stand_there(month: str, database: Database, system: Actor) -> None:
    with database.unit_of_work(system) as session:
        make_trust(session, code="RRK", latitude=52.45, longitude=-1.94)
        make_site(session, make_trust(session, code="RZZ"), code="NT401", latitude=52.6, longitude=1.3)
    assert rehearse(month, uptake=0.1, seed=1, in_database=False).approximate == 2


def test_without_figures_it_says_how_to_load_them(database_url: object) -> None:
    url = database_url.render_as_string(hide_password=False)  # type: ignore[attr-defined]
    with pytest.raises(InvalidInput, match="dmas import rtt FILE"):
        rehearse(url, uptake=0.05, seed=1)


@pytest.mark.parametrize("uptake", [0.0, -1.0, 1.001, float("nan")])
def test_uptake_is_more_than_0_and_at_most_1(uptake: float) -> None:
    with pytest.raises(InvalidInput, match="more than 0 and at most 1"):
        rehearse("postgresql://nowhere", uptake=uptake, seed=1)


@pytest.mark.parametrize("weeks", [-1, 53])
def test_weeks_are_at_most_a_year(weeks: int) -> None:
    with pytest.raises(InvalidInput, match="from 0 to 52"):
        rehearse("postgresql://nowhere", uptake=0.05, seed=1, weeks=weeks)


def test_so_small_an_uptake_that_nobody_asks_is_a_report_too(month: str) -> None:
    report = rehearse(month, uptake=1e-9, seed=1, weeks=1, in_database=False)
    assert (report.first.night.wanted, report.first.night.matched, report.first.median_miles) == (0, 0, None)
    assert report.weeks is not None
    assert report.weeks.moved == 0
    assert any("people moved" in line for line in report.lines())


def test_the_report_in_words_and_as_csv(month: str) -> None:
    report = rehearse(month, uptake=0.5, seed=1, weeks=3, in_database=False)
    said = "\n".join(report.lines())
    assert "Rehearsal on the published figures of April 2026" in said
    for words in ("left out", "people moved", "weeks of waiting ended", "places wasted", "holds unused"):
        assert words in said
    for heading in (
        "First night by home region",
        "Week by week",
        "All weeks by group",
        "Assumptions",
        "Stages",
    ):
        assert heading in said
    rows = list(csv.DictReader(io.StringIO(report.as_csv())))
    matched = [row for row in rows if row["table"].endswith("home region") and row["figure"] == "matched"]
    assert sum(int(row["value"]) for row in matched) == report.first.night.matched
    assert sum(row["table"] == "Assumptions" for row in rows) == len(report.assumed()) > 15


@pytest.fixture
def planned(month: str, monkeypatch: pytest.MonkeyPatch) -> truth.Night:
    """The problem and the solution of a rehearsal night of the month."""
    plans: list[nightly.Plan] = []
    solved = nightly._solved
    monkeypatch.setattr(nightly, "_solved", lambda loaded: plans.append(solved(loaded)) or plans[-1])
    rehearse(month, uptake=0.12, seed=2)
    (plan,) = plans
    return truth.night(plan.loaded.problem, plan.solution)


@pytest.mark.timeout(600)
def test_every_reason_of_a_rehearsal_night_is_true_and_every_smallest_change_matches(
    planned: truth.Night,
) -> None:
    left, kinds = planned.solution["unmatched"], set[str]()
    assert len(left) > 20
    for one in left:
        truth.check_reason(planned, one)
        kinds |= truth.check_changes(planned, one)
    assert kinds


@pytest.mark.score
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(4))
def test_every_reason_is_true_and_every_smallest_change_matches_with_tests_and_people(
    published: Published, seed: int
) -> None:
    kinds = set[str]()
    for night in truths.nights_of(rehearsed(published, uptake=0.7, seed=seed)):
        for one in night.solution["unmatched"]:
            truth.check_reason(night, one)
            kinds |= truth.check_changes(night, one)
    assert kinds
