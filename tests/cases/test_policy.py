"""Which steps an offer or a request offers to whom."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dmas.cases import policy
from dmas.core.actors import Actor, Reach, Role
from dmas.offers.models import Offer
from dmas.offers.vocabulary import OfferStatus, Side
from dmas.requests.models import CareRequest
from dmas.requests.vocabulary import RequestStatus
from tests.cases.conftest import NATIONAL, SAFETY, auditor, coordinator, regional
from tests.factories.proposals import staff_of

TODAY = date(2026, 11, 20)
PROVIDER = staff_of("R1")
OTHER = staff_of("R2")
INDEPENDENT = staff_of("N1", Role.INDEPENDENT_MANAGER)


def offer(status: OfferStatus = OfferStatus.OPEN, **values: object) -> Offer:
    defaults = {
        "reference": "OF-7K3M9QT",
        "provider_code": "R1",
        "icb_code": "QHL",
        "region_code": "Y60",
        "status": status,
        "basis": "whole_pathway",
        "places": 3,
        "held": 0,
        "taken": 0,
        "confirmed_on": TODAY,
        "posted_by": "somebody",
        "approval_due_on": TODAY + timedelta(days=1),
    }
    return Offer(**defaults | values)


def care_request(status: RequestStatus = RequestStatus.OPEN, **values: object) -> CareRequest:
    defaults = {
        "reference": "RQ-7K3M9QT",
        "provider_code": "R1",
        "icb_code": "QHL",
        "region_code": "Y60",
        "status": status,
        "posted_by": "somebody",
        "approval_due_on": TODAY + timedelta(days=1),
    }
    return CareRequest(**defaults | values)


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        (PROVIDER, ["amend", "still_true_now", "suspend", "close", "copy", "withdraw"]),
        (OTHER, ["ask"]),
        (INDEPENDENT, []),
        (staff_of("R2", Role.BOOKING_CLERK), []),
        (coordinator("QHL"), ["suspend"]),
        (coordinator("QXX"), []),
        (regional("Y60"), []),
        (SAFETY, ["suspend"]),
        (NATIONAL, ["suspend"]),
        (auditor("R1"), []),
    ],
)
def test_an_open_offer(actor: Actor, expected: list[str]) -> None:
    assert policy.offer_steps(actor, offer(), TODAY) == expected


def test_a_stale_offer_is_confirmed_first() -> None:
    stale = offer(confirmed_on=TODAY - timedelta(days=14))
    assert policy.offer_steps(PROVIDER, stale, TODAY)[0] == "still_true"


@pytest.mark.parametrize("values", [{"held": 3}, {"basis": "insourced"}])
def test_what_cannot_be_asked_for(values: dict[str, object]) -> None:
    assert "ask" not in policy.offer_steps(OTHER, offer(**values), TODAY)


def test_only_the_side_that_paused_lets_it_run_again() -> None:
    paused = offer(OfferStatus.SUSPENDED, suspended_side=Side.ICB)
    assert "resume" in policy.offer_steps(coordinator("QHL"), paused, TODAY)
    assert "resume" not in policy.offer_steps(PROVIDER, paused, TODAY)


def test_the_icb_decides_and_late_the_region() -> None:
    waiting = offer(OfferStatus.AWAITING_ICB)
    late = offer(OfferStatus.AWAITING_ICB, approval_due_on=TODAY - timedelta(days=1))
    assert policy.offer_steps(coordinator("QHL"), waiting, TODAY) == ["decide"]
    assert policy.offer_steps(coordinator("QXX"), waiting, TODAY) == []
    assert policy.offer_steps(regional("Y60"), waiting, TODAY) == []
    assert policy.offer_steps(regional("Y60"), late, TODAY) == ["decide"]
    own = offer(OfferStatus.AWAITING_ICB, posted_by=coordinator("QHL").id)
    assert policy.offer_steps(coordinator("QHL"), own, TODAY) == []


def test_a_returned_offer_is_changed_first() -> None:
    assert policy.offer_steps(PROVIDER, offer(OfferStatus.DRAFT), TODAY) == ["submit", "copy", "withdraw"]


def test_an_ended_offer_can_only_be_copied() -> None:
    assert policy.offer_steps(PROVIDER, offer(OfferStatus.EXPIRED), TODAY) == ["copy"]


@pytest.mark.parametrize(
    ("status", "own", "icb"),
    [
        (RequestStatus.AWAITING_ICB, ["amend", "withdraw"], ["decide"]),
        (RequestStatus.RETURNED, ["resubmit", "withdraw"], []),
        (RequestStatus.OPEN, ["find", "withdraw"], []),
        (RequestStatus.CLOSED, [], []),
    ],
)
def test_a_request(status: RequestStatus, own: list[str], icb: list[str]) -> None:
    asked = care_request(status)
    assert policy.request_steps(PROVIDER, asked, TODAY) == own
    assert policy.request_steps(coordinator("QHL"), asked, TODAY) == icb
    for actor in (OTHER, INDEPENDENT, NATIONAL, auditor("R1"), staff_of("R1", Role.CLINICAL_REVIEWER)):
        assert policy.request_steps(actor, asked, TODAY) == []


def test_everybody_but_the_auditor_reads_what_a_case_says() -> None:
    assert policy.reads_facts(PROVIDER)
    assert not policy.reads_facts(auditor("R1"))
    nobody = Actor(id="x", name="x", role=Role.HELPLINE_AGENT, reach=Reach.NATION)
    readers = (policy.OFFER_READERS, policy.REQUEST_READERS, policy.MATCH_READERS, policy.TRANSFER_READERS)
    assert all(nobody.role not in roles for roles in readers)
