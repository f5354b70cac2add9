"""Why somebody was not served, or not in full: one reason each, from the same packed tables as the pairs."""

import datetime as dt
from typing import Any

import numpy as np

from dmas.matching.engine.feasibility import (
    LIMITS,
    MATCHED,
    RULES,
    Bools,
    Market,
    Words,
    both,
    counts,
    pack,
    rank_parts,
    unpack,
)
from dmas.matching.engine.problem import Ints, Problem
from dmas.matching.engine.rank import Served
from dmas.matching.engine.rows import NONE

Reason = dict[str, Any]


def rank_json(rank: int) -> Reason:
    """Return a rank as it is written in a solution."""
    priority, day = rank_parts(rank)
    return {"priority": priority, "waiting_since": dt.date.fromordinal(day).isoformat()}


def not_matched(problem: Problem) -> list[Reason]:
    """Return an entry for each request whose priority is not matched."""
    requests = problem.requests
    rows = np.flatnonzero(~np.isin(requests.priority, MATCHED) & (requests.places > 0))
    return [
        {"request": requests.ids[row], "places": int(requests.places[row]), "code": "priority_not_matched"}
        for row in rows.tolist()
    ]


def unserved(market: Market, served: Served) -> Ints:
    """Return the places each request of the market still lacks."""
    left = market.wanted.copy()
    for held in served.holds:
        for row, places in held.items():
            left[row] -= places
    return left


def reasons(problem: Problem, market: Market, served: Served) -> list[Reason]:
    """Return an entry for each request of the market that is not fully served."""
    left = unserved(market, served)
    rows = np.flatnonzero(left)
    options = counts(market.masks[rows])
    found = _outranked(market, served, rows[options > 0], options[options > 0])
    found |= _no_offer(problem, market, rows[options == 0])
    return [
        {"request": problem.requests.ids[market.requests[row]], "places": int(left[row]), **found[row]}
        for row in rows.tolist()
    ]


def _outranked(market: Market, served: Served, rows: Ints, options: Ints) -> dict[int, Reason]:
    frozen = np.array(served.frozen, dtype=np.int64)
    found = {}
    for row, count in zip(rows.tolist(), options.tolist(), strict=True):
        feasible = unpack(market.masks[row : row + 1], len(frozen))[0]
        cut_off = rank_json(int(frozen[feasible].max()))
        found[row] = {"code": "outranked", "cut_off": cut_off, "feasible_offers": count}
    return found


def _no_offer(problem: Problem, market: Market, rows: Ints) -> dict[int, Reason]:
    bits = [both(parts, rows) for parts in market.rules]
    everything = pack(np.ones((len(rows), len(market.offers)), dtype=np.bool_))
    left, funnel = everything, [counts(everything)]
    for rule in bits:
        left = left & rule
        funnel.append(counts(left))
    opened = [counts(_without(bits, i, everything)) for i in range(len(bits))]
    missing = _missing(problem, market, rows, _without(bits, RULES.index("limits") - 1, everything))
    found = {}
    for i, row in enumerate(rows.tolist()):
        unknown = [name for name, lacks in zip(LIMITS, missing, strict=True) if lacks[i]]
        reason: Reason = {"code": "needs_information", "missing": unknown} if unknown else {}
        reason = reason or {"code": "no_feasible_offer"}
        reason["funnel"] = {rule: int(step[i]) for rule, step in zip(RULES, funnel, strict=True)}
        would = zip(RULES[1:], opened, strict=True)
        reason["would_open"] = {rule: int(count[i]) for rule, count in would if count[i]}
        found[row] = reason
    return found


def _without(bits: list[Words], dropped: int, everything: Words) -> Words:
    """Return the offers that meet every rule but one."""
    result = everything.copy()
    for i, rule in enumerate(bits):
        if i != dropped:
            result &= rule
    return result


def _missing(problem: Problem, market: Market, rows: Ints, open_but_for_limits: Words) -> list[Bools]:
    """Return, for each of LIMITS, whose unknown value is all that stands between them and some offer."""
    patient, own = problem.requests, market.requests[rows]
    unknown = [column[own] == NONE for column in (patient.age, patient.asa, patient.bmi, patient.sex)]
    meets = [part.bits(rows) for part in market.rules[RULES.index("limits") - 1]]
    fits = open_but_for_limits.copy()
    for lacks, met in zip(unknown, meets, strict=True):
        fits[~lacks] &= met[~lacks]
    return [lacks & (counts(fits & ~met) > 0) for lacks, met in zip(unknown, meets, strict=True)]
