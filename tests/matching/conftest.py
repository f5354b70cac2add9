"""A small market: a trust that asks for eight hips, and two providers nearby with room for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.offers.models import Offer
from dmas.requests.models import CareRequest
from tests.factories.offers import make_offer
from tests.factories.providers import make_icb, make_independent, make_site, make_trust
from tests.factories.requests import make_request

SERVICE_DATE = date(2026, 11, 21)


@dataclass(frozen=True, slots=True)
class Market:
    """A request of eight places, and offers of five and four: one place is left over."""

    care_request: CareRequest
    near: Offer
    far: Offer


@pytest.fixture
def service_date() -> date:
    """The date of the fixture `now`."""
    return SERVICE_DATE


@pytest.fixture
def market(database: Database, system: Actor, now: datetime) -> Market:
    """Eight hips asked for by a trust; five places nearby, four at an independent hospital farther off."""
    with database.unit_of_work(system) as session:
        icb = make_icb(session)
        home = make_trust(session, icb, latitude=52.45, longitude=-1.93)
        near_site = make_site(session, make_trust(session, icb), latitude=52.50, longitude=-1.93)
        far_site = make_site(session, make_independent(session, icb), latitude=52.70, longitude=-1.93)
        care_request = make_request(
            session, now=now, trust=home, places=8, opened_on=SERVICE_DATE - timedelta(days=1)
        )
        near = make_offer(session, now=now, site=near_site, places=5)
        far = make_offer(session, now=now, site=far_site, places=4)
    return Market(care_request, near, far)
