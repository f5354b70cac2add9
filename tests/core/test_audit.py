"""The audit trail: one event for each change, in its transaction."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from dmas.accounts.models import Staff
from dmas.core import audit
from dmas.core.actors import Actor, Reach, Role
from dmas.core.audit import AuditEvent
from dmas.core.db import Audited, Database
from tests.factories.staff import make_staff

MANAGER = Actor("m", "Robin Example", Role.CAPACITY_MANAGER, "RAA", Reach.ORGANISATION)


class Kept(Audited):
    """A record without a table, to look at an event's values."""

    __tablename__ = "kept"

    def __init__(self) -> None:
        self.id = uuid.UUID(int=7)
        self.reference = "RQ-2222222"

    def audit_parties(self) -> list[str]:
        return ["RBB", "", "RAA", "RBB"]


def test_an_event_says_who_what_and_who_may_read_it(now: datetime) -> None:
    values = audit.event_values(
        Kept(), "kept.made", actor=MANAGER, now=now, version=3, reason="why", details={"places": 2}
    )
    assert values == {
        "at": now,
        "actor_id": "m",
        "actor_name": "Robin Example",
        "role": "capacity_manager",
        "organisation_code": "RAA",
        "action": "kept.made",
        "entity_type": "kept",
        "entity_id": uuid.UUID(int=7),
        "entity_version": 3,
        "reference": "RQ-2222222",
        "parties": ["RAA", "RBB"],
        "reason": "why",
        "details": {"places": 2},
        "request_id": None,
    }


def test_a_job_has_no_role_and_a_request_its_id(now: datetime, system: Actor) -> None:
    token = audit.request_id.set("of-this-request")
    try:
        values = audit.event_values(Kept(), "kept.made", actor=system, now=now, version=None)
    finally:
        audit.request_id.reset(token)
    assert (values["role"], values["request_id"], values["details"]) == (None, "of-this-request", {})


def test_each_change_raises_the_version_and_is_told_once(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        staff = make_staff(session, now=now)
        assert staff.version == 1
        staff.name = "A New Name"
        audit.record(session, staff, "staff.renamed", actor=system, now=now, reason="married")
        assert staff.version == 2
        told = audit.history(session, [staff])
    assert [(one.action, one.entity_version, one.reason) for one in told] == [
        ("staff.invited", 1, None),
        ("staff.renamed", 2, "married"),
    ]


def test_a_look_is_recorded_and_changes_nothing(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        staff = make_staff(session, now=now)
        for _ in range(2):
            audit.record_view(session, staff, "staff.viewed", actor=system, now=now)
        told = audit.history(session, [staff])
    assert staff.version == 1
    assert [one.entity_version for one in told] == [1, None, None]


def test_many_are_told_of_in_one_statement(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        made = [make_staff(session, now=now) for _ in range(3)]
        session.execute(update(Staff).values(version=Staff.version + 1))
        for one in made:
            session.refresh(one)
        audit.record_many(
            session, made, "staff.checked", actor=system, now=now, reason=lambda one: one.email[:6]
        )
        audit.record_many(session, [], "staff.checked", actor=system, now=now)
        told = [one for one in audit.history(session, made) if one.action == "staff.checked"]
    assert {(one.entity_id, one.entity_version, one.reason) for one in told} == {
        (one.id, 2, "person") for one in made
    }


def test_no_records_have_no_history(database: Database, system: Actor) -> None:
    with database.unit_of_work(system) as session:
        assert audit.history(session, []) == []


def test_a_record_must_say_who_may_read_it(now: datetime, system: Actor) -> None:
    class Silent(Audited):
        pass

    with pytest.raises(LookupError, match="Silent does not say"):
        Silent().audit_parties()


def test_events_stand_in_the_order_they_were_written(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        staff = make_staff(session, now=now)
        audit.record_view(session, staff, "later", actor=system, now=now)
        audit.record_view(session, staff, "earlier", actor=system, now=now - timedelta(days=1))
        actions = [one.action for one in audit.history(session, [staff])]
    assert actions == ["staff.invited", "later", "earlier"]
    assert AuditEvent.__tablename__ == "audit_event"
