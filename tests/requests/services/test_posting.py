"""Posting, deciding and ending requests on the real database, each with its event and its walls."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from dmas.catalogue.vocabulary.arrangements import CriticalCare, Sex
from dmas.core.actors import NOBODY, Actor, Reach, Role
from dmas.core.audit import AuditEvent, history
from dmas.core.db import Database
from dmas.core.errors import IllegalTransition, InvalidInput, NotAllowed, NotFound, StaleEdit
from dmas.core.references import is_reference
from dmas.requests import queries, services
from dmas.requests.commands import (
    ApproveRequest,
    PostRequest,
    ResubmitRequest,
    ReturnRequest,
    WithdrawRequest,
)
from dmas.requests.events import RequestClosed, RequestWithdrawn
from dmas.requests.models import CareRequest, RequestLine
from dmas.requests.vocabulary import ClosedBecause, RequestStatus
from tests.factories.providers import make_independent, make_site, make_trust
from tests.factories.requests import details, line, make_request
from tests.factories.staff import actor_of, make_staff
from tests.requests.conftest import Ears, Place

TODAY = date(2026, 11, 21)  # the fixture's Saturday


def post(database: Database, actor: Actor, now: datetime, **values: Any) -> CareRequest:
    with database.unit_of_work(actor) as session:
        return services.post(session, PostRequest(**details(**values)), actor=actor, now=now)


def approve(database: Database, care_request: CareRequest, actor: Actor, now: datetime) -> CareRequest:
    command = ApproveRequest(reference=care_request.reference, version=care_request.version)
    with database.unit_of_work(actor) as session:
        return services.approve(session, command, actor=actor, now=now)


def send_back(
    database: Database, care_request: CareRequest, actor: Actor, now: datetime, **values: Any
) -> CareRequest:
    command = ReturnRequest(
        reference=care_request.reference,
        version=care_request.version,
        **({"reason": "more_detail", "note": "How many need an overnight stay?"} | values),
    )
    with database.unit_of_work(actor) as session:
        return services.return_to_provider(session, command, actor=actor, now=now)


def resubmit(
    database: Database, care_request: CareRequest, actor: Actor, now: datetime, **values: Any
) -> CareRequest:
    command = ResubmitRequest(
        reference=care_request.reference, version=care_request.version, **details(**values)
    )
    with database.unit_of_work(actor) as session:
        return services.resubmit(session, command, actor=actor, now=now)


def withdraw(
    database: Database, care_request: CareRequest, actor: Actor, now: datetime, **values: Any
) -> CareRequest:
    command = WithdrawRequest(
        reference=care_request.reference,
        version=care_request.version,
        **({"reason": "treated_at_home"} | values),
    )
    with database.unit_of_work(actor) as session:
        return services.withdraw(session, command, actor=actor, now=now)


def stored(database: Database, system: Actor, care_request: CareRequest) -> CareRequest:
    with database.unit_of_work(system) as session:
        return queries.get(session, system, care_request.reference)


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


class TestApprove:
    def test_its_icb_opens_the_search_on_the_day_in_london(
        self, database: Database, here: Place, now: datetime
    ) -> None:
        posted = post(database, here.manager, now)
        late = datetime.fromisoformat("2026-07-01T23:30:00+00:00")
        opened = approve(database, posted, here.icb_coordinator, late)
        assert opened.status == RequestStatus.OPEN
        assert opened.opened_on == date(2026, 7, 2)
        assert (opened.approved_by, opened.version) == (here.icb_coordinator.id, 2)

    def test_another_icb_does_not_find_it(
        self, database: Database, here: Place, elsewhere: Place, now: datetime
    ) -> None:
        posted = post(database, here.manager, now)
        with pytest.raises(NotFound):
            approve(database, posted, elsewhere.icb_coordinator, now)
        with pytest.raises(NotFound):
            approve(database, posted, elsewhere.regional_coordinator, now + timedelta(days=30))

    def test_the_region_waits_until_the_icbs_time_is_over(
        self, database: Database, here: Place, now: datetime
    ) -> None:
        posted = post(database, here.manager, now)
        on_the_due_day = now + timedelta(days=3)
        with pytest.raises(NotAllowed, match="still has time"):
            approve(database, posted, here.regional_coordinator, on_the_due_day)
        opened = approve(database, posted, here.regional_coordinator, on_the_due_day + timedelta(days=1))
        assert opened.status == RequestStatus.OPEN

    def test_nobody_approves_their_own(self, database: Database, here: Place, now: datetime) -> None:
        posted = post(database, here.manager, now)
        other_hat = replace(
            here.icb_coordinator, id=here.manager.id, role=Role.ICB_COORDINATOR, reach=Reach.ICB
        )
        with pytest.raises(NotAllowed, match="somebody else"):
            approve(database, posted, other_hat, now)

    def test_the_trust_itself_may_not(self, database: Database, here: Place, now: datetime) -> None:
        posted = post(database, here.manager, now)
        for actor in (here.manager, here.clerk):
            with pytest.raises(NotAllowed):
                approve(database, posted, actor, now)

    def test_the_nation_may_not(self, database: Database, here: Place, now: datetime) -> None:
        posted = post(database, here.manager, now)
        nation = Actor("n", "N", Role.NATIONAL_ADMINISTRATOR, "X24", Reach.NATION)
        with pytest.raises(NotAllowed):
            approve(database, posted, nation, now)

    def test_twice_is_refused(self, database: Database, here: Place, now: datetime) -> None:
        opened = approve(database, post(database, here.manager, now), here.icb_coordinator, now)
        with pytest.raises(IllegalTransition):
            approve(database, opened, here.icb_coordinator, now)

    def test_what_changed_meanwhile_is_stale(self, database: Database, here: Place, now: datetime) -> None:
        posted = post(database, here.manager, now)
        seen = posted.version
        resubmit(database, posted, here.manager, now, lines=(line(places=9),))
        command = ApproveRequest(reference=posted.reference, version=seen)
        with (
            pytest.raises(StaleEdit),
            database.unit_of_work(here.icb_coordinator) as session,
        ):
            services.approve(session, command, actor=here.icb_coordinator, now=now)

    def test_two_at_the_same_moment_act_once(self, database: Database, here: Place, now: datetime) -> None:
        posted = post(database, here.manager, now)
        command = ApproveRequest(reference=posted.reference, version=posted.version)
        actor = here.icb_coordinator

        def while_another_is_quicker() -> None:
            with database.unit_of_work(actor) as slow:
                queries.get(slow, actor, posted.reference)
                with database.unit_of_work(actor) as quick:
                    services.approve(quick, command, actor=actor, now=now)
                services.approve(slow, command, actor=actor, now=now)

        with pytest.raises(StaleEdit):
            while_another_is_quicker()


class TestReturnAndResubmit:
    def test_it_comes_back_with_the_reason_in_words(
        self, database: Database, here: Place, now: datetime
    ) -> None:
        posted = post(database, here.manager, now)
        returned = send_back(database, posted, here.icb_coordinator, now)
        assert returned.status == RequestStatus.RETURNED
        assert returned.returned_reason == "More detail needed: How many need an overnight stay?"
        assert returned.approval_due_on is None
        with database.unit_of_work(here.manager) as session:
            assert [event.reason for event in history(session, [returned])] == [None, "more_detail"]

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"reason": "because"}, "reason"),
            ({"reason": "treated_at_home"}, "reason"),
            ({"reason": "other", "note": ""}, "note"),
        ],
    )
    def test_the_reason_must_be_one_of_the_list(
        self, database: Database, here: Place, now: datetime, values: dict[str, str], field: str
    ) -> None:
        posted = post(database, here.manager, now)
        with pytest.raises(InvalidInput) as caught:
            send_back(database, posted, here.icb_coordinator, now, **values)
        assert caught.value.field == field

    def test_another_icb_does_not_find_it(
        self, database: Database, here: Place, elsewhere: Place, now: datetime
    ) -> None:
        posted = post(database, here.manager, now)
        with pytest.raises(NotFound):
            send_back(database, posted, elsewhere.icb_coordinator, now)

    def test_it_goes_again_with_other_lines_and_a_new_date(
        self, database: Database, here: Place, system: Actor, now: datetime
    ) -> None:
        posted = post(database, here.manager, now, lines=(line(), line(places=3), line(places=4)))
        first_line = posted.lines[0].id
        returned = send_back(database, posted, here.icb_coordinator, now)
        later = now + timedelta(days=9)  # a Monday
        sent = resubmit(database, returned, here.manager, later, lines=(line(places=7), line(places=8)))
        found = stored(database, system, sent)
        assert found.status == RequestStatus.AWAITING_ICB
        assert (found.returned_reason, found.approval_due_on) == (None, date(2026, 12, 2))
        assert [(one.number, one.places) for one in found.lines] == [(1, 7), (2, 8)]
        assert found.lines[0].id == first_line
        assert found.lines[0].waiting_since == date(2026, 11, 30) - timedelta(weeks=42)
        with database.unit_of_work(system) as session:
            assert len(session.scalars(select(RequestLine)).all()) == 2
            last = history(session, [found])[-1]
        assert [one["places"] for one in last.details["lines_before"]] == [2, 3, 4]
        assert [one["places"] for one in last.details["lines"]] == [7, 8]

    def test_it_may_grow(self, database: Database, here: Place, system: Actor, now: datetime) -> None:
        posted = post(database, here.manager, now)
        sent = resubmit(database, posted, here.manager, now, lines=(line(), line(places=5)))
        assert [one.number for one in stored(database, system, sent).lines] == [1, 2]

    def test_an_open_request_is_not_amended(self, database: Database, here: Place, now: datetime) -> None:
        opened = approve(database, post(database, here.manager, now), here.icb_coordinator, now)
        with pytest.raises(IllegalTransition):
            resubmit(database, opened, here.manager, now)

    def test_the_lines_of_an_opened_request_cannot_be_removed(
        self, database: Database, here: Place, system: Actor, now: datetime
    ) -> None:
        approve(database, post(database, here.manager, now), here.icb_coordinator, now)
        with database.unit_of_work(system) as session:
            session.execute(text("DELETE FROM request_line"))
            assert session.scalar(text("SELECT count(*) FROM request_line")) == 1

    def test_an_old_copy_is_stale(self, database: Database, here: Place, now: datetime) -> None:
        posted = post(database, here.manager, now)
        send_back(database, posted, here.icb_coordinator, now)
        command = ResubmitRequest(reference=posted.reference, version=1, **details())
        with pytest.raises(StaleEdit), database.unit_of_work(here.manager) as session:
            services.resubmit(session, command, actor=here.manager, now=now)

    def test_others_may_not(self, database: Database, here: Place, elsewhere: Place, now: datetime) -> None:
        posted = post(database, here.manager, now)
        with pytest.raises(NotAllowed):
            resubmit(database, posted, here.clerk, now)
        with pytest.raises(NotAllowed):
            resubmit(database, posted, here.icb_coordinator, now)
        with pytest.raises(NotFound):
            resubmit(database, posted, elsewhere.manager, now)

    def test_whoever_sends_it_again_may_not_approve_it(
        self, database: Database, here: Place, system: Actor, now: datetime
    ) -> None:
        posted = post(database, here.manager, now)
        with database.unit_of_work(system) as session:
            colleague = actor_of(make_staff(session, now=now, organisation=here.trust))
        sent = resubmit(database, posted, colleague, now)
        with pytest.raises(NotAllowed, match="somebody else"):
            approve(database, sent, replace(here.icb_coordinator, id=colleague.id), now)


class TestWithdrawAndClose:
    @pytest.mark.parametrize("status", [RequestStatus.AWAITING_ICB, RequestStatus.OPEN])
    def test_the_trust_takes_it_back_and_it_is_told(
        self,
        database: Database,
        here: Place,
        system: Actor,
        now: datetime,
        ears: Ears,
        status: RequestStatus,
    ) -> None:
        with database.unit_of_work(system) as session:
            made = make_request(session, now=now, trust=here.trust, status=status)
        gone = withdraw(database, made, here.manager, now, reason="other", note="A ward reopened.")
        assert (gone.status, gone.closed_because) == (RequestStatus.CLOSED, ClosedBecause.WITHDRAWN)
        assert gone.closed_on == TODAY
        assert ears.heard == [RequestWithdrawn(made.id)]
        with database.unit_of_work(here.manager) as session:
            last = history(session, [made])[-1]
        assert (last.action, last.reason) == ("request.withdrawn", "other")

    def test_a_reason_is_needed(self, database: Database, here: Place, now: datetime, ears: Ears) -> None:
        posted = post(database, here.manager, now)
        with pytest.raises(InvalidInput):
            withdraw(database, posted, here.manager, now, reason="")
        assert ears.heard == []

    def test_others_may_not(self, database: Database, here: Place, elsewhere: Place, now: datetime) -> None:
        posted = post(database, here.manager, now)
        for actor in (here.clerk, here.icb_coordinator):
            with pytest.raises(NotAllowed):
                withdraw(database, posted, actor, now)
        with pytest.raises(NotFound):
            withdraw(database, posted, elsewhere.manager, now)

    def test_twice_is_refused(self, database: Database, here: Place, now: datetime) -> None:
        gone = withdraw(database, post(database, here.manager, now), here.manager, now)
        with pytest.raises(IllegalTransition):
            withdraw(database, gone, here.manager, now)

    def test_a_fulfilled_request_is_closed_and_it_is_told(
        self, database: Database, system: Actor, now: datetime, ears: Ears
    ) -> None:
        with database.unit_of_work(system) as session:
            made = make_request(session, now=now)
            services.close(session, made, ClosedBecause.FULFILLED, actor=system, now=now)
        found = stored(database, system, made)
        assert (found.status, found.closed_because) == ("closed", "fulfilled")
        assert ears.heard == [RequestClosed(made.id)]

    def test_only_an_open_request_is_closed(self, database: Database, system: Actor, now: datetime) -> None:
        with database.unit_of_work(system) as session:
            made = make_request(session, now=now, status=RequestStatus.AWAITING_ICB)
        with pytest.raises(IllegalTransition), database.unit_of_work(system) as session:
            services.close(session, made, ClosedBecause.FULFILLED, actor=system, now=now)


class TestExpireSearches:
    def expire(self, database: Database, actor: Actor, now: datetime) -> int:
        with database.unit_of_work(actor) as session:
            return services.expire_searches(session, actor=actor, now=now)

    def test_a_search_ends_after_56_days(
        self, database: Database, system: Actor, now: datetime, ears: Ears
    ) -> None:
        with database.unit_of_work(system) as session:
            old = make_request(session, now=now, opened_on=TODAY - timedelta(days=56))
            young = make_request(session, now=now, opened_on=TODAY - timedelta(days=55))
        assert self.expire(database, system, now) == 1
        ended = stored(database, system, old)
        assert (ended.status, ended.closed_because, ended.closed_on) == ("closed", "unmet", TODAY)
        assert stored(database, system, young).status == "open"
        assert ears.heard == [RequestClosed(old.id)]

    def test_a_date_needed_by_that_has_passed_ends_it(
        self, database: Database, system: Actor, now: datetime
    ) -> None:
        with database.unit_of_work(system) as session:
            made = make_request(session, now=now, needed_by=TODAY + timedelta(days=10))
        assert self.expire(database, system, now + timedelta(days=10)) == 0
        assert self.expire(database, system, now + timedelta(days=11)) == 1
        assert stored(database, system, made).closed_because == "expired"

    def test_a_p2_date_that_passes_ends_nothing(
        self, database: Database, system: Actor, now: datetime
    ) -> None:
        with database.unit_of_work(system) as session:
            p2 = (line(priority_code="P2", places=1),)
            made = make_request(session, now=now, lines=p2, priority_date=TODAY)
        assert self.expire(database, system, now + timedelta(days=40)) == 0
        assert self.expire(database, system, now + timedelta(days=56)) == 1
        assert stored(database, system, made).closed_because == "unmet"

    def test_many_end_in_few_statements_each_with_its_event(
        self, database: Database, system: Actor, now: datetime
    ) -> None:
        with database.unit_of_work(system) as session:
            trust = make_trust(session)
            for _ in range(12):
                make_request(session, now=now, trust=trust, opened_on=TODAY - timedelta(days=70))
        assert self.expire(database, system, now) == 12
        with database.unit_of_work(system) as session:
            closed = select(AuditEvent).where(AuditEvent.action == "request.closed")
            told = session.scalars(closed).all()
        assert len({event.entity_id for event in told}) == 12
        assert {(event.reason, event.entity_version) for event in told} == {("unmet", 3)}

    def test_again_changes_nothing(self, database: Database, system: Actor, now: datetime) -> None:
        with database.unit_of_work(system) as session:
            make_request(session, now=now, opened_on=TODAY - timedelta(days=70))
        assert self.expire(database, system, now) == 1
        assert self.expire(database, system, now) == 0

    def test_the_night_itself_may(
        self, database: Database, night_database: Database, system: Actor, now: datetime
    ) -> None:
        with database.unit_of_work(system) as session:
            make_request(session, now=now, opened_on=TODAY - timedelta(days=70))
        assert self.expire(night_database, Actor.system("nightly"), now) == 1

    def test_people_may_not(self, database: Database, here: Place, now: datetime) -> None:
        with pytest.raises(NotAllowed):
            self.expire(database, here.manager, now)
