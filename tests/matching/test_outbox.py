"""A night tells each receiver once, and only if it is applied."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.matching import nightly, outbox
from tests.factories.notifications import queued
from tests.factories.offers import make_offer
from tests.factories.providers import make_site
from tests.matching.conftest import Market


def digests(database: Database, system: Actor) -> dict[str, dict[str, object]]:
    with database.unit_of_work(system) as session:
        return {row.dedup: row.values for row in queued(session, "new_matches")}


def run(database: Database, service_date: date, now: datetime) -> None:
    nightly.run_night(database, service_date=service_date, now=now, owner="test")


def test_one_message_a_receiver_and_date_however_often_it_runs(
    market: Market, night_database: Database, system: Actor, service_date: date, now: datetime
) -> None:
    expected = {
        f"new_matches:{service_date}:{offer.provider_code}": {
            "matches": 1,
            "places": places,
            "due_on": "2026-11-25",
        }
        for offer, places in ((market.near, 5), (market.far, 3))
    }
    for hours in (0, 3):
        run(night_database, service_date, now + timedelta(hours=hours))
        assert digests(night_database, system) == expected
    run(night_database, service_date + timedelta(days=1), now + timedelta(days=1))
    assert digests(night_database, system) == expected, "a night that finds nothing tells nobody"


def test_several_matches_of_one_provider_make_one_message(
    night_database: Database, system: Actor, now: datetime
) -> None:
    on, receiver = date(2026, 11, 21), "RX1"
    with night_database.unit_of_work(system) as session:
        rows: list[dict[str, object]] = [
            {
                "receiver_code": receiver,
                "places": places,
                "held": places,
                "due_on": on + timedelta(days=places),
            }
            for places in (3, 2)
        ]
        rows.append({"receiver_code": "OTHER", "places": 1, "held": 0, "due_on": on})
        outbox.tell_receivers(session, on, rows, actor=system, now=now)
    assert digests(night_database, system) == {
        f"new_matches:{on}:{receiver}": {"matches": 2, "places": 5, "due_on": "2026-11-23"},
        f"new_matches:{on}:OTHER": {"matches": 1, "places": 0, "due_on": "2026-11-21"},
    }


def test_a_night_that_fails_tells_nobody(
    market: Market,
    night_database: Database,
    system: Actor,
    service_date: date,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tell = outbox.tell_receivers

    def tell_and_fail(*args: object, **told: object) -> None:
        tell(*args, **told)  # type: ignore[arg-type]
        raise RuntimeError("after the news was written")

    monkeypatch.setattr(outbox, "tell_receivers", tell_and_fail)
    with pytest.raises(RuntimeError, match="after the news"):
        run(night_database, service_date, now)
    assert digests(night_database, system) == {}


def test_the_night_reminds_of_offers_nobody_confirmed(
    database: Database, night_database: Database, system: Actor, service_date: date, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        offer = make_offer(session, now=now - timedelta(days=14), site=make_site(session))
    for _ in range(2):
        run(night_database, service_date, now)
    with database.unit_of_work(system) as session:
        (asked,) = queued(session, "offer_unconfirmed")
        assert asked.recipient_id == offer.provider_code
