"""Decisions about offers on values alone: lifecycle, faults, the engine's tokens, freshness."""

from dmas.offers.rules.checks import check_limits, check_note, check_offer, check_places_kept
from dmas.offers.rules.lifecycle import (
    TRANSITIONS,
    ended_because,
    freshness,
    in_the_night,
    needs_approval,
    opening_verb,
    region_may_approve,
)
from dmas.offers.rules.terms import changes, moved_on, provides, standard_notice, tightened

__all__ = [
    "TRANSITIONS",
    "changes",
    "check_limits",
    "check_note",
    "check_offer",
    "check_places_kept",
    "ended_because",
    "freshness",
    "in_the_night",
    "moved_on",
    "needs_approval",
    "opening_verb",
    "provides",
    "region_may_approve",
    "standard_notice",
    "tightened",
]
