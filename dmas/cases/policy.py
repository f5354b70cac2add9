"""Who opens the page of a case, and which steps are theirs to take in its state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dmas.catalogue.vocabulary.arrangements import Basis
from dmas.core.actors import Actor, Role
from dmas.core.transitions import allowed
from dmas.offers import policy as offers
from dmas.offers import rules as offer_rules
from dmas.offers.models import Offer
from dmas.offers.vocabulary import CAN_BE_CONFIRMED, Freshness, OfferStatus
from dmas.offers.vocabulary import LIVE as LIVE_OFFERS
from dmas.proposals import policy as proposals
from dmas.requests import policy as requests
from dmas.requests import rules as request_rules
from dmas.requests.models import CareRequest
from dmas.requests.vocabulary import RequestStatus
from dmas.transfers import policy as transfers

APPROVERS = offers.APPROVERS
# The auditor opens every case of their organisation for its history, and for nothing else.
OFFER_READERS = (*offers.READERS, Role.AUDITOR)
REQUEST_READERS = (*requests.READERS, Role.AUDITOR)
MATCH_READERS = (*sorted(proposals.READS), Role.AUDITOR)
# Patients' own requests, without who they are; the helpline opens them only on behalf of a caller.
ASKED_READERS = (
    Role.CAPACITY_MANAGER,
    Role.CLINICAL_REVIEWER,
    Role.BOOKING_CLERK,
    Role.ICB_COORDINATOR,
    Role.REGIONAL_COORDINATOR,
    Role.NATIONAL_ADMINISTRATOR,
    Role.SAFETY_OFFICER,
)
TRANSFER_READERS = (*sorted(transfers.READS), Role.AUDITOR)


def reads_facts(actor: Actor) -> bool:
    """Say whether someone reads what a case says, not only its history."""
    return actor.role is not Role.AUDITOR


def offer_steps(actor: Actor, offer: Offer, today: date) -> list[str]:
    """Return the steps the actor may take with an offer, what is wanted first."""
    status = OfferStatus(offer.status)
    legal = allowed(offer_rules.TRANSITIONS, status)
    own = offers.may_change(actor, offer)
    stale = offer_rules.freshness(offer.confirmed_on, today) is not Freshness.FRESH
    confirmable = own and status in CAN_BE_CONFIRMED
    return _true(
        {
            "decide": "approve" in legal and offers.may_decide(actor, offer, today),
            "still_true": confirmable and stale,
            "ask": _may_ask(actor, offer),
            "resume": "resume" in legal and offers.may_resume(actor, offer),
            "submit": own and status is OfferStatus.DRAFT,
            "amend": own and status in LIVE_OFFERS and status is not OfferStatus.DRAFT,
            "still_true_now": confirmable and not stale,
            "suspend": "suspend" in legal and _pauses(actor, offer),
            "close": own and "close" in legal,
            "copy": own,
            "withdraw": own and "withdraw" in legal,
        }
    )


def request_steps(actor: Actor, care_request: CareRequest, today: date) -> list[str]:
    """Return the steps the actor may take with a request, what is wanted first."""
    legal = allowed(request_rules.TRANSITIONS, RequestStatus(care_request.status))
    own = requests.may_change(actor, care_request)
    return _true(
        {
            "decide": "approve" in legal and requests.may_approve(actor, care_request, today),
            "resubmit": own and care_request.status == RequestStatus.RETURNED,
            "amend": own and care_request.status == RequestStatus.AWAITING_ICB,
            "find": own and care_request.status == RequestStatus.OPEN,
            "withdraw": own and "withdraw" in legal,
        }
    )


def _may_ask(actor: Actor, offer: Offer) -> bool:
    elsewhere = actor.organisation != offer.provider_code
    open_now = offer.status == OfferStatus.OPEN and offer.free > 0
    moves = offer.basis != Basis.INSOURCED
    return actor.role is Role.CAPACITY_MANAGER and elsewhere and open_now and moves


def _pauses(actor: Actor, offer: Offer) -> bool:
    return actor.role in offers.SUSPENDERS and offers.side_of(actor, offer) is not None


def _true(steps: Mapping[str, bool]) -> list[str]:
    return [verb for verb, may in steps.items() if may]
