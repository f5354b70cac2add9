"""What a view does besides deciding: open a transaction, act once, show a page, go on to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar, cast

from flask import Flask, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from dmas.core import clock, idempotency
from dmas.core.db import Database
from dmas.core.errors import Conflict, InvalidInput, StaleEdit
from dmas.web import access
from dmas.web.forms import DmasForm
from dmas.web.lists import Listing

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(slots=True)
class Step:
    """One form at work: its session, where it leads, and a fixed notice to show there.

    A notice is carried in the cookie, so it never names or describes a person.
    """

    session: Session
    now: datetime
    outcome: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the first page: as it is written, what it counts, and its definition."""

    number: str
    label: str
    meaning: str


def database() -> Database:
    """Return the app's database, opened on first use."""
    opened: Database | None = current_app.extensions.get("dmas_database")
    if opened is None:
        opened = cast(Database, current_app.config["OPEN_DATABASE"]())
        current_app.extensions["dmas_database"] = opened
    return opened


def now() -> datetime:
    """Return the present moment: by the app's own `CLOCK` (tests, the demo) where it has one."""
    tell: Callable[[], datetime] = current_app.config.get("CLOCK") or clock.now
    return tell()


def today() -> date:
    """Return today's date in London."""
    return clock.london_date(now())


@contextmanager
def transaction() -> Iterator[Session]:
    """Open a unit of work as whoever is signed in; it commits at the end."""
    with database().unit_of_work(access.current_actor()) as session:
        yield session


@contextmanager
def once(form: DmasForm) -> Iterator[Step]:
    """Act on a form exactly once: its key is claimed and its outcome kept in the transaction of the act.

    A second sending raises AlreadyDone before the body runs and is sent where the first one led.
    """
    actor, moment, key = access.current_actor(), now(), str(form.form_key.data)
    with database().unit_of_work(actor) as session:
        idempotency.claim(session, key, actor=actor, now=moment)
        step = Step(session, moment)
        yield step
        idempotency.settle(session, key, _outcome(step), actor=actor, notice=step.notice)


@contextmanager
def refusals(form: DmasForm) -> Iterator[None]:
    """Turn what a service refuses into errors of the form, so that the page shows again as it was typed."""
    try:
        yield
    except StaleEdit as error:
        form.refuse(str(error), status=409, stale=True)
    except Conflict as error:
        form.refuse(str(error), status=409)
    except InvalidInput as error:
        form.refuse(str(error), field=error.field)


def go(step: Step) -> Response:
    """Answer a form that was acted on: see the next page, which shows the notice."""
    if step.notice:
        flash(step.notice)
    return redirect(_outcome(step), code=303)


def act(
    form: DmasForm, do: Callable[[Step], object], *, outcome: str, notice: str
) -> ResponseReturnValue | None:
    """Act once on a form that was sent and is sound, and go on; None where its page is to be shown."""
    if not form.validate_on_submit():
        return None
    with refusals(form), once(form) as step:
        do(step)
        step.outcome, step.notice = step.outcome or outcome, step.notice or notice
    return None if form.failed else go(step)


def render(
    template: str, form: DmasForm | None = None, status: int | None = None, **context: Any
) -> ResponseReturnValue:
    """Show a page; with a form that has errors the status is 422, or 409 where the world moved on."""
    if status is None:
        status = form.status if form is not None and form.failed else 200
    return render_template(template, form=form, **context), status


def show_list(
    listing: Listing[Any], template: str, form: DmasForm | None = None, *, file: str, **context: Any
) -> ResponseReturnValue:
    """Show a filled list, or send it as the CSV file of that name where it was asked for."""
    return listing.csv(file) if listing.wants_csv else render(template, form, listing=listing, **context)


def takes_files(most_bytes: int) -> Callable[[View], View]:
    """Let a view take a body of so many bytes, more than the rest of the site does."""

    def decorate(view: View) -> View:
        view.most_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return decorate


def allow_files() -> None:
    """Widen this request's limit where its view takes files; run before anything reads the body."""
    view = current_app.view_functions.get(request.endpoint or "")
    most: int | None = getattr(view, "most_bytes", None)
    if most is not None:
        request.max_content_length = most


def later(do: Callable[[], None]) -> None:
    """Let long work go on beside this request; its page shows how far it has come."""
    run: Callable[[Callable[[], None]], None] = current_app.config["RUN_LATER"]
    run(do)


def provide(app: Flask, name: str, provider: Callable[[], Any]) -> None:
    """Let a higher room fill a gap in a page of the web room, such as the figures of the first page."""
    app.extensions.setdefault("dmas_provided", {})[name] = provider


def provided(name: str) -> Any:
    """Return what a higher room provides under a name, or None where nobody does."""
    provider = current_app.extensions.get("dmas_provided", {}).get(name)
    return provider() if provider else None


def _outcome(step: Step) -> str:
    if not step.outcome.startswith("/") or step.outcome.startswith("//"):
        raise LookupError("Set step.outcome to the path of the page that shows what was done.")
    return step.outcome
