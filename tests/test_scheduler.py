"""The schedule: 02:30 London, once a date, whatever the clocks do; one leader; failures are survived."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL

from dmas import scheduler
from dmas.core.clock import LONDON, london_date
from dmas.core.db import NIGHT, Database
from dmas.matching import nightly
from dmas.matching.nightly import NightIsRunning, NightReport
from dmas.matching.vocabulary import RunStatus
from dmas.notifications.delivery import Memory
from dmas.settings import Settings
from tests.factories.notifications import make_message, queued
from tests.factories.providers import make_trust
from tests.factories.staff import make_staff


def fire_times(start: datetime, end: datetime) -> list[datetime]:
    """Return when a night that is never late is begun: the first quarter of each date that is in time."""
    times: dict[date, datetime] = {}
    moment = start.astimezone(UTC)
    while moment < end:
        if scheduler.in_time(moment):
            times.setdefault(london_date(moment), moment.astimezone(LONDON))
        moment += timedelta(minutes=15)
    return list(times.values())


def test_it_asks_every_quarter_of_an_hour_whether_a_night_is_due() -> None:
    moment: datetime | None = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    asked = [moment]
    for _ in range(9):
        moment = scheduler.QUARTERS.get_next_fire_time(moment, moment)
        asked.append(moment)
    assert asked == [asked[0] + timedelta(minutes=15) * n for n in range(10)]


@pytest.mark.parametrize("year", range(2026, 2031))
def test_it_fires_once_on_every_date_of_a_year(year: int) -> None:
    start, end = datetime(year, 1, 1, tzinfo=LONDON), datetime(year + 1, 1, 1, tzinfo=LONDON)
    times = fire_times(start, end)
    dates = Counter(moment.astimezone(LONDON).date() for moment in times)
    days = [
        date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    ]
    assert dates == dict.fromkeys(days, 1)
    assert {moment.astimezone(LONDON).strftime("%H:%M") for moment in times} == {"02:30"}


def test_the_clock_changes_of_2026_have_one_night_each() -> None:
    spring = fire_times(datetime(2026, 3, 29, tzinfo=LONDON), datetime(2026, 3, 30, tzinfo=LONDON))
    autumn = fire_times(datetime(2026, 10, 25, tzinfo=LONDON), datetime(2026, 10, 26, tzinfo=LONDON))
    assert [moment.astimezone(UTC) for moment in spring] == [datetime(2026, 3, 29, 1, 30, tzinfo=UTC)]
    assert [moment.astimezone(UTC) for moment in autumn] == [datetime(2026, 10, 25, 2, 30, tzinfo=UTC)]


def test_the_service_date_is_londons(monkeypatch: pytest.MonkeyPatch, night_database: Database) -> None:
    asked: list[date] = []

    def remember(_database: Database, *, service_date: date, now: datetime, owner: str) -> NightReport:
        asked.append(service_date)
        return NightReport(service_date, RunStatus.APPLIED)

    monkeypatch.setattr(scheduler, "run_night", remember)
    summer_midnight = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    scheduler.night_now(night_database, now=lambda: summer_midnight)
    assert asked == [date(2026, 7, 2)] == [london_date(summer_midnight)]


def test_one_run_a_date_through_the_clock_changes(night_database: Database) -> None:
    for day in (date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 25), date(2026, 10, 26)):
        start = datetime(day.year, day.month, day.day, tzinfo=LONDON)
        for moment in fire_times(start, start + timedelta(days=1)):
            scheduler.night_now(night_database, now=lambda moment=moment: moment.astimezone(UTC))
    with night_database.unit_of_work(nightly.ACTOR) as session:
        rows = session.execute(text("SELECT service_date, status FROM match_run ORDER BY service_date")).all()
    assert [row.service_date.isoformat() for row in rows] == [
        "2026-03-28",
        "2026-03-29",
        "2026-10-25",
        "2026-10-26",
    ]
    assert {row.status for row in rows} == {"applied"}


@pytest.mark.parametrize("error", [NightIsRunning("busy"), RuntimeError("broken")])
def test_a_failed_or_busy_night_does_not_end_the_scheduler(
    monkeypatch: pytest.MonkeyPatch, night_database: Database, error: Exception, now: datetime
) -> None:
    def fail(*_: object, **__: object) -> NightReport:
        raise error

    monkeypatch.setattr(scheduler, "run_night", fail)
    scheduler.night_now(night_database, now=lambda: now)


def test_the_job_is_late_rather_than_missed(night_database: Database) -> None:
    job = scheduler.schedule(night_database).get_jobs()[0]
    assert job.misfire_grace_time == 6 * 3600
    assert job.coalesce
    assert job.max_instances == 1


def test_a_second_scheduler_waits_until_the_leader_ends(
    database_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "WAIT_SECONDS", 0.05)
    led: list[str] = []

    def lead(_database: Database, stop: threading.Event, _deliver: object) -> None:
        led.append(threading.current_thread().name)
        stop.wait(10)

    monkeypatch.setattr(scheduler, "_lead", lead)
    url = database_url.render_as_string(hide_password=False)
    stops = [threading.Event(), threading.Event()]
    threads = [
        threading.Thread(target=scheduler.run, args=(url, stop), name=f"t{n}") for n, stop in enumerate(stops)
    ]
    threads[0].start()
    _wait_for(lambda: led == ["t0"])
    threads[1].start()
    assert not threading.Event().wait(0.3)
    assert led == ["t0"]
    stops[0].set()
    _wait_for(lambda: led == ["t0", "t1"])
    stops[1].set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def test_one_that_waits_to_lead_ends_when_told(database_url: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "WAIT_SECONDS", 0.05)
    leader = Database(database_url, role=NIGHT)
    stop = threading.Event()
    with leader.engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": scheduler.LEADER_LOCK})
        url = database_url.render_as_string(hide_password=False)
        waiting = threading.Thread(target=scheduler.run, args=(url, stop))
        waiting.start()
        stop.set()
        waiting.join(10)
        assert not waiting.is_alive()
    leader.dispose()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it(database_url: URL, monkeypatch: pytest.MonkeyPatch, number: signal.Signals) -> None:
    ended: list[bool] = []

    def lead(_database: Database, stop: threading.Event, _deliver: object) -> None:
        signal.raise_signal(number)
        ended.append(stop.wait(5))

    monkeypatch.setenv("DATABASE_URL", database_url.render_as_string(hide_password=False))
    monkeypatch.setattr(scheduler, "_lead", lead)
    monkeypatch.setattr(scheduler.logs, "configure", lambda **_: None)
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        scheduler.main()
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    assert ended == [True]


@pytest.mark.parametrize("due", [True, False], ids=["a night is due", "none is due"])
def test_what_runs_is_over_when_the_schedule_has_stopped(
    monkeypatch: pytest.MonkeyPatch, night_database: Database, due: bool
) -> None:
    begun, ended = list[date](), list[date]()

    def slow(_database: Database, *, service_date: date, **_told: Any) -> NightReport:
        begun.append(service_date)
        threading.Event().wait(0.2)
        ended.append(service_date)
        return NightReport(service_date, RunStatus.APPLIED)

    monkeypatch.setattr(scheduler, "run_night", slow)
    monkeypatch.setattr(scheduler, "in_time", lambda _moment: due)
    for _ in range(5):
        stop = threading.Event()
        stop.set()
        scheduler._lead(night_database, stop)
    assert begun == ended
    assert due or not begun
    assert not any(thread.name == "APScheduler" for thread in threading.enumerate())


def test_messages_are_sent_while_it_leads_and_not_after(
    database: Database, night_database: Database, now: datetime, settings: Settings
) -> None:
    with database.unit_of_work(nightly.ACTOR) as session:
        make_message(session, now=now - timedelta(hours=1), recipient_id=make_trust(session).code)
        staff = make_staff(session, now=now)
        make_message(session, now=now, recipient_id=staff.memberships[0].organisation_code)
    memory, stop = Memory(), threading.Event()
    deliver = scheduler.delivery(night_database, memory, settings)
    leading = threading.Thread(target=scheduler._lead, args=(night_database, stop, deliver))
    leading.start()
    _wait_for(lambda: memory.sent)
    stop.set()
    leading.join(10)
    assert [mail.emails for mail in memory.sent] == [(staff.email,)]
    deliver(stop.is_set)
    with night_database.unit_of_work(nightly.ACTOR) as session:
        states = {row.held_back_reason for row in queued(session)}
    assert states == {None, "Nobody manages for this organisation at the moment."}


def test_a_delivery_that_fails_does_not_end_the_scheduler(
    monkeypatch: pytest.MonkeyPatch, night_database: Database, settings: Settings
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(scheduler, "deliver_due", fail)
    scheduler.delivery(night_database, Memory(), settings)(lambda: False)


@pytest.mark.parametrize(
    ("hour", "minute", "due"), [(2, 29, False), (2, 30, True), (8, 29, True), (8, 30, False), (18, 0, False)]
)
def test_a_night_may_begin_up_to_six_hours_late(hour: int, minute: int, due: bool) -> None:
    moment = datetime(2026, 7, 1, hour, minute, tzinfo=LONDON)
    assert scheduler.in_time(moment.astimezone(UTC)) is due


def test_a_machine_that_was_off_at_the_hour_catches_up_when_it_starts(night_database: Database) -> None:
    morning = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
    runs = _started(night_database, lambda: morning, lambda rows: rows == ["applied"])
    assert runs == ["applied"]


@pytest.mark.parametrize("error", [NightIsRunning("busy"), RuntimeError("broken")])
def test_a_night_that_failed_is_tried_again_while_there_is_time_and_one_that_is_over_is_not(
    monkeypatch: pytest.MonkeyPatch, night_database: Database, error: Exception
) -> None:
    asked: list[datetime] = []

    def fail_once(_database: Database, *, service_date: date, now: datetime, **_told: Any) -> NightReport:
        asked.append(now)
        if len(asked) == 1:
            raise error
        return NightReport(service_date, RunStatus.APPLIED)

    monkeypatch.setattr(scheduler, "run_night", fail_once)
    times = [datetime(2026, 11, 21, 2, 15, tzinfo=UTC) + timedelta(minutes=15) * n for n in range(4)]
    _at_each(night_database, times)
    assert asked == times[1:3]


def test_a_failed_night_is_given_up_once_its_time_is_over(
    monkeypatch: pytest.MonkeyPatch, night_database: Database
) -> None:
    asked: list[datetime] = []

    def fail(_database: Database, *, now: datetime, **_told: Any) -> NightReport:
        asked.append(now)
        raise RuntimeError("broken")

    monkeypatch.setattr(scheduler, "run_night", fail)
    times = [datetime(2026, 11, 21, 8, 15, tzinfo=UTC) + timedelta(minutes=15) * n for n in range(3)]
    _at_each(night_database, times)
    assert asked == times[:1]


def _at_each(database: Database, times: list[datetime]) -> None:
    """Let each of these quarters of an hour come, without waiting for it."""
    moments = iter(times)
    job = scheduler.schedule(database, lambda: next(moments)).get_jobs()[0]
    for _ in times:
        job.func()


def _started(
    database: Database, now: Callable[[], datetime], enough: Callable[[list[str]], object]
) -> list[str]:
    planned = scheduler.schedule(database, now)
    planned.start()
    try:
        _wait_for(lambda: enough(_runs(database)))
    finally:
        planned.shutdown()
    return _runs(database)


def _runs(database: Database) -> list[str]:
    with database.unit_of_work(nightly.ACTOR) as session:
        return list(session.scalars(text("SELECT status FROM match_run WHERE status <> 'claimed'")))


def _wait_for(true: object) -> None:
    deadline = threading.Event()
    for _ in range(200):
        if true():  # type: ignore[operator]
            return
        deadline.wait(0.05)
    raise AssertionError("it did not happen in time")
