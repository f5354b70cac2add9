"""Who may change reference data: everybody reads it, jobs and the national administrator write it."""

from __future__ import annotations

from dmas.core.actors import Actor, Role
from dmas.core.errors import NotAllowed


def may_change_reference_data(actor: Actor) -> bool:
    """Say whether the actor may load or change organisations, sites and published figures."""
    return actor.is_system or actor.role is Role.NATIONAL_ADMINISTRATOR


def require_change_of_reference_data(actor: Actor) -> None:
    """Raise NotAllowed unless the actor may change reference data."""
    if not may_change_reference_data(actor):
        raise NotAllowed("Only the national administrator can change organisations and published figures.")
