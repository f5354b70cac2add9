"""Logs: JSON lines with a request id; what is named like personal data is struck out before it is written."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from dmas.core.audit import request_id

PERSONAL = re.compile(
    r"name|nhs|birth|address|postcode|phone|mobile|email|password|token|code_entered|cookie|authorization",
    re.I,
)
_ALLOWED = {"logger_name", "file_name", "route_name"}
_NHS_NUMBER = re.compile(r"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b")
_DETAIL = re.compile(r"DETAIL:.*")  # PostgreSQL quotes the row there
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


def strike_out(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Remove values whose name or shape is personal. The net below the rule, not the rule."""
    for key, value in line.items():
        if key != "exc_info":  # a developer's terminal renders the trace itself
            line[key] = _struck(key, value)
    return line


def _struck(key: str, value: Any) -> Any:
    if PERSONAL.search(key) and key not in _ALLOWED:
        return "[removed]"
    if isinstance(value, str):
        return _DETAIL.sub("DETAIL: [removed]", _MAIL.sub("[removed]", _NHS_NUMBER.sub("[removed]", value)))
    if isinstance(value, Mapping):
        return {str(name): _struck(str(name), one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_struck("", one) for one in value]
    if isinstance(value, bool | int | float | None):
        return value
    return _struck("", str(value))


def add_request_id(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the id that ties a log line to its request and its audit events."""
    if (current := request_id.get()) is not None:
        line["request_id"] = current
    return line


def configure(*, as_json: bool, level: str = "INFO") -> None:
    """Set up logging for a process: JSON lines, or a readable form for a developer's terminal."""
    shape: list[Any] = [strike_out, structlog.dev.ConsoleRenderer(colors=False)]
    if as_json:
        shape = [structlog.processors.format_exc_info, strike_out, structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            add_request_id,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *shape,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=_printer,
        cache_logger_on_first_use=False,
    )


def _printer(*_: Any) -> structlog.PrintLogger:
    """Return what prints to wherever errors go now: a stream kept from before may have been closed."""
    return structlog.PrintLogger(sys.stderr)


def logger(name: str) -> Any:
    """Return a logger; messages are constants and data are keyword arguments."""
    return structlog.get_logger(logger_name=name)
