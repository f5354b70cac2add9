"""How each place held on a night will end, drawn by the stated rates within the time limits of the rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np

from dmas.core.calendar import add_working_days
from dmas.demo.rehearsal import assumptions as given
from dmas.demo.rehearsal.columns import Bools, Draw, Floats, Ints
from dmas.demo.rehearsal.exchange import Exchange, Holds
from dmas.proposals.rules import answer_due, decide_due, name_due, patient_due, person_due

ENDS = (
    "taken", "receiver declined", "receiver silent", "trust declined", "not named", "stays", "declined",
    "silent", "treated at home",
)  # fmt: skip
(TAKEN, RECEIVER_NO, RECEIVER_SILENT, TRUST_NO, NOT_NAMED, STAYS, DECLINES, SILENT, AT_HOME) = range(
    len(ENDS)
)


def drawn(exchange: Exchange, held: Ints, today: int, hazards: Floats, random: Draw) -> Holds:
    """Return the places of a night's matches, one row each, with how each ends.

    `held` is [n, 4]: item, offer, places, tenths. `hazards` is the share of each cell's people treated at
    home in a week.
    """
    pair = np.repeat(np.arange(len(held)), held[:, 2])
    item, offer, tenths = held[pair, 0], held[pair, 1], held[pair, 3]
    own, count = exchange.asked.own[item], len(item)
    how, ends = _receiver(offer, pair, len(held), today, random)
    going_on = how == TAKEN
    leaves = exchange.asked.leaves[item]
    share = hazards[exchange.asked.cell[item]]
    at_home = np.where(own, leaves, today + leaving(share, random))
    _trusts(how, ends, going_on & ~own, pair, len(held), random)
    _persons(how, ends, (how == TAKEN) & going_on, own, exchange.asked.by_letter[item], random)
    first = (at_home <= ends) & (at_home > today)
    how, ends = np.where(first, AT_HOME, how), np.where(first, at_home, ends)
    return _moves(
        Holds(
            item=item, offer=offer, tenths=tenths, made=np.full(count, today), ends=ends, how=how,
            confirmed=ends, treated=ends, at_home=at_home, back=random.random(count) < given.RETURNED,
        ),
        exchange.offered.closes[offer],
        random,
    )  # fmt: skip


def leaving(share: Floats, random: Draw) -> Ints:
    """Draw in how many days people are treated at home, of whom a share is treated each week."""
    weeks = random.geometric(np.clip(share, 1e-6, 1.0))
    return np.asarray(7 * weeks - random.integers(7, size=len(weeks)), dtype=np.int64)


def _receiver(offer: Ints, pair: Ints, pairs: int, today: int, random: Draw) -> tuple[Ints, Ints]:
    """Draw each receiver's answer: one for all places of a match, silence for a whole offer."""
    offers, which = np.unique(offer, return_inverse=True)
    silent = (random.random(len(offers)) < given.RECEIVER_SILENT)[which]
    no = (random.random(pairs) < given.RECEIVER_NO)[pair]
    how = np.select([silent, no], [RECEIVER_SILENT, RECEIVER_NO], TAKEN)
    due = answer_due(date.fromordinal(today), 3).toordinal()
    limit = _limit(lambda day: answer_due(day, 3))
    answered = _working(today, 1 + random.integers(limit, size=pairs))[pair]
    return how.astype(np.int64), np.where(silent, due + 1, answered)


def _trusts(how: Ints, ends: Ints, theirs: Bools, pair: Ints, pairs: int, random: Draw) -> None:
    """Go on to the home trust's decision, and to whom it names."""
    decides = (1 + random.integers(_limit(decide_due), size=pairs))[pair]
    no = (random.random(pairs) < given.TRUST_NO)[pair]
    names = 1 + random.integers(_limit(name_due), size=len(how))
    nobody = random.random(len(how)) < given.NOT_NAMED
    for day in np.unique(ends[theirs]).tolist():
        here = theirs & (ends == day)
        decided = _working(day, decides[here])
        ends[here] = decided
        how[here & no] = TRUST_NO
    on = theirs & (how == TAKEN)
    for day in np.unique(ends[on]).tolist():
        here = on & (ends == day)
        due = name_due(date.fromordinal(day)).toordinal()
        ends[here] = np.where(nobody[here], due + 1, _working(day, names[here]))
    how[on & nobody] = NOT_NAMED


def _persons(how: Ints, ends: Ints, asked: Bools, own: Bools, by_letter: Bools, random: Draw) -> None:
    """Go on to the person's answer."""
    chance = random.random(len(how))
    steps = np.cumsum((given.STAYS, given.DECLINES, given.SILENT))
    answer = np.select([chance < edge for edge in steps], [STAYS, DECLINES, SILENT], TAKEN)
    shown = date.fromordinal(1)
    week, fortnight = (patient_due(shown, by_letter=letter) for letter in (False, True))
    limit = np.where(own, (week - shown).days, (person_due(shown) - shown).days)
    limit = np.where(own & by_letter, (fortnight - shown).days, limit)
    days = np.where(answer == SILENT, limit + 1, 1 + random.integers(limit))
    ends[asked] += days[asked]
    how[asked] = answer[asked]


def _moves(holds: Holds, closes: Ints, random: Draw) -> Holds:
    """Draw when receivers confirm and treat those who said yes."""
    low, high = given.CONFIRMED_DAYS
    working = random.integers(low, high + 1, size=len(holds))
    confirmed = holds.ends.copy()
    for day in np.unique(holds.ends).tolist():
        here = holds.ends == day
        confirmed[here] = _working(day, working[here])
    earliest = confirmed + given.NOTICE_DAYS
    treated = earliest + (random.random(len(holds)) * np.maximum(1, closes - earliest)).astype(np.int64)
    return replace(holds, confirmed=confirmed, treated=treated)


def _working(day: int, counts: Ints) -> Ints:
    """Return the days that are so many working days after a day."""
    most, start = int(counts.max(initial=0)), date.fromordinal(day)
    table = np.array([add_working_days(start, count).toordinal() for count in range(most + 1)])
    return np.asarray(table[counts], dtype=np.int64)


def _limit(due: Callable[[date], date]) -> int:
    """Return a limit in working days, as the rule itself has it in a week without a bank holiday."""
    monday = date(2026, 6, 8)
    return (due(monday) - monday).days
