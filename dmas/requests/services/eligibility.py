"""Whether somebody may still ask to move, asked again at every step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from dmas.requests.models import TransferRequest
from dmas.waitinglist import queries, rules
from dmas.waitinglist.vocabulary import Because


def why_not_now(session: Session, transfer: TransferRequest, today: date) -> tuple[Because, ...]:
    """Return every reason why the wait of a request cannot move today; the request itself is none."""
    found = queries.facts(session, [transfer.pathway_id]).get(transfer.pathway_id)
    if found is None:
        return (Because.ENDED,)
    facts = replace(found, asks_already=False)
    return rules.why_not(facts, queries.thresholds_on(session, today), today)
