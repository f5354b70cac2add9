"""Logs: JSON lines with a request id; what is named like personal data is struck out before it is written."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from dmas.core.audit import request_id

PERSONAL = re.compile(
    r"name|nhs|birth|address|postcode|phone|mobile|email|password|token|code_entered|cookie|authorization",
    re.I,
)
_ALLOWED = {"logger_name", "file_name", "route_name"}
_NHS_NUMBER = re.compile(r"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


def strike_out(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Remove values whose name or shape is personal. The net below the rule, not the rule."""
    for key, value in line.items():
        if PERSONAL.search(key) and key not in _ALLOWED:
            line[key] = "[removed]"
        elif isinstance(value, str):
            line[key] = _MAIL.sub("[removed]", _NHS_NUMBER.sub("[removed]", value))
    return line


def add_request_id(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the id that ties a log line to its request and its audit events."""
    if (current := request_id.get()) is not None:
        line["request_id"] = current
    return line


def configure(*, as_json: bool, level: str = "INFO") -> None:
    """Set up logging for a process: JSON lines, or a readable form for a developer's terminal."""
    shape: Any = structlog.processors.JSONRenderer()
    if not as_json:
        shape = structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            add_request_id,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            strike_out,
            shape,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def logger(name: str) -> Any:
    """Return a logger; messages are constants and data are keyword arguments."""
    return structlog.get_logger(logger_name=name)
