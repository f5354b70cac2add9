"""Who looks after the outbox, and who posts a trust's letters."""

from __future__ import annotations

from dmas.core.actors import Actor, Role
from dmas.core.errors import NotAllowed

POST_ROOM = frozenset({Role.BOOKING_CLERK, Role.CAPACITY_MANAGER, Role.INDEPENDENT_MANAGER})


def may_look_after(actor: Actor) -> bool:
    """Say whether the actor may see what waits, what failed, and send it again."""
    return actor.is_system or actor.role is Role.NATIONAL_ADMINISTRATOR


def may_post(actor: Actor) -> bool:
    """Say whether the actor prints letters to the trust's patients and tells them what may not be sent."""
    return actor.role in POST_ROOM


def may_word(actor: Actor) -> bool:
    """Say whether the actor decides what the organisation's patients read on everything."""
    return actor.role in {Role.CAPACITY_MANAGER, Role.INDEPENDENT_MANAGER}


def require(allowed: bool, message: str) -> None:
    """Raise NotAllowed unless allowed."""
    if not allowed:
        raise NotAllowed(message)
