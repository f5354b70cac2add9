"""Who stands behind a cookie's secret, read from the database on each request."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from dmas.accounts import queries
from dmas.accounts.models import Membership, SignIn, Staff
from dmas.accounts.queries import Desk
from dmas.accounts.rules import sign_ins
from dmas.accounts.rules.roles import REACH_OF_KIND
from dmas.accounts.vocabulary import SignInStep
from dmas.core.actors import Actor, Reach, Role
from dmas.providers.models import Organisation
from dmas.providers.vocabulary import OrganisationKind

_Row = tuple[SignIn, Staff, Membership | None, Organisation | None]


@dataclass(frozen=True, slots=True)
class LoadedSignIn:
    """A living sign-in: who acts, what the sign-in still lacks, and where else the person may act."""

    id: uuid.UUID
    staff_id: uuid.UUID
    actor: Actor
    organisation_name: str
    membership_id: uuid.UUID | None
    desks: tuple[Desk, ...]
    lacks: SignInStep | None
    last_seen_at: datetime


def load_sign_in(
    session: Session, secret: str, *, now: datetime, second_factor: bool = False
) -> LoadedSignIn | None:
    """Return the sign-in of a secret with today's role and organisation, or None when it opens nothing.

    `second_factor` says whether the settings ask for one.
    """
    statement = (
        select(SignIn, Staff, Membership, Organisation)
        .join(Staff, Staff.id == SignIn.staff_id)
        .outerjoin(Membership, and_(Membership.id == SignIn.membership_id, Membership.ended_at.is_(None)))
        .outerjoin(Organisation, Organisation.code == Membership.organisation_code)
        .where(SignIn.secret_hash == sign_ins.fingerprint(secret), Staff.disabled_at.is_(None))
    )
    row = cast(_Row | None, session.execute(statement).first())
    if row is None:
        return None
    sign_in, staff, membership, organisation = row
    if sign_in.membership_id is not None and membership is None:
        return None  # that role has been taken away
    role = Role(membership.role) if membership else None
    alive = sign_ins.is_alive(
        ended_at=sign_in.ended_at,
        last_seen_at=sign_in.last_seen_at,
        expires_at=sign_in.expires_at,
        role=role,
        now=now,
    )
    if not alive:
        return None
    return LoadedSignIn(
        id=sign_in.id,
        staff_id=staff.id,
        actor=actor_of(staff, membership, organisation),
        organisation_name=organisation.name if organisation else "",
        membership_id=sign_in.membership_id,
        desks=tuple(queries.desks(session, staff.id)),
        lacks=sign_ins.next_step(
            second_factor=second_factor,
            second_factor_at=sign_in.second_factor_at,
            has_membership=membership is not None,
        ),
        last_seen_at=sign_in.last_seen_at,
    )


def actor_of(staff: Staff, membership: Membership | None, organisation: Organisation | None) -> Actor:
    """Return a person acting in a membership; without one they are known and reach nothing."""
    if membership is None or organisation is None:
        return Actor(id=str(staff.id), name=staff.name, reach=Reach.NOTHING)
    kind = OrganisationKind(organisation.kind)
    return Actor(
        id=str(staff.id),
        name=staff.name,
        role=Role(membership.role),
        organisation=organisation.code,
        reach=REACH_OF_KIND[kind],
        icb=organisation.code if kind is OrganisationKind.ICB else organisation.icb_code,
        region=organisation.code if kind is OrganisationKind.REGION else organisation.region_code,
    )
