"""The four guarded statements that move places: free to held to taken, and back.

Each is one UPDATE whose condition is its guard, so that no race can sell a place twice; no row changed
means no longer available. A loaded offer shows the new counts. No event is written here: the caller's
proposal or transfer tells it.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from dmas.core.errors import NoLongerAvailable
from dmas.offers.models import Offer
from dmas.offers.vocabulary import OfferStatus

# A paused or withdrawn offer gives nobody else a place; a closed or expired one keeps what was agreed.
_NOBODY_NEW = (OfferStatus.SUSPENDED, OfferStatus.WITHDRAWN)


def hold(session: Session, offer_id: uuid.UUID, places: int) -> None:
    """Hold free places of an open offer; raise NoLongerAvailable where there are not enough."""
    _check(places)
    free = Offer.held + Offer.taken + places <= Offer.places
    _guarded(
        session,
        offer_id,
        (Offer.status == OfferStatus.OPEN, free),
        {"held": Offer.held + places},
        "Those places have gone. Look for another offer.",
    )


def release(session: Session, offer_id: uuid.UUID, places: int) -> None:
    """Let held places go free; raise NoLongerAvailable where fewer are held."""
    _check(places)
    _guarded(
        session,
        offer_id,
        (Offer.held >= places,),
        {"held": Offer.held - places},
        "Those places are no longer held.",
    )


def take(session: Session, offer_id: uuid.UUID, places: int = 1) -> None:
    """Turn held places into taken ones; raise NoLongerAvailable where they are not held or all is paused."""
    _check(places)
    _guarded(
        session,
        offer_id,
        (Offer.status.not_in(_NOBODY_NEW), Offer.held >= places),
        {"held": Offer.held - places, "taken": Offer.taken + places},
        "This place can no longer be taken: the offer was paused or withdrawn, or the place was let go.",
    )


def give_back(session: Session, offer_id: uuid.UUID, places: int = 1) -> None:
    """Let taken places go free again; raise NoLongerAvailable where fewer are taken."""
    _check(places)
    _guarded(
        session,
        offer_id,
        (Offer.taken >= places,),
        {"taken": Offer.taken - places},
        "Those places are no longer taken.",
    )


def _check(places: int) -> None:
    if places < 1:
        raise ValueError("Move at least one place.")


def _guarded(
    session: Session,
    offer_id: uuid.UUID,
    guards: tuple[ColumnElement[bool], ...],
    moves: dict[str, Any],
    refusal: str,
) -> None:
    statement = (
        update(Offer)
        .where(Offer.id == offer_id, *guards)
        .values(moves)
        .returning(Offer.places, Offer.held, Offer.taken)
        .execution_options(synchronize_session=False)
    )
    counted = session.execute(statement).first()
    if counted is None:
        raise NoLongerAvailable(refusal)
    loaded = session.identity_map.get(session.identity_key(Offer, offer_id))
    if loaded is not None:
        for name, value in counted._mapping.items():
            set_committed_value(loaded, name, value)
