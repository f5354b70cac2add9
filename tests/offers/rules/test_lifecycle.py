"""The lifecycle of an offer, its approval, and how fresh it is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dmas.catalogue.vocabulary.arrangements import Basis, ContractBasis
from dmas.core.errors import IllegalTransition, InvalidInput
from dmas.core.transitions import advance, allowed
from dmas.offers import rules
from dmas.offers.vocabulary import LIVE, Ended, Freshness, OfferStatus
from dmas.providers.vocabulary import OrganisationKind

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize("status", OfferStatus)
def test_only_live_offers_lead_anywhere(status: OfferStatus) -> None:
    verbs = allowed(rules.TRANSITIONS, status)
    assert bool(verbs) == (status in LIVE)
    for verb in set(rules.TRANSITIONS) - set(verbs):
        with pytest.raises(IllegalTransition):
            advance(rules.TRANSITIONS, verb, status, noun="offer")


@pytest.mark.parametrize(
    ("kind", "contract", "verb"),
    [
        (OrganisationKind.TRUST, ContractBasis.NHS_PROVIDER, "open"),
        (OrganisationKind.TRUST, ContractBasis.SUBCONTRACT, "submit"),
        (OrganisationKind.TRUST, ContractBasis.INSOURCING, "submit"),
        (OrganisationKind.INDEPENDENT, ContractBasis.STANDARD_CONTRACT, "open"),
        (OrganisationKind.INDEPENDENT, ContractBasis.NEW_CONTRACT, "submit"),
        (OrganisationKind.INDEPENDENT, ContractBasis.SUBCONTRACT, "submit"),
        (OrganisationKind.INDEPENDENT, ContractBasis.INSOURCING, "submit"),
    ],
)
def test_approval_follows_from_contract_and_provider(
    kind: OrganisationKind, contract: ContractBasis, verb: str
) -> None:
    assert rules.opening_verb(contract, kind) == verb
    assert rules.needs_approval(contract, kind) == (verb == "submit")


@pytest.mark.parametrize(
    ("kind", "contract"),
    [
        (OrganisationKind.TRUST, ContractBasis.STANDARD_CONTRACT),
        (OrganisationKind.INDEPENDENT, ContractBasis.NHS_PROVIDER),
        (OrganisationKind.ICB, ContractBasis.NHS_PROVIDER),
        (OrganisationKind.TRUST, "nonsense"),
    ],
)
def test_nobody_offers_under_a_contract_not_their_own(kind: str, contract: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.needs_approval(contract, kind)
    assert refused.value.field == "arrangement"


def test_the_region_waits_until_the_icb_is_late() -> None:
    assert not rules.region_may_approve(TODAY, TODAY)
    assert rules.region_may_approve(TODAY, TODAY + timedelta(days=1))
    assert rules.region_may_approve(None, TODAY)


@pytest.mark.parametrize(
    ("days", "fresh"),
    [
        (0, Freshness.FRESH),
        (13, Freshness.FRESH),
        (14, Freshness.CONFIRM),
        (27, Freshness.CONFIRM),
        (28, Freshness.LAPSED),
    ],
)
def test_freshness_by_days(days: int, fresh: Freshness) -> None:
    assert rules.freshness(TODAY - timedelta(days=days), TODAY) is fresh
    ended = rules.ended_because(TODAY - timedelta(days=days), TODAY, TODAY)
    assert ended is (Ended.UNCONFIRMED if fresh is Freshness.LAPSED else None)


def test_a_window_that_is_over_ends_an_offer() -> None:
    assert rules.ended_because(TODAY, TODAY - timedelta(days=1), TODAY) is Ended.WINDOW_OVER


def test_an_insourced_team_is_never_in_the_night() -> None:
    assert not rules.in_the_night(Basis.INSOURCED)
    assert rules.in_the_night(Basis.WHOLE_PATHWAY)
