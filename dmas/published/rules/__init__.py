"""Decisions about published figures on values alone: reading the returns, adding them up, usual waits."""

from dmas.published.rules.dm01 import Dm01Tally, dm01_disagreements, dm01_layout
from dmas.published.rules.near import outcode_typed
from dmas.published.rules.rtt import Tally, check_totals, disagreements, layout
from dmas.published.rules.waits import (
    MIN_SAMPLE,
    UsualWait,
    add_bands,
    counted_as,
    counted_under,
    parts_of,
    services,
    usual_wait,
    within,
)

__all__ = [
    "MIN_SAMPLE",
    "Dm01Tally",
    "Tally",
    "UsualWait",
    "add_bands",
    "check_totals",
    "counted_as",
    "counted_under",
    "disagreements",
    "dm01_disagreements",
    "dm01_layout",
    "layout",
    "outcode_typed",
    "parts_of",
    "services",
    "usual_wait",
    "within",
]
