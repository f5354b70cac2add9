"""Whose turn it is, by when, and who is responsible."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dmas.cases.presenters import turns
from dmas.offers.vocabulary import OfferStatus, Side
from dmas.proposals.models import Proposal
from dmas.proposals.vocabulary import ProposalStatus
from dmas.requests.vocabulary import RequestStatus
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TransferStatus
from tests.cases.test_policy import care_request, offer

FRIDAY = date(2026, 11, 20)
NAMES = {"R1": "Home Trust", "R2": "Receiver", "QHL": "The ICB", "Y60": "The Region"}
_P, _T = ProposalStatus, TransferStatus


def match(status: ProposalStatus, **values: Any) -> Proposal:
    defaults: dict[str, Any] = {
        "reference": "PR-7K3M9QT",
        "home_code": "R1",
        "receiver_code": "R2",
        "tier": 4,
        "due_on": FRIDAY + timedelta(days=3),
        "decided_at": None,
    }
    return Proposal(status=status, **defaults | values)


def transfer(status: TransferStatus, **values: Any) -> Transfer:
    defaults: dict[str, Any] = {
        "home_code": "R1",
        "receiver_code": "R2",
        "basis": "whole_pathway",
        "due_on": FRIDAY + timedelta(days=3),
        "first_date": None,
    }
    return Transfer(status=status, **defaults | values)


@pytest.mark.parametrize(
    ("status", "values", "who", "days"),
    [
        (OfferStatus.AWAITING_ICB, {"approval_due_on": FRIDAY + timedelta(days=3)}, "The ICB", (1, 2)),
        (OfferStatus.DRAFT, {}, "Home Trust", (1, 28)),
        (OfferStatus.OPEN, {}, "The exchange", (None, None)),
        (OfferStatus.OPEN, {"confirmed_on": FRIDAY - timedelta(days=14)}, "Home Trust", (15, 28)),
        (OfferStatus.SUSPENDED, {"suspended_side": Side.ICB}, "Its ICB", (None, None)),
        (OfferStatus.WITHDRAWN, {}, "Nobody", (None, None)),
    ],
)
def test_an_offer(
    status: OfferStatus, values: dict[str, Any], who: str, days: tuple[int | None, int | None]
) -> None:
    turn = turns.of_offer(offer(status, **values), NAMES, FRIDAY)
    assert (turn.who, (turn.n, turn.m)) == (who, days)


def test_a_late_icb_shares_the_decision_with_its_region() -> None:
    late = FRIDAY - timedelta(days=1)
    turn = turns.of_offer(offer(OfferStatus.AWAITING_ICB, approval_due_on=late), NAMES, FRIDAY)
    assert turn.late
    assert turn.what.endswith("The Region can decide now too")
    asked = turns.of_request(care_request(RequestStatus.AWAITING_ICB, approval_due_on=late), NAMES, FRIDAY)
    assert (asked.who, asked.late, asked.n) == ("The ICB", True, 3)
    never = turns.of_offer(offer(OfferStatus.AWAITING_ICB, approval_due_on=None), NAMES, FRIDAY)
    assert never.by is None


def test_a_request() -> None:
    searching = care_request(RequestStatus.OPEN, opened_on=FRIDAY - timedelta(days=2))
    turn = turns.of_request(searching, NAMES, FRIDAY)
    assert (turn.who, turn.n, turn.m, turn.by) == ("The exchange", 3, 56, None)
    returned = turns.of_request(
        care_request(RequestStatus.RETURNED, returned_reason="More detail needed."), NAMES, FRIDAY
    )
    assert (returned.who, returned.also) == ("Home Trust", "The ICB returned it: More detail needed.")
    assert turns.of_request(care_request(RequestStatus.CLOSED), NAMES, FRIDAY).who == "Nobody"


@pytest.mark.parametrize(
    ("status", "values", "who", "limit"),
    [
        (_P.PROPOSED, {}, "Receiver", 3),
        (_P.PROPOSED, {"tier": 2}, "Receiver", 1),
        (_P.NEEDS_INFORMATION, {}, "Home Trust", 3),
        (_P.RECEIVER_ACCEPTED, {}, "Home Trust", 3),
        (_P.ACCEPTED_SUBJECT, {"due_on": None}, "Home Trust", None),
        (_P.CHOSEN, {"decided_at": datetime(2026, 11, 18, 12, tzinfo=UTC)}, "Home Trust", 3),
        (_P.CHOSEN, {"decided_at": datetime(2026, 11, 12, 12, tzinfo=UTC)}, "Home Trust", 7),
        (_P.SETTLED, {}, "Nobody", None),
    ],
)
def test_a_match(status: ProposalStatus, values: dict[str, Any], who: str, limit: int | None) -> None:
    turn = turns.of_match(match(status, **values), NAMES, FRIDAY)
    assert (turn.who, turn.m) == (who, limit)


def test_a_question_is_quoted_while_it_waits() -> None:
    asked = match(_P.NEEDS_INFORMATION, question="How old is the MRI?")
    turn = turns.of_match(asked, NAMES, FRIDAY)
    assert turns.with_question(turn, asked).also == "They ask: “How old is the MRI?”"
    assert turns.with_question(turn, match(_P.PROPOSED)) == turn


def test_a_paused_offer_says_why() -> None:
    paused = offer(OfferStatus.SUSPENDED, suspended_side=Side.PROVIDER, suspended_reason="safety")
    assert turns.of_offer(paused, NAMES, FRIDAY).also == "Paused by the provider: Safety concern."


def test_a_case_says_which_of_its_matches_waits_soonest() -> None:
    turn = turns.Turn("The exchange", "looks every night")
    ended = match(_P.DECLINED)
    later = match(_P.CHOSEN, reference="PR-2222222", due_on=FRIDAY + timedelta(days=5))
    assert turns.with_matches(turn, [ended], NAMES, FRIDAY) == turn
    both = turns.with_matches(turn, [later, match(_P.PROPOSED)], NAMES, FRIDAY)
    assert both.who == "The exchange"
    assert both.also == (
        "Match PR-7K3M9QT waits: Receiver accepts, asks or declines by 23 November 2026, and 1 other match."
    )
    found = turns.with_matches(turn, [match(_P.PROPOSED)], NAMES, FRIDAY, searching=False)
    assert (found.who, found.what) == ("Receiver", "accepts, asks or declines (match PR-7K3M9QT)")


@pytest.mark.parametrize(
    ("status", "values", "who", "limit", "late"),
    [
        (_T.PREPARING, {}, "Home Trust", 2, False),
        (_T.SENT, {"due_on": FRIDAY - timedelta(days=1)}, "Receiver", 3, True),
        (_T.CONFIRMED, {"due_on": None}, "Receiver", None, False),
        (_T.DATED, {"first_date": FRIDAY}, "Receiver", None, False),
        (_T.DATED, {"first_date": FRIDAY - timedelta(days=1)}, "Receiver", None, True),
        (_T.RETURNED, {}, "Home Trust", 2, False),
        (_T.TREATED, {}, "Nobody", None, False),
    ],
)
def test_a_transfer(
    status: TransferStatus, values: dict[str, Any], who: str, limit: int | None, late: bool
) -> None:
    turn = turns.of_transfer(transfer(status, **values), NAMES, FRIDAY)
    assert (turn.who, turn.m, turn.late) == (who, limit, late)


@pytest.mark.parametrize(
    ("status", "basis", "words"),
    [
        (_T.SENT, "whole_pathway", "Home Trust. The person is still on its waiting list."),
        (_T.CONFIRMED, "whole_pathway", "Receiver. The person has left the waiting list of Home Trust."),
        (_T.RE_REGISTERED, "whole_pathway", "Home Trust. The person is still on its waiting list."),
        (
            _T.CONFIRMED,
            "subcontracted",
            "Home Trust, for the whole pathway. Receiver gives this one episode of it.",
        ),
        (
            _T.RETURNED,
            "whole_pathway",
            "Home Trust and Receiver together, until Home Trust has put the person back on its list with the"
            " original clock.",
        ),
    ],
)
def test_who_is_responsible_today(status: TransferStatus, basis: str, words: str) -> None:
    assert turns.responsible(transfer(status, basis=basis), NAMES) == words
