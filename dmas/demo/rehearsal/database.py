"""The first night once more, with every row of it in a database of its own that is dropped at the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as clock_time

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from dmas.core.databases import scratch_database
from dmas.core.db import NIGHT, OWNER, Database, migrate
from dmas.core.invariants import breaches, declared
from dmas.demo.rehearsal import build, patients
from dmas.demo.rehearsal.build import Ids
from dmas.demo.rehearsal.read import ACTOR, Published
from dmas.demo.rehearsal.simulate import Stock
from dmas.demo.rehearsal.stages import Stages
from dmas.matching.models import MatchRun
from dmas.matching.nightly import run_night
from dmas.matching.presenters import verdict
from dmas.proposals.models import Proposal
from dmas.providers.services import load_england


@dataclass(frozen=True, slots=True)
class Applied:
    """What the night did in the database, in places; `tenths` is their whole way."""

    lines: int
    wanted: int
    matched: int
    tenths: int
    outside_region: int
    held: int
    asked: int  # further options
    verdict: str
    rules: int
    broken: int


def night(url: str, month: Published, stock: Stock, service_date: date, seed: int, stages: Stages) -> Applied:
    """Fill an empty database with treatments, run the night in it, and look at every rule."""
    now = datetime.combine(service_date, clock_time(2, 30), UTC)
    with scratch_database(url, "dmas_rehearsal_") as scratch:
        owner = Database(scratch, role=OWNER, statement_seconds=900)
        database = Database(scratch, role=NIGHT, statement_seconds=900)
        try:
            with stages.add("database: write the exchange"):
                migrate(scratch)
                _fill(owner, month, stock, now, seed)
            with stages.add("database: run the night"):
                run_night(database, service_date=service_date, now=now, owner="rehearsal")
            with stages.add("database: look at every rule"), owner.snapshot(ACTOR) as session:
                rules = declared()
                return _applied(session, len(rules), len(breaches(session, rules)))
        finally:
            database.dispose()
            owner.dispose()


def _fill(owner: Database, month: Published, stock: Stock, now: datetime, seed: int) -> None:
    ids = Ids(seed)
    requests = [request for request in stock.requests if request.stage is not None]
    offers = [offer for offer in stock.offers if offer.stage is not None]
    elective = stock.people.rows(~stock.tests)
    with owner.unit_of_work(ACTOR) as session:
        load_england(session, actor=ACTOR, now=now)
        session.flush()
        build.providers(session, list(month.places.values()))
        build.exchange(session, month.places, requests, offers, now=now, ids=ids)
        patients.write(session, month.cells, month.places, elective, now=now, ids=ids)
        # Each row's event is looked for at the end: without statistics, by reading every event for each row.
        session.execute(text("ANALYZE"))


def _applied(session: Session, rules: int, broken: int) -> Applied:
    run = session.scalars(select(MatchRun)).one()
    held, asked = session.execute(
        select(func.coalesce(func.sum(Proposal.held), 0), func.count().filter(Proposal.held == 0))
    ).one()
    return Applied(
        lines=run.counts["lines"],
        wanted=run.counts["places_wanted"],
        matched=run.counts["places_served"],
        tenths=run.counts["tenths"],
        outside_region=run.counts["outside_region"],
        held=int(held),
        asked=int(asked),
        verdict=verdict(run),
        rules=rules,
        broken=broken,
    )
