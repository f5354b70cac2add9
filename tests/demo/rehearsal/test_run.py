"""A rehearsal from published figures to its report."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import func, select, text

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.errors import InvalidInput
from dmas.demo.rehearsal.report import Report
from dmas.demo.rehearsal.run import rehearse
from dmas.matching import nightly
from dmas.published.models import RttCount
from tests.factories.providers import make_site, make_trust
from tests.matching.engine import truth

STAGES = [
    "read the published figures",
    "draw requests and offers",
    "build the exchange",
    "run the night",
    "count",
    "look at every rule",
]


def test_the_same_seed_gives_the_same_report_but_for_the_seconds(month: str) -> None:
    one, again = rehearse(month, uptake=0.3, seed=4), rehearse(month, uptake=0.3, seed=4)
    assert replace(one, stages=[]) == replace(again, stages=[])
    other = rehearse(month, uptake=0.3, seed=5)
    assert replace(one, stages=[], seed=5) != replace(other, stages=[])


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
    assert report.over_40 == over_40 == report.wanted
    assert report.providers + report.left_out == providers
    assert (report.providers, report.left_out, report.approximate) == (4, 1, 4)
    assert report.wanted == report.matched + sum(places for _, places in report.unmatched)
    for table in (report.by_region, report.by_service):
        assert sum(wanted for _, wanted, _ in table) == report.wanted
        assert sum(matched for *_, matched in table) == report.matched
    assert 0 < report.matched <= report.offered


def test_it_is_checked_sound_and_leaves_nothing_behind(month: str, database: Database, system: Actor) -> None:
    report = rehearse(month, uptake=0.5, seed=1)
    looked_at, broken = report.rules
    assert looked_at >= 15
    assert broken == 0
    assert report.verdict.startswith("Checked independently")
    assert [stage.name for stage in report.stages] == STAGES
    assert all(stage.seconds >= 0 and stage.peak_mb > 10 for stage in report.stages)
    with database.unit_of_work(system) as session:
        left = session.scalars(text("SELECT datname FROM pg_database WHERE datname LIKE 'dmas_rehearsal_%'"))
        assert left.all() == []
        assert session.scalar(text("SELECT count(*) FROM offer")) == 0


def test_children_go_to_childrens_places_alone(month: str) -> None:
    report = rehearse(month, uptake=1.0, seed=1)
    services = {name: (wanted, matched) for name, wanted, matched in report.by_service}
    wanted, matched = services["Other paediatric services"]
    assert wanted == 160
    assert matched > 0


def test_providers_whose_place_is_loaded_stand_there(month: str, database: Database, system: Actor) -> None:
    with database.unit_of_work(system) as session:
        make_trust(session, code="RRK", latitude=52.45, longitude=-1.94)
        make_site(session, make_trust(session, code="RZZ"), code="NT401", latitude=52.6, longitude=1.3)
    assert rehearse(month, uptake=0.1, seed=1).approximate == 2


def test_without_figures_it_says_how_to_load_them(database_url: object) -> None:
    url = database_url.render_as_string(hide_password=False)  # type: ignore[attr-defined]
    with pytest.raises(InvalidInput, match="dmas import rtt FILE"):
        rehearse(url, uptake=0.05, seed=1)


@pytest.mark.parametrize("uptake", [0.0, -1.0, 1.001, float("nan")])
def test_uptake_is_more_than_0_and_at_most_1(uptake: float) -> None:
    with pytest.raises(InvalidInput, match="more than 0 and at most 1"):
        rehearse("postgresql://nowhere", uptake=uptake, seed=1)


def test_so_small_an_uptake_that_nobody_asks_is_a_report_too(month: str) -> None:
    report = rehearse(month, uptake=1e-9, seed=1)
    assert (report.requests, report.wanted, report.matched, report.median_miles) == (0, 0, 0, None)
    assert any("places wanted" in line for line in report.lines())


def test_the_report_in_words(month: str) -> None:
    report: Report = rehearse(month, uptake=0.5, seed=1)
    said = "\n".join(report.lines())
    assert "Rehearsal on the published figures of April 2026" in said
    assert re.search(r"left out +1 +\(no known ICB\)", said)
    assert re.search(r"doctor +\d+ rules looked at, 0 broken", said)
    assert re.search(r"miles, median +\d+\.\d", said)
    assert report.median_miles is not None
    assert report.ninth_miles is not None
    assert report.median_miles <= report.ninth_miles
    for heading in ("By home region", "By service", "Not matched, by reason", "Assumptions", "Stages"):
        assert heading in said
    for stage in STAGES:
        assert stage in said


@pytest.fixture
def planned(month: str, monkeypatch: pytest.MonkeyPatch) -> truth.Night:
    """The problem and the solution of a rehearsal night of the month."""
    plans: list[nightly.Plan] = []
    solved = nightly._solved
    monkeypatch.setattr(nightly, "_solved", lambda loaded: plans.append(solved(loaded)) or plans[-1])
    rehearse(month, uptake=0.3, seed=2)
    (plan,) = plans
    return truth.night(plan.loaded.problem, plan.solution)


@pytest.mark.timeout(600)
def test_every_why_not_of_a_rehearsal_night_is_true(planned: truth.Night) -> None:
    left = planned.solution["unmatched"]
    assert len(left) > 20
    for one in left:
        truth.check_reason(planned, one)


@pytest.mark.timeout(600)
def test_every_smallest_change_of_a_rehearsal_night_matches_when_applied(planned: truth.Night) -> None:
    kinds: set[str] = set()
    for one in planned.solution["unmatched"]:
        kinds |= truth.check_changes(planned, one)
    assert kinds
