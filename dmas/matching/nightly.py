"""The night: claim the date, clear what has lapsed, plan, check, apply, record. One run a service date.

A crash at any point leaves all of the night's proposals or none, and running again completes it. A session
lock says who may work; the run's `fence` makes an owner that lost the night write nothing more.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from dmas.core import audit, bulk, executors
from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.errors import Conflict
from dmas.core.logs import logger
from dmas.matching import applying, loading
from dmas.matching.engine import certify, solve
from dmas.matching.engine.version import ENGINE_VERSION
from dmas.matching.loading import Found, Loaded, canonical
from dmas.matching.models import MatchRun, MatchRunFile
from dmas.matching.vocabulary import RULES_VERSION, RunStatus
from dmas.offers import services as offers
from dmas.proposals import services as proposals
from dmas.requests import services as requests

NIGHT_LOCK = 7_330_002
ACTOR = Actor.system("nightly-match")
PLANS_BEFORE_LOCKING = 3
_FINISHED = (RunStatus.APPLIED, RunStatus.REFUSED)

log = logger(__name__)


class NightIsRunning(Conflict):
    """Another process is working on the night."""


@dataclass(frozen=True, slots=True)
class NightReport:
    """What a night did, for the command line and the scheduler's log."""

    service_date: date
    status: RunStatus
    already_done: bool = False
    counts: Mapping[str, Any] = field(default_factory=dict)
    verdict: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What was loaded, what the engine made of it, and what the check says of that."""

    loaded: Loaded
    solution: dict[str, Any]
    verdict: dict[str, Any]


def run_night(database: Database, *, service_date: date, now: datetime, owner: str) -> NightReport:
    """Run the night of a date, or say that it is already done; raise NightIsRunning while another runs.

    `database` must be open as the night's role.
    """
    with _only_runner(database):
        fence = claim(database, service_date, owner=owner, now=now)
        if fence is None:
            return _report(database, service_date, already_done=True)
        try:
            cleared = clear(database, now=now)
            remind(database, now=now)
            with bulk.without_collecting():
                _plan_and_apply(database, service_date, fence, cleared, now=now)
        except Exception as error:
            _fail(database, service_date, fence, type(error).__name__, now=now)
            raise
        return _report(database, service_date)


def dry_run(database: Database, *, service_date: date) -> Plan:
    """Plan and check a night on what is open now, without clearing anything first; write nothing."""
    with database.snapshot(ACTOR) as session:
        loaded = loading.load(session, service_date)
    return _solved(loaded)


def claim(database: Database, service_date: date, *, owner: str, now: datetime) -> int | None:
    """Make the date's run this owner's; return its fence, or None when the night is already over."""
    with database.unit_of_work(ACTOR) as session:
        run = session.scalar(select(MatchRun).where(MatchRun.service_date == service_date).with_for_update())
        if run is None:
            run = MatchRun(
                service_date=service_date,
                status=RunStatus.CLAIMED,
                owner=owner,
                fence=1,
                claimed_at=now,
                rules_version=RULES_VERSION,
                engine_version=ENGINE_VERSION,
                verdict={},
                counts={},
            )
            session.add(run)
            audit.record(session, run, "run.claimed", actor=ACTOR, now=now)
            return run.fence
        if run.status in _FINISHED:
            return None
        run.status, run.owner, run.fence = RunStatus.CLAIMED, owner, run.fence + 1
        run.claimed_at, run.failure, run.engine_version = now, None, ENGINE_VERSION
        audit.record(session, run, "run.claimed_again", actor=ACTOR, now=now, details={"fence": run.fence})
        return run.fence


def clear(database: Database, *, now: datetime) -> dict[str, int]:
    """Let lapse what is overdue and expire what is over, each kind in a transaction of its own.

    Each locks all it may touch first and in the common order, so that people at work are never crossed.
    """
    steps = {
        "lapsed": proposals.lapse_due,
        "choices_lapsed": proposals.lapse_choices,
        "options_shown": proposals.show_gathered,
        "offers_expired": offers.expire_stale,
        "searches_ended": requests.expire_searches,
        "transfers_ended": requests.expire_transfers,
    }
    cleared = {}
    for name, step in steps.items():
        with database.unit_of_work(ACTOR) as session:
            applying.lock_inputs(session)
            cleared[name] = step(session, actor=ACTOR, now=now)
    return cleared


def remind(database: Database, *, now: datetime) -> None:
    """Remind people of what lapses soon unless they act; each is said once, however often a night runs."""
    with database.unit_of_work(ACTOR) as session:
        proposals.remind_to_name(session, actor=ACTOR, now=now)
        proposals.remind_to_choose(session, actor=ACTOR, now=now)
        offers.remind_unconfirmed(session, actor=ACTOR, now=now)


def _plan_and_apply(
    database: Database, service_date: date, fence: int, cleared: Mapping[str, int], *, now: datetime
) -> None:
    for attempt in range(1, PLANS_BEFORE_LOCKING + 1):
        with database.snapshot(ACTOR) as session:
            loaded = loading.load(session, service_date)
        plan = _solved(loaded)
        _keep_plan(database, service_date, fence, plan, now=now)
        if not plan.verdict["ok"]:
            log.error("the check refused the night's plan", fault=str(plan.verdict.get("fault")))
            return
        try:
            _apply(database, service_date, fence, plan, cleared, now=now)
        except applying.PlanIsOld:
            log.warning("inputs changed while the night was planned; planning again", attempt=attempt)
        else:
            return
    _plan_under_lock(database, service_date, fence, cleared, now=now)


def _solved(loaded: Loaded) -> Plan:
    with executors.opened(os.environ) as executor:
        solution = solve.solve(loaded.problem, executor)
    return Plan(loaded, solution, certify.check(loaded.problem, solution))


def _apply(
    database: Database,
    service_date: date,
    fence: int,
    plan: Plan,
    cleared: Mapping[str, int],
    *,
    now: datetime,
) -> None:
    with database.unit_of_work(ACTOR) as session:
        run = _fenced(session, service_date, fence)
        if _find_held_still(session, service_date) != plan.loaded.found:
            raise applying.PlanIsOld("Something changed after the plan was made. The night plans again.")
        _write(session, run, plan, cleared, now=now)


def _plan_under_lock(
    database: Database, service_date: date, fence: int, cleared: Mapping[str, int], *, now: datetime
) -> None:
    """Plan with every input held still: the last resort when people keep changing them."""
    with database.unit_of_work(ACTOR) as session:
        # The engine thinks inside this transaction, for longer than a person may sit in one.
        session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        run = _fenced(session, service_date, fence)
        plan = _solved(loading.as_problem(_find_held_still(session, service_date), service_date))
        _set_plan(session, run, plan)
        if plan.verdict["ok"]:
            _write(session, run, plan, cleared, now=now)
        else:
            run.status, run.finished_at = RunStatus.REFUSED, now
            audit.record(session, run, "run.refused", actor=ACTOR, now=now)


def _find_held_still(session: Session, service_date: date) -> Found:
    """Read the inputs with all of them locked; raise PlanIsOld where one opened in between and is not."""
    locked = applying.lock_inputs(session)
    found = loading.find(session, service_date)
    if not found.ids <= locked:
        raise applying.PlanIsOld("Something opened while the night began to apply. The night plans again.")
    return found


def _write(session: Session, run: MatchRun, plan: Plan, cleared: Mapping[str, int], *, now: datetime) -> None:
    applied = applying.apply(session, run, plan.loaded, plan.solution, actor=ACTOR, now=now)
    run.status, run.finished_at = RunStatus.APPLIED, now
    run.counts = {
        **cleared,
        **counts(plan.loaded, plan.solution),
        "proposals": applied.proposals,
        "options": applied.options,
    }
    audit.record(session, run, "run.applied", actor=ACTOR, now=now, details={"proposals": applied.proposals})


def counts(loaded: Loaded, solution: Mapping[str, Any]) -> dict[str, Any]:
    """Return a plan in figures: offers and lines looked at, places wanted, served and left, by reason.

    `left_out` counts the patients who search and took no part, by reason.
    """
    places_left: dict[str, int] = {}
    for left in solution["unmatched"]:
        places_left[left["code"]] = places_left.get(left["code"], 0) + left["places"]
    return {
        "offers": len(loaded.offers),
        "lines": len(loaded.lines),
        **solution["summary"],
        "unmatched": dict(sorted(places_left.items())),
        "left_out": dict(loaded.found.left_out),
    }


def _keep_plan(database: Database, service_date: date, fence: int, plan: Plan, *, now: datetime) -> None:
    accepted = plan.verdict["ok"]
    with database.unit_of_work(ACTOR) as session:
        run = _fenced(session, service_date, fence)
        _set_plan(session, run, plan)
        run.status = RunStatus.CHECKED if accepted else RunStatus.REFUSED
        run.finished_at = None if accepted else now
        action = "run.checked" if accepted else "run.refused"
        audit.record(session, run, action, actor=ACTOR, now=now, details={"verdict": dict(plan.verdict)})


def _set_plan(session: Session, run: MatchRun, plan: Plan) -> None:
    problem = canonical(plan.loaded.problem)
    run.inputs_digest, run.verdict = loading.digest(problem), dict(plan.verdict)
    kept = session.get(MatchRunFile, run.id) or MatchRunFile(run_id=run.id)
    kept.problem = zlib.compress(problem)
    kept.solution = zlib.compress(canonical(plan.solution))
    session.add(kept)


def _fenced(session: Session, service_date: date, fence: int) -> MatchRun:
    """Return the run, locked, if it is still this owner's; else nothing more may be written."""
    run = session.scalar(
        select(MatchRun)
        .where(
            MatchRun.service_date == service_date, MatchRun.fence == fence, MatchRun.status.not_in(_FINISHED)
        )
        .with_for_update()
    )
    if run is None:
        raise NightIsRunning("Another process has taken over this night. This one stops.")
    return run


def _fail(database: Database, service_date: date, fence: int, failure: str, *, now: datetime) -> None:
    with database.unit_of_work(ACTOR) as session:
        try:
            run = _fenced(session, service_date, fence)
        except NightIsRunning:
            return
        run.status, run.failure, run.finished_at = RunStatus.FAILED, failure, now
        audit.record(session, run, "run.failed", actor=ACTOR, now=now, reason=failure)


def _report(database: Database, service_date: date, *, already_done: bool = False) -> NightReport:
    with database.unit_of_work(ACTOR) as session:
        run = session.scalars(select(MatchRun).where(MatchRun.service_date == service_date)).one()
        return NightReport(
            service_date=service_date,
            status=RunStatus(run.status),
            already_done=already_done,
            counts=dict(run.counts),
            verdict=dict(run.verdict),
        )


@contextmanager
def _only_runner(database: Database) -> Iterator[None]:
    """Hold the night's lock for as long as the night runs; it goes with the connection, whatever ends it."""
    with database.engine.connect() as connection:
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": NIGHT_LOCK}):
            raise NightIsRunning("Another process is running the night now. Nothing was done twice.")
        connection.commit()
        try:
            yield
        finally:
            with suppress(DBAPIError):  # a connection that is gone has let the lock go
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": NIGHT_LOCK})
                connection.commit()
