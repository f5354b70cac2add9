"""What becomes of a hand-over when the patient who asked for the move takes their request back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.db import acting_for_all
from dmas.core.errors import Conflict
from dmas.offers import services as offers
from dmas.requests.events import ChoiceTakenBack
from dmas.transfers.models import Transfer
from dmas.transfers.services import steps
from dmas.transfers.vocabulary import TransferStatus

_OPEN = (TransferStatus.PREPARING, TransferStatus.SENT)


def on_choice_taken_back(session: Session, event: ChoiceTakenBack, *, actor: Actor, now: datetime) -> None:
    """Stop a hand-over that was not sent yet; raise Conflict where the patient comes too late for that."""
    with acting_for_all(session, "news"):
        found = session.scalars(
            select(Transfer)
            .where(Transfer.request_id == event.request_id, Transfer.status.in_(_OPEN))
            .order_by(Transfer.reference)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()
        for transfer in found:
            if transfer.status == TransferStatus.PREPARING:
                steps.step(transfer, "cancel", now)
                steps.record(session, transfer, "cancelled", actor, now, reason=event.reason)
                offers.give_back(session, transfer.offer_id)
            elif event.by_patient:
                raise Conflict(
                    "Your notes are already with the new hospital. Call it, or your own hospital, to stop the"
                    " move: you keep your place until the new hospital has confirmed."
                )
