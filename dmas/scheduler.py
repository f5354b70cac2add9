"""The process that starts the night: 02:30 London, once a date, by whichever scheduler leads.

Several may run; one holds the leader's lock for life and the others wait for it. 02:30 exists once on
every date, clock changes included; 01:30 would come twice in October.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import text

from dmas import wiring
from dmas.core import clock, logs
from dmas.core.db import NIGHT, Database
from dmas.core.embedded import database_server
from dmas.core.logs import logger
from dmas.matching.nightly import NightIsRunning, run_night

LEADER_LOCK = 7_330_003
NIGHT_TIME = CronTrigger(hour=2, minute=30, timezone=clock.LONDON)
GRACE = timedelta(hours=6)
WAIT_SECONDS = 5.0

log = logger(__name__)


def night_now(database: Database, now: Callable[[], datetime] = clock.now) -> None:
    """Run tonight's night and log what came of it; a failure is logged and the scheduler goes on."""
    moment = now()
    service_date = clock.london_date(moment)
    try:
        report = run_night(database, service_date=service_date, now=moment, owner=owner())
    except NightIsRunning:
        log.info("another process runs the night", service_date=service_date.isoformat())
    except Exception:
        log.exception("the night failed; nothing was applied", service_date=service_date.isoformat())
    else:
        log.info(
            "the night is over",
            service_date=service_date.isoformat(),
            status=report.status.value,
            already_done=report.already_done,
        )


def owner() -> str:
    """Name this process: host and process id."""
    return f"{socket.gethostname()}:{os.getpid()}"


def run(url: str, stop: threading.Event | None = None) -> None:
    """Wait to lead, then keep the schedule until told to stop (SIGTERM or SIGINT)."""
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
            _lead(database, stop)
    finally:
        database.dispose()


def schedule(database: Database) -> BackgroundScheduler:
    """Return the schedule, not yet started: one job, late by up to six hours rather than missed."""
    scheduler = BackgroundScheduler(timezone=clock.LONDON)
    scheduler.add_job(
        night_now,
        NIGHT_TIME,
        args=[database],
        id="night",
        coalesce=True,
        max_instances=1,
        misfire_grace_time=int(GRACE.total_seconds()),
    )
    return scheduler


def _lead(database: Database, stop: threading.Event) -> None:
    scheduler = schedule(database)
    scheduler.start()
    try:
        stop.wait()
    finally:
        scheduler.shutdown(wait=False)


def _stop_on_signals(stop: threading.Event) -> None:
    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)


def main() -> None:
    """Run the scheduler on the database named by DATABASE_URL."""
    logs.configure(as_json=True)
    wiring.install()
    with database_server(os.environ) as url:
        run(url)


if __name__ == "__main__":
    main()
