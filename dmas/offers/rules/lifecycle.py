"""The lifecycle of an offer as data, whether it waits for its ICB, and how fresh it is."""

from __future__ import annotations

from datetime import date, timedelta

from dmas.catalogue.vocabulary.arrangements import Basis, ContractBasis
from dmas.core.errors import InvalidInput
from dmas.core.transitions import Step, step
from dmas.offers.vocabulary import EXPIRE_AFTER_DAYS, FLAG_AFTER_DAYS, LIVE, Ended, Freshness, OfferStatus
from dmas.providers.vocabulary import OrganisationKind

_S = OfferStatus

TRANSITIONS: dict[str, Step[OfferStatus]] = {
    "open": step({_S.DRAFT}, _S.OPEN, "provider, where no approval is needed"),
    "submit": step({_S.DRAFT}, _S.AWAITING_ICB, "provider, where approval is needed"),
    "approve": step({_S.AWAITING_ICB}, _S.OPEN, "ICB; its region when the ICB is late"),
    "return": step({_S.AWAITING_ICB}, _S.DRAFT, "ICB; its region when the ICB is late"),
    "suspend": step({_S.OPEN}, _S.SUSPENDED, "provider, ICB, nation or the third lapse"),
    "resume": step({_S.SUSPENDED}, _S.OPEN, "whoever's side suspended it"),
    "close": step({_S.OPEN, _S.SUSPENDED}, _S.CLOSED, "provider"),
    "withdraw": step(set(LIVE), _S.WITHDRAWN, "provider"),
    "expire": step(set(LIVE), _S.EXPIRED, "the night"),
}

CONTRACTS: dict[str, tuple[ContractBasis, ...]] = {
    OrganisationKind.TRUST: (
        ContractBasis.NHS_PROVIDER,
        ContractBasis.SUBCONTRACT,
        ContractBasis.INSOURCING,
    ),
    OrganisationKind.INDEPENDENT: (
        ContractBasis.STANDARD_CONTRACT,
        ContractBasis.NEW_CONTRACT,
        ContractBasis.SUBCONTRACT,
        ContractBasis.INSOURCING,
    ),
}


def needs_approval(contract_basis: str, kind: str) -> bool:
    """Say whether a provider of this kind waits for its ICB; raise InvalidInput for a contract not its own.

    A trust's own capacity and an existing standard contract open at once, with notice to the ICB.
    """
    if contract_basis not in CONTRACTS.get(kind, ()):
        raise InvalidInput(
            "Choose an arrangement that your organisation can offer under.", field="arrangement"
        )
    return ContractBasis(contract_basis).needs_approval


def opening_verb(contract_basis: str, kind: str) -> str:
    """Return the step that takes a draft onwards: to its ICB, or straight to open."""
    return "submit" if needs_approval(contract_basis, kind) else "open"


def region_may_approve(approval_due_on: date | None, today: date) -> bool:
    """Say whether the ICB's time is over, so that its region may decide instead."""
    return approval_due_on is None or today > approval_due_on


def freshness(confirmed_on: date, today: date) -> Freshness:
    """Return how fresh the provider's word is: flagged from day 14, lapsed from day 28."""
    days = (today - confirmed_on).days
    if days >= EXPIRE_AFTER_DAYS:
        return Freshness.LAPSED
    return Freshness.CONFIRM if days >= FLAG_AFTER_DAYS else Freshness.FRESH


def ended_because(confirmed_on: date, window_to: date, today: date) -> Ended | None:
    """Return why a live offer expires today, or None while it stands."""
    if window_to < today:
        return Ended.WINDOW_OVER
    return Ended.UNCONFIRMED if today - confirmed_on >= timedelta(days=EXPIRE_AFTER_DAYS) else None


def in_the_night(basis: str) -> bool:
    """Say whether the night matches offers of this basis; an insourced team is agreed by people."""
    return basis != Basis.INSOURCED
