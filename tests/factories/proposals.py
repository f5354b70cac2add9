"""A match between a trust and a receiver at each stage, made through the real services."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dmas.core.actors import Actor, Reach, Role
from dmas.core.clock import london_date
from dmas.offers.models import Offer
from dmas.proposals import services
from dmas.proposals.commands import AcceptProposal, ChooseCapacity, NamePerson, Propose, RecordConsent
from dmas.proposals.models import NamedPerson, Proposal
from dmas.proposals.vocabulary import AskedHow, Consent, ProposalStatus
from dmas.providers.models import Organisation
from dmas.requests.models import CareRequest
from tests.factories.numbers import nhs_number
from tests.factories.offers import make_offer
from tests.factories.requests import make_request

_maker = Actor.system("tests")
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Sides:
    """Who may act on a match: people of the home trust and of the receiver."""

    home: str
    receiver: str

    def at_home(self, role: Role = Role.CAPACITY_MANAGER) -> Actor:
        """Return somebody of the home trust."""
        return staff_of(self.home, role)

    def at_receiver(self, role: Role = Role.CAPACITY_MANAGER) -> Actor:
        """Return somebody of the receiver."""
        return staff_of(self.receiver, role)


def staff_of(code: str, role: Role = Role.CAPACITY_MANAGER) -> Actor:
    """Return an actor of a provider, who needs no account."""
    return Actor(
        id=f"{role}@{code}",
        name=f"Robin Example of {code}",
        role=role,
        organisation=code,
        reach=Reach.ORGANISATION,
    )


def sides_of(proposal: Proposal) -> Sides:
    """Return who may act on a proposal."""
    return Sides(proposal.home_code, proposal.receiver_code)


def propose(
    offer: Offer, care_request: CareRequest, *, places: int = 1, line: int = 0, **values: Any
) -> Propose:
    """Return a command that proposes places by the night, three miles away."""
    defaults: dict[str, Any] = {
        "offer_id": offer.id,
        "line_id": care_request.lines[line].id,
        "tenths": 30,
        "run_date": date(2026, 11, 21),
    }
    return Propose(places=places, **(defaults | values))


def make_proposal(
    session: Session,
    *,
    now: datetime,
    places: int = 1,
    status: ProposalStatus = ProposalStatus.PROPOSED,
    offer: Offer | None = None,
    care_request: CareRequest | None = None,
    trust: Organisation | None = None,
    **values: Any,
) -> Proposal:
    """Make a proposal as the night would, taken on to accepted or chosen where asked."""
    offer = offer or make_offer(session, now=now, places=max(2, places))
    care_request = care_request or make_request(session, now=now, places=max(2, places), trust=trust)
    command = propose(offer, care_request, places=places, **values)
    proposal = services.propose(session, command, actor=_maker, now=now)
    take_on(session, proposal, status, now=now)
    return proposal


def take_on(session: Session, proposal: Proposal, status: ProposalStatus, *, now: datetime) -> None:
    """Take a proposal on to accepted or chosen, all of its places."""
    if status in (ProposalStatus.RECEIVER_ACCEPTED, ProposalStatus.CHOSEN):
        services.accept(
            session,
            AcceptProposal(reference=proposal.reference, version=proposal.version, places=proposal.places),
            actor=_maker,
            now=now,
        )
    if status is ProposalStatus.CHOSEN:
        services.choose(
            session,
            ChooseCapacity(reference=proposal.reference, version=proposal.version),
            actor=_maker,
            now=now,
        )


def person(proposal: Proposal, now: datetime, **values: Any) -> NamePerson:
    """Return a command that names somebody of 60 who has waited 50 weeks at P4."""
    number = next(_numbers)
    today = london_date(now)
    defaults: dict[str, Any] = {
        "reference": proposal.reference,
        "pathway_id": f"PATH{number:06d}",
        "nhs_number": nhs_number(),
        "given_name": "Morgan",
        "family_name": f"Example{number}",
        "date_of_birth": today.replace(year=today.year - 60),
        "sex": "F",
        "postcode": "B15 2GW",
        "phone": "07700 900123",
        "clock_start": today - timedelta(weeks=50),
        "priority_code": "P4",
        "asa": 2,
        "bmi": 28.0,
    }
    return NamePerson(**defaults | values)


def make_person(
    session: Session, *, now: datetime, proposal: Proposal | None = None, **values: Any
) -> NamedPerson:
    """Name somebody for a chosen proposal (one of its own unless given)."""
    proposal = proposal or make_proposal(session, now=now, status=ProposalStatus.CHOSEN)
    return services.name_person(session, person(proposal, now, **values), actor=_maker, now=now)


def consent(
    named: NamedPerson, reference: str, now: datetime, said: Consent = Consent.YES, **values: Any
) -> RecordConsent:
    """Return a command that records what a person said on the phone."""
    defaults: dict[str, Any] = {
        "how": AskedHow.CALL,
        "asked_at": now,
        "asked_by": "Robin Example",
        "travel_ok": True,
    }
    return RecordConsent(
        reference=reference, person_id=named.id, version=named.version, said=said, **(defaults | values)
    )


def say(
    session: Session, named: NamedPerson, *, now: datetime, said: Consent = Consent.YES, **values: Any
) -> NamedPerson:
    """Record a person's answer."""
    command = consent(named, named.proposal.reference, now, said, **values)
    return services.record_consent(session, command, actor=_maker, now=now)
