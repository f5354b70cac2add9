"""People who wait, in the world: one at A and one at C, with everything that stands for a wait."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.core import audit
from dmas.core.actors import Actor, Role
from dmas.core.db import Audited
from dmas.diagnostics.models import DiagnosticOfferDetail, DiagnosticRequestDetail
from dmas.notifications.models import PatientWording
from dmas.offers.models import Offer
from dmas.proposals.vocabulary import ProposalStatus
from dmas.requests.models import CareRequest, TransferAnswers, TransferRequest, TransferReview
from dmas.requests.queries import IDENTITY_CHECKED
from dmas.transfers.models import Transfer, TransferTest
from dmas.uploads.models import Upload, UploadProgress
from dmas.waitinglist.models import (
    ChoiceRequest,
    ClockChange,
    DatedRule,
    Extract,
    Invitation,
    Pathway,
    Patient,
    PatientVisit,
)
from dmas.waitinglist.rules.codes import fingerprint
from tests.authorisation.world import SYSTEM, Desk, Kind, Thing, World
from tests.factories.offers import make_offer
from tests.factories.proposals import make_proposal
from tests.factories.requests import make_request

CLOCK = date(2025, 10, 1)
HOME = "A"
REFERENCES = {"A": "PT-2222222", "C": "PT-3333333"}
NHS_NUMBERS = {"A": "9990000018", "C": "9990000026"}


def add_waits(session: Session, world: World) -> None:
    """Let somebody wait at A and somebody at C."""
    for letter in "AC":
        _Wait(session, world, letter).make()
    rule = DatedRule(
        name="wait_over_days",
        value={"value": 280},
        effective_on=world.now.date() + timedelta(days=30),
        proposed_by=SYSTEM.id,
        proposed_at=world.now,
        reason="First rule.",
    )
    _record(session, world, rule)
    world.things["a proposed rule"] = Thing(Kind.ANYTHING, *[{"rule_id": str(rule.id)}] * 2)
    for place in "ABCI":
        words = PatientWording(
            organisation_code=world.code(place), changed_at=world.now, changed_by=SYSTEM.id
        )
        _record(session, world, words)
    _tests(session, world)


def _tests(session: Session, world: World) -> None:
    """Let an offer, a request and a transfer be of a test, beside what they are."""
    plain = Offer.id.not_in(select(DiagnosticOfferDetail.offer_id))
    offers = session.scalars(select(Offer).where(plain).order_by(Offer.reference)).all()
    plain = CareRequest.id.not_in(select(DiagnosticRequestDetail.request_id))
    asked = session.scalars(select(CareRequest).where(plain).order_by(CareRequest.reference)).all()
    plain = Transfer.id.not_in(select(TransferTest.transfer_id))
    moves = session.scalars(
        select(Transfer).where(Transfer.status == "returned", plain).order_by(Transfer.reference)
    ).all()
    for offer in offers:
        session.add(
            DiagnosticOfferDetail(
                offer_id=offer.id,
                place="mobile_unit",
                sessions_a_week=4,
                report_by="receiver",
                report_days=5,
                reported_by="receiver",
            )
        )
    for one in asked:
        session.add(
            DiagnosticRequestDetail(
                request_id=one.id,
                earliest=[CLOCK],
                planned=[False],
                critical_contact="Duty team",
                critical_phone="01632 960001",
            )
        )
    for move in moves:
        session.add(
            TransferTest(
                transfer_id=move.id,
                service="dm01_mri",
                reported_by=move.receiver_code,
                report_side="receiver",
                report_days=5,
                reader="Example Reader",
                reader_due_on=world.now.date(),
            )
        )
    session.flush()


def _record(session: Session, world: World, entity: Audited) -> None:
    session.add(entity)
    audit.record(session, entity, "world.made", actor=SYSTEM, now=world.now)


class _Wait:
    """Makes one wait at one trust."""

    def __init__(self, session: Session, world: World, letter: str) -> None:
        self.session, self.world, self.letter = session, world, letter
        self.code = world.code(letter)
        self.icb = world.places[f"icb {letter}"].code
        self.region = world.places[f"region {letter}"].code

    def make(self) -> None:
        """Make the person, the wait, its list and its request."""
        self.patient, self.pathway = self._wait()
        self.world.patients[self.letter] = self.patient
        self._list()
        self._ways_in()
        self._request()

    def _wait(self) -> tuple[Patient, Pathway]:
        patient = Patient(
            nhs_number=NHS_NUMBERS[self.letter],
            given_name="Wilhelmina",
            family_name=f"Thornapple{self.letter}",
            date_of_birth=date(1961, 2, 3),
            postcode="ZZ1 1ZZ",
            icb_code=self.icb,
        )
        self.session.add(patient)
        self.session.flush()
        pathway = Pathway(
            provider_code=self.code,
            patient_id=patient.id,
            pathway_id=f"PW{self.letter}0001",
            icb_code=self.icb,
            region_code=self.region,
            service="110",
            list_type="admitted",
            clock_start=CLOCK,
            priority_code="P4",
            told_on=self.world.now.date(),
        )
        self.session.add(pathway)
        self.session.flush()
        return patient, pathway

    def _list(self) -> None:
        now = self.world.now
        upload = Upload(
            reference=f"UP-{self.letter * 7}",
            kind="waiting-list",
            organisation_code=self.code,
            status="applied",
            file_hash="0" * 64,
            received_by=SYSTEM.id,
            received_at=now,
        )
        _record(self.session, self.world, upload)
        review = Upload(
            reference=f"UP-{self.letter * 6}2",
            kind="waiting_list",
            organisation_code=self.code,
            status="checked",
            file=b"a list",
            file_hash="0" * 64,
            counts={"refused": 0},
            received_by=SYSTEM.id,
            received_at=now,
        )
        _record(self.session, self.world, review)
        self._thing("a list to review", reference=review.reference)
        self.session.add(UploadProgress(upload_id=upload.id, step="apply", done=1, of=1, at=now))
        extract = Extract(
            provider_code=self.code,
            week_ending=now.date(),
            upload_id=upload.id,
            file_hash="0" * 64,
            rows=1,
            applied_by=SYSTEM.id,
            applied_at=now,
        )
        _record(self.session, self.world, extract)
        changed = ClockChange(
            pathway_id=self.pathway.id,
            extract_id=extract.id,
            provider_code=self.code,
            clock_was=CLOCK - timedelta(days=7),
            clock_is=CLOCK,
        )
        self.session.add(changed)

    def _ways_in(self) -> None:
        now = self.world.now
        invitation = Invitation(
            pathway_id=self.pathway.id,
            patient_id=self.patient.id,
            provider_code=self.code,
            code_hash=uuid.uuid4().hex,
            invited_by=SYSTEM.id,
            invited_at=now,
            expires_at=now + timedelta(days=90),
        )
        _record(self.session, self.world, invitation)
        secret = f"a-visit-of-somebody-who-waits-at-{self.letter}"
        visit = PatientVisit(
            secret_hash=fingerprint(secret),
            patient_id=self.patient.id,
            pathway_id=self.pathway.id,
            invitation_id=invitation.id,
            started_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(hours=1),
        )
        self.session.add(visit)
        self.session.flush()
        self.world.visits[self.letter] = Desk(
            Actor.patient(self.patient.id), "", str(visit.id), f"patient:{secret}"
        )
        choice = ChoiceRequest(
            reference=f"CR-{self.letter * 7}",
            status="received",
            pathway_id=self.pathway.id,
            patient_id=self.patient.id,
            provider_code=self.code,
            icb_code=self.icb,
            region_code=self.region,
            service="110",
            asked_at=now,
            due_on=now.date() + timedelta(days=14),
        )
        _record(self.session, self.world, choice)
        self._thing("a request for a choice", reference=choice.reference)
        self._thing("a wait", pathway_id=str(self.pathway.id))

    def _thing(self, words: str, **values: str) -> None:
        """Let the table name something of the home trust's."""
        if self.letter == HOME:
            self.world.things[words] = Thing(Kind.WAIT, values, values)

    def _request(self) -> None:
        session, world = self.session, self.world
        care_request = make_request(session, trust=world.places[self.letter], now=world.now, places=1)
        offer = make_offer(session, site=world.sites["B"], now=world.now, places=2)
        proposal = make_proposal(
            session,
            now=world.now,
            status=ProposalStatus.PROPOSED,
            offer=offer,
            care_request=care_request,
            places=1,
        )
        asked = TransferRequest(
            reference=REFERENCES[self.letter],
            status="searching",
            pathway_id=self.pathway.id,
            patient_id=self.patient.id,
            **self._places(),
            care_request_id=care_request.id,
            started_how="page",
            started_by=SYSTEM.id,
            started_at=world.now,
            submitted_on=world.now.date(),
        )
        _record(session, world, asked)
        proposal.transfer_request_id = asked.id
        agent = world.desks[Role.HELPLINE_AGENT, "nation"].actor
        audit.record_view(session, self.patient, IDENTITY_CHECKED, actor=agent, now=world.now)
        self._thing("a patient's request", reference=asked.reference)
        self._thing("a question to a patient", reference=asked.reference, step="distance")
        self._thing("a patient's option", reference=asked.reference, option_id=str(proposal.id))
        session.add(
            TransferAnswers(request_id=asked.id, patient_id=self.patient.id, home_code=self.code, values={})
        )
        review = TransferReview(
            request_id=asked.id,
            number=1,
            home_code=self.code,
            patient_id=self.patient.id,
            outcome="suitable",
            reviewed_by=SYSTEM.id,
            reviewer_name="A reviewer",
            reviewed_at=world.now,
        )
        _record(session, world, review)

    def _places(self) -> dict[str, Any]:
        return {
            "home_code": self.code,
            "home_icb": self.icb,
            "home_region": self.region,
            "patient_icb": self.icb,
            "patient_region": self.region,
        }
