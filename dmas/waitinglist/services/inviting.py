"""Inviting people to ask for a move, one or a whole cohort, and replacing a code that was lost."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.db import acting_for_all
from dmas.core.errors import Conflict
from dmas.waitinglist import outbox, policy, queries, rules
from dmas.waitinglist.commands import InviteCohort, InvitePathway, LostCode, ReplaceInvitation
from dmas.waitinglist.models import Invitation, Pathway
from dmas.waitinglist.rules import codes
from dmas.waitinglist.services import visits

_NOT_YOURS = "Only the provider whose list it is can invite people from it."


def invite(
    session: Session,
    command: InviteCohort | InvitePathway,
    *,
    secret_key: str,
    actor: Actor,
    now: datetime,
) -> Sequence[Invitation]:
    """Invite everybody of a cohort, or one person, and queue the messages; return the invitations.

    Who was invited already is left as they are. Raises Conflict where one person cannot be invited.
    """
    today = london_date(now)
    limits = queries.thresholds_on(session, today)
    if isinstance(command, InvitePathway):
        pathway = queries.pathway_for(session, actor, command.pathway_id)
        policy.require(policy.may_invite(actor, pathway.provider_code), _NOT_YOURS)
        _check_one(session, pathway, limits, now)
        pathways: Sequence[Pathway] = [pathway]
    else:
        policy.require(policy.may_invite(actor, command.provider_code), _NOT_YOURS)
        pathways = _of_cohort(session, command, now)
    lasts = timedelta(days=limits.invitation_days)
    made = [_made(pathway, secret_key, lasts, actor, now) for pathway in pathways]
    session.add_all(made)
    session.flush()
    audit.record_many(session, made, "invitation.sent", actor=actor, now=now)
    outbox.tell_invited(session, made, actor=actor, now=now)
    return made


def replace_invitation(
    session: Session, command: ReplaceInvitation, *, secret_key: str, actor: Actor, now: datetime
) -> Invitation:
    """Make the old code worthless, end what it opened, and send a new one to the address on the list."""
    pathway = queries.pathway_for(session, actor, command.pathway_id)
    policy.require(policy.may_invite(actor, pathway.provider_code), _NOT_YOURS)
    before = queries.invitation_for(session, pathway.id)
    if before is None:
        raise Conflict("This person has not been invited yet. Invite them instead.")
    return _replace(session, before, pathway, secret_key, actor, now)


def send_lost_code(
    session: Session, command: LostCode, *, secret_key: str, actor: Actor, now: datetime
) -> None:
    """Send a new code to the address on the list where both answers are right; say nothing either way."""
    person = queries.find_person(session, command.nhs_number, command.date_of_birth)
    if person is None or person.died_on is not None:
        return
    statement = (
        select(Invitation, Pathway)
        .join(Pathway, Pathway.id == Invitation.pathway_id)
        .where(
            Invitation.patient_id == person.id,
            Invitation.replaced_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.invited_at <= now - timedelta(hours=1),  # so nobody's post is filled by a stranger
            Pathway.ended_on.is_(None),
        )
        .order_by(Invitation.id)
    )
    for before, pathway in session.execute(statement).all():
        _replace(session, before, pathway, secret_key, actor, now)


def _check_one(session: Session, pathway: Pathway, limits: rules.Thresholds, now: datetime) -> None:
    today = london_date(now)
    if queries.invitation_for(session, pathway.id) is not None:
        raise Conflict("This person has been invited already. Send a new code if the first one is lost.")
    found = queries.facts(session, [pathway.id])[pathway.id]
    reasons = rules.why_not(found, limits, today)
    if reasons:
        raise Conflict(f"This person cannot be invited: {reasons[0].label[0].lower()}{reasons[0].label[1:]}.")
    if (paused := rules.pause(found, limits, today)) is not None:
        raise Conflict(f"{paused.label}.")


def _of_cohort(session: Session, command: InviteCohort, now: datetime) -> Sequence[Pathway]:
    wanted = queries.PathwayFilter(service=command.service)
    ids = queries.cohort_ids(session, command.provider_code, wanted, today=london_date(now))
    return session.scalars(select(Pathway).where(Pathway.id.in_(ids)).order_by(Pathway.id)).all()


def _replace(
    session: Session, before: Invitation, pathway: Pathway, secret_key: str, actor: Actor, now: datetime
) -> Invitation:
    limits = queries.thresholds_on(session, london_date(now))
    before.replaced_at = now
    audit.record(session, before, "invitation.replaced", actor=actor, now=now)
    with acting_for_all(session, "patient-sign-in"):
        visits.end_visits_of(session, before.id, now=now)
    made = _made(pathway, secret_key, timedelta(days=limits.invitation_days), actor, now)
    session.add(made)
    audit.record(session, made, "invitation.sent", actor=actor, now=now)
    outbox.tell_invited(session, [made], template="transfer_code_replaced", actor=actor, now=now)
    return made


def _made(pathway: Pathway, secret_key: str, lasts: timedelta, actor: Actor, now: datetime) -> Invitation:
    new = uuid.uuid4()
    return Invitation(
        id=new,
        pathway_id=pathway.id,
        patient_id=pathway.patient_id,
        provider_code=pathway.provider_code,
        code_hash=codes.code_hash(codes.code_of(new, secret_key)),
        invited_by=actor.id,
        invited_at=now,
        expires_at=now + lasts,
        version=1,
    )
