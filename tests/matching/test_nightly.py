"""The night on a real database: once, checked, all or nothing, and planned again when the world moves."""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from dmas import wiring
from dmas.catalogue.vocabulary.arrangements import Setting
from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.invariants import breaches
from dmas.invariants import ALL
from dmas.matching import applying, loading, nightly
from dmas.matching.engine import certify
from dmas.matching.models import MatchRun, MatchRunFile, Outcome
from dmas.matching.vocabulary import RunStatus
from dmas.offers import services as offers
from dmas.offers.commands import WithdrawOffer
from dmas.offers.models import Offer
from dmas.proposals.models import Proposal
from dmas.requests import services as requests
from dmas.requests.commands import SayChanged
from dmas.requests.models import CareRequest
from tests.factories.offers import make_offer
from tests.factories.providers import make_icb, make_independent, make_site, make_trust
from tests.factories.requests import make_request, make_transfer_request
from tests.factories.searching import make_searching
from tests.matching.conftest import Market


@pytest.fixture(autouse=True)
def _wired() -> None:
    wiring.install()


def run(database: Database, service_date: date, now: datetime) -> nightly.NightReport:
    return nightly.run_night(database, service_date=service_date, now=now, owner="test")


def places_by_offer(session: Session) -> dict[str, int]:
    rows = session.execute(
        select(Offer.reference, func.sum(Proposal.places))
        .join(Proposal, Proposal.offer_id == Offer.id)
        .group_by(Offer.reference)
    )
    return {reference: int(places) for reference, places in rows}


def assert_sound(database: Database, system: Actor) -> None:
    with database.unit_of_work(system) as session:
        assert breaches(session, ALL) == []


def test_it_fills_eight_places_from_two_providers(
    market: Market, night_database: Database, system: Actor, service_date: date, now: datetime
) -> None:
    report = run(night_database, service_date, now)
    assert report.status is RunStatus.APPLIED
    assert report.counts["places_served"] == 8
    assert report.verdict["ok"]
    with night_database.unit_of_work(system) as session:
        assert places_by_offer(session) == {market.near.reference: 5, market.far.reference: 3}
        held = session.execute(select(Offer.reference, Offer.held, Offer.taken)).all()
        assert {(row.reference, row.held, row.taken) for row in held} == {
            (market.near.reference, 5, 0),
            (market.far.reference, 3, 0),
        }
        outcome = session.scalars(select(Outcome)).one()
        assert (outcome.wanted, outcome.served, outcome.code) == (8, 8, None)
        assert {proposal.due_on for proposal in session.scalars(select(Proposal))} == {date(2026, 11, 25)}
    assert_sound(night_database, system)


def test_a_second_time_on_one_date_changes_nothing(
    market: Market, night_database: Database, system: Actor, service_date: date, now: datetime
) -> None:
    run(night_database, service_date, now)
    before = _everything(night_database, system)
    again = run(night_database, service_date, now + timedelta(hours=3))
    assert again.already_done
    assert _everything(night_database, system) == before


def test_the_next_night_looks_only_for_what_is_left(
    market: Market, night_database: Database, system: Actor, service_date: date, now: datetime
) -> None:
    run(night_database, service_date, now)
    report = run(night_database, service_date + timedelta(days=1), now + timedelta(days=1))
    assert report.counts["lines"] == 0
    assert report.counts["proposals"] == 0
    assert_sound(night_database, system)


def test_every_line_gets_an_outcome_with_its_reason(
    market: Market,
    database: Database,
    night_database: Database,
    system: Actor,
    service_date: date,
    now: datetime,
) -> None:
    with database.unit_of_work(system) as session:
        later = make_request(session, now=now, opened_on=service_date - timedelta(days=30), weeks_from=41)
        refused = make_request(
            session, now=now, service="130", procedure_group="cataract", setting=Setting.DAY_CASE
        )
    run(night_database, service_date, now)
    with night_database.unit_of_work(system) as session:
        codes = {outcome.request_id: outcome.code for outcome in session.scalars(select(Outcome))}
    assert codes[market.care_request.id] is None
    assert codes[later.id] == "outranked"
    assert codes[refused.id] == "no_feasible_offer"


def test_the_kept_files_solve_and_check_again(
    market: Market, night_database: Database, system: Actor, service_date: date, now: datetime
) -> None:
    run(night_database, service_date, now)
    with night_database.unit_of_work(system) as session:
        kept = session.scalars(select(MatchRunFile)).one()
        digest = session.scalars(select(MatchRun)).one().inputs_digest
    problem, solution = (_read(kept.problem), _read(kept.solution))
    assert certify.check(problem, solution)["ok"]
    assert sha256(loading.canonical(problem)).hexdigest() == digest


def test_a_dry_run_writes_nothing(
    market: Market, night_database: Database, system: Actor, service_date: date
) -> None:
    before = _everything(night_database, system)
    plan = nightly.dry_run(night_database, service_date=service_date)
    assert nightly.counts(plan.loaded, plan.solution)["places_served"] == 8
    assert plan.verdict["ok"]
    assert _everything(night_database, system) == before


def test_a_plan_the_check_refuses_applies_nothing(
    market: Market,
    night_database: Database,
    system: Actor,
    service_date: date,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refusal = {"ok": False, "fault": {"path": "assignments[0]", "rule": "C2"}}
    monkeypatch.setattr(certify, "check", lambda *_: refusal)
    report = run(night_database, service_date, now)
    assert report.status is RunStatus.REFUSED
    with night_database.unit_of_work(system) as session:
        assert session.scalar(select(func.count()).select_from(Proposal)) == 0
        assert session.scalars(select(Offer.held)).all() == [0, 0]
    assert run(night_database, service_date, now).already_done


def test_an_offer_withdrawn_after_the_plan_is_planned_around(
    market: Market,
    database: Database,
    night_database: Database,
    system: Actor,
    service_date: date,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def withdraw_then_check(problem: Mapping[str, Any], solution: Mapping[str, Any]) -> Mapping[str, Any]:
        monkeypatch.setattr(certify, "check", original)
        with database.unit_of_work(system) as session:
            offer = session.get_one(Offer, market.near.id)
            command = WithdrawOffer(reference=offer.reference, version=offer.version, reason="no_capacity")
            offers.withdraw(session, command, actor=system, now=now)
        return original(problem, solution)

    original = certify.check
    monkeypatch.setattr(certify, "check", withdraw_then_check)
    report = run(night_database, service_date, now)
    assert report.counts["places_served"] == 4
    with night_database.unit_of_work(system) as session:
        assert places_by_offer(session) == {market.far.reference: 4}
    assert_sound(night_database, system)


def test_what_opened_between_the_locks_and_the_reading_is_planned_with_the_rest(
    market: Market,
    night_database: Database,
    system: Actor,
    service_date: date,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    locked: list[frozenset[Any]] = []
    original = applying.lock_inputs

    def lock(session: Session) -> frozenset[Any]:
        locked.append(original(session))
        return frozenset() if len(locked) == 7 else locked[-1]  # six times while clearing

    monkeypatch.setattr(applying, "lock_inputs", lock)
    assert run(night_database, service_date, now).counts["places_served"] == 8
    assert len(locked) == 8
    assert_sound(night_database, system)


def test_inputs_that_never_rest_are_planned_under_lock(
    market: Market,
    night_database: Database,
    system: Actor,
    service_date: date,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: object, **__: object) -> None:
        raise applying.PlanIsOld("changed")

    monkeypatch.setattr(nightly, "_apply", never)
    report = run(night_database, service_date, now)
    assert report.status is RunStatus.APPLIED
    assert report.counts["places_served"] == 8
    assert_sound(night_database, system)


def test_a_plan_refused_under_lock_applies_nothing(
    market: Market,
    night_database: Database,
    system: Actor,
    service_date: date,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: object, **__: object) -> None:
        monkeypatch.setattr(certify, "check", lambda *_: {"ok": False, "fault": {"path": "", "rule": "C1"}})
        raise applying.PlanIsOld("changed")

    monkeypatch.setattr(nightly, "PLANS_BEFORE_LOCKING", 1)
    monkeypatch.setattr(nightly, "_apply", never)
    assert run(night_database, service_date, now).status is RunStatus.REFUSED
    assert_sound(night_database, system)


def test_a_night_that_fails_says_so_and_can_be_run_again(
    market: Market,
    night_database: Database,
    system: Actor,
    service_date: date,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(nightly.solve, "solve", _explode)
        with pytest.raises(ZeroDivisionError):
            run(night_database, service_date, now)
    with night_database.unit_of_work(system) as session:
        failed = session.scalars(select(MatchRun)).one()
        assert (failed.status, failed.failure) == ("failed", "ZeroDivisionError")
    assert run(night_database, service_date, now).status is RunStatus.APPLIED
    assert_sound(night_database, system)


def test_an_owner_that_lost_the_night_writes_nothing_more(
    market: Market, night_database: Database, system: Actor, service_date: date, now: datetime
) -> None:
    old = nightly.claim(night_database, service_date, owner="slow", now=now)
    new = nightly.claim(night_database, service_date, owner="quick", now=now)
    assert (old, new) == (1, 2)
    plan = nightly.dry_run(night_database, service_date=service_date)
    with pytest.raises(nightly.NightIsRunning):
        nightly._keep_plan(night_database, service_date, 1, plan, now=now)
    nightly._fail(night_database, service_date, 1, "TooLate", now=now)
    with night_database.unit_of_work(system) as session:
        assert session.scalars(select(MatchRun.status)).one() == "claimed"


def test_while_one_runs_another_is_told(night_database: Database, service_date: date, now: datetime) -> None:
    with _running(night_database), pytest.raises(nightly.NightIsRunning, match="Another process"):
        run(night_database, service_date, now)


def test_an_empty_exchange_has_a_night_too(
    night_database: Database, system: Actor, service_date: date, now: datetime
) -> None:
    report = run(night_database, service_date, now)
    assert report.status is RunStatus.APPLIED
    assert report.counts["places_wanted"] == 0
    assert_sound(night_database, system)


@contextmanager
def _running(database: Database) -> Iterator[None]:
    ready, done = threading.Event(), threading.Event()

    def hold() -> None:
        with nightly._only_runner(database):
            ready.set()
            done.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    assert ready.wait(5)
    try:
        yield
    finally:
        done.set()
        thread.join(5)


def _explode(*_: object) -> None:
    raise ZeroDivisionError


def _read(kept: bytes) -> Any:
    return json.loads(zlib.decompress(kept))


def _everything(database: Database, system: Actor) -> list[Any]:
    tables = ("offer", "care_request", "proposal", "outcome", "match_run", "audit_event")
    with database.unit_of_work(system) as session:
        return [
            session.execute(
                text(f"SELECT * FROM {table} ORDER BY id" if table != "outcome" else "SELECT * FROM outcome")
            ).all()
            for table in tables
        ]


def test_200_patients_and_the_lines_of_trusts_get_what_the_certificate_says(
    database: Database, night_database: Database, system: Actor, service_date: date, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        icb = make_icb(session)
        homes = [make_trust(session, icb) for _ in range(2)]
        for seed, home in enumerate(homes):
            make_searching(session, now=now, trust=home, many=100, seed=seed)
            make_request(session, now=now, trust=home, places=20)
        sites = [make_site(session, home) for home in homes]
        sites += [make_site(session, make_independent(session, icb)) for _ in range(6)]
        for number, site in enumerate(sites):
            make_offer(session, now=now, site=site, places=30 + 3 * number)
    report = run(night_database, service_date, now)
    assert (report.status, report.verdict["ok"]) == (RunStatus.APPLIED, True)
    with night_database.unit_of_work(system) as session:
        kept = session.scalars(select(MatchRunFile)).one()
        problem, solution = _read(kept.problem), _read(kept.solution)
        assert certify.check(problem, solution)["ok"]
        assert len([one for one in problem["requests"] if one["places"] == 1]) == 200
        rows = session.execute(
            select(
                CareRequest.reference, Offer.reference, Proposal.option, Proposal.places, Proposal.held,
                Proposal.status, Proposal.home_code, Proposal.receiver_code,
            )
            .join(Offer, Offer.id == Proposal.offer_id)
            .join(CareRequest, CareRequest.id == Proposal.request_id)
        ).all()  # fmt: skip
        held = {(f"{row[0]}/1", row[1], row[3]) for row in rows if row.option == 1}
        assert held == {(one["request"], one["offer"], one["places"]) for one in solution["assignments"]}
        further = {(f"{row[0]}/1", row[1]) for row in rows if row.option > 1}
        assert further <= {(one["request"], one["offer"]) for one in solution["options"]}
        assert len(further) == report.counts["options"] > 0
        assert {(row.status, row.held) for row in rows if row.option > 1} == {("asked", 0)}
        assert all(row.home_code != row.receiver_code for row in rows)
        for offer in session.scalars(select(Offer)):
            asked = sum(row[1] == offer.reference for row in rows if row.option > 1)
            assert asked <= (offer.places - offer.held) // 2
    assert_sound(night_database, system)


def test_a_patient_who_says_something_changed_after_the_plan_is_planned_around(
    market: Market,
    database: Database,
    night_database: Database,
    system: Actor,
    service_date: date,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer_request(session, now=now, weeks=90)

    def change_then_check(problem: Mapping[str, Any], solution: Mapping[str, Any]) -> Mapping[str, Any]:
        monkeypatch.setattr(certify, "check", original)
        with database.unit_of_work(system) as session:
            told = SayChanged(reference=transfer.reference, what="I have had a fall.")
            requests.say_changed(session, told, actor=system, now=now)
        return original(problem, solution)

    original = certify.check
    monkeypatch.setattr(certify, "check", change_then_check)
    report = run(night_database, service_date, now)
    assert report.counts["left_out"] == {"changed": 1}
    with night_database.unit_of_work(system) as session:
        mine = Proposal.transfer_request_id == transfer.id
        assert session.scalars(select(Proposal.id).where(mine)).all() == []
    assert_sound(night_database, system)
