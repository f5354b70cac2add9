"""What people hear about their own accounts, and that no secret stands in it."""

from __future__ import annotations

from datetime import datetime

from dmas.accounts import services
from dmas.accounts.commands import ChangeRole, Invite, SetPassword
from dmas.core.actors import Actor, Role
from dmas.core.db import Database
from tests.factories.notifications import queued
from tests.factories.providers import make_trust
from tests.factories.staff import make_staff

NEW = "nine yellow lanterns"


def test_an_invitation_is_no_message_and_a_changed_password_is(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        invited = make_staff(session, now=now, role=Role.BOOKING_CLERK)
        known = make_staff(session, now=now, role=Role.BOOKING_CLERK, password_hash="a hash")
        secrets = [
            services.make_link_for(session, one.id, actor=system, now=now)[1] for one in (invited, known)
        ]
        assert queued(session) == []
        for secret in secrets:
            services.set_password(session, SetPassword(secret=secret, password=NEW), now=now)
        (row,) = queued(session)
        assert (row.template, row.recipient_kind, row.recipient_id) == (
            "password_changed",
            "staff",
            str(known.id),
        )
        assert row.values == {}
        assert not [secret for secret in secrets if secret in row.dedup]


def test_who_has_an_account_hears_of_a_new_role(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        trust = make_trust(session)
        make_staff(session, now=now, organisation=trust)
        clerk = make_staff(
            session,
            now=now,
            role=Role.BOOKING_CLERK,
            organisation=trust,
            password_hash="a hash",
        )
        held = clerk.memberships[0]
        change = ChangeRole(
            staff_id=clerk.id, membership_id=held.id, version=held.version, role=Role.CLINICAL_REVIEWER
        )
        services.change_role(session, change, actor=system, now=now)
        further = Invite(
            email=clerk.email,
            name="Robin Example",
            organisation_code=make_trust(session).code,
            role=Role.CAPACITY_MANAGER,
        )
        services.invite(session, further, actor=system, now=now)
        new = Invite(
            email="new@example.org", name="New Example", organisation_code=trust.code, role=Role.AUDITOR
        )
        services.invite(session, new, actor=system, now=now)
        rows = queued(session, "role_granted")
        assert {row.recipient_id for row in rows} == {str(clerk.id)}
        assert {row.values["role"] for row in rows} == {"clinical_reviewer", "capacity_manager"}
