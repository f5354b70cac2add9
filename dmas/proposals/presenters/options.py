"""A patient's options in plain words: the same facts of each in one order, and staying as one of them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dmas.catalogue.rules import service_name
from dmas.catalogue.vocabulary.arrangements import Stage
from dmas.catalogue.vocabulary.tokens import TokenTopic, token
from dmas.core.actors import Actor, Role
from dmas.offers.models import Offer
from dmas.offers.vocabulary import DoneBy
from dmas.proposals.loading import Shown
from dmas.proposals.presenters.matches import distance
from dmas.proposals.queries import CallRow, OptionRow
from dmas.providers.queries import Rating
from dmas.providers.vocabulary import RATING_LABELS, OrganisationKind
from dmas.published import presenters as figures
from dmas.requests.loading import Journey
from dmas.requests.models import TransferRequest
from dmas.requests.vocabulary import TransferStatus
from dmas.web.filters import count, day, weeks
from dmas.web.lists import Link, Tag

NOT_KNOWN = "Not known"
FIRST_FACTS = ("First date", "Distance", "Usual wait")
STAY = "Stay where I am"
CALL_HEAD = ("Request", "Service", "Options", "Last day to choose", "Hospital", "Call")

_PRE = {
    DoneBy.RECEIVER: "Check before the operation: at this hospital",
    DoneBy.HOME: "Check before the operation: at your own hospital",
    DoneBy.SHARED: "Check before the operation: partly at your own hospital",
}
_AFTER = {
    DoneBy.RECEIVER: "Afterwards: at this hospital",
    DoneBy.HOME: "Afterwards: at your own hospital",
    DoneBy.SHARED: "Afterwards: partly at your own hospital",
}


@dataclass(frozen=True, slots=True)
class Card:
    """One option: what it is called, who gives it, the three first facts, and the others."""

    id: uuid.UUID | None
    number: int
    site: str
    provider: str
    facts: list[tuple[str, str]]
    more: list[tuple[str, str]]
    subject_to: str = ""


def cards(shown: Shown, today: date) -> list[Card]:
    """Return a card for each option, in the order of their numbers, counted from 1 as they are shown."""
    return [_card(row, number, shown, today) for number, row in enumerate(shown.options, start=1)]


def home(found: Journey, shown: Shown, today: date) -> Card:
    """Return staying at the home hospital in the same words as every option."""
    pathway = found.pathway
    dated = pathway.admission_on or pathway.outpatient_on
    first = f"{day(dated)}, at your own hospital" if dated and dated >= today else "No date yet"
    waited = weeks((today - pathway.clock_start).days)
    return Card(
        id=None,
        number=0,
        site=found.home_name,
        provider="Your own hospital",
        facts=_facts(first, "Your own hospital", figures.said(shown.at_home, pathway.service)),
        more=[("You have waited", f"{waited}, since {day(pathway.clock_start)}")],
    )


def table(options: Sequence[Card], stay: Card, base: str) -> tuple[list[str], list[list[object]]]:
    """Return head and rows of the options side by side, staying last; `base` is where choosing them is."""
    head = ["What", *(f"{card.number}. {card.site}" for card in options), STAY]
    names = [*FIRST_FACTS, *dict.fromkeys(name for card in options for name, _ in card.more)]
    values = [dict([*card.facts, ("Hospital", card.provider), *card.more]) for card in [*options, stay]]
    rows: list[list[object]] = [
        [name, *(one.get(name, "–") for one in values)] for name in ("Hospital", *names)
    ]
    chosen = [Link(f"Choose option {card.number}", f"{base}/{card.id}/choose") for card in options]
    return head, [*rows, ["Your choice", *chosen, Link("Stay", f"{base}/stay")]]


def quality(rating: Rating | None) -> str:
    """Return a rating with its date, or that it is not known."""
    if rating is None:
        return NOT_KNOWN.lower()
    return f"{RATING_LABELS[rating.value].lower()}, {day(rating.rated_on)}"


def nothing_shown(transfer: TransferRequest) -> tuple[str, str]:
    """Return a heading and a sentence for a patient who has no options before them now."""
    said = {
        TransferStatus.SEARCHING: (
            "You have no options to choose from now",
            "We go on searching every night. When a hospital can take you, we tell you at once.",
        ),
        TransferStatus.ACCEPTED: (
            "You have already chosen",
            "Your choice stands, and your hospital is arranging the move.",
        ),
        TransferStatus.TRANSFERRED: (
            "Your care has already moved",
            "The hospital you chose now looks after this care.",
        ),
        TransferStatus.RESTING: (
            "Your request is resting",
            "Nobody searches for you now. You can start the search again on any day.",
        ),
    }
    return said.get(
        TransferStatus(transfer.status),
        ("You have no options to choose from now", "When there are any, we tell you."),
    )


def call_row(row: CallRow, actor: Actor, today: date) -> tuple[object, ...]:
    """Return one call to make, under `CALL_HEAD`; nothing tells who the patient is."""
    reference, due_on = row.transfer.reference, row.transfer.answer_due_on
    late = due_on is not None and due_on < today
    follows = actor.role is Role.BOOKING_CLERK
    return (
        Link(reference, f"/transfer-requests/{reference}") if follows else reference,
        service_name(row.service),
        row.shown,
        Tag(f"{day(due_on)}, passed", "red") if late else day(due_on),
        row.home_name,
        Link("Log the call", f"/calls/{reference}"),
    )


def _card(row: OptionRow, number: int, shown: Shown, today: date) -> Card:
    offer, provider = row.offer, row.provider
    independent = provider.kind == OrganisationKind.INDEPENDENT
    paid = "independent, paid for by the NHS and free for you" if independent else "NHS"
    first = max(offer.window_from, today)
    wait = figures.said(shown.usual.get(row.proposal.id), offer.service)
    return Card(
        id=row.proposal.id,
        number=number,
        site=row.site.name,
        provider=f"{provider.name} ({paid})",
        facts=_facts(f"From {day(first)}", distance(row.proposal), wait),
        more=_more(offer, quality(shown.ratings.get(row.site.code))),
        subject_to=row.proposal.answer_note if row.proposal.answered_by and row.proposal.answer_note else "",
    )


def _facts(first: str, miles: str, wait: str) -> list[tuple[str, str]]:
    return list(zip(FIRST_FACTS, (first, miles, wait), strict=True))


def _more(offer: Offer, rated: str) -> list[tuple[str, str]]:
    said = [
        ("Dates until", day(offer.window_to)),
        ("Quality", f"CQC rating of the site: {rated}"),
        ("Access and help", _access(offer)),
        ("Visits", _visits(offer)),
        ("Consultant", offer.consultant or ""),
    ]
    return [(name, value) for name, value in said if value]


def _access(offer: Offer) -> str:
    labels = [token(code).label for code in offer.tokens if token(code).topic is TokenTopic.ACCESS]
    return ", ".join(labels) or NOT_KNOWN


def _visits(offer: Offer) -> str:
    parts = []
    if offer.stage == Stage.FIRST_OUTPATIENT:
        parts.append("A first appointment")
        if offer.follow_on_weeks is not None:
            parts.append(f"treatment usually {count(offer.follow_on_weeks, 'week')} after it")
    if offer.pre_assessment_by:
        parts.append(_PRE[DoneBy(offer.pre_assessment_by)])
    if offer.follow_up_by:
        parts.append(_AFTER[DoneBy(offer.follow_up_by)])
    return ". ".join(parts)
