"""Inviting one or many, and replacing what was lost."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from dmas.core.actors import Actor, Role
from dmas.core.clock import london_date
from dmas.core.db import Database
from dmas.core.errors import Conflict, NotAllowed, NotFound
from dmas.waitinglist import queries, services
from dmas.waitinglist.commands import InviteCohort, InvitePathway, LostCode, ReplaceInvitation, SignIn
from dmas.waitinglist.loading import load_visit
from dmas.waitinglist.models import Invitation, Pathway, Patient
from tests.factories.notifications import queued
from tests.factories.proposals import staff_of
from tests.factories.providers import make_trust
from tests.factories.waitinglist import SECRET_KEY, code_of, make_invitation, make_pathway

SYSTEM = Actor.system("tests")
BORN = date(1966, 3, 14)


def test_a_cohort_is_invited_once_each_with_a_message_that_holds_no_code(
    database: Database, now: datetime
) -> None:
    with database.unit_of_work(SYSTEM) as session:
        trust = make_trust(session)
        waits = [make_pathway(session, now=now, trust=trust) for _ in range(3)]
        make_pathway(session, now=now, trust=trust, weeks=30)
        make_pathway(session, now=now, trust=trust, service="100")
    manager = staff_of(trust.code)
    for expected in (3, 0):
        with database.unit_of_work(manager) as session:
            made = services.invite(
                session, InviteCohort(trust.code, "110"), secret_key=SECRET_KEY, actor=manager, now=now
            )
        assert len(made) == expected
    with database.unit_of_work(SYSTEM) as session:
        invitations = session.scalars(select(Invitation)).all()
        news = queued(session, "transfer_invited")
    assert {one.pathway_id for one in invitations} == {wait.id for wait in waits}
    assert {one.values["invitation"] for one in news} == {str(one.id) for one in invitations}
    assert not any(code_of(one) in str(vars(told)) for one in invitations for told in news)
    assert {one.expires_at for one in invitations} == {now + timedelta(days=365)}


def test_one_person_is_invited_only_where_they_can_be(database: Database, now: datetime) -> None:
    with database.unit_of_work(SYSTEM) as session:
        early = make_pathway(session, now=now, weeks=39)
        stale = make_pathway(session, now=now, told_on=london_date(now) - timedelta(days=11))
        good = make_pathway(session, now=now)
        for wait, words in ((early, "has not waited long enough"), (stale, "too old")):
            with pytest.raises(Conflict, match=words):
                services.invite(session, InvitePathway(wait.id), secret_key=SECRET_KEY, actor=SYSTEM, now=now)
        services.invite(session, InvitePathway(good.id), secret_key=SECRET_KEY, actor=SYSTEM, now=now)
        with pytest.raises(Conflict, match="invited already"):
            services.invite(session, InvitePathway(good.id), secret_key=SECRET_KEY, actor=SYSTEM, now=now)


def test_only_the_provider_of_the_list_invites(database: Database, now: datetime) -> None:
    with database.unit_of_work(SYSTEM) as session:
        wait = make_pathway(session, now=now)
        other = make_trust(session)
    stranger, auditor = staff_of(other.code), staff_of(wait.provider_code, Role.AUDITOR)
    with database.unit_of_work(stranger) as session:
        with pytest.raises(NotFound):
            services.invite(session, InvitePathway(wait.id), secret_key=SECRET_KEY, actor=stranger, now=now)
        with pytest.raises(NotAllowed):
            command = InviteCohort(wait.provider_code)
            services.invite(session, command, secret_key=SECRET_KEY, actor=stranger, now=now)
    with database.unit_of_work(auditor) as session, pytest.raises(NotAllowed):
        services.invite(session, InvitePathway(wait.id), secret_key=SECRET_KEY, actor=auditor, now=now)


def test_a_new_code_makes_the_old_one_and_its_visits_worthless(database: Database, now: datetime) -> None:
    with database.unit_of_work(SYSTEM) as session:
        before = make_invitation(session, now=now)
        provider = session.get_one(Pathway, before.pathway_id).provider_code
    with database.unit_of_work(services.JOB) as session:
        secret = services.sign_in(session, SignIn(code_of(before), BORN), now=now)
    clerk = staff_of(provider, Role.BOOKING_CLERK)
    with database.unit_of_work(clerk) as session:
        command = ReplaceInvitation(before.pathway_id)
        after = services.replace_invitation(session, command, secret_key=SECRET_KEY, actor=clerk, now=now)
    with database.unit_of_work(services.JOB) as session:
        assert secret is not None
        assert load_visit(session, secret, now=now) is None
        assert services.sign_in(session, SignIn(code_of(before), BORN), now=now) is None
        assert services.sign_in(session, SignIn(code_of(after), BORN), now=now) is not None
        assert len(queued(session, "transfer_code_replaced")) == 1


def test_who_was_never_invited_has_no_code_to_replace(database: Database, now: datetime) -> None:
    with database.unit_of_work(SYSTEM) as session:
        wait = make_pathway(session, now=now)
        with pytest.raises(Conflict, match="not been invited"):
            services.replace_invitation(
                session, ReplaceInvitation(wait.id), secret_key=SECRET_KEY, actor=SYSTEM, now=now
            )


def test_a_lost_code_is_sent_anew_where_both_answers_are_right(database: Database, now: datetime) -> None:
    with database.unit_of_work(SYSTEM) as session:
        invitation = make_invitation(session, now=now)
        number = session.get_one(Patient, invitation.patient_id).nhs_number

    def ask(born: date, at: datetime) -> int:
        with database.unit_of_work(services.JOB) as session:
            command = LostCode(number, born)
            services.send_lost_code(session, command, secret_key=SECRET_KEY, actor=services.JOB, now=at)
            return len(queued(session, "transfer_code_replaced"))

    later = now + timedelta(hours=2)
    assert ask(date(1966, 3, 15), later) == 0
    assert ask(BORN, now) == 0, "not within the hour: nobody's post is filled by a stranger"
    assert ask(BORN, later) == 1
    assert ask(BORN, later + timedelta(minutes=5)) == 1
    with database.unit_of_work(SYSTEM) as session:
        assert queries.invitation_for(session, invitation.pathway_id) is not None
