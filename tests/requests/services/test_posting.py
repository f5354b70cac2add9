"""Posting a request on the real database, with its event and its walls."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text

from dmas.catalogue.vocabulary.arrangements import CriticalCare, Sex
from dmas.core.actors import NOBODY, Actor, Role
from dmas.core.audit import history
from dmas.core.db import Database
from dmas.core.errors import InvalidInput, NotAllowed, NotFound
from dmas.core.references import is_reference
from dmas.requests.vocabulary import RequestStatus
from tests.factories.providers import make_independent, make_site, make_trust
from tests.factories.requests import line
from tests.factories.staff import actor_of, make_staff
from tests.requests.conftest import Place
from tests.requests.services.asking import TODAY, post, stored


class TestPost:
    def test_it_waits_for_its_icb(
        self, database: Database, here: Place, system: Actor, now: datetime
    ) -> None:
        posted = post(
            database,
            here.manager,
            now,
            site_code=here.site.code,
            critical_care=CriticalCare.LEVEL_2,
            travel_miles=60,
            lines=(line(), line(priority_code="p3", weeks_from=53, weeks_to=60, sex=Sex.FEMALE)),
        )
        found = stored(database, system, posted)
        assert is_reference(found.reference)
        assert found.status == RequestStatus.AWAITING_ICB
        assert found.approval_due_on == date(2026, 11, 24)  # posted on a Saturday: Monday, Tuesday
        assert found.opened_on is None
        assert (found.icb_code, found.region_code) == (here.icb.code, here.region.code)
        assert (found.latitude, found.longitude) == (here.site.latitude, here.site.longitude)
        assert not found.distance_approximate
        assert found.posted_by == here.manager.id
        assert found.needs == [
            "basis:whole_pathway",
            "critical_care:2",
            "stage:decision_to_admit",
            "standard_notice",
        ]
        assert found.places == 4
        first, second = found.lines
        assert (first.number, first.tier, first.waiting_since) == (1, 4, TODAY - timedelta(weeks=42))
        assert (second.number, second.priority_code, second.tier, second.sex) == (2, "P3", 3, "F")

    def test_it_leaves_one_event_that_quotes_no_free_text(
        self, database: Database, here: Place, now: datetime
    ) -> None:
        posted = post(database, here.manager, now, notes="Ask for theatre 4")
        with database.unit_of_work(here.icb_coordinator) as session:
            events = history(session, [posted])
        assert [event.action for event in events] == ["request.posted"]
        assert events[0].actor_id == here.manager.id
        assert events[0].details["lines"][0]["places"] == 2
        assert "theatre" not in str(events[0].details)

    def test_someone_lifted_by_their_wait_stands_with_p3(
        self, database: Database, here: Place, now: datetime
    ) -> None:
        posted = post(database, here.manager, now, lines=(line(weeks_from=53, weeks_to=60),))
        assert posted.lines[0].tier == 3

    def test_p2_sets_the_date_and_a_passed_one_sets_none(
        self, database: Database, here: Place, now: datetime
    ) -> None:
        p2 = (line(priority_code="P2", places=1),)
        soon = post(database, here.manager, now, lines=p2, priority_date=TODAY - timedelta(days=7))
        assert soon.needed_by == TODAY + timedelta(days=21)
        late = post(database, here.manager, now, lines=p2, priority_date=TODAY - timedelta(days=40))
        assert late.needed_by is None
        assert late.priority_date == TODAY - timedelta(days=40)

    def test_without_a_site_the_trust_itself_is_the_place(
        self, database: Database, here: Place, now: datetime
    ) -> None:
        posted = post(database, here.manager, now)
        assert (posted.latitude, posted.longitude) == (here.trust.latitude, here.trust.longitude)
        assert posted.site_code is None

    def test_an_outcodes_centre_is_marked_approximate(
        self, database: Database, here: Place, system: Actor, now: datetime
    ) -> None:
        with database.unit_of_work(system) as session:
            site = make_site(session, here.trust, location_source="outcode")
        assert post(database, here.manager, now, site_code=site.code).distance_approximate

    def test_a_site_without_a_place_falls_back_on_the_trusts(
        self, database: Database, here: Place, system: Actor, now: datetime
    ) -> None:
        with database.unit_of_work(system) as session:
            site = make_site(session, here.trust, latitude=None, longitude=None)
        posted = post(database, here.manager, now, site_code=site.code)
        assert (posted.site_code, posted.latitude) == (site.code, here.trust.latitude)

    def test_no_place_at_all_is_refused_with_what_to_do(
        self, database: Database, system: Actor, now: datetime
    ) -> None:
        with database.unit_of_work(system) as session:
            trust = make_trust(session, latitude=None, longitude=None)
            manager = actor_of(make_staff(session, now=now, organisation=trust))
        with pytest.raises(InvalidInput, match="Choose a site with a postcode") as caught:
            post(database, manager, now)
        assert caught.value.field == "site_code"

    def test_a_trust_without_an_icb_is_refused_with_what_to_do(
        self, database: Database, system: Actor, now: datetime
    ) -> None:
        with database.unit_of_work(system) as session:
            trust = make_trust(session, icb_code=None)
            manager = actor_of(make_staff(session, now=now, organisation=trust))
        with pytest.raises(InvalidInput, match="ICB is not on record"):
            post(database, manager, now)

    def test_another_trusts_site_is_refused(
        self, database: Database, here: Place, elsewhere: Place, now: datetime
    ) -> None:
        for code in (elsewhere.site.code, "NOSUCH"):
            with pytest.raises(InvalidInput, match="your own trust's sites") as caught:
                post(database, here.manager, now, site_code=code)
            assert caught.value.field == "site_code"

    def test_a_closed_site_is_refused(
        self, database: Database, here: Place, system: Actor, now: datetime
    ) -> None:
        with database.unit_of_work(system) as session:
            site = make_site(session, here.trust, closed_on=TODAY - timedelta(days=1))
        with pytest.raises(InvalidInput, match="has closed"):
            post(database, here.manager, now, site_code=site.code)

    def test_nobody_posts_in_anothers_name(
        self, database: Database, here: Place, elsewhere: Place, now: datetime
    ) -> None:
        with pytest.raises(NotFound):
            post(database, here.manager, now, provider_code=elsewhere.trust.code)

    def test_a_trust_that_is_not_there_is_not_found(
        self, database: Database, system: Actor, now: datetime
    ) -> None:
        with pytest.raises(NotFound):
            post(database, system, now, provider_code="NOSUCH")

    def test_other_roles_may_not(self, database: Database, here: Place, now: datetime) -> None:
        for role in set(Role) - {Role.CAPACITY_MANAGER}:
            with pytest.raises(NotAllowed):
                post(database, replace(here.manager, role=role), now)

    def test_nobody_signed_in_may_not(self, database: Database, now: datetime) -> None:
        with pytest.raises(NotAllowed):
            post(database, NOBODY, now)

    def test_an_independent_provider_may_not(self, database: Database, system: Actor, now: datetime) -> None:
        with database.unit_of_work(system) as session:
            provider = make_independent(session)
            manager = actor_of(make_staff(session, now=now, organisation=provider))
        with pytest.raises(NotAllowed, match="Independent providers can offer"):
            post(database, manager, now)

    def test_what_is_refused_leaves_nothing(
        self, database: Database, here: Place, system: Actor, now: datetime
    ) -> None:
        with pytest.raises(InvalidInput):
            post(database, here.manager, now, lines=(line(), line(places=0)))
        with database.unit_of_work(system) as session:
            assert session.scalar(text("SELECT count(*) FROM care_request")) == 0
            assert session.scalar(text("SELECT count(*) FROM request_line")) == 0

    def test_hostile_text_is_kept_as_text(
        self, database: Database, here: Place, system: Actor, now: datetime
    ) -> None:
        hostile = "'; DROP TABLE offer; -- <script>alert(1)</script> \u202b\U0001f3e5"
        posted = post(database, here.manager, now, reason=hostile, notes=hostile)
        assert stored(database, system, posted).reason == hostile
