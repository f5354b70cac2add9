"""Everything the pages of the world are about, made through the real services."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.accounts import services as accounts
from dmas.accounts.models import Staff
from dmas.catalogue.vocabulary.arrangements import Basis, ContractBasis
from dmas.core import audit
from dmas.core.actors import Actor, Role
from dmas.core.db import Database
from dmas.matching.engine.solve import solve
from dmas.matching.models import MatchRun, MatchRunFile, Outcome
from dmas.notifications.models import ContactTask, Letter, OutboxMessage
from dmas.offers import services as offers
from dmas.offers.commands import SuspendOffer, WithdrawOffer
from dmas.offers.models import Offer
from dmas.proposals import services as proposals
from dmas.proposals.commands import AskForInformation
from dmas.proposals.models import NamedPerson, Proposal
from dmas.proposals.vocabulary import ProposalStatus
from dmas.requests import services as requests
from dmas.requests.commands import ReturnRequest, WithdrawRequest
from dmas.requests.models import CareRequest
from dmas.requests.vocabulary import RequestStatus
from dmas.transfers import services as transfers
from dmas.transfers.commands import ReturnTransfer, Say
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TransferStatus
from tests.authorisation.scans import add_tests
from tests.authorisation.waits import add_waits
from tests.authorisation.world import NIGHT_OF, SYSTEM, Kind, Thing, Values, World, settle
from tests.factories.offers import make_offer
from tests.factories.proposals import make_person, make_proposal, say
from tests.factories.requests import make_request
from tests.factories.transfers import make_transfer

# What each kind of provider offers that waits for its ICB.
NEEDS_APPROVAL = {
    "trust": {"contract_basis": ContractBasis.SUBCONTRACT, "basis": Basis.SUBCONTRACTED},
    "independent": {"contract_basis": ContractBasis.NEW_CONTRACT},
}


def build(database: Database, now: datetime) -> World:
    """Make the world in an empty database."""
    world = World(now)
    with database.unit_of_work(SYSTEM) as session:
        settle(session, world)
    with database.unit_of_work(SYSTEM) as session:
        maker = _Maker(session, world)
        for make in (_offers, _requests, _matches, _transfers, _accounts, _nights):
            make(maker)
        add_tests(session, world)
        add_waits(session, world)
    return world


@dataclass
class _Maker:
    """Makes pairs of things: one of A with trust B, one of A with the independent provider I."""

    session: Session
    world: World

    def pair(self, words: str, kind: Kind, make: Callable[[str], Values]) -> None:
        """Make a thing of A and B, and of A and I."""
        self.world.things[words] = Thing(kind, make("B"), make("I"))

    def offer(self, letter: str, **values: Any) -> Offer:
        """Post an offer of a receiver."""
        values = {"now": self.world.now} | values
        return make_offer(self.session, site=self.world.sites[letter], **values)

    def request(self, **values: Any) -> CareRequest:
        """Make a request of A."""
        values = {"now": self.world.now} | values
        return make_request(self.session, trust=self.world.places["A"], **values)

    def match(self, letter: str, status: ProposalStatus = ProposalStatus.PROPOSED, **values: Any) -> Proposal:
        """Make a match between A and a receiver."""
        return make_proposal(
            self.session,
            now=self.world.now,
            status=status,
            **{"offer": self.offer(letter, places=6), "care_request": self.request(places=4)} | values,
        )

    def named(self, match: Proposal, name: str) -> NamedPerson:
        """Name somebody whose every sign is theirs alone, to be found again on any page that tells it."""
        number = len(self.world.people)
        born = date(1958, 3, 1) + timedelta(days=37 * number)
        found = make_person(
            self.session,
            now=self.world.now,
            proposal=match,
            family_name=f"Quillfeather{number:02d}",
            date_of_birth=born,
            phone=f"07700 9009{number:02d}",
        )
        self.world.people[name] = found
        return found

    def doing(self, service: Callable[..., Any], command: Any, actor: Actor = SYSTEM) -> Any:
        """Do something through its service."""
        return service(self.session, command, actor=actor, now=self.world.now)


def _offers(maker: _Maker) -> None:
    world = maker.world

    def open_offer(letter: str) -> Values:
        offer = maker.offer(letter)
        maker.match(letter, offer=offer)
        return {"reference": offer.reference}

    def awaiting(days: int) -> Callable[[str], Values]:
        def make(letter: str) -> Values:
            when = world.now - timedelta(days=days)
            arranged = NEEDS_APPROVAL[world.places[letter].kind]
            return {"reference": maker.offer(letter, now=when, **arranged).reference}

        return make

    def paused(by: Callable[[str], Actor]) -> Callable[[str], Values]:
        def make(letter: str) -> Values:
            offer = maker.offer(letter)
            maker.doing(offers.suspend, SuspendOffer(reference=offer.reference, reason="safety"), by(letter))
            return {"reference": offer.reference}

        return make

    def ended(letter: str) -> Values:
        offer = maker.offer(letter)
        maker.match(letter, offer=offer)
        maker.doing(offers.withdraw, WithdrawOffer(reference=offer.reference, reason="staffing"))
        return {"reference": offer.reference}

    maker.pair("an open offer", Kind.OFFER, open_offer)
    maker.pair("an offer that awaits its ICB", Kind.OFFER, awaiting(0))
    maker.pair("an offer its ICB is late with", Kind.OFFER, awaiting(10))
    maker.pair("an offer its provider paused", Kind.OFFER, paused(lambda letter: _manager(world, letter)))
    maker.pair(
        "an offer its ICB paused",
        Kind.OFFER,
        paused(lambda _: world.actor(Role.ICB_COORDINATOR, "icb B")),
    )
    maker.pair(
        "an offer the nation paused",
        Kind.OFFER,
        paused(lambda _: world.actor(Role.SAFETY_OFFICER, "nation")),
    )
    maker.pair("an offer paused by a rule", Kind.OFFER, paused(lambda _: SYSTEM))
    maker.pair("an ended offer", Kind.OFFER, ended)


def _manager(world: World, letter: str) -> Actor:
    role = Role.CAPACITY_MANAGER if letter in "ABC" else Role.INDEPENDENT_MANAGER
    return world.actor(role, letter)


def _requests(maker: _Maker) -> None:
    def awaiting(days: int) -> Callable[[str], Values]:
        def make(_: str) -> Values:
            when = maker.world.now - timedelta(days=days)
            return {"reference": maker.request(now=when, status=RequestStatus.AWAITING_ICB).reference}

        return make

    def returned(_: str) -> Values:
        care_request = maker.request(status=RequestStatus.AWAITING_ICB)
        command = ReturnRequest(reference=care_request.reference, reason="local_capacity")
        maker.doing(requests.return_to_provider, command)
        return {"reference": care_request.reference}

    def open_request(letter: str) -> Values:
        care_request = maker.request(places=4)
        maker.match(letter, care_request=care_request)
        return {"reference": care_request.reference}

    def ended(letter: str) -> Values:
        values = open_request(letter)
        command = WithdrawRequest(reference=values["reference"], reason="treated_at_home")
        maker.doing(requests.withdraw, command)
        return values

    maker.pair("a request that awaits its ICB", Kind.REQUEST, awaiting(0))
    maker.pair("a request its ICB is late with", Kind.REQUEST, awaiting(10))
    maker.pair("a returned request", Kind.REQUEST, returned)
    maker.pair("an open request", Kind.REQUEST, open_request)
    maker.pair("an ended request", Kind.REQUEST, ended)


def _matches(maker: _Maker) -> None:
    world, session = maker.world, maker.session

    def proposed(letter: str) -> Values:
        return {"reference": maker.match(letter).reference}

    def questioned(letter: str) -> Values:
        match = maker.match(letter)
        command = AskForInformation(
            reference=match.reference, version=match.version, question="Which side is it?"
        )
        maker.doing(proposals.ask, command)
        return {"reference": match.reference}

    def accepted(letter: str) -> Values:
        return {"reference": maker.match(letter, ProposalStatus.RECEIVER_ACCEPTED).reference}

    def naming(letter: str) -> Values:
        match = maker.match(letter, ProposalStatus.CHOSEN, places=3)
        to_ask = maker.named(match, f"asked {letter}")
        agreed = maker.named(match, f"agreed {letter}")
        say(session, agreed, now=world.now)
        world.naming[letter] = match
        return {"reference": match.reference, "person_id": str(to_ask.id)}

    maker.pair("a match to be answered", Kind.MATCH, proposed)
    maker.pair("a match with a question", Kind.MATCH, questioned)
    maker.pair("an accepted match", Kind.MATCH, accepted)
    maker.pair("a match with people", Kind.MATCH, naming)


def _transfers(maker: _Maker) -> None:
    world, session = maker.world, maker.session

    def reached(status: TransferStatus) -> Callable[[str], Values]:
        def make(letter: str) -> Values:
            return {"reference": _transfer(letter, status).reference}

        return make

    def _transfer(letter: str, status: TransferStatus) -> Transfer:
        match = maker.match(letter, ProposalStatus.CHOSEN)
        person = maker.named(match, f"{status} {letter} {match.reference}")
        transfer = make_transfer(session, now=world.now, person=person, status=status)
        said = Say(reference=transfer.reference, text="Please ring the ward.")
        maker.doing(transfers.say, said, world.actor(Role.BOOKING_CLERK, "A"))
        return transfer

    def returned(letter: str) -> Values:
        transfer = _transfer(letter, TransferStatus.CONFIRMED)
        command = ReturnTransfer(
            reference=transfer.reference,
            version=transfer.version,
            reason="condition_changed",
            patient_phoned_at=world.now,
        )
        maker.doing(transfers.return_to_home, command)
        return {"reference": transfer.reference}

    maker.pair("a transfer being prepared", Kind.TRANSFER, reached(TransferStatus.PREPARING))
    maker.pair("a sent transfer", Kind.TRANSFER, reached(TransferStatus.SENT))
    maker.pair("a confirmed transfer", Kind.TRANSFER, reached(TransferStatus.CONFIRMED))
    maker.pair("a dated transfer", Kind.TRANSFER, reached(TransferStatus.DATED))
    maker.pair("a returned transfer", Kind.TRANSFER, returned)


def _accounts(maker: _Maker) -> None:
    world, session = maker.world, maker.session
    colleague = world.desks[Role.BOOKING_CLERK, "A"]
    staff = session.get_one(Staff, UUID(colleague.staff_id))
    staff.is_persona = True  # the demo counts as loaded once its personas are there
    _, secret = accounts.make_link_for(session, staff.id, actor=SYSTEM, now=world.now)
    message = session.scalars(select(OutboxMessage.id).order_by(OutboxMessage.dedup).limit(1)).one()
    anything = {
        "secret": secret,
        "filename": "icon.svg",
        "service_date": NIGHT_OF.isoformat(),
        "message_id": str(message),
    }
    world.things["-"] = Thing(Kind.ANYTHING, anything, anything)
    for words, kind in (
        ("a colleague", Kind.COLLEAGUE),
        ("oneself", Kind.ONESELF),
        ("a sign-in of one's own", Kind.SIGN_IN),
    ):
        world.things[words] = Thing(kind, {}, {})


def _nights(maker: _Maker) -> None:
    run = MatchRun(
        service_date=NIGHT_OF,
        status="applied",
        owner="tests",
        claimed_at=maker.world.now,
        finished_at=maker.world.now,
        rules_version="1",
        engine_version="1",
    )
    maker.session.add(run)
    audit.record(maker.session, run, "night.applied", actor=SYSTEM, now=maker.world.now)
    nobody = {"as_of": NIGHT_OF.isoformat(), "policy": {"max_options": 1}}
    nobody |= {"sites": [], "offers": [], "requests": []}
    maker.session.add(
        MatchRunFile(
            run_id=run.id,
            problem=zlib.compress(json.dumps(nobody).encode()),
            solution=zlib.compress(json.dumps(solve(nobody)).encode()),
        )
    )
    for care_request in maker.session.scalars(
        select(CareRequest).where(CareRequest.opened_on.is_not(None)).order_by(CareRequest.reference)
    ):
        for line in care_request.lines:
            maker.session.add(
                Outcome(
                    run_id=run.id,
                    line_id=line.id,
                    request_id=care_request.id,
                    service_date=NIGHT_OF,
                    wanted=line.places,
                    served=line.places,
                    code=None,
                )
            )
    message = OutboxMessage(
        dedup="one",
        template="letter",
        recipient_kind="organisation",
        recipient_id=maker.world.code("A"),
        made_at=maker.world.now,
        made_by=SYSTEM.id,
        send_after=maker.world.now,
    )
    maker.session.add(message)
    maker.session.flush()
    here = {
        "message_id": message.id,
        "organisation_code": maker.world.code("A"),
        "template": "transfer_received",
        "made_at": maker.world.now,
    }
    letter = Letter(**here, format="standard", pdf=b"%PDF")
    task = ContactTask(**here, reason="ask_first")
    maker.session.add_all([letter, task])
    maker.session.flush()
    for words, name, made in (("a letter", "letter_id", letter), ("somebody to tell", "task_id", task)):
        values = {name: str(made.id)}
        maker.world.things[words] = Thing(Kind.WAIT, values, values)
