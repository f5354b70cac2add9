"""Who looks after the outbox."""

from __future__ import annotations

from dmas.core.actors import Actor, Role
from dmas.core.errors import NotAllowed


def may_look_after(actor: Actor) -> bool:
    """Say whether the actor may see what waits, what failed, and send it again."""
    return actor.is_system or actor.role is Role.NATIONAL_ADMINISTRATOR


def require(allowed: bool, message: str) -> None:
    """Raise NotAllowed unless allowed."""
    if not allowed:
        raise NotAllowed(message)
