"""Looking after an organisation's people: invite, change a role, take it away, disable, enable."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from dmas.accounts import outbox, policy, queries
from dmas.accounts.commands import ChangeRole, Disable, Enable, EndMembership, Invite
from dmas.accounts.models import Membership, Staff
from dmas.accounts.rules import roles
from dmas.accounts.services import links, sign_ins
from dmas.accounts.services.attempts import clean_email
from dmas.core import audit, clock
from dmas.core.actors import Actor, Role
from dmas.core.db import check_version
from dmas.core.errors import Conflict, InvalidInput, NotAllowed
from dmas.providers.models import Organisation
from dmas.providers.vocabulary import OrganisationKind


@dataclass(frozen=True, slots=True)
class Invitation:
    """What came of inviting: a secret for a link, or None where the person has a password already."""

    membership: Membership
    secret: str | None = field(repr=False)


def invite(session: Session, command: Invite, *, actor: Actor, now: datetime) -> Invitation:
    """Give a person a role at an organisation, with an account and a link if they have none.

    Raises NotAllowed, InvalidInput for a role that does not fit or a person who has it already.
    """
    where = session.get(Organisation, command.organisation_code)
    if where is None:
        raise InvalidInput(
            f"There is no organisation with the code {command.organisation_code}.", field="organisation"
        )
    _check_role(where, command.role, actor=actor, now=now)
    email = clean_email(command.email)
    known = queries.known_by_email(session, email)
    if known is None:
        staff = Staff(email=email, name=command.name, created_at=now)
        session.add(staff)
        audit.record(session, staff, "staff.created", actor=actor, now=now)
        membership = _grant(session, staff.id, where.code, command.role, actor=actor, now=now)
        session.refresh(staff)
        return Invitation(membership, links.make_link(session, staff, actor=actor, now=now))
    _check_known(session, known, where, command.role, actor=actor)
    membership = _grant(session, known.id, where.code, command.role, actor=actor, now=now)
    # A link made before reaches further now than whoever made it may reach.
    links.expire_links(session, known.id, now=now)
    if known.has_password:
        outbox.tell_role_granted(session, membership, actor=actor, now=now)
        return Invitation(membership, None)
    staff = queries.get(session, actor, known.id)
    return Invitation(membership, links.make_link(session, staff, actor=actor, now=now))


def change_role(session: Session, command: ChangeRole, *, actor: Actor, now: datetime) -> Membership:
    """End one membership, grant another role at the same organisation, and end the sign-ins of the old."""
    held = _held_by_another(session, command, actor)
    where = queries.organisation(session, held.organisation_code)
    _check_role(where, command.role, actor=actor, now=now)
    if command.role == held.role:
        raise InvalidInput("This is the role they have now. Choose a different one.", field="role")
    if any(
        _same(desk.membership, where.code, command.role) for desk in queries.desks(session, held.staff_id)
    ):
        raise InvalidInput("They already have this role here as well. Choose a different one.", field="role")
    if command.role not in roles.MANAGERS:
        _check_not_last(session, held, even_if_last=command.even_if_last)
    _end(session, held, actor=actor, now=now, reason="role changed")
    granted = _grant(session, held.staff_id, held.organisation_code, command.role, actor=actor, now=now)
    outbox.tell_role_granted(session, granted, actor=actor, now=now)
    return granted


def end_membership(session: Session, command: EndMembership, *, actor: Actor, now: datetime) -> Membership:
    """Take a person's role at an organisation away and end the sign-ins in it; the account stays."""
    held = _held_by_another(session, command, actor)
    _check_not_last(session, held, even_if_last=command.even_if_last)
    _end(session, held, actor=actor, now=now, reason="role taken away")
    return held


def disable(session: Session, command: Disable, *, actor: Actor, now: datetime) -> Staff:
    """Stop a person from signing in: their sign-ins end and their links stop working."""
    staff = _someone_else(session, command.staff_id, actor)
    check_version(staff, command.version)
    if staff.disabled_at is not None:
        raise Conflict("This account is disabled already.")
    for desk in queries.desks(session, staff.id):
        _check_not_last(session, desk.membership, even_if_last=command.even_if_last)
    staff.disabled_at = now
    audit.record(session, staff, "staff.disabled", actor=actor, now=now)
    sign_ins.end_all(session, staff.id, actor=actor, now=now, reason="account disabled")
    links.expire_links(session, staff.id, now=now)
    return staff


def enable(session: Session, command: Enable, *, actor: Actor, now: datetime) -> Staff:
    """Let a disabled person sign in again, with the password they had."""
    staff = _someone_else(session, command.staff_id, actor)
    check_version(staff, command.version)
    if staff.disabled_at is None:
        raise Conflict("This account is not disabled.")
    staff.disabled_at, staff.failed_sign_ins, staff.locked_until = None, 0, None
    audit.record(session, staff, "staff.enabled", actor=actor, now=now)
    return staff


def end_sign_ins(session: Session, staff_id: uuid.UUID, *, actor: Actor, now: datetime) -> int:
    """End a person's sign-ins in the organisations the actor looks after; return how many there were."""
    staff = queries.get(session, actor, staff_id)
    reason = "ended by who looks after accounts"
    if policy.manages_everywhere(actor):
        return sign_ins.end_all(session, staff.id, actor=actor, now=now, reason=reason)
    desks = queries.desks(session, staff.id)
    here = [
        desk.membership.id for desk in desks if policy.may_manage(actor, desk.membership.organisation_code)
    ]
    if not here:
        raise NotAllowed("Your role does not look after accounts.")
    return sign_ins.end_all(session, staff.id, actor=actor, now=now, reason=reason, memberships=here)


def _check_role(where: Organisation, role: Role, *, actor: Actor, now: datetime) -> None:
    if not policy.may_manage(actor, where.code):
        raise NotAllowed("Your role does not look after the accounts of this organisation.")
    if where.closed_on is not None and where.closed_on <= clock.london_date(now):
        raise InvalidInput(
            f"{where.name} has closed. Choose the organisation that followed it.", field="organisation"
        )
    kind = OrganisationKind(where.kind)
    if not roles.fits(role, kind):
        fitting = ", ".join(one.label.lower() for one in roles.roles_for(kind))
        raise InvalidInput(
            f"{role.label} is not a role of {where.name}. It has these roles: {fitting}.", field="role"
        )


def _check_known(
    session: Session, known: queries.Known, where: Organisation, role: Role, *, actor: Actor
) -> None:
    if known.is_disabled:
        raise InvalidInput(
            "This account is disabled. Whoever looks after it must enable it first.", field="email"
        )
    here = queries.desks(session, known.id)
    if any(_same(desk.membership, where.code, role) for desk in here):
        raise InvalidInput("This person already has this role here.", field="email")
    if not (known.has_password or policy.manages_everywhere(actor)) and queries.works_elsewhere(
        session, known.id, where.code
    ):
        raise InvalidInput(
            "This person has been invited by another organisation and has not set a password yet."
            " Ask them to do that first.",
            field="email",
        )


def _same(membership: Membership, organisation_code: str, role: Role) -> bool:
    return membership.organisation_code == organisation_code and membership.role == role


def _held_by_another(session: Session, command: ChangeRole | EndMembership, actor: Actor) -> Membership:
    held = queries.membership(session, actor, command.staff_id, command.membership_id)
    if policy.is_self(actor, command.staff_id):
        raise NotAllowed("Nobody changes their own role. Ask somebody else who looks after accounts.")
    check_version(held, command.version)
    return held


def _someone_else(session: Session, staff_id: uuid.UUID, actor: Actor) -> Staff:
    staff = queries.get(session, actor, staff_id)
    if policy.is_self(actor, staff.id):
        raise NotAllowed("Nobody disables or enables their own account.")
    if policy.manages_everywhere(actor):
        return staff
    if not policy.may_manage(actor, actor.organisation or ""):
        raise NotAllowed("Your role does not look after accounts.")
    if queries.works_elsewhere(session, staff.id, actor.organisation):
        raise Conflict(
            "This person works for another organisation too. Take away their role here instead; only a"
            " national administrator can disable the whole account."
        )
    return staff


def _check_not_last(session: Session, held: Membership, *, even_if_last: bool) -> None:
    if even_if_last or Role(held.role) not in roles.MANAGERS or queries.other_managers(session, held):
        return
    raise InvalidInput(
        "Nobody else can look after the accounts of this organisation. Invite another manager first, or tick"
        " the box to go on all the same.",
        field="even_if_last",
    )


def _grant(
    session: Session, staff_id: uuid.UUID, code: str, role: Role, *, actor: Actor, now: datetime
) -> Membership:
    granted = Membership(
        staff_id=staff_id, organisation_code=code, role=role, granted_at=now, granted_by=actor.id
    )
    session.add(granted)
    details = {"role": role.value}
    audit.record(session, granted, "membership.granted", actor=actor, now=now, details=details)
    return granted


def _end(session: Session, held: Membership, *, actor: Actor, now: datetime, reason: str) -> None:
    held.ended_at = now
    details = {"role": str(held.role)}
    audit.record(session, held, "membership.ended", actor=actor, now=now, reason=reason, details=details)
    sign_ins.end_all(session, held.staff_id, actor=actor, now=now, reason=reason, memberships=[held.id])
