"""Lists of people end at the organisation, by the query's scope and again by the database's."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select, true

from dmas.accounts import queries, services
from dmas.accounts.models import Membership, SignIn, Staff
from dmas.core.actors import NOBODY, Actor, Role
from dmas.core.db import Database
from dmas.core.errors import NotFound
from tests.accounts.conftest import Grant, People
from tests.factories.staff import actor_of


def names(database: Database, actor: Actor, code: str, **values: str | int) -> list[str]:
    with database.unit_of_work(actor) as session:
        found, _ = queries.people(session, actor, code, **values)  # type: ignore[arg-type]
    return [person.staff.name for person in found]


def test_a_manager_lists_the_own_organisation_only(database: Database, people: People) -> None:
    actor = actor_of(people.manager)
    assert set(names(database, actor, people.trust.code)) == {
        people.manager.name,
        people.second_manager.name,
        people.clerk.name,
    }
    assert names(database, actor, people.other_trust.code) == []
    assert names(database, actor_of(people.national), people.other_trust.code) == [people.elsewhere.name]


@pytest.mark.parametrize("who", ["manager", "clerk", "coordinator", "regional"])
def test_row_level_security_alone_hides_foreign_people(
    database: Database, people: People, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "visible_to", lambda actor: true())
    staff: Staff = getattr(people, who)
    actor = actor_of(staff)
    code = staff.memberships[0].organisation_code
    with database.unit_of_work(actor) as session:
        found = session.scalars(select(Staff).where(queries.visible_to(actor))).all()
        codes = set(session.scalars(select(Membership.organisation_code)))
        with pytest.raises(NotFound):
            queries.get(session, actor, people.elsewhere.id)
    assert codes == {code}
    assert people.elsewhere.id not in {one.id for one in found}


def test_sign_ins_are_hidden_like_their_owners(
    database: Database, people: People, system: Actor, now
) -> None:
    with database.unit_of_work(system) as session:
        for one in (people.clerk, people.elsewhere):
            staff = session.get_one(Staff, one.id)
            services.start_sign_in(session, staff, staff.memberships[0], actor=system, now=now)
    with database.unit_of_work(actor_of(people.manager)) as session:
        assert session.scalars(select(SignIn.staff_id)).all() == [people.clerk.id]
    with database.unit_of_work(NOBODY) as session:
        assert session.scalars(select(SignIn.staff_id)).all() == []


def test_get_finds_ones_own_people_and_oneself(database: Database, people: People) -> None:
    actor = actor_of(people.clerk)
    with database.unit_of_work(actor) as session:
        assert queries.get(session, actor, people.clerk.id).name == people.clerk.name
        assert queries.get(session, actor, people.manager.id)
        for foreign in (people.elsewhere.id, people.national.id, uuid.uuid4()):
            with pytest.raises(NotFound):
                queries.get(session, actor, foreign)


def test_nobody_and_jobs_of_odd_names(database: Database, people: People) -> None:
    with database.unit_of_work(NOBODY) as session, pytest.raises(NotFound):
        queries.get(session, NOBODY, people.clerk.id)


def test_the_list_is_searched_ordered_and_cut(database: Database, people: People) -> None:
    actor, code = actor_of(people.manager), people.trust.code
    everybody = sorted(names(database, actor, code), key=str.lower)
    assert names(database, actor, code, order="name") == everybody
    assert names(database, actor, code, order="-name") == everybody[::-1]
    assert names(database, actor, code, limit=1, offset=1) == everybody[1:2]
    assert names(database, actor, code, role="booking_clerk") == [people.clerk.name]
    assert names(database, actor, code, words=people.clerk.email.upper()) == [people.clerk.name]
    assert names(database, actor, code, words="100%") == []
    assert names(database, actor, code, order="role")[0] == people.clerk.name
    assert len(names(database, actor, code, order="-granted")) == 3


def test_what_is_known_beyond_ones_walls(database: Database, people: People, grant: Grant) -> None:
    actor = actor_of(people.manager)
    with database.unit_of_work(actor) as session:
        known = queries.known_by_email(session, people.elsewhere.email)
        assert known == queries.Known(people.elsewhere.id, has_password=True, is_disabled=False)
        assert queries.known_by_email(session, "nobody@example.org") is None
        assert session.scalars(select(Staff.id).where(Staff.id == people.elsewhere.id)).all() == []
        assert not queries.works_elsewhere(session, people.clerk.id, people.trust.code)
    grant(people.clerk, Role.AUDITOR, people.other_trust)
    with database.unit_of_work(actor) as session:
        assert queries.works_elsewhere(session, people.clerk.id, people.trust.code)
        assert [desk.organisation.code for desk in queries.desks(session, people.clerk.id)] == [
            people.trust.code
        ]


def test_a_membership_is_the_named_one_or_the_oldest(
    database: Database, people: People, grant: Grant
) -> None:
    second = grant(people.clerk, Role.AUDITOR, people.trust)
    actor = actor_of(people.manager)
    with database.unit_of_work(actor) as session:
        assert queries.membership(session, actor, people.clerk.id).role == Role.BOOKING_CLERK
        assert queries.membership(session, actor, people.clerk.id, second.id).id == second.id
        with pytest.raises(NotFound):
            queries.membership(session, actor, people.clerk.id, people.elsewhere.memberships[0].id)
    clerk = actor_of(people.clerk)
    with database.unit_of_work(clerk) as session, pytest.raises(NotFound):
        queries.membership(session, clerk, people.manager.id)


def test_organisations_with_people(database: Database, people: People) -> None:
    with database.unit_of_work(actor_of(people.national)) as session:
        codes = {one.code for one in queries.organisations(session)}
        with pytest.raises(NotFound, match="no organisation with the code ZZZ"):
            queries.organisation(session, "ZZZ")
    assert {people.trust.code, people.other_trust.code, "X24"} <= codes
