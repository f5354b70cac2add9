"""Managers look after their own organisation's people, and nobody after themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import select

from dmas.accounts import loading, queries, services
from dmas.accounts.commands import ChangeRole, Disable, Enable, EndMembership, Invite
from dmas.accounts.models import Membership, Staff
from dmas.core.actors import Actor, Role
from dmas.core.audit import AuditEvent
from dmas.core.db import Database
from dmas.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleEdit
from dmas.providers.models import Organisation
from tests.accounts.conftest import Grant, People
from tests.factories.providers import make_independent
from tests.factories.staff import actor_of


def do(
    database: Database, service: Callable[..., object], command: object, actor: Actor, now: datetime
) -> object:
    with database.unit_of_work(actor) as session:
        return service(session, command, actor=actor, now=now)


def invitation(email: str, where: Organisation, role: Role) -> Invite:
    return Invite(email=email, name="New Person", organisation_code=where.code, role=role)


def invite(
    database: Database,
    where: Organisation,
    role: Role,
    actor: Actor,
    now: datetime,
    email: str = "new@example.org",
) -> services.Invitation:
    found = do(database, services.invite, invitation(email, where, role), actor, now)
    assert isinstance(found, services.Invitation)
    return found


def held(staff: Staff) -> Membership:
    return staff.memberships[0]


def new_role(staff: Staff, role: Role, **values: object) -> ChangeRole:
    return ChangeRole(
        staff_id=staff.id,
        membership_id=held(staff).id,
        role=role,
        version=1,
        **values,  # type: ignore[arg-type]
    )


def end(staff: Staff, **values: object) -> EndMembership:
    return EndMembership(staff_id=staff.id, membership_id=held(staff).id, version=1, **values)  # type: ignore[arg-type]


def start(database: Database, staff: Staff, now: datetime) -> str:
    with database.unit_of_work(services.JOB) as session:
        found = session.get_one(Staff, staff.id)
        return services.start_sign_in(session, found, found.memberships[0], actor=services.JOB, now=now)


def is_living(database: Database, secret: str, now: datetime) -> bool:
    with database.unit_of_work(services.JOB) as session:
        return loading.load_sign_in(session, secret, now=now) is not None


class TestInvite:
    def test_a_new_person_gets_an_account_a_role_and_a_link(
        self, database: Database, people: People, now: datetime, system: Actor
    ) -> None:
        made = invite(database, people.trust, Role.CLINICAL_REVIEWER, actor_of(people.manager), now)
        assert made.secret is not None
        with database.unit_of_work(system) as session:
            staff = session.get_one(Staff, made.membership.staff_id)
            assert [(one.organisation_code, one.role) for one in staff.memberships] == [
                (people.trust.code, Role.CLINICAL_REVIEWER)
            ]
            assert staff.memberships[0].granted_by == str(people.manager.id)
            actions = session.scalars(
                select(AuditEvent.action)
                .where(AuditEvent.entity_id.in_([staff.id, made.membership.id]))
                .order_by(AuditEvent.id)
            ).all()
        assert list(actions) == ["staff.created", "membership.granted", "staff.invitation_link_made"]

    @pytest.mark.parametrize("who", ["manager", "coordinator", "regional", "national"])
    def test_each_manager_invites_for_their_own_organisation(
        self, database: Database, people: People, now: datetime, who: str
    ) -> None:
        staff: Staff = getattr(people, who)
        with database.unit_of_work(services.JOB) as session:
            where = queries.organisation(session, held(staff).organisation_code)
        assert invite(database, where, Role.AUDITOR, self._actor(staff, where), now).secret

    @pytest.mark.parametrize("who", ["manager", "coordinator", "regional", "clerk"])
    def test_nobody_but_the_nation_invites_for_another(
        self, database: Database, people: People, now: datetime, who: str
    ) -> None:
        with pytest.raises(NotAllowed):
            invite(database, people.other_trust, Role.AUDITOR, actor_of(getattr(people, who)), now)
        assert invite(database, people.other_trust, Role.AUDITOR, actor_of(people.national), now).secret

    def test_a_clerk_invites_nobody(self, database: Database, people: People, now: datetime) -> None:
        with pytest.raises(NotAllowed):
            invite(database, people.trust, Role.AUDITOR, actor_of(people.clerk), now)

    def test_a_role_must_fit_the_organisation(
        self, database: Database, people: People, now: datetime, system: Actor
    ) -> None:
        with database.unit_of_work(system) as session:
            independent = make_independent(session)
        national = actor_of(people.national)
        for where, role in (
            (people.trust, Role.NATIONAL_ADMINISTRATOR),
            (people.trust, Role.INDEPENDENT_MANAGER),
            (independent, Role.CAPACITY_MANAGER),
            (people.nation, Role.CAPACITY_MANAGER),
        ):
            with pytest.raises(InvalidInput, match="It has these roles") as refused:
                invite(database, where, role, national, now)
            assert refused.value.field == "role"
        assert invite(database, independent, Role.INDEPENDENT_MANAGER, national, now).secret

    def test_unknown_and_closed_organisations_are_refused(
        self, database: Database, people: People, now: datetime, system: Actor
    ) -> None:
        nowhere = Organisation(code="ZZZ", name="Nowhere", kind="trust")
        with pytest.raises(InvalidInput, match="no organisation with the code ZZZ"):
            invite(database, nowhere, Role.AUDITOR, system, now)
        with database.unit_of_work(system) as session:
            session.get_one(Organisation, people.trust.code).closed_on = date(2026, 11, 21)
        with pytest.raises(InvalidInput, match="has closed"):
            invite(database, people.trust, Role.AUDITOR, system, now)

    def test_who_has_an_account_gets_the_role_and_no_link(
        self, database: Database, people: People, now: datetime
    ) -> None:
        manager = actor_of(people.manager)
        email = people.elsewhere.email
        made = invite(database, people.trust, Role.AUDITOR, manager, now, email)
        assert made.secret is None
        assert made.membership.staff_id == people.elsewhere.id
        with pytest.raises(InvalidInput, match="already has this role here"):
            invite(database, people.trust, Role.AUDITOR, manager, now, email)
        assert invite(database, people.trust, Role.BOOKING_CLERK, manager, now, email).secret is None

    def test_whom_another_invited_sets_a_password_first(
        self, database: Database, people: People, now: datetime
    ) -> None:
        invite(database, people.other_trust, Role.AUDITOR, actor_of(people.elsewhere), now)
        with pytest.raises(InvalidInput, match="has not set a password yet"):
            invite(database, people.trust, Role.AUDITOR, actor_of(people.manager), now)
        assert invite(database, people.trust, Role.AUDITOR, actor_of(people.national), now).secret

    def test_whom_one_invited_oneself_gets_a_new_link(
        self, database: Database, people: People, now: datetime
    ) -> None:
        first = invite(database, people.trust, Role.AUDITOR, actor_of(people.manager), now)
        second = invite(database, people.trust, Role.BOOKING_CLERK, actor_of(people.manager), now)
        assert second.secret not in (None, first.secret)

    def test_a_disabled_account_is_not_invited(
        self, database: Database, people: People, now: datetime
    ) -> None:
        national = actor_of(people.national)
        do(database, services.disable, Disable(staff_id=people.clerk.id, version=1), national, now)
        with pytest.raises(InvalidInput, match="disabled"):
            invite(database, people.other_trust, Role.AUDITOR, national, now, people.clerk.email)

    @staticmethod
    def _actor(staff: Staff, where: Organisation) -> Actor:
        return loading.actor_of(staff, held(staff), where)


class TestChangeRole:
    def test_one_membership_ends_another_begins_and_the_sign_in_ends(
        self, database: Database, people: People, now: datetime, system: Actor
    ) -> None:
        secret = start(database, people.clerk, now)
        command = new_role(people.clerk, Role.CLINICAL_REVIEWER)
        do(database, services.change_role, command, actor_of(people.manager), now)
        assert not is_living(database, secret, now)
        with database.unit_of_work(system) as session:
            found = session.get_one(Staff, people.clerk.id).memberships
            assert [(one.role, one.ended_at is None) for one in found] == [
                ("booking_clerk", False),
                ("clinical_reviewer", True),
            ]
            told = select(AuditEvent.action).where(AuditEvent.entity_id.in_([one.id for one in found]))
            assert sorted(session.scalars(told)) == ["membership.ended", *["membership.granted"] * 2]

    def test_nobody_changes_their_own(self, database: Database, people: People, now: datetime) -> None:
        for staff in (people.manager, people.national):
            with pytest.raises(NotAllowed, match="their own role"):
                do(database, services.change_role, new_role(staff, Role.AUDITOR), actor_of(staff), now)

    def test_anothers_people_are_not_there(self, database: Database, people: People, now: datetime) -> None:
        with pytest.raises(NotFound):
            do(
                database,
                services.change_role,
                new_role(people.clerk, Role.AUDITOR),
                actor_of(people.elsewhere),
                now,
            )

    def test_a_clerk_changes_nothing(self, database: Database, people: People, now: datetime) -> None:
        with pytest.raises((NotFound, NotAllowed)):
            do(
                database,
                services.change_role,
                new_role(people.manager, Role.AUDITOR),
                actor_of(people.clerk),
                now,
            )

    def test_bad_choices(self, database: Database, people: People, now: datetime, grant: Grant) -> None:
        actor = actor_of(people.manager)
        grant(people.clerk, Role.CLINICAL_REVIEWER, people.trust)
        for role, words in (
            (Role.BOOKING_CLERK, "the role they have now"),
            (Role.CLINICAL_REVIEWER, "already have this role here"),
            (Role.ICB_COORDINATOR, "It has these roles"),
        ):
            with pytest.raises(InvalidInput, match=words):
                do(database, services.change_role, new_role(people.clerk, role), actor, now)

    def test_a_stale_edit_is_refused(self, database: Database, people: People, now: datetime) -> None:
        command = ChangeRole(
            staff_id=people.clerk.id, membership_id=held(people.clerk).id, role=Role.AUDITOR, version=7
        )
        with pytest.raises(StaleEdit):
            do(database, services.change_role, command, actor_of(people.manager), now)

    def test_the_last_manager_needs_a_tick(self, database: Database, people: People, now: datetime) -> None:
        national = actor_of(people.national)
        do(database, services.change_role, new_role(people.manager, Role.AUDITOR), national, now)
        last = people.second_manager
        with pytest.raises(InvalidInput, match="Nobody else can look after") as refused:
            do(database, services.change_role, new_role(last, Role.AUDITOR), national, now)
        assert refused.value.field == "even_if_last"
        do(database, services.change_role, new_role(last, Role.AUDITOR, even_if_last=True), national, now)


class TestEndMembership:
    def test_the_role_ends_with_its_sign_ins_and_the_account_stays(
        self, database: Database, people: People, now: datetime, grant: Grant, system: Actor
    ) -> None:
        grant(people.clerk, Role.AUDITOR, people.other_trust)
        secret = start(database, people.clerk, now)
        do(database, services.end_membership, end(people.clerk), actor_of(people.manager), now)
        assert not is_living(database, secret, now)
        with database.unit_of_work(system) as session:
            assert session.get_one(Staff, people.clerk.id).disabled_at is None
            desks = queries.desks(session, people.clerk.id)
        assert [desk.organisation.code for desk in desks] == [people.other_trust.code]
        with pytest.raises(NotFound):
            do(database, services.end_membership, end(people.clerk), actor_of(people.manager), now)

    def test_nobody_takes_their_own_away(self, database: Database, people: People, now: datetime) -> None:
        with pytest.raises(NotAllowed):
            do(database, services.end_membership, end(people.manager), actor_of(people.manager), now)

    def test_the_last_manager_needs_a_tick(self, database: Database, people: People, now: datetime) -> None:
        national = actor_of(people.national)
        with pytest.raises(InvalidInput):
            do(database, services.end_membership, end(people.elsewhere), national, now)
        do(database, services.end_membership, end(people.elsewhere, even_if_last=True), national, now)


class TestDisable:
    def test_it_ends_sign_ins_and_links_and_can_be_undone(
        self, database: Database, people: People, now: datetime
    ) -> None:
        actor = actor_of(people.manager)
        secret = start(database, people.clerk, now)
        with database.unit_of_work(actor) as session:
            _, link = services.make_link_for(session, people.clerk.id, actor=actor, now=now)
        do(database, services.disable, Disable(staff_id=people.clerk.id, version=1), actor, now)
        assert not is_living(database, secret, now)
        with pytest.raises(Conflict, match="already"):
            do(database, services.disable, Disable(staff_id=people.clerk.id, version=2), actor, now)
        do(database, services.enable, Enable(staff_id=people.clerk.id, version=2), actor, now)
        assert not is_living(database, secret, now)
        with pytest.raises(NotFound), database.unit_of_work(services.JOB) as session:
            queries.link(session, link, now)
        with pytest.raises(Conflict, match="not disabled"):
            do(database, services.enable, Enable(staff_id=people.clerk.id, version=3), actor, now)

    def test_nobody_disables_themselves(self, database: Database, people: People, now: datetime) -> None:
        for staff in (people.manager, people.national):
            with pytest.raises(NotAllowed):
                do(database, services.disable, Disable(staff_id=staff.id, version=1), actor_of(staff), now)

    def test_a_clerk_disables_nobody(self, database: Database, people: People, now: datetime) -> None:
        command = Disable(staff_id=people.manager.id, version=1)
        with pytest.raises(NotAllowed):
            do(database, services.disable, command, actor_of(people.clerk), now)

    def test_who_works_elsewhere_too_is_disabled_by_the_nation_only(
        self, database: Database, people: People, now: datetime, grant: Grant
    ) -> None:
        grant(people.clerk, Role.AUDITOR, people.other_trust)
        command = Disable(staff_id=people.clerk.id, version=1)
        with pytest.raises(Conflict, match="works for another organisation"):
            do(database, services.disable, command, actor_of(people.manager), now)
        do(database, services.disable, command, actor_of(people.national), now)

    def test_the_last_manager_needs_a_tick(self, database: Database, people: People, now: datetime) -> None:
        national = actor_of(people.national)
        with pytest.raises(InvalidInput):
            do(database, services.disable, Disable(staff_id=people.elsewhere.id, version=1), national, now)
        command = Disable(staff_id=people.elsewhere.id, version=1, even_if_last=True)
        do(database, services.disable, command, national, now)

    def test_a_disabled_manager_does_not_count_as_another(
        self, database: Database, people: People, now: datetime
    ) -> None:
        national = actor_of(people.national)
        do(database, services.disable, Disable(staff_id=people.manager.id, version=1), national, now)
        with pytest.raises(InvalidInput):
            do(database, services.end_membership, end(people.second_manager), national, now)

    def test_a_stale_edit_is_refused(self, database: Database, people: People, now: datetime) -> None:
        for service, command in (
            (services.disable, Disable(staff_id=people.clerk.id, version=4)),
            (services.enable, Enable(staff_id=people.clerk.id, version=4)),
        ):
            with pytest.raises(StaleEdit):
                do(database, service, command, actor_of(people.manager), now)


class TestEndSignIns:
    def test_a_manager_ends_those_of_their_own_organisation(
        self, database: Database, people: People, now: datetime, grant: Grant
    ) -> None:
        other = grant(people.clerk, Role.AUDITOR, people.other_trust)
        here, there = start(database, people.clerk, now), start(database, people.clerk, now)
        with database.unit_of_work(services.JOB) as session:
            there = services.switch_membership(session, there, other.id, now=now)
        manager, national = actor_of(people.manager), actor_of(people.national)
        assert do(database, services.end_sign_ins, people.clerk.id, manager, now) == 1
        assert (is_living(database, here, now), is_living(database, there, now)) == (False, True)
        assert do(database, services.end_sign_ins, people.clerk.id, national, now) == 1
        assert not is_living(database, there, now)

    def test_others_may_not(self, database: Database, people: People, now: datetime) -> None:
        with pytest.raises(NotFound):
            do(database, services.end_sign_ins, people.clerk.id, actor_of(people.elsewhere), now)
        with pytest.raises(NotAllowed):
            do(database, services.end_sign_ins, people.manager.id, actor_of(people.clerk), now)
