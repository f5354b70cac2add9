"""Why somebody was not served, or not in full: one reason each, from the same packed tables as the pairs."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from dmas.matching.engine.bits import Bools, Words, counts, pack
from dmas.matching.engine.feasibility import LIMITS, MATCHED, RULES, Market, both, rank_parts
from dmas.matching.engine.problem import Ints, Problem
from dmas.matching.engine.rows import NONE

CODES = ("priority_not_matched", "outranked", "needs_information", "no_feasible_offer")
_NOT_MATCHED, _OUTRANKED, _UNKNOWN, _NO_OFFER = range(len(CODES))
_BLOCK = 1 << 19  # words of a table looked at together

Reason = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Reasons:
    """Reasons by columns; the last three have a row only for each request with no feasible offer."""

    request: Ints
    places: Ints  # what is lacking
    code: Ints  # position in CODES
    cut_off: Ints  # the latest frozen rank among the feasible offers, of who was outranked
    feasible_offers: Ints
    funnel: Ints  # [n, RULES]
    would_open: Ints  # [n, RULES but the first]
    missing: Bools  # [n, LIMITS]


def rank_json(rank: int) -> Reason:
    """Return a rank as it is written in a solution."""
    priority, day = rank_parts(rank)
    return {"priority": priority, "waiting_since": dt.date.fromordinal(day).isoformat()}


def not_matched(problem: Problem) -> Reasons:
    """Return a reason for each request whose priority is not matched."""
    requests = problem.requests
    rows = np.flatnonzero(~np.isin(requests.priority, MATCHED) & (requests.places > 0))
    nought = np.zeros(len(rows), dtype=np.int64)
    return Reasons(rows, requests.places[rows], nought, nought, nought, *_details(0))


def _details(count: int) -> tuple[Ints, Ints, Bools]:
    funnel = np.zeros((count, len(RULES)), dtype=np.int64)
    return funnel, funnel[:, 1:].copy(), np.zeros((count, len(LIMITS)), dtype=np.bool_)


def reasons(problem: Problem, market: Market, left: Ints, cut_off: Ints) -> Reasons:
    """Return a reason for each request of the market that lacks places, by its row in the market.

    `left` are the places each row lacks, `cut_off` the latest frozen rank among its feasible offers.
    """
    rows = np.flatnonzero(left)
    options = counts(market.masks[rows])
    funnel, would_open, missing = _no_offer(problem, market, rows[options == 0])
    code = np.full(len(rows), _OUTRANKED, dtype=np.int64)
    code[options == 0] = np.where(missing.any(axis=1), _UNKNOWN, _NO_OFFER)
    return Reasons(rows, left[rows], code, cut_off[rows], options, funnel, would_open, missing)


def _no_offer(problem: Problem, market: Market, rows: Ints) -> tuple[Ints, Ints, Bools]:
    funnel, would_open, missing = _details(len(rows))
    step = max(1, _BLOCK // market.masks.shape[1])
    for start in range(0, len(rows), step):
        some = slice(start, start + step)
        _look(problem, market, rows[some], (funnel[some], would_open[some], missing[some]))
    return funnel, would_open, missing


def _look(problem: Problem, market: Market, rows: Ints, out: tuple[Ints, Ints, Bools]) -> None:
    """Write the details of some requests."""
    funnel, would_open, missing = out
    bits = [both(parts, rows) for parts in market.rules]
    everything = pack(np.ones((len(rows), len(market.offers)), dtype=np.bool_))
    left = everything.copy()
    funnel[:, 0] = counts(left)
    for i, rule in enumerate(bits):
        left &= rule
        funnel[:, i + 1] = counts(left)
        would_open[:, i] = counts(_without(bits, i, everything))
    limits = RULES.index("limits") - 1
    missing[:] = _missing(problem, market, rows, _without(bits, limits, everything))


def _without(bits: list[Words], dropped: int, everything: Words) -> Words:
    """Return the offers that meet every rule but one."""
    result = everything.copy()
    for i, rule in enumerate(bits):
        if i != dropped:
            result &= rule
    return result


def _missing(problem: Problem, market: Market, rows: Ints, open_but_for_limits: Words) -> Bools:
    """Return, for each of LIMITS, whose unknown value is all that stands between them and some offer."""
    patient, own = problem.requests, market.requests[rows]
    unknown = [column[own] == NONE for column in (patient.age, patient.asa, patient.bmi, patient.sex)]
    meets = [part.bits(rows) for part in market.rules[RULES.index("limits") - 1]]
    fits = open_but_for_limits.copy()
    for lacks, met in zip(unknown, meets, strict=True):
        fits[~lacks] &= met[~lacks]
    found = [lacks & (counts(fits & ~met) > 0) for lacks, met in zip(unknown, meets, strict=True)]
    return np.column_stack(found)


def placed(reasons: Reasons, requests: Ints) -> Reasons:
    """Return a market's reasons by position in the problem."""
    return dataclasses.replace(reasons, request=requests[reasons.request])


def merged(parts: list[Reasons]) -> Reasons:
    """Put the reasons of several markets together, in the order of the requests."""
    columns = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in dataclasses.fields(Reasons)
    }
    order = np.argsort(columns["request"], kind="stable")
    detailed = columns["code"] >= _UNKNOWN
    by_request = np.argsort(columns["request"][detailed], kind="stable")
    return Reasons(
        **{
            name: values[by_request if name in ("funnel", "would_open", "missing") else order]
            for name, values in columns.items()
        }
    )


def as_json(problem: Problem, reasons: Reasons) -> Iterator[Reason]:
    """Yield the reasons as they are written in a solution."""
    detail = 0
    columns = (reasons.request, reasons.places, reasons.code, reasons.cut_off, reasons.feasible_offers)
    for request, places, code, cut_off, offers in zip(*(one.tolist() for one in columns), strict=True):
        reason: Reason = {"request": problem.requests.ids[request], "places": places, "code": CODES[code]}
        if code == _OUTRANKED:
            reason |= {"cut_off": rank_json(cut_off), "feasible_offers": offers}
        elif code >= _UNKNOWN:
            reason |= _detail_json(reasons, detail)
            detail += 1
        yield reason


def _detail_json(reasons: Reasons, i: int) -> Reason:
    unknown = [name for name, lacks in zip(LIMITS, reasons.missing[i].tolist(), strict=True) if lacks]
    opened = zip(RULES[1:], reasons.would_open[i].tolist(), strict=True)
    return ({"missing": unknown} if unknown else {}) | {
        "funnel": dict(zip(RULES, reasons.funnel[i].tolist(), strict=True)),
        "would_open": {rule: count for rule, count in opened if count},
    }
