"""Reading accounts, scoped to what the actor may see."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased, selectinload

from dmas.accounts import policy
from dmas.accounts.models import Membership, OneTimeLink, SignIn, Staff
from dmas.accounts.rules.roles import MANAGERS
from dmas.accounts.rules.sign_ins import fingerprint
from dmas.core.actors import Actor, Role
from dmas.core.db import introduce
from dmas.core.errors import NotFound
from dmas.notifications.commands import Address, DoNotSend
from dmas.providers.models import Organisation

Found = TypeVar("Found")
LOOKING_UP = Actor.system("account-look-up")

# How a list of people can be ordered.
ORDERS: dict[str, ColumnElement[Any]] = {
    "name": func.lower(Staff.name),
    "role": cast(ColumnElement[Any], Membership.role),
    "granted": cast(ColumnElement[Any], Membership.granted_at),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in one role at one organisation."""

    staff: Staff
    membership: Membership


@dataclass(frozen=True, slots=True)
class Known:
    """What any manager may learn of an account that already has an email address."""

    id: uuid.UUID
    has_password: bool
    is_disabled: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """A live membership with the organisation it is for."""

    membership: Membership
    organisation: Organisation

    @property
    def role_label(self) -> str:
        """Return the role as people say it."""
        return Role(self.membership.role).label


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the scope of staff: oneself, and the people of organisations one looks after."""
    if policy.manages_everywhere(actor):
        return true()
    theirs = aliased(Membership)  # so that a query of memberships keeps its own
    works_here = exists().where(
        theirs.staff_id == Staff.id,
        theirs.organisation_code == actor.organisation,
        theirs.ended_at.is_(None),
    )
    return or_(Staff.id == _own_id(actor), works_here)


def get(session: Session, actor: Actor, staff_id: uuid.UUID) -> Staff:
    """Return a person the actor may see; raise NotFound."""
    staff = session.scalar(select(Staff).where(Staff.id == staff_id, visible_to(actor)))
    if staff is None:
        raise NotFound("There is nobody here with this account.")
    return staff


def organisation(session: Session, code: str) -> Organisation:
    """Return an organisation by its code; raise NotFound."""
    found = session.get(Organisation, code)
    if found is None:
        raise NotFound(f"There is no organisation with the code {code}. Load organisations first.")
    return found


def organisations(session: Session) -> list[Organisation]:
    """Return the organisations that have people here, by name."""
    has_people = exists().where(
        Membership.organisation_code == Organisation.code, Membership.ended_at.is_(None)
    )
    statement = select(Organisation).where(has_people).order_by(Organisation.name, Organisation.code)
    return list(session.scalars(statement))


def people(
    session: Session,
    actor: Actor,
    organisation_code: str,
    *,
    words: str = "",
    role: str = "",
    order: str = "name",
    limit: int | None = None,
    offset: int = 0,
) -> tuple[list[Person], int]:
    """Return who works for an organisation and how many there are; a person with two roles there twice.

    `words` are looked for in name and email; `order` is a key of ORDERS, with a minus before it to turn it.
    """
    found = (
        select(Staff, Membership)
        .join(Membership, Membership.staff_id == Staff.id)
        .where(
            Membership.organisation_code == organisation_code,
            Membership.ended_at.is_(None),
            visible_to(actor),
        )
    )
    if words:
        found = found.where(
            Staff.name.icontains(words, autoescape=True) | Staff.email.icontains(words, autoescape=True)
        )
    if role:
        found = found.where(Membership.role == role)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    key = ORDERS[order.removeprefix("-")]
    ordered = found.order_by(key.desc() if order.startswith("-") else key, Membership.id)
    rows = session.execute(ordered.limit(limit).offset(offset))
    return [Person(staff, membership) for staff, membership in rows], total


def desks(session: Session, staff_id: uuid.UUID) -> list[Desk]:
    """Return a person's live memberships that the actor may see, oldest first."""
    statement = (
        select(Membership, Organisation)
        .join(Organisation, Organisation.code == Membership.organisation_code)
        .where(Membership.staff_id == staff_id, Membership.ended_at.is_(None))
        .order_by(Membership.granted_at, Membership.id)
    )
    return [Desk(membership, organisation) for membership, organisation in session.execute(statement)]


def membership(
    session: Session, actor: Actor, staff_id: uuid.UUID, membership_id: uuid.UUID | None = None
) -> Membership:
    """Return one live membership of a person that the actor looks after, the oldest unless named."""
    person = get(session, actor, staff_id)
    for desk in desks(session, person.id):
        wanted = membership_id in (None, desk.membership.id)
        if wanted and policy.may_manage(actor, desk.membership.organisation_code):
            return desk.membership
    raise NotFound("This person no longer has that role.")


def live_sign_ins(session: Session, staff_id: uuid.UUID, now: datetime) -> list[SignIn]:
    """Return a person's sign-ins that have neither ended nor run out, newest first.

    Some may have been idle for too long; the reader decides with `rules.sign_ins.is_alive`.
    """
    statement = (
        select(SignIn)
        .where(SignIn.staff_id == staff_id, SignIn.ended_at.is_(None), SignIn.expires_at > now)
        .order_by(SignIn.last_seen_at.desc(), SignIn.id)
    )
    return list(session.scalars(statement))


def link(session: Session, secret: str, now: datetime) -> tuple[OneTimeLink, Staff]:
    """Return a one-time link that still works and whose it is; raise NotFound for every other."""
    statement = (
        select(OneTimeLink, Staff)
        .join(Staff, Staff.id == OneTimeLink.staff_id)
        .where(
            OneTimeLink.secret_hash == fingerprint(secret),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
            Staff.disabled_at.is_(None),
        )
    )
    found = session.execute(statement).first()
    if found is None:
        raise NotFound("This link has been used, has run out, or was never one of ours.")
    return found[0], found[1]


def other_managers(session: Session, held: Membership) -> int:
    """Count the others who can still manage the people of a membership's organisation."""
    statement = (
        select(func.count())
        .select_from(Membership)
        .join(Staff, Staff.id == Membership.staff_id)
        .where(
            Membership.organisation_code == held.organisation_code,
            Membership.role.in_([role.value for role in MANAGERS]),
            Membership.ended_at.is_(None),
            Membership.staff_id != held.staff_id,
            Staff.disabled_at.is_(None),
        )
    )
    return session.scalar(statement) or 0


def known_by_email(session: Session, email: str) -> Known | None:
    """Return what may be known of an account anywhere by its email address."""
    statement = select(Staff.id, Staff.password_hash.is_not(None), Staff.disabled_at.is_not(None)).where(
        Staff.email == email
    )
    row = _beyond_scope(session, lambda: session.execute(statement).first())
    return Known(row[0], row[1], row[2]) if row else None


def works_elsewhere(session: Session, staff_id: uuid.UUID, organisation_code: str | None) -> bool:
    """Say whether a person has a live role at any organisation but this one."""
    statement = select(
        exists().where(
            and_(
                Membership.staff_id == staff_id,
                Membership.organisation_code != (organisation_code or ""),
                Membership.ended_at.is_(None),
            )
        )
    )
    return bool(_beyond_scope(session, lambda: session.scalar(statement)))


def address_of(session: Session, staff_id: str) -> Address | DoNotSend:
    """Return where a member of staff is written to today, for the address book."""
    staff = session.get(Staff, uuid.UUID(staff_id))
    if staff is None:
        return DoNotSend("There is no such account.")
    if staff.disabled_at is not None:
        return DoNotSend("The account is disabled.")
    return Address((staff.email,))


def managers_address(session: Session, organisation_code: str) -> Address | DoNotSend:
    """Return where an organisation is written to today: to everybody who manages for it."""
    found = session.scalars(
        select(Staff.email)
        .join(Membership, Membership.staff_id == Staff.id)
        .where(
            Membership.organisation_code == organisation_code,
            Membership.role.in_([role.value for role in MANAGERS]),
            Membership.ended_at.is_(None),
            Staff.disabled_at.is_(None),
        )
        .distinct()
        .order_by(Staff.email)
    )
    emails = tuple(found)
    return Address(emails) if emails else DoNotSend("Nobody manages for this organisation at the moment.")


def staff_by_email(session: Session, email: str) -> Staff:
    """Return a person by email address, for the command line; raise NotFound."""
    statement = select(Staff).where(Staff.email == email).options(selectinload(Staff.memberships))
    staff = session.scalar(statement)
    if staff is None:
        raise NotFound("Nobody has an account with this email address.")
    return staff


def _beyond_scope(session: Session, read: Callable[[], Found]) -> Found:
    """Read past the actor's walls, for one yes-or-no that row-level security would answer wrongly."""
    before = session.info["actor"]
    session.flush()
    introduce(session, LOOKING_UP)
    found = read()
    introduce(session, before)
    return found


def _own_id(actor: Actor) -> uuid.UUID | None:
    try:
        return uuid.UUID(actor.id)
    except ValueError:
        return None
