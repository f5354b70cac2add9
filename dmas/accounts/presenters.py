"""How accounts are shown: lists of people, and sign-ins in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from dmas.accounts.models import SignIn, Staff
from dmas.accounts.queries import Desk, Person
from dmas.accounts.rules import sign_ins
from dmas.accounts.vocabulary import Standing
from dmas.core.actors import Role
from dmas.web.filters import day
from dmas.web.forms import Choice
from dmas.web.lists import Column, Furniture, Link, SelectFilter, Tag, TextFilter

STANDING_COLOURS = {
    Standing.ACTIVE: "green",
    Standing.INVITED: "blue",
    Standing.LOCKED: "orange",
    Standing.DISABLED: "red",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list of people."""

    name: Link
    email: str
    role: str
    standing: Tag
    since: datetime


PEOPLE: Furniture[Row] = Furniture(
    caption="People of this organisation",
    one="person",
    many="people",
    columns=(
        Column("Name", lambda row: row.name, sort="name"),
        Column("Email address", lambda row: row.email),
        Column("Role", lambda row: row.role, sort="role"),
        Column("Account", lambda row: row.standing),
        Column("Since", lambda row: day(row.since), sort="granted"),
    ),
    filters=(TextFilter("words", "Name or email address"), SelectFilter("role", "Role", choices=Role)),
    sort="name",
    empty="Nobody works here yet. Invite the first person.",
    keep=("organisation",),
)


def rows(people: Iterable[Person], *, now: datetime) -> list[Row]:
    """Return people as lines of the list."""
    return [
        Row(
            name=Link(person.staff.name, f"/staff/{person.staff.id}"),
            email=person.staff.email,
            role=Role(person.membership.role).label,
            standing=standing(person.staff, now=now),
            since=person.membership.granted_at,
        )
        for person in people
    ]


def standing(staff: Staff, *, now: datetime) -> Tag:
    """Return how an account stands, as a tag. A persona of the demonstration needs no password."""
    found = sign_ins.standing(
        disabled_at=staff.disabled_at,
        locked_until=staff.locked_until,
        has_password=staff.password_hash is not None or staff.is_persona,
        now=now,
    )
    return Tag(found.label, STANDING_COLOURS[found])


def desk_choices(desks: Sequence[Desk]) -> list[Choice]:
    """Return memberships as answers to "who are you working as?"."""
    return [Choice(str(desk.membership.id), desk.role_label, desk.organisation.name) for desk in desks]


@dataclass(frozen=True, slots=True)
class ShownSignIn:
    """One living sign-in: since when, last used, as what, and whether it is this browser's."""

    id: str
    started_at: datetime
    last_seen_at: datetime
    working_as: str
    is_this: bool


def shown_sign_ins(
    found: Iterable[SignIn], desks: Sequence[Desk], *, secret: str, now: datetime
) -> list[ShownSignIn]:
    """Return the sign-ins that still open doors, as the person reads them."""
    by_id = {desk.membership.id: desk for desk in desks}
    shown = []
    for one in found:
        desk = by_id.get(one.membership_id) if one.membership_id else None
        role = Role(desk.membership.role) if desk else None
        alive = sign_ins.is_alive(
            ended_at=one.ended_at,
            last_seen_at=one.last_seen_at,
            expires_at=one.expires_at,
            role=role,
            now=now,
        )
        if alive:
            words = f"{role.label}, {desk.organisation.name}" if role and desk else "No role chosen yet"
            is_this = one.secret_hash == sign_ins.fingerprint(secret)
            shown.append(ShownSignIn(str(one.id), one.started_at, one.last_seen_at, words, is_this))
    return shown
