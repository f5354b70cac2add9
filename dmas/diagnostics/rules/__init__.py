"""Decisions about tests on values alone: their clock, the tokens the engine reads, and what makes sense."""

from dmas.diagnostics.rules.checks import check_line, check_offer, check_request
from dmas.diagnostics.rules.clock import Band, SixWeeks, days_on_clock, is_breach, is_lifted, six_weeks
from dmas.diagnostics.rules.tokens import (
    changes,
    follows,
    line_spec,
    needs_kidney_check,
    offer_tokens,
    request_tokens,
    short_notice,
    ticked,
)

__all__ = [
    "Band",
    "SixWeeks",
    "changes",
    "check_line",
    "check_offer",
    "check_request",
    "days_on_clock",
    "follows",
    "is_breach",
    "is_lifted",
    "line_spec",
    "needs_kidney_check",
    "offer_tokens",
    "request_tokens",
    "short_notice",
    "six_weeks",
    "ticked",
]
