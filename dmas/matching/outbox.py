"""What a night tells: each receiving organisation once, of all its new matches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.notifications import outbox
from dmas.notifications.commands import Message
from dmas.notifications.vocabulary import RecipientKind


def tell_receivers(
    session: Session,
    service_date: date,
    proposals: Iterable[Mapping[str, Any]],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Tell each receiver how many matches and places wait for its answer, one message a service date."""
    receiver = itemgetter("receiver_code")
    by_receiver = groupby(sorted(proposals, key=receiver), receiver)
    news = [_digest(service_date, code, list(theirs)) for code, theirs in by_receiver]
    outbox.queue_many(session, news, actor=actor, now=now)


def _digest(service_date: date, code: str, proposals: list[Mapping[str, Any]]) -> Message:
    return Message(
        template="new_matches",
        recipient_kind=RecipientKind.ORGANISATION,
        recipient_id=code,
        values={
            "matches": len(proposals),
            "places": sum(one["held"] for one in proposals),
            "due_on": str(min(one["due_on"] for one in proposals)),
        },
        dedup=f"new_matches:{service_date}:{code}",
    )
