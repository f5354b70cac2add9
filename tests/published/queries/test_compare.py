"""Everybody who reports a service, with the nearest of their places."""

from __future__ import annotations

from datetime import date

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.geography import tenths_between
from dmas.providers.models import Organisation, Site
from dmas.providers.vocabulary import LocationSource, QualityRating
from dmas.published import queries
from dmas.published.vocabulary import Counted
from tests.published.conftest import APRIL, MARCH, NEAR

TODAY = date(2026, 11, 21)


def test_who_treats_and_how_far_their_nearest_place_is(
    database: Database, system: Actor, near: dict[str, str]
) -> None:
    with database.unit_of_work(system) as session:
        found = queries.compare(session, "C_110", Counted.ADMITTED, near=NEAR, today=TODAY)
    rows = {row.code: row for row in found.rows}
    assert found.period == APRIL
    assert set(rows) == {near["trust"], near["clinic"], "RXX"}
    trust, clinic, stranger = rows[near["trust"]], rows[near["clinic"]], rows["RXX"]
    assert (trust.site, trust.tenths) == ("ST MARY'S HOSPITAL", tenths_between(52.47, -1.93, 52.48, -1.93))
    assert (trust.independent, trust.waiting, trust.approximate) == (False, 700, False)
    assert trust.wait is not None
    assert (trust.wait.half, trust.wait.sample) == (10, 100)
    assert trust.rating is not None
    assert (trust.rating.value, trust.of_nearest) == (QualityRating.GOOD, True)
    assert clinic.rating is not None
    assert (clinic.rating.value, clinic.of_nearest) == (QualityRating.OUTSTANDING, False)
    assert stranger.rating is None
    assert (clinic.site, clinic.independent, clinic.name) == ("Oak Clinic", True, f"EXAMPLE {near['clinic']}")
    assert (stranger.site, stranger.tenths, stranger.independent, stranger.wait) == (None, None, None, None)


def test_a_site_that_closed_is_no_place_and_the_seat_stands_for_none(
    database: Database, system: Actor, near: dict[str, str]
) -> None:
    with database.unit_of_work(system) as session:
        session.get_one(Site, near["close"]).closed_on = date(2026, 1, 1)
        session.get_one(Site, near["far"]).closed_on = date(2026, 1, 1)
        seat = session.get_one(Organisation, near["trust"])
        seat.latitude, seat.longitude, seat.location_source = 52.5, -1.9, LocationSource.OUTCODE
        session.flush()
        found = queries.compare(session, "MRI", Counted.TEST, near=NEAR, today=TODAY)
    rows = {row.code: row for row in found.rows}
    assert found.period == MARCH
    assert set(rows) == {near["trust"], near["clinic"]}, (
        "who neither has anybody waiting nor tested is left out"
    )
    assert rows[near["trust"]].site == "UNIVERSITY HOSPITALS OF THE EXAMPLE NHS TRUST"
    assert rows[near["trust"]].approximate
    assert rows[near["clinic"]].wait is None


def test_without_figures_or_reports_nobody_is_compared(
    database: Database, system: Actor, near: dict[str, str]
) -> None:
    with database.unit_of_work(system) as session:
        assert queries.compare(session, "C_430", Counted.TREATED, near=NEAR, today=TODAY).rows == []
        assert queries.compare(session, "CT", Counted.TEST, near=NEAR, today=TODAY).rows == []
        assert queries.district(session, "B15") is not None
        assert queries.district(session, "ZZ9") is None
