"""What the table of counts refuses."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.published.models import Dm01Count, RttCount


@pytest.mark.parametrize("values", [{"part": "4"}, {"total": -1}, {"weeks": [0] * 104}, {"weeks": []}])
def test_a_count_must_make_sense(database: Database, system: Actor, values: dict[str, object]) -> None:
    right: dict[str, object] = {
        "period": date(2026, 4, 30),
        "provider_code": "RRK",
        "treatment_function": "C_110",
        "part": "2",
        "provider_name": "EXAMPLE",
        "total": 0,
        "weeks": [0] * 105,
    }
    with database.unit_of_work(system) as session:
        session.add(RttCount(**right))
    with pytest.raises(IntegrityError), database.unit_of_work(system) as session:
        session.add(RttCount(**right | {"provider_code": "RJ1"} | values))


@pytest.mark.parametrize(
    "values", [{"total": -1}, {"weeks": [0] * 13}, {"weeks": []}, {"planned_activity": -1}]
)
def test_a_count_of_a_test_must_make_sense(
    database: Database, system: Actor, values: dict[str, object]
) -> None:
    right: dict[str, object] = {
        "period": date(2026, 3, 31),
        "provider_code": "RRK",
        "test": "MRI",
        "provider_name": "EXAMPLE",
        "total": 0,
        "weeks": [0] * 14,
        "waiting_list_activity": 0,
        "planned_activity": 0,
        "unscheduled_activity": 0,
    }
    with database.unit_of_work(system) as session:
        session.add(Dm01Count(**right))
    with pytest.raises(IntegrityError), database.unit_of_work(system) as session:
        session.add(Dm01Count(**right | {"provider_code": "RJ1"} | values))
