"""A manager with something on their pages."""

from __future__ import annotations

from datetime import datetime

import pytest

from dmas.core.actors import Actor
from dmas.core.db import Database
from tests.browsing import Browsing
from tests.factories.providers import make_site
from tests.factories.requests import make_request
from tests.requests.conftest import Place


@pytest.fixture
def shown_to_manager(
    browsing: Browsing, database: Database, here: Place, system: Actor, now: datetime
) -> Browsing:
    """A browser with a trust's manager at it, who has a request and two sites."""
    with database.unit_of_work(system) as session:
        make_request(session, now=now, trust=here.trust)
        make_site(session, here.trust)
    return browsing.sign_in(here.manager)
