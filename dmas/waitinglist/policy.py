"""Who may do what with waiting lists, the register of choice and the dated rules: yes or no."""

from __future__ import annotations

from dmas.core.actors import Actor, Role
from dmas.core.errors import NotAllowed
from dmas.waitinglist.models import ChoiceRequest, DatedRule

# Whose own list it is. An independent provider reports its waits as a trust does.
READERS = (Role.CAPACITY_MANAGER, Role.BOOKING_CLERK, Role.INDEPENDENT_MANAGER)
UPLOADERS = (Role.CAPACITY_MANAGER, Role.INDEPENDENT_MANAGER)
INVITERS = (Role.CAPACITY_MANAGER, Role.BOOKING_CLERK, Role.INDEPENDENT_MANAGER)
CHOICE_READERS = (Role.ICB_COORDINATOR, Role.REGIONAL_COORDINATOR)
CHOICE_ANSWERERS = (Role.ICB_COORDINATOR,)
RULE_MAKERS = (Role.NATIONAL_ADMINISTRATOR, Role.SAFETY_OFFICER)


def may_upload(actor: Actor) -> bool:
    """Say whether the actor may send the weekly list of their provider."""
    return actor.is_system or actor.role in UPLOADERS


def may_invite(actor: Actor, provider_code: str) -> bool:
    """Say whether the actor may invite people of a provider's list."""
    return actor.is_system or (actor.role in INVITERS and actor.organisation == provider_code)


def may_answer(actor: Actor, choice: ChoiceRequest) -> bool:
    """Say whether the actor's ICB is the one that was asked."""
    return actor.is_system or (actor.role in CHOICE_ANSWERERS and actor.organisation == choice.icb_code)


def may_propose(actor: Actor) -> bool:
    """Say whether the actor may propose another threshold."""
    return actor.is_system or actor.role in RULE_MAKERS


def may_sign(actor: Actor, rule: DatedRule) -> bool:
    """Say whether the actor may sign a threshold: a safety officer, and never who proposed it."""
    return actor.role is Role.SAFETY_OFFICER and actor.id != rule.proposed_by


def require(allowed: bool, message: str) -> None:
    """Raise NotAllowed with the message unless allowed."""
    if not allowed:
        raise NotAllowed(message)
