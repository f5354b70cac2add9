"""The people named for held places, as the database shows them to whoever asks."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dmas.core.errors import NotFound
from dmas.proposals.models import NamedPerson, Proposal
from dmas.proposals.vocabulary import Consent


def people(session: Session, proposal: Proposal) -> list[NamedPerson]:
    """Return the people named whom the database shows this actor: to the receiver, those who said yes."""
    return list(
        session.scalars(
            select(NamedPerson)
            .where(NamedPerson.proposal_id == proposal.id)
            .order_by(NamedPerson.named_at, NamedPerson.id)
        )
    )


def waiting_people(session: Session, proposal_ids: Collection[uuid.UUID]) -> list[NamedPerson]:
    """Return the people named for some proposals who are neither asked nor released, locked, by id."""
    return list(
        session.scalars(
            select(NamedPerson)
            .where(
                NamedPerson.proposal_id.in_(proposal_ids),
                NamedPerson.consent == Consent.TO_ASK,
                NamedPerson.released_at.is_(None),
            )
            .order_by(NamedPerson.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )


def person_for_change(session: Session, proposal: Proposal, person_id: uuid.UUID) -> NamedPerson:
    """Return one named person of a locked proposal as they are now, locked; raise NotFound."""
    found = session.scalar(
        select(NamedPerson)
        .where(NamedPerson.id == person_id, NamedPerson.proposal_id == proposal.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("There is no such person on this match.")
    return found


def named_already(
    session: Session, proposal: Proposal, pathway_id: str, nhs_number: str
) -> NamedPerson | None:
    """Return who stands in the way: this pathway waiting anywhere, or this person on this match."""
    waiting = (NamedPerson.consent == Consent.TO_ASK) & NamedPerson.released_at.is_(None)
    here = NamedPerson.proposal_id == proposal.id
    said = here & (NamedPerson.consent != Consent.TO_ASK)
    same = or_(NamedPerson.pathway_id == pathway_id, NamedPerson.nhs_number == nhs_number)
    return session.scalars(
        select(NamedPerson)
        .where(
            NamedPerson.home_code == proposal.home_code,
            or_(waiting & (NamedPerson.pathway_id == pathway_id), same & here & waiting, same & said),
        )
        .order_by(NamedPerson.named_at, NamedPerson.id)
        .limit(1)
    ).first()
