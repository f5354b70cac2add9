"""Whether somebody may still ask to move, asked again at every step."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.requests.models import TransferRequest
from dmas.requests.services import reach
from dmas.waitinglist import queries, rules
from dmas.waitinglist.vocabulary import Because


def why_no_move(session: Session, pathway_id: uuid.UUID, *, actor: Actor, today: date) -> tuple[Because, ...]:
    """Return every reason why a wait, in hand of the patient or the helpline, cannot move today."""
    with reach.reaching(session, actor):
        return _why_not(session, pathway_id, today)


def why_not_now(session: Session, transfer: TransferRequest, today: date) -> tuple[Because, ...]:
    """Return every reason why the wait of a request cannot move today; the request itself is none."""
    return _why_not(session, transfer.pathway_id, today)


def _why_not(session: Session, pathway_id: uuid.UUID, today: date) -> tuple[Because, ...]:
    found = queries.facts(session, [pathway_id]).get(pathway_id)
    if found is None:
        return (Because.ENDED,)
    facts = replace(found, asks_already=False)
    return rules.why_not(facts, queries.thresholds_on(session, today), today)
