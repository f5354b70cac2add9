"""What a person reads when something cannot be done: plain words, what to do next, and an id to quote."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, flash, g, redirect, render_template, session
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from dmas.core.errors import AlreadyDone, Conflict, InvalidInput, NotAllowed, NotFound
from dmas.core.logs import logger

log = logger(__name__)

DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)


@dataclass(frozen=True, slots=True)
class Explanation:
    """One error page: its heading and what to do."""

    heading: str
    paragraphs: tuple[str, ...]


EXPLANATIONS = {
    400: Explanation(
        "This could not be understood",
        (
            "The page may have been open for a long time, or you may have signed out in another window.",
            "Go back, open the page again and send it once more.",
        ),
    ),
    403: Explanation(
        "You cannot open this page",
        (
            "You are signed in, but your role does not include this.",
            "If you have more than one role, change to the other one. If you think you should have"
            " this page, ask whoever manages users in your organisation.",
        ),
    ),
    404: Explanation(
        "Page not found",
        (
            "If you typed the address, check it is correct. If you pasted it, check you copied all of it.",
            "It may also belong to another organisation. In that case nobody here can open it for you.",
        ),
    ),
    405: Explanation(
        "This page cannot be opened that way",
        ("Start from the page that led you here and use its buttons.",),
    ),
    409: Explanation(
        "Somebody else was first",
        ("What you asked for is no longer possible. Nothing was changed. Open the page again to see why.",),
    ),
    413: Explanation(
        "This is too large",
        ("A file or form may be at most 10 MB. Split the file and send the parts one after the other.",),
    ),
    422: Explanation(
        "Something is missing or not right",
        ("Go back and check what you entered. Nothing was saved.",),
    ),
    429: Explanation(
        "Too many tries",
        ("Wait a few minutes, then try again.",),
    ),
    500: Explanation(
        "Sorry, there is a problem",
        ("Nothing was saved. Try again in a few minutes.",),
    ),
    503: Explanation(
        "Sorry, dmas cannot be used right now",
        ("Nothing was lost and nobody has lost their place. Try again in a few minutes.",),
    ),
}


def page(status: int, message: str | None = None) -> tuple[str, int]:
    """Return the page of an error; its own message replaces the usual words where there is one."""
    if status < 500 and not _person_can_be_known():
        return page(503)
    explanation = EXPLANATIONS[status]
    g.bare = g.get("bare", False) or status >= 500
    body = render_template(
        "web/error.html",
        heading=explanation.heading,
        paragraphs=(message,) if message else explanation.paragraphs,
        status=status,
        request_id=g.get("request_id", ""),
    )
    return body, status


def _person_can_be_known() -> bool:
    """Say whether the header can name who is here: not while the database is away."""
    try:
        return current_user.is_authenticated in {True, False}
    except DATABASE_AWAY:
        return False


def on_http(error: HTTPException) -> ResponseReturnValue:
    """Answer an error of HTTP itself."""
    if error.code is None or error.code < 400:
        return error
    known = error.code if error.code in EXPLANATIONS else 500 if error.code >= 500 else 400
    body, shown = page(known)
    response = error.get_response()
    response.status_code = shown if shown != known else error.code
    response.set_data(body)
    response.content_type = "text/html; charset=utf-8"
    return response


def on_csrf(_error: CSRFError) -> ResponseReturnValue:
    """Answer a form without its token."""
    return page(400)


def on_not_found(_error: NotFound) -> ResponseReturnValue:
    """Answer for what does not exist or is not theirs, alike."""
    return page(404)


def on_not_allowed(_error: NotAllowed) -> ResponseReturnValue:
    """Answer for a role that may not."""
    return page(403)


def on_conflict(error: Conflict) -> ResponseReturnValue:
    """Answer for what is no longer possible, outside a form."""
    return page(409, str(error))


def on_invalid(error: InvalidInput) -> ResponseReturnValue:
    """Answer for input that cannot be used, outside a form."""
    return page(422, str(error))


def on_already_done(error: AlreadyDone) -> ResponseReturnValue:
    """Lead a second sending to where the first one led, and say there what it said, once."""
    if error.notice and all(notice != error.notice for _, notice in session.get("_flashes", ())):
        flash(error.notice)
    return redirect(error.outcome, code=303)


def on_database_away(error: Exception) -> ResponseReturnValue:
    """Answer while the database cannot be reached; the log says which kind of trouble."""
    log.error("database_unavailable", kind=type(error).__name__)
    g.bare = True
    return page(503)


def on_anything(error: Exception) -> ResponseReturnValue:
    """Answer for a fault of ours; the log has the trace, the page has the id."""
    log.error("unhandled", kind=type(error).__name__, exc_info=error)
    g.bare = True
    return page(500)


def init_app(app: Flask) -> None:
    """Give an app its error pages; in debug and tests our own faults are shown bare."""
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(CSRFError, on_csrf)
    app.register_error_handler(NotFound, on_not_found)
    app.register_error_handler(NotAllowed, on_not_allowed)
    app.register_error_handler(Conflict, on_conflict)
    app.register_error_handler(InvalidInput, on_invalid)
    app.register_error_handler(AlreadyDone, on_already_done)
    for away in DATABASE_AWAY:
        app.register_error_handler(away, on_database_away)
    if not (app.debug or app.testing):
        app.register_error_handler(Exception, on_anything)
