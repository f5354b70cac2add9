"""What waits for a decision, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dmas.cases.queries import Waiting
from dmas.cases.rules import Limit, day_of, is_late
from dmas.offers import presenters as offers
from dmas.offers.models import Offer
from dmas.requests import presenters as requests
from dmas.requests.vocabulary import APPROVAL_WORKING_DAYS
from dmas.web.filters import count, day, day_n_of_m
from dmas.web.lists import Link, Tag

HEAD = ("Decide about", "What", "From", "Sent", "Due")


def row(waiting: Waiting, today: date) -> tuple[object, ...]:
    """Return one row, under `HEAD`."""
    item = waiting.item
    if isinstance(item, Offer):
        what, kind, href = f"Offer: {offers.heading(item)}", "offers", item.reference
    else:
        what, kind, href = f"Request: {requests.heading(item).title}", "requests", item.reference
    link = Link(item.reference, f"/approvals/{kind}/{href}")
    return (link, what, waiting.provider_name, day(item.posted_at), due(waiting, today))


def due(waiting: Waiting, today: date) -> Tag | str:
    """Return by when the ICB decides, as a tag once it is late."""
    if waiting.due_on is None:
        return "No limit"
    limit = Limit(waiting.due_on, APPROVAL_WORKING_DAYS)
    if is_late(limit, today):
        return Tag(f"Overdue since {day(waiting.due_on)}", "red")
    return f"{day(waiting.due_on)}, {day_n_of_m(day_of(limit, today), limit.days)}"


def counted(waiting: Sequence[Waiting], today: date) -> str:
    """Return how many wait and how many of them are overdue."""
    overdue = sum(1 for one in waiting if one.due_on is not None and one.due_on < today)
    said = f"{count(len(waiting), 'decision')} to make"
    return f"{said}, {overdue:,} overdue" if overdue else said
