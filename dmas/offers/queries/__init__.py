"""Offers as they may be read: each query is scoped to the actor in SQL, and again by row-level security."""

from dmas.offers.queries.capacity import CapacityFilter, distances, find
from dmas.offers.queries.lists import (
    OfferFilter,
    WeekOfPlaces,
    awaiting_approval,
    listing,
    opened_since,
    weeks,
)
from dmas.offers.queries.rows import OfferRow, row_of, with_waits
from dmas.offers.queries.scope import Area, areas, belongs_to, get, get_own, of_ids, sites_of, visible_to

__all__ = [
    "Area",
    "CapacityFilter",
    "OfferFilter",
    "OfferRow",
    "WeekOfPlaces",
    "areas",
    "awaiting_approval",
    "belongs_to",
    "distances",
    "find",
    "get",
    "get_own",
    "listing",
    "of_ids",
    "opened_since",
    "row_of",
    "sites_of",
    "visible_to",
    "weeks",
    "with_waits",
]
