"""Who may do what with a hand-over: yes or no."""

from __future__ import annotations

from dmas.core.actors import Actor, Reach, Role
from dmas.core.errors import NotAllowed
from dmas.transfers.models import Transfer

HANDS_OVER = frozenset({Role.CAPACITY_MANAGER, Role.INDEPENDENT_MANAGER, Role.BOOKING_CLERK})
READS_PEOPLE = HANDS_OVER | {Role.CLINICAL_REVIEWER}
READS_REPORTS = frozenset({Role.CLINICAL_REVIEWER})
READS = READS_PEOPLE | {
    Role.ICB_COORDINATOR,
    Role.REGIONAL_COORDINATOR,
    Role.NATIONAL_ADMINISTRATOR,
    Role.SAFETY_OFFICER,
}


def at_home(actor: Actor, transfer: Transfer) -> bool:
    """Say whether the actor works for the home trust."""
    return actor.reach is Reach.ORGANISATION and actor.organisation == transfer.home_code


def at_receiver(actor: Actor, transfer: Transfer) -> bool:
    """Say whether the actor works for the receiving provider."""
    return actor.reach is Reach.ORGANISATION and actor.organisation == transfer.receiver_code


def may_act_for_home(actor: Actor, transfer: Transfer) -> bool:
    """May they prepare, send, cancel or re-register?"""
    return actor.is_system or (actor.role in HANDS_OVER and at_home(actor, transfer))


def may_act_for_receiver(actor: Actor, transfer: Transfer) -> bool:
    """May they confirm, give dates, record treatment or return?"""
    return actor.is_system or (actor.role in HANDS_OVER and at_receiver(actor, transfer))


def may_report(actor: Actor, transfer: Transfer) -> bool:
    """May they send the report of a test: the receiver, or the home trust where the scan came alone?"""
    if transfer.test is not None and transfer.test.report_side == "home":
        return may_act_for_home(actor, transfer)
    return may_act_for_receiver(actor, transfer)


def may_read_report(actor: Actor, transfer: Transfer) -> bool:
    """May they say that a clinician has read the report?"""
    return actor.is_system or (actor.role in READS_REPORTS and at_home(actor, transfer))


def may_acknowledge(actor: Actor, transfer: Transfer) -> bool:
    """May they confirm that a critical finding has arrived?"""
    return actor.is_system or (actor.role in READS_PEOPLE and at_home(actor, transfer))


def may_see_person(actor: Actor, transfer: Transfer) -> bool:
    """May they see who moves: the data set, the messages and the downloads?"""
    return actor.role in READS_PEOPLE and (at_home(actor, transfer) or at_receiver(actor, transfer))


def require(allowed: bool, message: str) -> None:
    """Raise NotAllowed with the message unless allowed."""
    if not allowed:
        raise NotAllowed(message)
