"""Staff with one membership each."""

from __future__ import annotations

import itertools
from datetime import datetime

from sqlalchemy.orm import Session

from dmas.accounts.models import Membership, Staff
from dmas.core import audit
from dmas.core.actors import Actor, Reach, Role
from dmas.providers.models import Organisation
from tests.factories.providers import make_trust

_numbers = itertools.count(1)
_maker = Actor.system("tests")
REACH = {
    Role.ICB_COORDINATOR: Reach.ICB,
    Role.REGIONAL_COORDINATOR: Reach.REGION,
    Role.NATIONAL_ADMINISTRATOR: Reach.NATION,
    Role.SAFETY_OFFICER: Reach.NATION,
}


def make_staff(
    session: Session,
    *,
    now: datetime,
    role: Role = Role.CAPACITY_MANAGER,
    organisation: Organisation | None = None,
    password_hash: str | None = None,
) -> Staff:
    """Make a person with one role at one organisation (a trust of its own unless given)."""
    organisation = organisation or make_trust(session)
    number = next(_numbers)
    staff = Staff(
        email=f"person{number}@example.org",
        name=f"Robin Example {number}",
        password_hash=password_hash,
        created_at=now,
    )
    membership = Membership(
        staff=staff, organisation_code=organisation.code, role=role, granted_at=now, granted_by=_maker.id
    )
    session.add(staff)
    audit.record(session, staff, "staff.invited", actor=_maker, now=now)
    session.add(membership)
    session.flush()
    session.execute(
        audit.AuditEvent.__table__.insert(),
        audit.event_values(membership, "membership.granted", actor=_maker, now=now, version=1),
    )
    return staff


def actor_of(staff: Staff) -> Actor:
    """Return the person acting in their first membership."""
    membership = staff.memberships[0]
    role = Role(membership.role)
    return Actor(
        id=str(staff.id),
        name=staff.name,
        role=role,
        organisation=membership.organisation_code,
        reach=REACH.get(role, Reach.ORGANISATION),
    )
