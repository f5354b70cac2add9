"""The process that starts the night, 02:30 London once a date, and sends messages every minute.

Several may run; one holds the leader's lock for life and the others wait for it. 02:30 exists once on
every date, clock changes included; 01:30 would come twice in October.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import text

from dmas import settings as installation
from dmas import wiring
from dmas.core import clock, logs
from dmas.core.db import NIGHT, Database
from dmas.core.embedded import database_server
from dmas.core.logs import logger
from dmas.matching.nightly import NightIsRunning, run_night
from dmas.notifications.delivery import Transport, deliver_due, transport_for
from dmas.settings import Settings

LEADER_LOCK = 7_330_003
NIGHT_TIME = time(2, 30)
GRACE = timedelta(hours=6)  # how long after its hour a night may still be begun
QUARTERS = CronTrigger(minute="*/15", timezone=UTC)  # when it is asked whether a night is due
WAIT_SECONDS = 5.0
DELIVERY_TIME = IntervalTrigger(minutes=1, timezone=clock.LONDON)

# What sends the messages that are due, once; it ends early when told to by its argument.
Deliver = Callable[[Callable[[], bool]], object]

log = logger(__name__)


def night_now(database: Database, now: Callable[[], datetime] = clock.now) -> bool:
    """Run tonight's night and log what came of it; say whether it is over.

    A failure is logged and the scheduler goes on: running again completes the night.
    """
    moment = now()
    service_date = clock.london_date(moment)
    try:
        report = run_night(database, service_date=service_date, now=moment, owner=owner())
    except NightIsRunning:
        log.info("another process runs the night", service_date=service_date.isoformat())
        return False
    except Exception:
        log.exception("the night failed; nothing was applied", service_date=service_date.isoformat())
        return False
    else:
        log.info(
            "the night is over",
            service_date=service_date.isoformat(),
            status=report.status.value,
            already_done=report.already_done,
        )
    return True


def in_time(moment: datetime) -> bool:
    """Say whether the night of a moment's London date is due and not more than six hours late."""
    local = moment.astimezone(clock.LONDON)
    due = datetime.combine(local.date(), NIGHT_TIME, clock.LONDON)
    return due <= local < due + GRACE


def owner() -> str:
    """Name this process: host and process id."""
    return f"{socket.gethostname()}:{os.getpid()}"


def delivery(database: Database, transport: Transport, settings: Settings) -> Deliver:
    """Return what sends the messages that are due; a failure is logged and the next minute tries again."""

    def deliver(stopping: Callable[[], bool]) -> None:
        try:
            deliver_due(
                database,
                transport=transport,
                address_book=wiring.ADDRESS_BOOK,
                patients=wiring.patient_post(settings),
                base_url=settings.base_url,
                now=clock.now,
                owner=owner(),
                stopping=stopping,
            )
        except Exception:
            log.exception("delivery failed; what waits is tried again")

    return deliver


def run(url: str, stop: threading.Event | None = None, settings: Settings | None = None) -> None:
    """Wait to lead, then keep the schedule until told to stop (SIGTERM or SIGINT).

    Without settings no messages are sent.
    """
    stop = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        _stop_on_signals(stop)
    database = Database(url, role=NIGHT, statement_seconds=900)
    try:
        with database.engine.connect() as connection:
            while not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": LEADER_LOCK}):
                connection.commit()
                if stop.wait(WAIT_SECONDS):
                    return
            connection.commit()
            log.info("leading the schedule", at="02:30 Europe/London")
            deliver = delivery(database, transport_for(settings), settings) if settings else None
            _lead(database, stop, deliver)
    finally:
        database.dispose()


def schedule(database: Database, now: Callable[[], datetime] = clock.now) -> BackgroundScheduler:
    """Return the schedule, not yet started: at the start and every quarter of an hour, the night if due.

    So a night whose machine was off at 02:30, or that failed, is begun up to six hours late. `now` says
    what time it is; the waiting itself is by the real clock.
    """
    over: set[date] = set()

    def night() -> None:
        moment = now()
        service_date = clock.london_date(moment)
        if in_time(moment) and service_date not in over and night_now(database, lambda: moment):
            over.add(service_date)

    scheduler = BackgroundScheduler(timezone=clock.LONDON)
    scheduler.add_job(
        night,
        QUARTERS,
        id="night",
        coalesce=True,
        max_instances=1,
        misfire_grace_time=int(GRACE.total_seconds()),
        next_run_time=clock.now(),
    )
    return scheduler


def _lead(database: Database, stop: threading.Event, deliver: Deliver | None = None) -> None:
    scheduler = schedule(database)
    if deliver is not None:
        scheduler.add_job(
            deliver,
            DELIVERY_TIME,
            args=[stop.is_set],
            id="deliver",
            coalesce=True,
            max_instances=1,
            next_run_time=clock.now(),
        )
    scheduler.start()
    try:
        stop.wait()
    finally:
        scheduler.shutdown()  # what runs is awaited: it needs the database its caller is about to close


def _stop_on_signals(stop: threading.Event) -> None:
    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)


def main() -> None:
    """Run the scheduler on the database named by DATABASE_URL."""
    settings = installation.load()
    logs.configure(as_json=True, level=settings.log_level)
    wiring.install()
    with database_server(os.environ) as url:
        run(url, settings=settings)


if __name__ == "__main__":
    main()
