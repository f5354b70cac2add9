"""The page stands alone, shows every figure in a table, and plots regions, services and weeks."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from dmas.demo.rehearsal import page, results
from dmas.demo.rehearsal.exchange import HELD
from dmas.demo.rehearsal.report import Report
from dmas.demo.rehearsal.stages import Stages
from tests.demo.rehearsal.conftest import read_month, rehearsed


def report_of(nights: int) -> Report:
    one = rehearsed(read_month(), nights=1)
    first = results.first_night(one, one.exchange.asked.where[:, HELD].copy())
    for number in range(1, nights):
        one.night(number)
    return Report(
        period="April 2026", tests_period=None, uptake=0.5, seed=1, nights=nights - 1, providers=3,
        approximate=0, left_out=0, districts=4, late=289, late_tests=0, leave=0.1, leave_tests=None,
        first=first, applied=None, weeks=results.weeks(one, nights - 1) if nights > 1 else None,
        stages=one.stages,
    )  # fmt: skip


@pytest.fixture(scope="module")
def report() -> Report:
    return report_of(8)


def test_it_needs_nothing_beside_it(report: Report) -> None:
    written = page.html(report)
    assert not re.search(r"<script|<link|src=|url\(|https?://", written)


def test_every_table_is_there_and_every_plot_has_its_table(report: Report) -> None:
    written = page.html(report)
    tables = report.tables()
    assert written.count("<table") == len(tables) + 1
    assert written.count("<svg") == sum(
        bool(re.search("region|service|Week by week", t.heading)) for t in tables
    )
    for one in report.assumed():
        assert one.split(";")[0].replace("'", "&#39;") in written


def test_one_night_alone_has_no_weeks() -> None:
    written = page.html(report_of(1))
    assert "Week by week" not in written
    assert "First night by home region" in written


def test_only_the_last_section_holds_seconds(report: Report) -> None:
    other = page.html(replace(report, stages=Stages({"read": 1.0}, {"read": 2.0})))
    assert page.html(report).split("How long it took")[0] == other.split("How long it took")[0]
