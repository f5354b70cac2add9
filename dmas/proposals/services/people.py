"""Naming people for held places and recording what each of them says."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.arrangements import Pathway
from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.db import check_version
from dmas.core.errors import Conflict, InvalidInput
from dmas.core.geography import tenths_between
from dmas.offers import services as offers
from dmas.offers.models import Offer
from dmas.proposals import policy, queries, rules
from dmas.proposals.commands import NamePerson, PersonStep, RecordConsent, ReleasePerson
from dmas.proposals.models import NamedPerson, Proposal
from dmas.proposals.services import places
from dmas.proposals.vocabulary import Consent, ProposalStatus
from dmas.providers.models import Outcode, Site
from dmas.providers.rules import outcode_of
from dmas.requests.models import CareRequest
from dmas.transfers import queries as transfer_queries
from dmas.transfers import services as transfers
from dmas.transfers.commands import OpenTransfer, Side, Traveller
from dmas.transfers.models import Transfer

_NOT_HOME = "Only a booking clerk or capacity manager of the home trust does this."
_MOVING = "This pathway is already being handed over. Open that transfer instead."


def name_person(session: Session, command: NamePerson, *, actor: Actor, now: datetime) -> NamedPerson:
    """Name somebody for a held place; they are then asked, and until their yes nobody else sees them."""
    proposal = queries.get_for_change(session, actor, command.reference)
    policy.require(policy.may_name(actor, proposal), _NOT_HOME)
    person, today = rules.check_person(command, london_date(now)), london_date(now)
    rules.check_scale(person.priority_code, proposal.pathway)
    waiting = _check_room(session, proposal, now)
    offer = session.get_one(Offer, proposal.offer_id)
    rules.check_limits(
        limits_of(offer),
        born=person.date_of_birth,
        asa=person.asa,
        bmi=person.bmi,
        sex=person.sex,
        today=today,
    )
    rules.check_rank(person.priority_code, person.clock_start, cut_off(proposal), today)
    _check_not_named(session, proposal, person)
    named = _named(session, proposal, person, offer, actor, now)
    session.add(named)
    audit.record(session, named, "person.named", actor=actor, now=now)
    _move_due(session, proposal, [*waiting, named], actor, now)
    return named


def record_consent(session: Session, command: RecordConsent, *, actor: Actor, now: datetime) -> NamedPerson:
    """Record a person's yes or no. A yes takes the place and opens the hand-over."""
    proposal, person = _opened(session, command, actor)
    rules.check_asked_at(command.asked_at, person.named_at, now)
    asked_by = rules.check_words(
        command.asked_by, field="asked_by", ask="Enter who asked the person.", most=100
    )
    if command.said is Consent.YES:
        _check_yes(session, proposal, person, command.travel_ok, london_date(now))
    person.consent = command.said
    person.asked_how, person.asked_at, person.asked_by = command.how, command.asked_at, asked_by
    if command.said is Consent.YES:
        audit.record(session, person, "person.said_yes", actor=actor, now=now)
        take_place(session, proposal, person, actor=actor, now=now)
    else:
        person.released_at = now
        audit.record(session, person, "person.said_no", actor=actor, now=now)
        _move_due(session, proposal, queries.waiting_people(session, [proposal.id]), actor, now)
    return person


def release_person(session: Session, command: ReleasePerson, *, actor: Actor, now: datetime) -> NamedPerson:
    """Take back a naming before the person was asked; somebody else may be named for the place."""
    proposal, person = _opened(session, command, actor)
    places.free(session, [person], actor=actor, now=now)
    if proposal.status == ProposalStatus.CHOSEN:
        _move_due(session, proposal, queries.waiting_people(session, [proposal.id]), actor, now)
    return person


def look_at_people(
    session: Session,
    proposal: Proposal,
    person_id: uuid.UUID | None = None,
    *,
    actor: Actor,
    now: datetime,
) -> list[NamedPerson]:
    """Return the named people this actor may see, or one of them, and record that they looked at each."""
    policy.require(
        policy.may_see_people(actor, proposal), "Only the two sides of this match may see who is named."
    )
    seen = [one for one in queries.people(session, proposal) if person_id in (None, one.id)]
    audit.record_views(session, seen, "person.seen", actor=actor, now=now)
    return seen


def limits_of(offer: Offer) -> rules.Limits:
    """Return an offer's limits as a value."""
    return rules.limits_of(
        service=offer.service,
        min_age=offer.min_age,
        max_age=offer.max_age,
        max_asa=offer.max_asa,
        max_bmi=offer.max_bmi,
        sex=offer.sex,
    )


def cut_off(proposal: Proposal) -> rules.CutOff | None:
    """Return the proposal's cut-off as a value, or None where nobody was left out."""
    if proposal.cut_off_tier is None or proposal.cut_off_since is None:
        return None
    return rules.CutOff(proposal.cut_off_tier, proposal.cut_off_since)


def _opened(session: Session, command: PersonStep, actor: Actor) -> tuple[Proposal, NamedPerson]:
    proposal = queries.get_for_change(session, actor, command.reference)
    policy.require(policy.may_name(actor, proposal), _NOT_HOME)
    person = queries.person_for_change(session, proposal, command.person_id)
    if person.consent != Consent.TO_ASK:
        raise Conflict("This person's answer was already recorded.")
    if person.released_at is not None:
        raise Conflict("This naming was taken back, or its place has gone. Open the match again to see.")
    check_version(person, command.version)
    return proposal, person


def _check_limits(offer: Offer, person: NamePerson | NamedPerson, today: date) -> None:
    rules.check_limits(
        limits_of(offer),
        born=person.date_of_birth,
        asa=person.asa,
        bmi=person.bmi,
        sex=person.sex,
        today=today,
    )


def _check_room(session: Session, proposal: Proposal, now: datetime) -> list[NamedPerson]:
    """Return who is waiting to be asked; raise where no place is left to name somebody for, or no time."""
    if proposal.status != ProposalStatus.CHOSEN or proposal.decided_at is None:
        raise Conflict("People can be named only while places you have taken are held.")
    waiting = queries.waiting_people(session, [proposal.id])
    if len(waiting) >= proposal.held:
        raise Conflict("Somebody is already named for every place that is held.")
    due = rules.name_due(london_date(proposal.decided_at))
    if london_date(now) > due:
        raise Conflict(f"The time to name people for these places ended on {due.day} {due:%B %Y}.")
    return waiting


def _check_not_named(session: Session, proposal: Proposal, person: NamePerson) -> None:
    other = queries.named_already(session, proposal, person.pathway_id, person.nhs_number)
    if other is not None:
        here = other.proposal_id == proposal.id
        field = "pathway_id" if other.pathway_id == person.pathway_id else "nhs_number"
        if other.consent != Consent.TO_ASK:
            raise InvalidInput("This person has already answered about these places.", field=field)
        where = "on this match" if here else "for another match"
        raise InvalidInput(f"This person is already named {where} and not yet asked.", field=field)
    if _is_moving(session, proposal, person.pathway_id):
        raise InvalidInput(_MOVING, field="pathway_id")


def _named(
    session: Session, proposal: Proposal, person: NamePerson, offer: Offer, actor: Actor, now: datetime
) -> NamedPerson:
    return NamedPerson(
        id=uuid.uuid4(),
        proposal_id=proposal.id,
        home_code=proposal.home_code,
        receiver_code=proposal.receiver_code,
        pathway_id=person.pathway_id,
        nhs_number=person.nhs_number,
        given_name=person.given_name,
        family_name=person.family_name,
        date_of_birth=person.date_of_birth,
        sex=person.sex,
        postcode=person.postcode,
        phone=person.phone,
        clock_start=person.clock_start,
        priority_code=person.priority_code,
        asa=person.asa,
        bmi=person.bmi,
        tenths=_distance(session, person.postcode, offer.site_code),
        travel_miles=rules.travel_limit(person.travel_miles),
        travel_asked=person.travel_miles is not None,
        communication_needs=person.communication_needs,
        named_by=actor.id,
        named_at=now,
        consent=Consent.TO_ASK,
    )


def _distance(session: Session, postcode: str, site_code: str) -> int | None:
    """Return tenths of a mile from the centre of a postcode district to a site, or None where not known."""
    district = session.get(Outcode, outcode_of(postcode))
    site = session.get(Site, site_code)
    if district is None or site is None or site.latitude is None or site.longitude is None:
        return None
    return tenths_between(district.latitude, district.longitude, site.latitude, site.longitude)


def _check_yes(
    session: Session, proposal: Proposal, person: NamedPerson, travel_ok: bool, today: date
) -> None:
    """Raise unless the person still fits the offer, agrees to the distance and is not moving elsewhere."""
    rules.check_travel(person.tenths, person.travel_miles, agreed=travel_ok)
    _check_limits(session.get_one(Offer, proposal.offer_id), person, today)
    if _is_moving(session, proposal, person.pathway_id):
        raise Conflict(_MOVING)


def _is_moving(session: Session, proposal: Proposal, pathway_id: str) -> bool:
    """Say whether a pathway is on its way; a test alone is refused only where the same test is booked."""
    if proposal.pathway != Pathway.DIAGNOSTIC:
        return transfer_queries.is_moving(session, proposal.home_code, pathway_id)
    test = session.get_one(CareRequest, proposal.request_id).service
    return transfer_queries.is_tested(session, proposal.home_code, pathway_id, test)


def take_place(
    session: Session, proposal: Proposal, person: NamedPerson, *, actor: Actor, now: datetime
) -> Transfer:
    """Turn a held place into a taken one and begin the hand-over, in the transaction of the yes."""
    proposal.held -= 1
    if not places.settle_if_empty(proposal, now):
        places.set_due(proposal, queries.waiting_people(session, [proposal.id]))
    audit.record(session, proposal, "proposal.place_taken", actor=actor, now=now)
    offers.take(session, proposal.offer_id)
    offer = session.get_one(Offer, proposal.offer_id)
    care_request = session.get_one(CareRequest, proposal.request_id)
    opened = _transfer(proposal, person, offer, care_request)
    return transfers.open_transfer(session, opened, actor=actor, now=now)


def _transfer(
    proposal: Proposal, person: NamedPerson, offer: Offer, care_request: CareRequest
) -> OpenTransfer:
    return OpenTransfer(
        proposal_id=proposal.id,
        offer_id=offer.id,
        request_id=care_request.id,
        line_id=proposal.line_id,
        pathway=proposal.pathway,
        basis=care_request.basis,
        home_function=care_request.service,
        receiver_function=offer.service,
        home=Side(proposal.home_code, proposal.home_icb, proposal.home_region),
        receiver=Side(proposal.receiver_code, proposal.receiver_icb, proposal.receiver_region),
        person=Traveller(
            person_id=person.id,
            pathway_id=person.pathway_id,
            nhs_number=person.nhs_number,
            given_name=person.given_name,
            family_name=person.family_name,
            date_of_birth=person.date_of_birth,
            postcode=person.postcode,
            phone=person.phone,
            clock_start=person.clock_start,
        ),
    )


def _move_due(
    session: Session, proposal: Proposal, waiting: Sequence[NamedPerson], actor: Actor, now: datetime
) -> None:
    """Set the due date again after a naming or an answer, as a change of its own where it moves."""
    before = proposal.due_on
    places.set_due(proposal, waiting)
    if proposal.due_on != before:
        audit.record(session, proposal, "proposal.due_moved", actor=actor, now=now)
