"""Details beside rows that were read, and nothing beside an operation."""

from __future__ import annotations

from datetime import datetime

import pytest

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.errors import NotFound
from dmas.diagnostics import queries
from tests.factories import diagnostics as make
from tests.factories.offers import make_offer
from tests.factories.requests import make_request


def test_only_a_test_has_something_beside_it(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        offer, asked = make_offer(session, now=now), make_request(session, now=now)
        test, tests_asked = make.make_test_offer(session, now=now), make.make_test_request(session, now=now)
        assert queries.beside_offer(session, offer) is None
        assert queries.beside_request(session, asked) is None
        assert queries.beside_offer(session, test) is queries.offer_detail(session, test.id)
        assert queries.beside_request(session, tests_asked) is queries.request_detail(session, tests_asked.id)
        with pytest.raises(NotFound):
            queries.offer_detail(session, offer.id)
        assert queries.request_details(session, [asked.id, tests_asked.id]).keys() == {tests_asked.id}
        assert [one.service for one in queries.waiting(session, system)] == ["MRI"]
