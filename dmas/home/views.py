"""The first page of everybody who signs in, and the national figures of the public one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar, cast

from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.logs import logger
from dmas.home import loading, presenters, queries
from dmas.matching import queries as nights
from dmas.offers import presenters as offers
from dmas.web import access, pages
from dmas.web.pages import Figure

blueprint = Blueprint("home", __name__, template_folder="templates")
log = logger(__name__)

JOB = Actor.system("first-page")
KEPT = timedelta(minutes=1)
_KEPT_HERE = "dmas_public_figures"
Read = TypeVar("Read")


@blueprint.get("/home")
@access.signed_in
def index() -> ResponseReturnValue:
    """Show what waits for the person, what is due first, then how things stand."""
    actor, today = access.current_actor(), pages.today()
    with pages.transaction() as session:
        page = loading.load(session, actor, today)
    free = sum(week.free for week in page.weeks)
    return pages.render(
        "home/index.html",
        name=actor.name,
        tasks=presenters.tasks(page.tasks),
        no_tasks=presenters.no_tasks(actor.role),
        starts=presenters.starts(actor.role),
        begins=actor.role in loading.MANAGERS,
        may_find=actor.role is not None,
        area=presenters.area_figures(page.area) if page.area else [],
        shows_weeks=bool(page.weeks),
        weeks=offers.week_columns(page.weeks),
        week_rows=offers.week_rows(page.weeks),
        waits=page.waits,
        night=page.night,
        night_rows=presenters.night_rows(page.night, free) if page.night else [],
    )


def national_figures(app: Flask) -> list[Figure] | None:
    """Return England's figures; None while the database is away or not migrated."""
    return _once_a_minute(
        app, "figures", lambda session: presenters.national_figures(queries.national(session))
    )


def last_certificate(app: Flask) -> str | None:
    """Return what the check proved of the last night; None before the first one."""
    return _once_a_minute(app, "certificate", lambda session: presenters.certificate(nights.latest(session)))


def _once_a_minute(app: Flask, name: str, read: Callable[[Session], Read]) -> Read | None:
    kept: dict[str, tuple[datetime, Any]] = app.extensions.setdefault(_KEPT_HERE, {})
    now = pages.now()
    if name in kept and kept[name][0] <= now < kept[name][0] + KEPT:
        return cast(Read, kept[name][1])
    try:
        with pages.database().unit_of_work(JOB) as session:
            found = read(session)
    except (DBAPIError, PoolTimeout) as error:
        log.warning("public_figures_unavailable", kind=type(error).__name__)
        return None
    kept[name] = (now, found)
    return found


@blueprint.record_once
def _provide(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    pages.provide(app, "national_figures", partial(national_figures, app))
    pages.provide(app, "last_certificate", partial(last_certificate, app))
