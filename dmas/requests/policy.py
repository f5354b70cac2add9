"""Who may do what with a request for help, and with a patient's own request: yes or no."""

from __future__ import annotations

from datetime import date

from dmas.core.actors import Actor, Reach, Role
from dmas.requests.models import CareRequest, TransferRequest

POSTERS = (Role.CAPACITY_MANAGER,)
APPROVERS = (Role.ICB_COORDINATOR, Role.REGIONAL_COORDINATOR)
READERS = (
    *POSTERS,
    *APPROVERS,
    Role.CLINICAL_REVIEWER,
    Role.BOOKING_CLERK,
    Role.NATIONAL_ADMINISTRATOR,
    Role.SAFETY_OFFICER,
)


def may_post(actor: Actor) -> bool:
    """Say whether someone may call for help in their trust's name."""
    return actor.is_system or (actor.role in POSTERS and actor.reach is Reach.ORGANISATION)


def may_change(actor: Actor, care_request: CareRequest) -> bool:
    """Say whether someone may amend or withdraw this request: its own trust's manager."""
    own = actor.is_system or actor.organisation == care_request.provider_code
    return own and may_post(actor)


def may_read(actor: Actor) -> bool:
    """Say whether someone's role reads requests at all; which ones, the scope of the queries says."""
    return actor.is_system or actor.role in READERS


def approves_for(actor: Actor, care_request: CareRequest) -> bool:
    """Say whether someone stands for the ICB or the region that this request belongs to."""
    if actor.role is Role.ICB_COORDINATOR:
        return actor.reach is Reach.ICB and actor.organisation == care_request.icb_code
    if actor.role is Role.REGIONAL_COORDINATOR:
        return actor.reach is Reach.REGION and actor.organisation == care_request.region_code
    return actor.is_system


def has_escalated(care_request: CareRequest, today: date) -> bool:
    """Say whether the ICB's two working days are over, so that the region may decide too."""
    return care_request.approval_due_on is not None and today > care_request.approval_due_on


def may_approve(actor: Actor, care_request: CareRequest, today: date) -> bool:
    """Say whether someone may approve or return this request today; never one's own."""
    if actor.id == care_request.posted_by and not actor.is_system:
        return False
    in_time = actor.role is not Role.REGIONAL_COORDINATOR or has_escalated(care_request, today)
    return in_time and approves_for(actor, care_request)


def may_act_for_patient(actor: Actor) -> bool:
    """Say whether someone may act on a patient's own request: the patient, or the helpline for them."""
    return actor.is_patient or actor.is_system or actor.role is Role.HELPLINE_AGENT


def may_review(actor: Actor, transfer: TransferRequest) -> bool:
    """Say whether someone is a clinical reviewer of the patient's home trust."""
    if actor.is_system:
        return True
    at_home = actor.reach is Reach.ORGANISATION and actor.organisation == transfer.home_code
    return at_home and actor.role is Role.CLINICAL_REVIEWER


def may_extend(actor: Actor, transfer: TransferRequest) -> bool:
    """Say whether someone stands for the patient's own ICB."""
    if actor.is_system:
        return True
    return (
        actor.role is Role.ICB_COORDINATOR
        and actor.reach is Reach.ICB
        and actor.organisation == transfer.patient_icb
    )


def may_call(actor: Actor, transfer: TransferRequest) -> bool:
    """Say whether someone rings patients: a booking clerk of the home trust, or the helpline."""
    if actor.is_system or actor.role is Role.HELPLINE_AGENT:
        return True
    return actor.role is Role.BOOKING_CLERK and actor.organisation == transfer.home_code
