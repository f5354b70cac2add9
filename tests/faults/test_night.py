"""The night under faults: killed anywhere, started four times, stalled, and among people at work."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import URL

from dmas.core.db import Database
from dmas.core.errors import DmasError
from dmas.core.invariants import breaches
from dmas.invariants import ALL
from dmas.matching import nightly
from dmas.matching import services as matching
from dmas.matching.commands import AskNow
from dmas.matching.models import MatchRun
from dmas.matching.vocabulary import RunStatus
from dmas.offers import services as offers
from dmas.offers.commands import WithdrawOffer
from dmas.offers.models import Offer
from dmas.proposals import services as proposals
from dmas.proposals.commands import AcceptProposal, DeclineProposal
from dmas.proposals.models import Proposal
from dmas.requests import services as requests
from dmas.requests.commands import WithdrawRequest
from dmas.requests.models import CareRequest
from tests import databases
from tests.factories.offers import make_offer
from tests.factories.proposals import staff_of
from tests.factories.providers import make_icb, make_site, make_trust
from tests.factories.requests import line, make_request
from tests.faults import nights
from tests.faults.nights import SERVICE_DATE, SYSTEM

pytestmark = pytest.mark.fault
SAMPLE = 12
KILLED = -signal.SIGKILL


@pytest.fixture(scope="module")
def prepared(server_url: URL, template_url: URL) -> Iterator[URL]:
    """A database with an exchange in it, to clone from."""
    assert template_url.database is not None
    with databases.fresh(server_url, template_url.database) as url:
        database = Database(url)
        with database.unit_of_work(SYSTEM) as session:
            nights.exchange(session, NOW)
        database.dispose()
        yield url


NOW = datetime.fromisoformat("2026-11-21T02:30:00+00:00")
Fresh = Callable[[], Any]


@pytest.fixture
def cloned(server_url: URL, prepared: URL) -> Fresh:
    """Make a clone of the exchange."""
    assert prepared.database is not None
    return partial(databases.fresh, server_url, prepared.database)


@pytest.fixture
def undisturbed(cloned: Fresh) -> tuple[int, dict[str, Any]]:
    """How many statements and commits a whole night makes, and what it leaves."""
    with cloned() as url:
        return nights.statements(url, NOW), look(url)


def look(url: URL) -> dict[str, Any]:
    """Return what stands in a database, which must be sound."""
    database = Database(url)
    with database.unit_of_work(SYSTEM) as session:
        assert breaches(session, ALL) == []
        found = nights.state(session)
    database.dispose()
    return found


def kill_and_run_again(url: URL, at: int, whole: dict[str, Any]) -> None:
    """Kill the night before a statement: nothing of it stands, or all; and the next one completes it."""
    process = nights.start(url, NOW, at, signal.SIGKILL)
    process.join(60)
    assert process.exitcode == KILLED, f"at {at}: exit code {process.exitcode}"
    left = look(url)
    applied = [run for run in left["runs"] if run[1] == "applied"]
    new = len(left["assignments"]) - 1  # one was there before
    assert new == (len(whole["assignments"]) - 1 if applied else 0), f"at {at}: {new} proposals"
    assert bool(left["outcomes"]) == bool(applied), f"at {at}"
    nights.run(url, NOW)
    assert look(url) == whole, f"at {at}: the second night differs"


def test_the_exchange_gives_the_night_everything_to_do(undisturbed: tuple[int, dict[str, Any]]) -> None:
    count, whole = undisturbed
    done = dict(whole["events"])
    assert count > SAMPLE
    assert {"proposal.lapsed", "offer.expired", "request.closed", "proposal.made_by_night"} <= set(done)
    assert done["proposal.made_by_night"] >= 3
    assert {row[4] for row in whole["outcomes"]} >= {None, "outranked"}


def test_killed_before_some_statements_it_leaves_all_or_nothing(
    undisturbed: tuple[int, dict[str, Any]], cloned: Fresh
) -> None:
    count, whole = undisturbed
    for at in sorted({1 + n * (count - 1) // (SAMPLE - 1) for n in range(SAMPLE)}):
        with cloned() as url:
            kill_and_run_again(url, at, whole)


@pytest.mark.score
@pytest.mark.timeout(900)
def test_killed_before_any_statement_it_leaves_all_or_nothing(
    undisturbed: tuple[int, dict[str, Any]], cloned: Fresh
) -> None:
    count, whole = undisturbed
    for at in range(1, count + 1):
        with cloned() as url:
            kill_and_run_again(url, at, whole)


def test_four_at_once_give_one_run(cloned: Fresh, undisturbed: tuple[int, dict[str, Any]]) -> None:
    with cloned() as url:
        ended = nights.all_at_once([partial(one_run, url, f"process {n}") for n in range(4)])
        assert set(ended) <= {"applied", "already", "NightIsRunning"}
        assert ended.count("applied") == 1
        assert look(url) == undisturbed[1]


def one_run(url: URL, owner: str) -> str:
    database = Database(url, role="dmas_night")
    try:
        report = nightly.run_night(database, service_date=SERVICE_DATE, now=NOW, owner=owner)
    except nightly.NightIsRunning as busy:
        return type(busy).__name__
    finally:
        database.dispose()
    return "already" if report.already_done else report.status.value


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_an_owner_that_stalls_and_wakes_after_another_took_over_writes_nothing(
    cloned: Fresh, undisturbed: tuple[int, dict[str, Any]], server_url: URL, share: float
) -> None:
    count, whole = undisturbed
    with cloned() as url:
        stalled = nights.start(url, NOW, round(share * count), signal.SIGSTOP)
        nights.wait_until_stopped(stalled)
        nights.cut_off(server_url, url)
        nights.run(url, NOW, owner="quick")
        assert stalled.pid is not None
        os.kill(stalled.pid, signal.SIGCONT)
        stalled.join(30)
        assert stalled.exitcode == 7, "it must notice, and not end as if all were well"
        assert look(url) == whole
        database = Database(url)
        with database.unit_of_work(SYSTEM) as session:
            assert session.scalars(select(MatchRun.owner)).all() == ["quick"]
        database.dispose()


def test_among_people_at_work_it_neither_deadlocks_nor_breaks_a_rule(
    database: Database, night_database: Database, now: datetime
) -> None:
    market = _market(database, now)
    over = threading.Event()
    people = [
        (_withdraw_offer, market["withdrawn_offers"]),
        (_withdraw_request, market["withdrawn_requests"]),
        (_ask, market["asks"]),
        (_answer, range(200)),
    ]
    errors: list[str] = []
    threads = [
        threading.Thread(target=_work, args=(database, act, given, now, over, errors))
        for act, given in people
    ]
    for thread in threads:
        thread.start()
    reports = []
    try:
        for day in range(3):
            on = SERVICE_DATE + timedelta(days=day)
            reports.append(nightly.run_night(night_database, service_date=on, now=now, owner="test"))
    finally:
        over.set()
        for thread in threads:
            thread.join(60)
    assert errors == []
    assert {report.status for report in reports} == {RunStatus.APPLIED}
    assert not any(thread.is_alive() for thread in threads)
    with database.unit_of_work(SYSTEM) as session:
        assert breaches(session, ALL) == []
        assert session.scalar(select(func.count()).select_from(Proposal))


def _market(database: Database, now: datetime) -> dict[str, Sequence[Any]]:
    with database.unit_of_work(SYSTEM) as session:
        icb = make_icb(session)
        homes = [make_trust(session, icb) for _ in range(4)]
        lines = (line(places=3), line(places=2, weeks_from=50, weeks_to=52))
        asked = [make_request(session, now=now, trust=homes[n % 4], lines=lines) for n in range(16)]
        sites = [make_site(session, make_trust(session, icb)) for _ in range(4)]
        offered = [make_offer(session, now=now, site=sites[n % 4], places=3) for n in range(16)]
    by_hand = [
        (care_request.provider_code, care_request.reference, offer.reference)
        for care_request, offer in zip(asked[8:], offered[8:], strict=True)
    ]
    return {
        "withdrawn_offers": [offer.reference for offer in offered[:8]],
        "withdrawn_requests": [care_request.reference for care_request in asked[:8]],
        "asks": by_hand,
    }


def _work(
    database: Database,
    act: Callable[..., None],
    given: Sequence[Any],
    now: datetime,
    over: threading.Event,
    errors: list[str],
) -> None:
    """Do one act after another; being refused in words is well, anything else is not."""
    for one in given:
        if over.is_set():
            return
        try:
            act(database, one, now)
        except DmasError:
            continue
        except Exception as error:
            errors.append(f"{act.__name__}: {error!r}"[:500])


def _withdraw_offer(database: Database, reference: str, now: datetime) -> None:
    with database.unit_of_work(SYSTEM) as session:
        offer = session.scalars(select(Offer).where(Offer.reference == reference)).one()
        actor = staff_of(offer.provider_code)
    with database.unit_of_work(actor) as session:
        command = WithdrawOffer(reference=reference, reason="staffing")
        offers.withdraw(session, command, actor=actor, now=now)


def _withdraw_request(database: Database, reference: str, now: datetime) -> None:
    with database.unit_of_work(SYSTEM) as session:
        found = session.scalars(select(CareRequest).where(CareRequest.reference == reference)).one()
        actor = staff_of(found.provider_code)
    with database.unit_of_work(actor) as session:
        command = WithdrawRequest(reference=reference, reason="arranged_elsewhere")
        requests.withdraw(session, command, actor=actor, now=now)


def _ask(database: Database, given: tuple[str, str, str], now: datetime) -> None:
    home, care_request, offer = given
    actor = staff_of(home)
    with database.unit_of_work(actor) as session:
        command = AskNow(
            offer_reference=offer,
            request_reference=care_request,
            line_number=1,
            places=1,
            reason="short_notice",
        )
        matching.ask_now(session, command, actor=actor, now=now)


def _answer(database: Database, number: int, now: datetime) -> None:
    with database.unit_of_work(SYSTEM) as session:
        waiting = session.scalars(
            select(Proposal).where(Proposal.status == "proposed").order_by(Proposal.reference)
        ).first()
    if waiting is None:
        threading.Event().wait(0.02)
        return
    actor, seen = (
        staff_of(waiting.receiver_code),
        {"reference": waiting.reference, "version": waiting.version},
    )
    with database.unit_of_work(actor) as session:
        if number % 2:
            accept = AcceptProposal(**seen, places=waiting.places)
            proposals.accept(session, accept, actor=actor, now=now)
        else:
            decline = DeclineProposal(**seen, reason="case_mix")
            proposals.decline(session, decline, actor=actor, now=now)
