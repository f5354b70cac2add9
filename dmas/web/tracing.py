"""One id and one log line for each request; bytes that are not text are refused before they are read."""

from __future__ import annotations

import re
import time
import uuid
from urllib.parse import unquote_to_bytes

from flask import Flask, g, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from dmas.core.audit import request_id
from dmas.core.logs import logger

CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
log = logger(__name__)


def begin() -> None:
    """Give the request its id and note the time."""
    g.request_id = uuid.uuid4().hex
    g.started = time.perf_counter()
    request_id.set(g.request_id)


def refuse_junk() -> None:
    """Answer 400 to a path or query that is not clean UTF-8 text."""
    path = request.environ.get("PATH_INFO", "").encode("latin-1", "replace")
    query = unquote_to_bytes(request.environ.get("QUERY_STRING", "").replace("+", " "))
    for part in (path, query):
        try:
            part.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BadRequest from error
        if CONTROL.search(part):
            raise BadRequest


def end(response: Response) -> Response:
    """Tell the browser the id and write the line: the route's pattern, never the address itself."""
    response.headers["X-Request-Id"] = g.request_id
    if request.endpoint not in {"static", "health.live"}:
        log.info(
            "request",
            route=str(request.url_rule) if request.url_rule else None,
            method=request.method,
            status=response.status_code,
            ms=round((time.perf_counter() - g.started) * 1000, 1),
        )
    return response


def forget(_error: BaseException | None = None) -> None:
    """Let go of the id when the request is over."""
    request_id.set(None)


def init_app(app: Flask) -> None:
    """Trace every request of an app; call before anything else that reads requests."""
    app.before_request(begin)
    app.before_request(refuse_junk)
    app.after_request(end)
    app.teardown_request(forget)
