"""Tests in words: details, lines against six weeks, and the drawing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.db import Database
from dmas.diagnostics import presenters, queries, rules
from dmas.diagnostics.queries import Waiting
from tests.factories import diagnostics as make

TODAY = date(2026, 11, 21)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("longest", "shortest", "words"),
    [
        (41, 41, "Within"),
        (42, 41, "Some breached"),
        (42, 42, "Breached"),
        (200, 91, "Breached"),
        (200, 92, "Over 91 days"),
        (-1, -1, "Not due yet"),
    ],
)
def test_a_line_stands_against_six_weeks_by_its_days(longest: int, shortest: int, words: str) -> None:
    assert presenters.standing(ago(longest), ago(shortest), TODAY).text == words


def test_bars_are_scaled_and_breaches_stand_below_the_line() -> None:
    bars = presenters.bars(rules.six_weeks([(ago(3), 10), (ago(45), 5)], TODAY))
    assert [(one.wide, one.breach) for one in bars if one.people] == [(180, False), (90, True)]
    assert [one.y for one in bars] == sorted(one.y for one in bars)


def test_the_view_is_said_in_a_sentence_and_test_by_test() -> None:
    waits = [Waiting("MRI", ago(50), 3), Waiting("MRI", ago(2), 1), Waiting("CT", ago(100), 2)]
    view = rules.six_weeks([(one.since, one.places) for one in waits], TODAY)
    said = presenters.in_short(view)
    assert (
        said
        == "6 people asked for: 1 within six weeks (16%), 5 at six weeks or over, 2 of them over 91 days."
    )
    assert presenters.test_rows(waits, TODAY) == [("MRI scan", 4, 1, 3, 0, 0), ("CT scan", 2, 0, 2, 2, 0)]
    assert "Nobody waits" in presenters.in_short(rules.six_weeks([], TODAY))
    assert len(presenters.band_rows(view)) == len(view.bands)


def test_details_of_an_offer_and_of_a_request(database: Database, system: Actor, now: datetime) -> None:
    today = london_date(now)
    with database.unit_of_work(system) as session:
        scope = make.detail(
            place="hospital",
            max_weight=None,
            images_route=None,
            preparation="receiver_posts",
            escort="after_sedation",
            accreditations=("jag",),
        )
        limits = {"no_asa_limit": True, "no_bmi_limit": True}
        offer = make.make_test_offer(session, now=now, test="COLONOSCOPY", of=scope, **limits)
        facts = dict(presenters.offer_facts(offer, queries.offer_detail(session, offer.id)))
        alone = make.make_test_offer(
            session, now=now, of=make.detail(report_by="home", unit_name="Trailer 4")
        )
        beside = queries.offer_detail(session, alone.id)
        lines = (make.line(today), make.line(today, latest=today + timedelta(days=3), planned=True))
        detail = make.asked(
            heaviest=120,
            report_within=7,
            kidney_function_on=today - timedelta(days=100),
            rtt_start=today - timedelta(days=200),
            images_route="image_exchange",
        )
        asked = make.make_test_request(session, now=now, lines=lines, tokens=("contrast",), detail=detail)
        row = queries.request_detail(session, asked.id)
        said = dict(presenters.request_facts(asked, row, today))
        listed = presenters.lines(asked, row, today)
        both = dict(presenters.case_facts(alone, beside, asked, row, today))
    assert facts["Accreditation"] == "JAG (endoscopy)"
    assert facts["Escort"] == "Only after sedation"
    assert "Heaviest person" not in facts
    assert presenters.place(beside) == "Mobile unit: Trailer 4"
    assert presenters.report(beside).startswith("Scan only")
    assert str(said["Kidney function"]).endswith("to be checked on the day")
    assert said["Report wanted"] == "Within 7 working days"
    assert "shown only" in str(said["Earliest RTT clock start"])
    assert [row[4].text for row in listed] == ["Breached", "Not due yet"]
    assert str(listed[1][3]).startswith("Planned, due")
    assert both["Must be possible"] == "Contrast, Kidney function checked on the day"
    assert both["Counted in DM01 by"] == "The trust that asks"
    assert presenters.case_facts(alone, None, asked, None, today) == []
