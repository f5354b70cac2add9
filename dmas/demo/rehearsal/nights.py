"""One night after another: what has ended, who comes and goes, the engine's plan, its check, what is held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from dmas.demo.rehearsal import answers, exchange, generate, people, plan
from dmas.demo.rehearsal import assumptions as given
from dmas.demo.rehearsal.columns import Bools, Draw, Floats, Ints
from dmas.demo.rehearsal.exchange import (
    AGREED,
    AT_HOME,
    HELD,
    MOVED,
    NOT_FOUND,
    RESTING,
    RETURNED,
    SEARCHING,
    STAYED,
    Exchange,
    Holds,
)
from dmas.demo.rehearsal.generate import Cell
from dmas.demo.rehearsal.homes import Homes
from dmas.demo.rehearsal.stages import Stages
from dmas.matching.engine.certify import check_columns
from dmas.matching.engine.explain import CODES as REASONS
from dmas.matching.engine.problem import Problem
from dmas.matching.engine.solve import Solution, solve_problem
from dmas.proposals.vocabulary import LAPSE_WINDOW_DAYS, LAPSES_THAT_SUSPEND
from dmas.requests.rules import search_ends_on, transfer_search_ends_on

FEW = 100_000  # searches beyond which a night is solved by two processes


@dataclass(frozen=True, slots=True)
class Night:
    """A night in figures; those of places unless said otherwise."""

    day: date
    asked: int  # new since the night before
    wanted: int
    offered: int  # free
    matched: int
    tenths: int
    outside_region: int
    unmatched: dict[str, int]
    confirmed: int  # moved since the night before
    held: int  # after the night
    states: tuple[int, ...]  # after the night, in the order of STATES


@dataclass(slots=True)
class Ended:
    """What has come to an end so far."""

    moved: list[Holds] = field(default_factory=list)
    unused: dict[int, tuple[int, int]] = field(default_factory=dict)  # how -> places, places x days
    wasted: int = 0
    suspensions: int = 0


@dataclass(slots=True)
class Rehearsed:
    """An exchange as it goes through its nights; everything random comes from the seed."""

    exchange: Exchange
    homes: Homes
    cells: list[Cell]
    uptake: float
    seed: int
    starts: date
    hazards: Floats  # by cell
    stages: Stages
    nights: list[Night] = field(default_factory=list)
    ended: Ended = field(default_factory=Ended)
    prices: dict[int, int] = field(default_factory=dict)

    def random(self, *what: int) -> Draw:
        """Return the draws of one thing, which do not depend on any other's."""
        return np.random.default_rng([self.seed, *what])

    def night(self, number: int) -> tuple[Problem, Solution]:
        """Go through a day and its night; the first is number 0."""
        today = self.starts.toordinal() + number
        with self.stages.add("nights: what has ended and who comes"):
            confirmed = self._settle(today)
            asked = self._arrivals(number, today) if number else int(self.exchange.asked.where.sum())
            self._leave(number, today)
        with self.stages.add("nights: make the problem"):
            items, offers = plan.open_items(self.exchange, today), plan.open_offers(self.exchange, today)
            problem = plan.problem(self.exchange, items, offers, today)
            guess = np.array([self.prices.get(row, 0) for row in offers.tolist()], dtype=np.int64)
        with self.stages.add("nights: solve"):
            workers = 2 if len(items) > FEW else 1
            solution = solve_problem(problem, workers=workers, prices=guess if number else None)
        with self.stages.add("nights: check"):
            verdict = check_columns(problem, solution)
            if not verdict["ok"] or verdict["proved"] != [1, 2, 3, 4]:
                raise RuntimeError(f"The check refused night {number}: {verdict}")
        with self.stages.add("nights: hold places"):
            self.prices = dict(zip(offers.tolist(), solution.price_tenths.tolist(), strict=True))
            self._hold(number, today, items, offers, solution)
            self.exchange.check()
            self.nights.append(self._figures(today, asked, confirmed, problem, solution))
        return problem, solution

    def _settle(self, today: int) -> int:
        """End the holds and confirm the moves that are due; return how many moved."""
        due = self.exchange.holds.ends <= today
        over = self.exchange.holds.rows(due)
        self.exchange.holds = self.exchange.holds.rows(~due)
        settle(self.exchange, over, self.ended, today)
        due = self.exchange.agreed.confirmed <= today
        over = self.exchange.agreed.rows(due)
        self.exchange.agreed = self.exchange.agreed.rows(~due)
        back = over.rows(over.back)
        self.exchange.move(over.item[~over.back], AGREED, MOVED)
        self.exchange.move(back.item, AGREED, RETURNED)
        np.subtract.at(self.exchange.offered.taken, back.offer, 1)
        self.ended.wasted += int(self.exchange.offered.over[back.offer].sum())
        self.ended.moved.append(over.rows(~over.back))
        return int((~over.back).sum())

    def _arrivals(self, number: int, today: int) -> int:
        """Let in who crosses 40 weeks this week, and what is offered again today; return who is new."""
        before = int(self.exchange.asked.where.sum())
        if number % 7 == 1:
            week = number // 7
            crossing = [_crossing(cell) for cell in self.cells]
            random = self.random(3, week)
            places = {place.code: place for place in self.exchange.places}
            own, left = people.draw(crossing, places, self.homes, self.uptake, random)
            opens = today + random.integers(7, size=len(own))
            leaves = opens + answers.leaving(self.hazards[own.cell], random)
            exchange.add_people(self.exchange, own, opens=opens, rings=True, leaves=leaves)
            drawn = generate.requests(left, people.uptake_left(self.uptake), random)
            exchange.add_requests(self.exchange, drawn, today=today, rings=True)
        again = self._offered_again(number)
        exchange.add_offers(self.exchange, again, today=today)
        return int(self.exchange.asked.where.sum()) - before

    def _offered_again(self, number: int) -> list[generate.DrawnOffer]:
        """Return what is offered on a day after the first: every cell on its own, each four weeks."""
        turn, day = divmod(number, given.OFFERED_AGAIN_DAYS)
        if turn == 0:
            return []
        days = self.random(4).integers(given.OFFERED_AGAIN_DAYS, size=len(self.cells))
        mine = [cell for cell, own in zip(self.cells, days.tolist(), strict=True) if own == day]
        independent = {place.code: place.independent for place in self.exchange.places}
        return generate.offers(mine, independent, self.random(2, number))

    def _leave(self, number: int, today: int) -> None:
        """Let go who is treated at home, whose search has run its time, and what can no longer be booked."""
        asked = self.exchange.asked
        searching = asked.where[:, SEARCHING]
        home = np.flatnonzero(asked.own & (searching > 0) & (asked.leaves <= today) & (asked.opened <= today))
        self.exchange.move(home, SEARCHING, AT_HOME)
        lines = np.flatnonzero(~asked.own & (searching > 0))
        if number and number % 7 == 0:
            gone = self.random(5, number).binomial(searching[lines], self.hazards[asked.cell[lines]])
            self.exchange.move(lines, SEARCHING, AT_HOME, gone)
        over = np.flatnonzero((searching > 0) & (_search_ends(asked.own, asked.opened) <= today))
        self.exchange.move(over, SEARCHING, NOT_FOUND, searching[over].copy())
        offered = self.exchange.offered
        ending = np.flatnonzero((offered.closes < today) & ~offered.over & (offered.held == 0))
        self.ended.wasted += int(offered.free[ending].sum())
        offered.over[ending] = True

    def _hold(self, number: int, today: int, items: Ints, offers: Ints, solution: Solution) -> None:
        table = solution.assignments
        held = np.column_stack((items[table[:, 0]], offers[table[:, 1]], table[:, 2:]))
        new = answers.drawn(self.exchange, held, today, self.hazards, self.random(6, number))
        self.exchange.move(held[:, 0], SEARCHING, HELD, held[:, 2])
        np.add.at(self.exchange.offered.held, held[:, 1], held[:, 2])
        self.exchange.holds = self.exchange.holds.joined(new)

    def _figures(self, today: int, asked: int, confirmed: int, problem: Problem, solution: Solution) -> Night:
        reasons = solution.unmatched
        left = np.bincount(reasons.code, weights=reasons.places, minlength=len(REASONS)).astype(int).tolist()
        return Night(
            day=date.fromordinal(today),
            asked=asked,
            wanted=solution.summary["places_wanted"],
            offered=int(problem.offers.places.sum()),
            matched=solution.summary["places_served"],
            tenths=solution.summary["tenths"],
            outside_region=solution.summary["outside_region"],
            unmatched=dict(zip(REASONS, left, strict=True)),
            confirmed=confirmed,
            held=len(self.exchange.holds),
            states=tuple(self.exchange.asked.where.sum(axis=0).tolist()),
        )


def settle(now: Exchange, over: Holds, ended: Ended, today: int) -> None:
    """End holds: back to the search, or to wherever the answer leads."""
    np.subtract.at(now.offered.held, over.offer, 1)
    own = now.asked.own[over.item]
    for how in np.unique(over.how).tolist():
        these, theirs = over.rows(over.how == how), own[over.how == how]
        if how == answers.TAKEN:
            np.add.at(now.offered.taken, these.offer, 1)
            now.move(these.item, HELD, AGREED)
            now.agreed = now.agreed.joined(these)
            continue
        places, days = ended.unused.get(how, (0, 0))
        ended.unused[how] = places + len(these), days + int((these.ends - these.made).sum())
        _back(now, these, theirs, how)
        if how == answers.RECEIVER_SILENT:
            ended.suspensions += _lapse(now, these.offer, today)


def _back(now: Exchange, these: Holds, own: Bools, how: int) -> None:
    """Move what is no longer held; who said no to an offer is not asked about it again."""
    if how in (answers.RECEIVER_NO, answers.TRUST_NO) or how == answers.DECLINES:
        for item, offer in zip(these.item.tolist(), these.offer.tolist(), strict=True):
            now.declined.setdefault(item, set()).add(offer)
    if how == answers.STAYS:
        now.move(these.item, HELD, STAYED)
    elif how == answers.AT_HOME:
        now.move(these.item, HELD, AT_HOME)
    elif how == answers.DECLINES:
        now.move(these.item[own], HELD, SEARCHING)
        now.move(these.item[~own], HELD, STAYED)  # a person of a line who says no is not asked again
    elif how == answers.SILENT:
        again = own & (now.asked.silences[these.item] == 0)
        now.asked.silences[these.item[own]] += 1
        now.move(these.item[again], HELD, SEARCHING)
        now.move(these.item[~again], HELD, RESTING)
    else:
        now.move(these.item, HELD, SEARCHING)


def _lapse(now: Exchange, offers: Ints, today: int) -> int:
    """Count lapses of offers and suspend those that have too many; return how many are suspended."""
    suspended = 0
    for offer in offers.tolist():
        recent = [day for day in now.lapses.get(offer, []) if day > today - LAPSE_WINDOW_DAYS]
        now.lapses[offer] = [*recent, today]
        if len(recent) + 1 == LAPSES_THAT_SUSPEND:
            now.offered.resumes[offer] = today + given.RESUMES_DAYS
            now.lapses[offer] = []
            suspended += 1
    return suspended


def _crossing(cell: Cell) -> Cell:
    """Return the cell with those in its first late band only: as many as cross it in a week."""
    first, length = cell.late_from, len(cell.waiting)
    waiting = [cell.waiting[n] if n == first else 0 for n in range(length)]
    admit = [cell.waiting_to_admit[n] if n == first else 0 for n in range(length)]
    return replace(cell, waiting=waiting, waiting_to_admit=admit)


def _search_ends(own: Bools, opened: Ints) -> Ints:
    days, which = np.unique(opened, return_inverse=True)
    dates = [date.fromordinal(day) for day in days.tolist()]
    of_people = np.array([transfer_search_ends_on(day, day).toordinal() for day in dates], dtype=np.int64)
    of_trusts = np.array([search_ends_on(day).toordinal() for day in dates], dtype=np.int64)
    return np.where(own, of_people[which], of_trusts[which])


def leave_shares(cells: Sequence[Cell]) -> tuple[float, float | None]:
    """Return the share that leaves a list in a week, for treatments and, if there are any, for tests.

    In a steady state each week's band is smaller than the one before it by those who left meanwhile.
    """
    treatments = [cell for cell in cells if not cell.test]
    tests = [cell for cell in cells if cell.test]
    found = _share(treatments, 40, 52)
    return found, _share(tests, 6, 12) if tests else None


def _share(cells: Sequence[Cell], first: int, last: int) -> float:
    early, late = (sum(cell.waiting[week] for cell in cells) for week in (first, last))
    if not early or not late or late >= early:
        return 0.1
    return float(1 - (late / early) ** (1 / (last - first)))
