"""What patients' own journeys share: a wider world, a wait of one's own, the questions answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas import wiring
from dmas.core.actors import Role
from dmas.notifications.delivery import Console, deliver_due
from dmas.proposals.models import Proposal
from dmas.providers.models import Organisation, Outcode
from dmas.providers.vocabulary import OrganisationKind
from dmas.requests.models import TransferRequest
from dmas.waitinglist.models import Invitation, Pathway, Patient
from dmas.waitinglist.rules import codes
from tests.browser.looking import DESK
from tests.browser.person import Person
from tests.browser.world import BOARD, HOME, INDEPENDENT, RECEIVER, World, password_hash
from tests.factories.offers import make_offer
from tests.factories.options import accept
from tests.factories.providers import make_site, make_trust
from tests.factories.requests import decide
from tests.factories.staff import make_staff
from tests.factories.waitinglist import SECRET_KEY, make_extract, make_pathway, make_patient

MORE = ("Bramley Park NHS Trust", "Cedar Hill NHS Trust")
BORN = date(1966, 3, 14)


@dataclass
class Wait:
    """One person who waits, and the code they were sent."""

    pathway: Pathway
    patient: Patient
    code: str = ""


class Asking:
    """The world of somebody who asks for themselves."""

    def __init__(self, world: World, browser: Browser, address: str, app: Flask) -> None:
        self.world, self.browser, self.address, self.app = world, browser, address, app
        self.people: list[Person] = []
        with world.working() as session:
            session.add(Outcode(code="B15", latitude=52.46, longitude=-1.93))
            self._add_staff(session)
            self._add_providers(session)
            make_extract(session, now=world.clock.now, trust=self.home)

    @property
    def home(self) -> Organisation:
        """The trust everybody waits at."""
        return self.world.organisations[HOME]

    def _add_staff(self, session: Session) -> None:
        nation = Organisation(code="X24", name="Example national team", kind=OrganisationKind.NATION)
        session.add(nation)
        session.flush()
        for called, organisation, role in (
            ("reviewer", self.home, Role.CLINICAL_REVIEWER),
            ("helpline agent", nation, Role.HELPLINE_AGENT),
        ):
            staff = make_staff(
                session,
                now=self.world.clock.now,
                role=role,
                organisation=organisation,
                password_hash=password_hash(),
            )
            self.world.emails[called] = staff.email

    def _add_providers(self, session: Session) -> None:
        board = self.world.organisations[BOARD]
        for number, name in enumerate(MORE):
            place = {"latitude": 52.65 + 0.05 * number, "longitude": -1.93}
            trust = make_trust(session, board, name=name, **place)
            self.world.sites[name] = make_site(session, trust, name=f"{name.split()[0]} Hospital", **place)

    def waits(self, **values: Any) -> Wait:
        """Let somebody wait for a hip at the home trust, for 50 weeks unless said otherwise."""
        of_person = {name: values.pop(name) for name in list(values) if name in Patient.__table__.columns}
        with self.world.working() as session:
            patient = make_patient(
                session, icb_code=self.home.icb_code, **{"date_of_birth": BORN, "sex": "F"} | of_person
            )
            pathway = make_pathway(
                session, now=self.world.clock.now, trust=self.home, patient=patient, **values
            )
            return Wait(pathway, patient)

    def room(self, *names: str) -> None:
        """Let providers offer places for hips."""
        with self.world.working() as session:
            for name in names or (RECEIVER, INDEPENDENT, *MORE):
                make_offer(session, now=self.world.clock.now, places=4, site=self.world.sites[name])

    def post_goes(self) -> None:
        """Let everything that waits to be sent go."""
        now = self.world.clock.now
        deliver_due(
            self.world.night_database,
            transport=Console(),
            address_book=wiring.ADDRESS_BOOK,
            patients=wiring.patient_post(self.app.config["SETTINGS"]),
            base_url=self.address,
            now=lambda: now,
            owner="tests",
        )

    def reads_code(self, wait: Wait) -> str:
        """Return the code in the last letter or message of a person."""
        with self.world.working() as session:
            invitation = session.scalars(
                select(Invitation)
                .where(Invitation.pathway_id == wait.pathway.id, Invitation.replaced_at.is_(None))
                .order_by(Invitation.invited_at.desc())
            ).first()
            assert invitation is not None
            return codes.code_of(invitation.id, SECRET_KEY)

    def comes(self, journey: str, wait: Wait, *, device: str = DESK, code: str | None = None) -> Person:
        """Let a person come in with their code."""
        person = Person(self.browser, self.address, journey, device=device)
        self.people.append(person)
        person.opens("/transfer/sign-in")
        enter_code(person, code or wait.code, wait.patient.date_of_birth)
        return person

    def request_of(self, wait: Wait) -> TransferRequest:
        """Return a person's request as it is now."""
        with self.world.working() as session:
            return session.scalars(
                select(TransferRequest).where(TransferRequest.pathway_id == wait.pathway.id)
            ).one()

    def options_of(self, wait: Wait) -> list[Proposal]:
        """Return a person's options in the order of their numbers."""
        with self.world.working() as session:
            own = Proposal.request_id == self.request_of(wait).care_request_id
            return list(session.scalars(select(Proposal).where(own).order_by(Proposal.option)))

    def is_found_suitable(self, wait: Wait) -> None:
        """Let a clinician find a move suitable."""
        with self.world.working() as session:
            transfer = session.get_one(TransferRequest, self.request_of(wait).id)
            decide(session, transfer, now=self.world.clock.now)

    def receivers_say_yes(self, wait: Wait) -> None:
        """Let every receiver that was asked accept."""
        with self.world.working() as session:
            for option in self.options_of(wait):
                if option.status in ("proposed", "asked"):
                    accept(session, option, now=self.world.clock.now)

    def clock_of(self, wait: Wait) -> tuple[date, date | None, int]:
        """Return what must not change for a person: clock, end and absences."""
        with self.world.working() as session:
            found = session.get_one(Pathway, wait.pathway.id)
            return found.clock_start, found.ended_on, found.absent_weeks

    def everybody_leaves(self) -> None:
        """Close every browser that was opened here."""
        for person in self.people:
            person.leaves()


def enter_code(person: Person, code: str, born: date) -> None:
    """Type code and date of birth, and go on."""
    person.enters("Code from your letter or message", code).dates("Date of birth", born).presses("Continue")


def answers(person: Person, *, looking: str = "", miles: str = "50 miles") -> None:
    """Answer every question, one page after the other, up to the answers to check."""

    def look(step: str) -> None:
        if looking:
            person.looks(f"{looking}-{step}")

    steps: tuple[tuple[str, Callable[[], object]], ...] = (
        ("wait", lambda: person.ticks("Is this right?", "Yes, this is right")),
        ("health", lambda: person.ticks("Has anything changed in your health since you", "No")),
        ("distance", lambda: person.group("How far could you travel?").get_by_label(miles).first.check()),
        ("dates", lambda: person.ticks("In the next year, are there days", "No, I can come on any day")),
        ("notice", lambda: person.ticks("Could you come with less than 3 weeks", "No")),
        ("needs", lambda: person),
        ("contact", lambda: person.ticks("How would you like to hear from us?", "By letter")),
        ("acting", lambda: person.ticks("Does somebody else act for you?", "No")),
        ("moves", lambda: person.ticks_alone("Yes, I understand that all of my care for this would move")),
        ("sharing", lambda: person.ticks_alone("Yes, you may share my details in this way")),
    )
    for name, do in steps:
        look(name)
        do()
        person.presses("Continue")
    person.reads("Check your answers")
    look("check")
