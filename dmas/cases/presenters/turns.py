"""Who has a case now, what they owe, by when, and which day of the limit it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from dmas.cases.rules import Limit, counted_to, day_of, is_late
from dmas.catalogue.vocabulary.arrangements import Basis
from dmas.core.clock import london_date
from dmas.offers import presenters as offer_words
from dmas.offers.models import Offer
from dmas.offers.vocabulary import APPROVAL_WORKING_DAYS as OFFER_APPROVAL
from dmas.offers.vocabulary import EXPIRE_AFTER_DAYS, FLAG_AFTER_DAYS, SIDE_LABELS, OfferStatus, Side
from dmas.proposals import rules as proposal_rules
from dmas.proposals.models import Proposal
from dmas.proposals.vocabulary import (
    ANSWER_WORKING_DAYS,
    ANSWER_WORKING_DAYS_TIER_2,
    DECIDE_WORKING_DAYS,
    NAME_WORKING_DAYS,
    PERSON_ANSWER_DAYS,
    ProposalStatus,
)
from dmas.proposals.vocabulary import Turn as MatchTurn
from dmas.requests import presenters as request_words
from dmas.requests.models import CareRequest
from dmas.requests.vocabulary import APPROVAL_WORKING_DAYS, SEARCH_DAYS, RequestStatus
from dmas.transfers import presenters as transfer_words
from dmas.transfers import rules as transfer_rules
from dmas.transfers.models import Transfer, TransferTest
from dmas.transfers.vocabulary import (
    BOOK_WORKING_DAYS,
    CONFIRM_WORKING_DAYS,
    RE_REGISTER_WORKING_DAYS,
    READ_WORKING_DAYS,
    SEND_WORKING_DAYS,
    TransferStatus,
)
from dmas.web.filters import count, day

Names = Mapping[str, str]
NOBODY = "Nobody"


@dataclass(frozen=True, slots=True)
class Turn:
    """Who has it and what they owe; `by` and `n` of `m` where there is a limit; `also` what else waits."""

    who: str
    what: str
    by: date | None = None
    n: int | None = None
    m: int | None = None
    late: bool = False
    also: str = ""


def with_matches(
    turn: Turn, matches: Sequence[Proposal], names: Names, today: date, *, searching: bool = True
) -> Turn:
    """Return a turn and, beside it, for whom the matches of the case wait, what is due soonest first.

    Where the exchange itself has nothing left to look for, the match due soonest takes its place.
    """
    live = [one for one in matches if proposal_rules.turn_of(one.status)]
    live.sort(key=lambda one: (one.due_on or date.max, one.reference))
    if not live:
        return turn
    first = of_match(live[0], names, today)
    if not searching:
        return replace(first, what=f"{first.what} (match {live[0].reference})")
    until = f" by {day(first.by)}" if first.by else ""
    others = f", and {count(len(live) - 1, 'other match', 'other matches')}" if len(live) > 1 else ""
    words = f"Match {live[0].reference} waits: {first.who} {first.what}{until}{others}."
    return replace(turn, also=words)


def of_offer(offer: Offer, names: Names, today: date) -> Turn:
    """Return whose turn it is with an offer."""
    provider = names.get(offer.provider_code, offer.provider_code)
    status = OfferStatus(offer.status)
    kept = counted_to(offer.confirmed_on, EXPIRE_AFTER_DAYS)
    if status is OfferStatus.AWAITING_ICB:
        who, what = names.get(offer.icb_code or "", "The ICB"), "decides whether this offer opens"
        limit = Limit(offer.approval_due_on, OFFER_APPROVAL) if offer.approval_due_on else None
        return _escalated(who, what, limit, names.get(offer.region_code, "its region"), today)
    if status is OfferStatus.DRAFT:
        turn = _turn(provider, "changes it and sends it to the ICB again, or withdraws it", kept, today)
        return replace(turn, also=_sentence(offer_words.ended_or_paused(offer)))
    if status is OfferStatus.SUSPENDED:
        side = SIDE_LABELS[Side(offer.suspended_side)] if offer.suspended_side else "its provider"
        what = "paused it and can let it run again; nothing new is matched"
        return Turn(_capital(side), what, also=_sentence(offer_words.ended_or_paused(offer)))
    if status is OfferStatus.OPEN:
        if (today - offer.confirmed_on).days >= FLAG_AFTER_DAYS:
            return _turn(provider, "says whether this is still true, or it expires", kept, today)
        what = f"looks every night for people who fit. {provider} next confirms it by {day(kept.ends_on)}"
        return Turn("The exchange", what)
    why = _sentence(offer_words.ended_or_paused(offer))
    return Turn(NOBODY, "has to act: this offer has ended. What was held or taken goes on", also=why)


def of_request(care_request: CareRequest, names: Names, today: date) -> Turn:
    """Return whose turn it is with a request."""
    trust = names.get(care_request.provider_code, care_request.provider_code)
    status = RequestStatus(care_request.status)
    if status is RequestStatus.AWAITING_ICB:
        who, due = names.get(care_request.icb_code, "The ICB"), care_request.approval_due_on
        region = names.get(care_request.region_code, "its region")
        limit = Limit(due, APPROVAL_WORKING_DAYS) if due else None
        return _escalated(who, "decides whether the search begins", limit, region, today)
    if status is RequestStatus.RETURNED:
        why = _sentence(care_request.returned_reason)
        what = "changes it and sends it again, or withdraws it"
        return Turn(trust, what, also=f"The ICB returned it: {why}" if why else "")
    if status is RequestStatus.OPEN and care_request.opened_on is not None:
        limit = counted_to(care_request.opened_on, SEARCH_DAYS)
        what = f"looks every night. {request_words.next_step(care_request, today)}"
        return _turn("The exchange", what.rstrip("."), limit, today, by=False)
    return Turn(NOBODY, "has to act: this request has ended")


def of_match(proposal: Proposal, names: Names, today: date) -> Turn:
    """Return whose turn it is with a match."""
    of_patient = proposal.transfer_request_id is not None
    side = proposal_rules.turn_of(proposal.status, patient=of_patient)
    if side is None:
        return Turn(NOBODY, "has to act: this match is over")
    if side is MatchTurn.PATIENT:
        return Turn("The patient", "chooses this option, another one, or to stay", proposal.due_on)
    if side is MatchTurn.EXCHANGE:
        return Turn("The exchange", "waits for the patient’s other options, then shows them", proposal.due_on)
    code = proposal.home_code if side is MatchTurn.HOME else proposal.receiver_code
    return _turn(
        names.get(code, code),
        _MATCH_OWES[ProposalStatus(proposal.status)],
        _match_limit(proposal),
        today,
    )


def with_question(turn: Turn, proposal: Proposal) -> Turn:
    """Return the turn of a match with the question that waits for its answer."""
    waits = proposal.status == ProposalStatus.NEEDS_INFORMATION
    return replace(turn, also=f"They ask: “{proposal.question}”") if waits else turn


def of_transfer(transfer: Transfer, names: Names, today: date) -> Turn:
    """Return whose turn it is with a hand-over."""
    side = transfer_words.turn_of(transfer)
    if side is None:
        return Turn(NOBODY, "has to act: nothing is left to do here")
    code = transfer.home_code if side == "home" else transfer.receiver_code
    status = TransferStatus(transfer.status)
    days = _TRANSFER_DAYS.get(status)
    limit = Limit(transfer.due_on, days) if transfer.due_on and days else None
    if transfer.test is not None:
        return _of_test(transfer, transfer.test, names, side, today)
    what = _TRANSFER_OWES[status]
    if status is TransferStatus.DATED and transfer.first_date:
        passed = transfer.first_date < today
        when = f"{'was' if passed else 'is'} {day(transfer.first_date)}"
        what = f"records the treatment. The first date {when}"
        return Turn(names.get(code, code), what, late=passed)
    return _turn(names.get(code, code), what, limit, today)


def _of_test(transfer: Transfer, test: TransferTest, names: Names, side: str, today: date) -> Turn:
    """Return whose turn it is with a test; a critical finding that waits comes before everything."""
    home, receiver = (names.get(code, code) for code in (transfer.home_code, transfer.receiver_code))
    who = home if side == "home" else receiver
    if transfer_rules.is_unacknowledged(test.critical_at, test.acknowledged_at):
        return Turn(home, "acknowledges a critical finding, today", late=True)
    status = TransferStatus(transfer.status)
    unnamed = status is TransferStatus.BOOKED and test.named_at is None
    also = (
        f"Before the test {home} says who reads the report, by {day(test.reader_due_on)}." if unnamed else ""
    )
    what = _TEST_OWES.get(status, _TRANSFER_OWES.get(status, ""))
    if status is TransferStatus.BOOKED and transfer.first_date:
        what = f"does the test. Its date is {day(transfer.first_date)}"
        return Turn(who, what, late=transfer.first_date < today, also=also)
    days = {TransferStatus.DONE: test.report_days}.get(status, _TRANSFER_DAYS.get(status))
    limit = Limit(transfer.due_on, days) if transfer.due_on and days else None
    if transfer_rules.is_unread(status, transfer.due_on, today):
        also = "The report is unread: a breach, which stands on the first pages of both sides."
    return replace(_turn(who, what, limit, today), also=also)


def responsible(transfer: Transfer, names: Names) -> str:
    """Return, in one sentence, who is responsible for the person's care today."""
    home = names.get(transfer.home_code, transfer.home_code)
    receiver = names.get(transfer.receiver_code, transfer.receiver_code)
    status = TransferStatus(transfer.status)
    if status is TransferStatus.RETURNED:
        return (
            f"{home} and {receiver} together, until {home} has put the person back on its list"
            " with the original clock."
        )
    if transfer.basis == Basis.TEST_ONLY:
        return f"{home}, for the whole pathway and for what follows from the test. {receiver} gives the test."
    if transfer.basis == Basis.SUBCONTRACTED:
        return f"{home}, for the whole pathway. {receiver} gives this one episode of it."
    if transfer_rules.home_entry_open(transfer.basis, transfer.status):
        return f"{home}. The person is still on its waiting list."
    return f"{receiver}. The person has left the waiting list of {home}."


_MATCH_OWES = {
    ProposalStatus.PROPOSED: "accepts, asks or declines",
    ProposalStatus.ASKED: "accepts, asks or declines; the place is held only once the patient is shown it",
    ProposalStatus.NEEDS_INFORMATION: "answers the receiver’s question",
    ProposalStatus.RECEIVER_ACCEPTED: "takes the places or leaves them",
    ProposalStatus.ACCEPTED_SUBJECT: "takes the places or leaves them",
    ProposalStatus.CHOSEN: "names people for the places and asks them",
}
_TRANSFER_OWES = {
    TransferStatus.PREPARING: "completes the data set and sends it",
    TransferStatus.SENT: "confirms that the person is on its list, or returns them",
    TransferStatus.CONFIRMED: "gives the person a date",
    TransferStatus.DATED: "records the treatment",
    TransferStatus.RETURNED: "puts the person back on its list with the original clock",
}
_TEST_OWES = {
    TransferStatus.BOOKED: "gives the person a date for the test",
    TransferStatus.DONE: "sends the report",
    TransferStatus.REPORTED: "has a clinician read the report",
    TransferStatus.RETURNED: "puts the person back on its list for the test, with the same clock",
}
_TRANSFER_DAYS = {
    TransferStatus.BOOKED: BOOK_WORKING_DAYS,
    TransferStatus.REPORTED: READ_WORKING_DAYS,
    TransferStatus.PREPARING: SEND_WORKING_DAYS,
    TransferStatus.SENT: CONFIRM_WORKING_DAYS,
    TransferStatus.RETURNED: RE_REGISTER_WORKING_DAYS,
}


def _match_limit(proposal: Proposal) -> Limit | None:
    if proposal.due_on is None:
        return None
    if proposal.status in (ProposalStatus.RECEIVER_ACCEPTED, ProposalStatus.ACCEPTED_SUBJECT):
        return Limit(proposal.due_on, DECIDE_WORKING_DAYS)
    if proposal.status != ProposalStatus.CHOSEN:
        days = ANSWER_WORKING_DAYS_TIER_2 if proposal.tier == 2 else ANSWER_WORKING_DAYS
        return Limit(proposal.due_on, days)
    naming = proposal.decided_at is not None and proposal.due_on == proposal_rules.name_due(
        london_date(proposal.decided_at)
    )
    if naming:
        return Limit(proposal.due_on, NAME_WORKING_DAYS)
    return Limit(proposal.due_on, PERSON_ANSWER_DAYS, working=False)


def _escalated(who: str, what: str, limit: Limit | None, region: str, today: date) -> Turn:
    if limit is not None and is_late(limit, today):
        return _turn(who, f"{what}; {region} can decide now too", limit, today)
    return _turn(who, what, limit, today)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _sentence(words: str | None) -> str:
    return f"{words.rstrip('.')}." if words else ""


def _turn(who: str, what: str, limit: Limit | None, today: date, *, by: bool = True) -> Turn:
    if limit is None:
        return Turn(who, what)
    until = limit.ends_on if by else None
    return Turn(who, what, until, day_of(limit, today), limit.days, is_late(limit, today))
