"""The page of a match: the case as both sides may know it, who is named; and matches as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dmas.cases.queries import MatchCase
from dmas.core.actors import Actor
from dmas.diagnostics import presenters as tests
from dmas.offers import presenters as offers
from dmas.proposals import policy, rules
from dmas.proposals import presenters as words
from dmas.proposals.models import NamedPerson, Proposal
from dmas.proposals.queries import MatchRow
from dmas.proposals.vocabulary import AskedHow, Consent
from dmas.requests import presenters as requests
from dmas.web.filters import count, day, weeks
from dmas.web.lists import Link, Tag

PEOPLE_HEAD = ("Name", "Born", "Waited", "Priority", "Answer", "Asked")
LISTED_HEAD = ("Match", "With", "Line", "Places", "State", "Next step by")
_CONSENT = {Consent.TO_ASK: "yellow", Consent.YES: "green", Consent.NO: "grey"}
# Shown above the facts, in the words of whose turn it is.
_SAID_ABOVE = frozenset({"State", "Waiting for", "Due"})


def title(row: MatchRow) -> str:
    """Return what the match is, such as `2 places: hip replacement`."""
    what = words.operation(row.line) if row.line.procedure_group else words.service(row.care_request)
    within = what if what[1:2].isupper() else f"{what[0].lower()}{what[1:]}"
    return f"{count(row.proposal.places, 'place')}: {within}"


def facts(case: MatchCase, actor: Actor, today: date) -> list[tuple[str, object]]:
    """Return the case as both sides may know it: a line of people alike, and nobody's name."""
    row = case.row
    said = [pair for pair in words.summary(row, today) if pair[0] not in _SAID_ABOVE]
    said += tests.case_facts(row.offer, case.offered_test, row.care_request, case.asked_test, today)
    said.append(("Rank", rank(row.proposal, today)))
    said.append(("Offer", Link(row.offer.reference, offers.path(row.offer))))
    if not policy.at_receiver(actor, row.proposal):
        asked = requests.path(row.care_request.reference)
        said.append(("Request", Link(row.care_request.reference, asked)))
    return said


def rank(proposal: Proposal, today: date) -> str:
    """Return how the people of a match rank: tier, then how long they have waited at least."""
    shortest = weeks((today - proposal.waiting_since).days)
    return f"Tier {proposal.tier}, waiting at least {shortest}, since {day(proposal.waiting_since)}"


@dataclass(frozen=True, slots=True)
class Fitting:
    """The fit of a match field by field, what does not fit first, and how many fields fit."""

    rows: list[tuple[str, str, str, Tag]]
    summary: str


def fitting(row: MatchRow) -> Fitting:
    """Return the fit of a match."""
    rows = words.fit(row)
    off = [one for one in rows if one[3].colour != "green"]
    good = [one for one in rows if one[3].colour == "green"]
    if not off:
        return Fitting(good, f"All {len(good)} fit.")
    return Fitting([*off, *good], f"{len(good)} of {len(rows)} fit. Look first at those that do not.")


def people(named: Sequence[NamedPerson], today: date) -> list[tuple[object, ...]]:
    """Return one row for each named person, under `PEOPLE_HEAD`; only for those who may see them."""
    return [
        (
            f"{one.given_name} {one.family_name}",
            day(one.date_of_birth),
            f"{weeks((today - one.clock_start).days)}, since {day(one.clock_start)}",
            one.priority_code,
            answer(one),
            f"{AskedHow(one.asked_how).label}, {day(one.asked_at)}" if one.asked_how else "Not yet",
        )
        for one in named
    ]


def answer(person: NamedPerson) -> Tag:
    """Return what somebody said, or that their naming was taken back."""
    said = Consent(person.consent)
    if said is Consent.TO_ASK and person.released_at is not None:
        return Tag("Taken back", "grey")
    return Tag(said.label, _CONSENT[said])


def listed(rows: Sequence[MatchRow], *, of_offer: bool) -> list[tuple[object, ...]]:
    """Return one row for each match of an offer or of a request, under `LISTED_HEAD`, the soonest due first.

    The row names the other side: of an offer the home trust, of a request the receiver.
    """

    def soonest(row: MatchRow) -> tuple[bool, date, str]:
        proposal = row.proposal
        return proposal.due_on is None, proposal.due_on or date.max, proposal.reference

    return [
        (
            Link(row.proposal.reference, words.path(row.proposal.reference)),
            row.home_name if of_offer else f"{row.site_name}, {row.receiver_name}",
            row.line.number,
            _held(row.proposal),
            words.status(row.proposal),
            day(row.proposal.due_on),
        )
        for row in sorted(rows, key=soonest)
    ]


def _held(proposal: Proposal) -> str:
    if rules.turn_of(proposal.status) is None:
        return f"{proposal.places:,}"
    return f"{proposal.held:,} held of {proposal.places:,}"
