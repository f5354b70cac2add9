"""Who may do what with a proposed match: yes or no."""

from __future__ import annotations

from dmas.core.actors import Actor, Reach, Role
from dmas.core.errors import NotAllowed
from dmas.proposals.models import Proposal

MANAGERS = frozenset({Role.CAPACITY_MANAGER, Role.INDEPENDENT_MANAGER})
NAMES_PEOPLE = frozenset({Role.CAPACITY_MANAGER, Role.BOOKING_CLERK})
READS_PEOPLE = MANAGERS | {Role.BOOKING_CLERK, Role.CLINICAL_REVIEWER}
READS = READS_PEOPLE | {
    Role.ICB_COORDINATOR,
    Role.REGIONAL_COORDINATOR,
    Role.NATIONAL_ADMINISTRATOR,
    Role.SAFETY_OFFICER,
}


def at_home(actor: Actor, proposal: Proposal) -> bool:
    """Say whether the actor works for the home trust."""
    return actor.reach is Reach.ORGANISATION and actor.organisation == proposal.home_code


def at_receiver(actor: Actor, proposal: Proposal) -> bool:
    """Say whether the actor works for the receiving provider."""
    return actor.reach is Reach.ORGANISATION and actor.organisation == proposal.receiver_code


def may_propose(actor: Actor, home_code: str) -> bool:
    """May they hold places for a trust's request: the night, or its own capacity manager by hand?"""
    mine = actor.reach is Reach.ORGANISATION and actor.organisation == home_code
    return actor.is_system or (actor.role is Role.CAPACITY_MANAGER and mine)


def may_answer(actor: Actor, proposal: Proposal) -> bool:
    """May they accept or decline for the receiver?"""
    return actor.is_system or (actor.role in MANAGERS and at_receiver(actor, proposal))


def may_assess(actor: Actor, proposal: Proposal) -> bool:
    """May they ask for information, or accept subject to assessment, for the receiver?"""
    clinical = actor.role is Role.CLINICAL_REVIEWER and at_receiver(actor, proposal)
    return clinical or may_answer(actor, proposal)


def may_decide(actor: Actor, proposal: Proposal) -> bool:
    """May they take, decline or give back places for the home trust?"""
    return actor.is_system or (actor.role is Role.CAPACITY_MANAGER and at_home(actor, proposal))


def may_inform(actor: Actor, proposal: Proposal) -> bool:
    """May they answer the receiver's question for the home trust?"""
    clinical = actor.role is Role.CLINICAL_REVIEWER and at_home(actor, proposal)
    return clinical or may_decide(actor, proposal)


def may_name(actor: Actor, proposal: Proposal) -> bool:
    """May they name people, record their answers and take namings back?"""
    return actor.is_system or (actor.role in NAMES_PEOPLE and at_home(actor, proposal))


def may_see_people(actor: Actor, proposal: Proposal) -> bool:
    """May they see who is named? At the receiver, only who has said yes: the database holds them to it."""
    return actor.role in READS_PEOPLE and (at_home(actor, proposal) or at_receiver(actor, proposal))


def require(allowed: bool, message: str) -> None:
    """Raise NotAllowed with the message unless allowed."""
    if not allowed:
        raise NotAllowed(message)
