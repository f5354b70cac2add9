"""What the tables themselves refuse."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from dmas.core.actors import Actor
from dmas.core.db import Database
from tests.factories.providers import make_independent, make_site, make_trust


@pytest.mark.parametrize(
    "values",
    [
        {"latitude": 52.0, "longitude": None},
        {"latitude": 95.0, "longitude": 0.0},
        {"closed_on": "2001-01-01"},
        {"region_code": None},
        {"code": "lower"},
    ],
)
def test_an_organisation_must_make_sense(database: Database, system: Actor, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), database.unit_of_work(system) as session:
        make_trust(session, **values)


def test_a_site_belongs_to_somebody(database: Database, system: Actor) -> None:
    with database.unit_of_work(system) as session:
        site = make_site(session, make_independent(session))
    assert site.icb_code is not None
    with pytest.raises(IntegrityError), database.unit_of_work(system) as session:
        make_site(session, provider_code="NOBODY")
