"""Who may do what with an offer: yes or no, and the refusal in words."""

from __future__ import annotations

from datetime import date

from dmas.core.actors import Actor, Role
from dmas.core.errors import NotAllowed
from dmas.offers import rules
from dmas.offers.models import Offer
from dmas.offers.vocabulary import Side

MANAGERS = (Role.CAPACITY_MANAGER, Role.INDEPENDENT_MANAGER)
APPROVERS = (Role.ICB_COORDINATOR, Role.REGIONAL_COORDINATOR)
NATIONAL = (Role.NATIONAL_ADMINISTRATOR, Role.SAFETY_OFFICER)
SUSPENDERS = (*MANAGERS, Role.ICB_COORDINATOR, *NATIONAL)
# Who reads offers at all: the auditor reads the trail only, the helpline no capacity.
READERS = (*MANAGERS, Role.CLINICAL_REVIEWER, Role.BOOKING_CLERK, *APPROVERS, *NATIONAL)
# Who looks for capacity across England.
BROWSERS = (*MANAGERS, *APPROVERS, *NATIONAL)


def may_post(actor: Actor) -> bool:
    """Say whether the actor may put capacity on the exchange for their organisation."""
    return actor.is_system or actor.role in MANAGERS


def may_change(actor: Actor, offer: Offer) -> bool:
    """Say whether the actor may amend, confirm, close or withdraw an offer."""
    return actor.is_system or (actor.role in MANAGERS and actor.organisation == offer.provider_code)


def side_of(actor: Actor, offer: Offer) -> Side | None:
    """Return the side on which the actor may pause an offer, or None."""
    if actor.is_system:
        return Side.SYSTEM
    if may_change(actor, offer):
        return Side.PROVIDER
    if actor.role is Role.ICB_COORDINATOR and actor.organisation == offer.icb_code:
        return Side.ICB
    return Side.NATION if actor.role in NATIONAL else None


def may_resume(actor: Actor, offer: Offer) -> bool:
    """Say whether the actor's side paused the offer; a pause by rule the provider or its ICB lifts."""
    side = side_of(actor, offer)
    if offer.suspended_side == Side.SYSTEM:
        return side in (Side.SYSTEM, Side.PROVIDER, Side.ICB)
    return side is not None and side == offer.suspended_side


def may_decide(actor: Actor, offer: Offer, today: date) -> bool:
    """Say whether the actor may approve or return an offer: its ICB, or its region once that is late.

    Nobody approves what they posted.
    """
    if actor.id == offer.posted_by:
        return False
    if actor.is_system:
        return True
    if actor.role is Role.ICB_COORDINATOR:
        return actor.organisation == offer.icb_code
    late = offer.icb_code is None or rules.region_may_approve(offer.approval_due_on, today)
    return actor.role is Role.REGIONAL_COORDINATOR and actor.organisation == offer.region_code and late


def require(allowed: bool, message: str) -> None:
    """Raise NotAllowed with the message unless allowed."""
    if not allowed:
        raise NotAllowed(message)
