"""Who may look after whose accounts."""

from __future__ import annotations

import uuid

from dmas.accounts.rules.roles import MANAGERS
from dmas.core.actors import Actor, Role


def manages_everywhere(actor: Actor) -> bool:
    """Say whether the actor may look after the accounts of every organisation."""
    return actor.is_system or actor.role is Role.NATIONAL_ADMINISTRATOR


def may_manage(actor: Actor, organisation_code: str) -> bool:
    """Say whether the actor may look after the people of an organisation."""
    if manages_everywhere(actor):
        return True
    return actor.role in MANAGERS and actor.organisation == organisation_code


def is_self(actor: Actor, staff_id: uuid.UUID) -> bool:
    """Say whether the actor is that person."""
    return actor.id == str(staff_id)
