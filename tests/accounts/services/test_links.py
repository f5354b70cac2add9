"""A one-time link works once, for 24 hours, for the person it was made for, and for nobody's gain."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from dmas.accounts import loading, queries, services
from dmas.accounts.commands import ChangePassword, Invite, SetPassword
from dmas.accounts.models import OneTimeLink, Staff
from dmas.accounts.rules.sign_ins import fingerprint
from dmas.core.actors import Actor, Role
from dmas.core.audit import AuditEvent
from dmas.core.db import Database
from dmas.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.accounts.conftest import PASSWORD, Grant, People
from tests.factories.staff import actor_of

NEW = "nine yellow lanterns"


def make(database: Database, staff: Staff, actor: Actor, now: datetime) -> str:
    with database.unit_of_work(actor) as session:
        return services.make_link_for(session, staff.id, actor=actor, now=now)[1]


def use(database: Database, secret: str, now: datetime, password: str = NEW) -> Staff:
    with database.unit_of_work(services.JOB) as session:
        return services.set_password(session, SetPassword(secret=secret, password=password), now=now)


def start(database: Database, staff: Staff, now: datetime) -> str:
    with database.unit_of_work(services.JOB) as session:
        found = session.get_one(Staff, staff.id)
        return services.start_sign_in(session, found, found.memberships[0], actor=services.JOB, now=now)


def test_a_link_sets_the_password_once(
    database: Database, people: People, now: datetime, system: Actor
) -> None:
    secret = make(database, people.clerk, actor_of(people.manager), now)
    used = use(database, secret, now)
    assert services.matches(used.password_hash, NEW)
    with pytest.raises(NotFound, match="used, has run out, or was never"):
        use(database, secret, now)
    with database.unit_of_work(system) as session:
        found = select(AuditEvent.action, AuditEvent.actor_id).where(AuditEvent.entity_id == people.clerk.id)
        told = [tuple(row) for row in session.execute(found.order_by(AuditEvent.id))]
    assert told[1:] == [
        ("staff.reset_link_made", str(people.manager.id)),
        ("staff.password_set", str(people.clerk.id)),
    ]


def test_only_a_hash_of_the_secret_is_stored(database: Database, people: People, now: datetime) -> None:
    secret = make(database, people.clerk, actor_of(people.manager), now)
    with database.unit_of_work(services.JOB) as session:
        link = session.scalars(select(OneTimeLink)).one()
    assert link.secret_hash == fingerprint(secret)
    assert link.expires_at == now + timedelta(hours=24)
    assert secret not in repr(SetPassword(secret=secret, password=NEW))


def test_it_runs_out_after_a_day(database: Database, people: People, now: datetime) -> None:
    secret = make(database, people.clerk, actor_of(people.manager), now)
    day = timedelta(hours=24)
    with database.unit_of_work(services.JOB) as session:
        assert queries.link(session, secret, now + day - timedelta(seconds=1))
        with pytest.raises(NotFound):
            queries.link(session, secret, now + day)
        with pytest.raises(NotFound):
            queries.link(session, "never one of ours", now)


def test_a_newer_link_stops_the_older(database: Database, people: People, now: datetime) -> None:
    older = make(database, people.clerk, actor_of(people.manager), now)
    newer = make(database, people.clerk, actor_of(people.manager), now)
    with pytest.raises(NotFound):
        use(database, older, now)
    use(database, newer, now)


def test_of_two_uses_at_once_one_wins(database: Database, people: People, now: datetime) -> None:
    secret = make(database, people.clerk, actor_of(people.manager), now)

    def set_to(password: str) -> str | None:
        try:
            use(database, secret, now, password)
        except NotFound:
            return None
        return password

    with ThreadPoolExecutor(4) as pool:
        won = [
            one
            for one in pool.map(set_to, [f"{number} purple kettles" for number in range(1000, 1004)])
            if one
        ]
    assert len(won) == 1
    with database.unit_of_work(services.JOB) as session:
        assert services.matches(session.get_one(Staff, people.clerk.id).password_hash, won[0])


def test_a_refused_password_leaves_the_link_unused(database: Database, people: People, now: datetime) -> None:
    secret = make(database, people.clerk, actor_of(people.manager), now)
    with pytest.raises(InvalidInput):
        use(database, secret, now, "short")
    use(database, secret, now)


def test_setting_a_password_unlocks_and_signs_out_everywhere(
    database: Database, people: People, now: datetime, system: Actor
) -> None:
    signed_in = start(database, people.clerk, now)
    with database.unit_of_work(system) as session:
        session.execute(
            text("UPDATE staff SET failed_sign_ins = 12, locked_until = :until WHERE id = :id"),
            {"until": now + timedelta(minutes=15), "id": people.clerk.id},
        )
    used = use(database, make(database, people.clerk, actor_of(people.manager), now), now)
    assert (used.failed_sign_ins, used.locked_until) == (0, None)
    with database.unit_of_work(services.JOB) as session:
        assert loading.load_sign_in(session, signed_in, now=now) is None


def test_changing_ones_own_password_keeps_only_this_browser(
    database: Database, people: People, now: datetime
) -> None:
    here, there = start(database, people.clerk, now), start(database, people.clerk, now)
    link = make(database, people.clerk, actor_of(people.manager), now)
    actor = actor_of(people.clerk)
    with database.unit_of_work(services.JOB) as session:
        go_on = services.change_password(
            session, ChangePassword(password=NEW), secret=here, actor=actor, now=now
        )
    with database.unit_of_work(services.JOB) as session:
        living = [loading.load_sign_in(session, secret, now=now) for secret in (here, there, go_on)]
        assert services.matches(session.get_one(Staff, people.clerk.id).password_hash, NEW)
    assert living[:2] == [None, None]
    assert living[2] is not None
    assert living[2].actor.organisation == people.trust.code
    with pytest.raises(NotFound):
        use(database, link, now)


def test_nobody_changes_anothers_password_that_way(database: Database, people: People, now: datetime) -> None:
    secret = start(database, people.clerk, now)
    with pytest.raises(NotAllowed), database.unit_of_work(services.JOB) as session:
        services.change_password(
            session, ChangePassword(password=NEW), secret=secret, actor=actor_of(people.manager), now=now
        )


def test_who_may_make_a_link(database: Database, people: People, now: datetime) -> None:
    make(database, people.clerk, actor_of(people.national), now)
    with pytest.raises(NotFound):
        make(database, people.clerk, actor_of(people.elsewhere), now)
    with pytest.raises(NotAllowed):
        make(database, people.manager, actor_of(people.clerk), now)
    with pytest.raises(NotAllowed, match="your own password"):
        make(database, people.manager, actor_of(people.manager), now)


def test_a_manager_cannot_take_over_who_works_elsewhere_too(
    database: Database, people: People, now: datetime, grant: Grant
) -> None:
    before = make(database, people.clerk, actor_of(people.manager), now)
    grant(people.clerk, Role.NATIONAL_ADMINISTRATOR, people.nation)
    later = now + timedelta(minutes=1)
    with pytest.raises(Conflict, match="only a national administrator"):
        make(database, people.clerk, actor_of(people.manager), later)
    with pytest.raises(NotFound):  # nor by a link made before the new role was given
        use(database, before, later)
    make(database, people.clerk, actor_of(people.national), later)


def test_no_link_opens_a_disabled_account(
    database: Database, people: People, now: datetime, system: Actor
) -> None:
    secret = make(database, people.clerk, actor_of(people.manager), now)
    with database.unit_of_work(system) as session:
        session.execute(
            text("UPDATE staff SET disabled_at = :n WHERE id = :i"), {"n": now, "i": people.clerk.id}
        )
    with pytest.raises(NotFound):
        use(database, secret, now)
    with pytest.raises(Conflict, match="Enable it first"):
        make(database, people.clerk, actor_of(people.manager), now)


def test_an_invitation_is_for_who_has_no_password_yet(
    database: Database, people: People, now: datetime
) -> None:
    actor = actor_of(people.manager)
    command = Invite(
        email="New.Person@Example.org",
        name="New Person",
        organisation_code=people.trust.code,
        role=Role.BOOKING_CLERK,
    )
    with database.unit_of_work(actor) as session:
        invitation = services.invite(session, command, actor=actor, now=now)
    assert invitation.secret is not None
    assert use(database, invitation.secret, now, PASSWORD).email == "new.person@example.org"
    with database.unit_of_work(services.JOB) as session:
        purposes = session.execute(select(OneTimeLink.purpose, func.count()).group_by(OneTimeLink.purpose))
        assert [tuple(row) for row in purposes] == [("invitation", 1)]
