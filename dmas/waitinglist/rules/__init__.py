"""Pure decisions about waits: who may ask, which thresholds stand on a day, and the codes of letters."""

from dmas.waitinglist.rules.codes import code_of
from dmas.waitinglist.rules.eligibility import (
    PathwayFacts,
    age_on,
    is_about_to_cross,
    is_english,
    is_stale,
    is_tertiary,
    may_ask_for_choice,
    pause,
    why_not,
)
from dmas.waitinglist.rules.register import TRANSITIONS
from dmas.waitinglist.rules.thresholds import Dated, Thresholds, check_value, thresholds

__all__ = [
    "TRANSITIONS",
    "Dated",
    "PathwayFacts",
    "Thresholds",
    "age_on",
    "check_value",
    "code_of",
    "is_about_to_cross",
    "is_english",
    "is_stale",
    "is_tertiary",
    "may_ask_for_choice",
    "pause",
    "thresholds",
    "why_not",
]
