"""News that goes up: a lower room tells, the rooms above listen, all in one transaction.

Who hears what is listed once, in `dmas/wiring.py`; an event nobody listed is an error, so news is never
lost in silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from dmas.core.actors import Actor


class Handler(Protocol):
    """What listens: it works in the teller's transaction and may refuse by raising."""

    def __call__(self, session: Session, event: Any, *, actor: Actor, now: datetime) -> None: ...


Listeners = Mapping[type, Sequence[Handler]]

_installed: dict[type, tuple[Handler, ...]] = {}


def install(listeners: Listeners) -> None:
    """Install the one list of who hears what; installing again replaces it."""
    _installed.clear()
    _installed.update({event: tuple(handlers) for event, handlers in listeners.items()})


def publish(session: Session, event: object, *, actor: Actor, now: datetime) -> None:
    """Call each listener of the event's type at once; raise LookupError for an event nobody listed."""
    try:
        handlers = _installed[type(event)]
    except KeyError:
        raise LookupError(f"{type(event).__name__} is not in the list of events (dmas/wiring.py)") from None
    for handler in handlers:
        handler(session, event, actor=actor, now=now)
