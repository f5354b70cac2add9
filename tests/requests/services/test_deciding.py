"""Deciding and ending requests on the real database, each with its event and its walls."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from dmas.core.actors import Actor, Reach, Role
from dmas.core.audit import AuditEvent, history
from dmas.core.db import Database
from dmas.core.errors import IllegalTransition, InvalidInput, NotAllowed, NotFound, StaleEdit
from dmas.requests import queries, services
from dmas.requests.commands import (
    ApproveRequest,
    ResubmitRequest,
)
from dmas.requests.events import RequestClosed, RequestWithdrawn
from dmas.requests.models import RequestLine
from dmas.requests.vocabulary import ClosedBecause, RequestStatus
from tests.factories.providers import make_trust
from tests.factories.requests import details, line, make_request
from tests.factories.staff import actor_of, make_staff
from tests.requests.conftest import Ears, Place
from tests.requests.services.asking import TODAY, approve, post, resubmit, send_back, stored, withdraw


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
