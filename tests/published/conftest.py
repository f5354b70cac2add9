"""A month of figures near one district: a trust of two sites, a clinic, and one that nobody here knows."""

from __future__ import annotations

from datetime import date

import pytest

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.providers.models import Outcode, SiteRating
from dmas.published.models import Dm01Count, RttCount
from tests.factories.providers import make_independent, make_site, make_trust

APRIL, MARCH = date(2026, 4, 30), date(2026, 3, 31)
NEAR = Outcode(code="B15", latitude=52.47, longitude=-1.93)


def rtt(code: str, weeks: dict[int, int], part: str = "1A", *, period: date = APRIL) -> RttCount:
    """Return a count of trauma and orthopaedics."""
    return RttCount(
        period=period,
        provider_code=code,
        treatment_function="C_110",
        part=part,
        provider_name=f"EXAMPLE {code}",
        icb_code=None,
        total=sum(weeks.values()),
        weeks=[weeks.get(n, 0) for n in range(105)],
    )


def dm01(code: str, weeks: dict[int, int], activity: int = 0, *, period: date = MARCH) -> Dm01Count:
    """Return a count of MRI scans."""
    return Dm01Count(
        period=period,
        provider_code=code,
        test="MRI",
        provider_name=f"EXAMPLE {code}",
        icb_code=None,
        total=sum(weeks.values()),
        weeks=[weeks.get(n, 0) for n in range(14)],
        waiting_list_activity=activity,
        planned_activity=0,
        unscheduled_activity=0,
    )


@pytest.fixture
def near(database: Database, system: Actor) -> dict[str, str]:
    """The codes of who reports: `trust`, `far` and `clean` are its sites, `clinic`, and `stranger`."""
    with database.unit_of_work(system) as session:
        trust = make_trust(session, name="UNIVERSITY HOSPITALS OF THE EXAMPLE NHS TRUST")
        far = make_site(session, trust, name="Far Hospital", latitude=52.60, longitude=-1.93)
        close = make_site(session, trust, name="ST MARY'S HOSPITAL", latitude=52.48, longitude=-1.93)
        clinic = make_site(
            session, make_independent(session), name="Oak Clinic", latitude=52.90, longitude=-1.93
        )
        session.add(Outcode(code=NEAR.code, latitude=NEAR.latitude, longitude=NEAR.longitude))
        session.add_all(
            [
                SiteRating(code=close.code, rating="good", rated_on=date(2025, 3, 3)),
                SiteRating(code=clinic.provider_code, rating="outstanding", rated_on=date(2024, 5, 1)),
                rtt(trust.code, {9: 50, 29: 50}),
                rtt(trust.code, {4: 100}, "1B"),
                rtt(trust.code, {20: 700}, "2"),
                rtt(trust.code, {1: 1}, period=MARCH),
                rtt(clinic.code, {104: 20}),
                rtt("RXX", {5: 9}),
                dm01(trust.code, {0: 10, 6: 10}),
                dm01(clinic.code, {}, activity=5),
                dm01("RXX", {}),
                dm01("RXX", {1: 50}, period=date(2026, 2, 28)),
            ]
        )
        return {"trust": trust.code, "far": far.code, "close": close.code, "clinic": clinic.code}
