"""Proposed matches, a patient's options and the people named, as an actor may see them."""

from dmas.proposals.queries.locks import get_for_change, lock, lock_options
from dmas.proposals.queries.matches import (
    MatchFilter,
    MatchRow,
    declined_pairs,
    get,
    line,
    listing,
    live_pair,
    of_case,
    receiver_lapses,
    row,
    still_to_find,
    visible_to,
    waiting_for,
)
from dmas.proposals.queries.options import (
    CallRow,
    OptionRow,
    calls_waiting,
    options,
    options_due,
    options_waiting,
    to_call,
)
from dmas.proposals.queries.people import named_already, people, person_for_change, waiting_people

__all__ = [
    "CallRow",
    "MatchFilter",
    "MatchRow",
    "OptionRow",
    "calls_waiting",
    "declined_pairs",
    "get",
    "get_for_change",
    "line",
    "listing",
    "live_pair",
    "lock",
    "lock_options",
    "named_already",
    "of_case",
    "options",
    "options_due",
    "options_waiting",
    "people",
    "person_for_change",
    "receiver_lapses",
    "row",
    "still_to_find",
    "to_call",
    "visible_to",
    "waiting_for",
    "waiting_people",
]
