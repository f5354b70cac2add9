"""Twenty people nobody could mistake go through everything; then nothing but their own records knows them."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.engine import URL

from dmas import wiring
from dmas.core.actors import Actor, Reach, Role
from dmas.core.clock import london_date
from dmas.core.db import NIGHT, Database
from dmas.core.nhs_number import check_digit
from dmas.demo.waiting import COLUMNS
from dmas.matching.nightly import run_night
from dmas.notifications.delivery import Memory, deliver_due
from dmas.proposals.models import Proposal
from dmas.providers.models import Organisation, Outcode
from dmas.requests.models import TransferRequest
from dmas.requests.vocabulary import ReviewOutcome
from dmas.settings import Settings
from dmas.transfers.models import Transfer
from dmas.waitinglist import services as waitinglist
from dmas.waitinglist.commands import ApplyExtract
from dmas.waitinglist.models import Invitation, Pathway, Patient
from tests import leaks
from tests.browsing import Browsing
from tests.factories.offers import make_offer
from tests.factories.options import accept
from tests.factories.providers import make_site, make_trust
from tests.factories.requests import decide
from tests.requests.views_patient.test_asking import PAGES, page

PEOPLE = 20
# Everybody answers alike, and needs nothing that a hospital might not have.
ANSWERS = [(step, {"needs": []} if step == "needs" else data) for step, data in PAGES]
SYSTEM = Actor.system("tests")


def number_of(person: int) -> str:
    """Return an NHS number of the test range: the n-th that has a check digit."""
    nines = (f"9997{place:05d}" for place in range(100))
    valid = [nine + str(check_digit(nine)) for nine in nines if check_digit(nine) is not None]
    return valid[person]


def born(person: int) -> date:
    return date(1931, 1, 1) + timedelta(days=37 * person)


def weekly_list(trust: Organisation, today: date) -> bytes:
    """Return the list of a trust on which twenty people wait for a hip, reached in every way there is."""
    week = today - timedelta(days=(today.weekday() + 1) % 7)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    for person in range(PEOPLE):
        writer.writerow(
            {
                "week_ending_date": week.isoformat(),
                "provider_code": trust.code,
                "nhs_number": number_of(person),
                "given_name": f"Given-zzcanary{person}",
                "family_name": f"Family-zzcanary{person}",
                "date_of_birth": born(person).isoformat(),
                "person_stated_gender_code": "2",
                "practice": "Y99001",
                "commissioner": trust.icb_code,
                "patient_pathway_identifier": f"PATH{person:06d}",
                "activity_treatment_function_code": "110",
                "waiting_list_type": "IRTT",
                "referral_to_treatment_period_start_date": (today - timedelta(weeks=60)).isoformat(),
                "referral_to_treatment_period_status": "20",
                "decision_to_admit_date": (today - timedelta(weeks=10)).isoformat(),
                "source_of_referral": "03",
                "inclusion_on_cancer_ptl": "N",
                "proposed_procedure_opcs_code": "W371",
                "procedure_priority_code": "P4",
                "asa_physical_status_classification_system_code": "2",
                "asa_date": (today - timedelta(days=30)).isoformat(),
                "bmi": "26",
                "bmi_date": (today - timedelta(days=30)).isoformat(),
                "address": f"{person} Zzcanary Street, Zzcanaryton",
                "postcode": f"ZZ9{person % 10} 9ZZ",
                "mobile": "07700 900123" if person % 3 == 0 else "",
                "email": f"zzcanary.{person}@example.org" if person % 3 == 1 else "",
                "safe_contact": ("ANY", "ANY", "NO_LETTER", "ASK_FIRST")[person % 4],
                "communication_needs": "Large print zzcanary" if person == 4 else "",
            }
        )
    return out.getvalue().encode()


class Journeys:
    """A trust, its people, and everybody who deals with them."""

    def __init__(self, app: Flask, database: Database, url: URL, now: datetime) -> None:
        self.app, self.database, self.url, self.now = app, database, url, now
        with database.unit_of_work(SYSTEM) as session:
            self.home = make_trust(session)
            self.receivers = [make_trust(session) for _ in range(3)]
            session.add(Outcode(code="ZZ90", latitude=52.46, longitude=-1.93))
            for receiver in self.receivers:
                make_offer(session, now=now, places=6, site=make_site(session, receiver))

    def staff(self, role: Role, trust: Organisation | None = None) -> Actor:
        trust = trust or self.home
        return Actor(str(uuid.uuid4()), "Robin Example", role, trust.code, Reach.ORGANISATION, trust.icb_code)

    def list_comes(self) -> list[str]:
        """Upload the list, find it good, apply it, and return the reference."""
        manager = self.staff(Role.CAPACITY_MANAGER)
        browsing = Browsing(self.app).sign_in(manager)
        with self.database.unit_of_work(manager) as session:
            file = weekly_list(self.home, london_date(self.now))
            upload = waitinglist.receive_extract(session, self.home.code, file, actor=manager, now=self.now)
            command = ApplyExtract(upload.reference, upload.version)
            taken = waitinglist.take_extract(session, command, actor=manager, now=self.now)
            assert taken.status == "applied", taken.faults
        browsing.get(f"/waiting-list/uploads/{taken.reference}")
        browsing.get("/waiting-list")
        browsing.get("/waiting-list?format=csv")
        browsing.press("/waiting-list", "/waiting-list/invite")
        with self.database.unit_of_work(manager) as session:
            waits = session.scalars(select(Pathway).order_by(Pathway.pathway_id)).all()
            assert len(waits) == PEOPLE
        browsing.get(f"/waiting-list/{waits[0].id}")
        browsing.get(f"/waiting-list/{uuid.uuid4()}", 404)
        return [taken.reference]

    def post_goes(self, settings: Settings) -> Memory:
        """Send everything, and look at the letters, who must be told another way, and the outbox."""
        memory = Memory()
        night = Database(self.url, role=NIGHT)
        try:
            deliver_due(
                night,
                transport=memory,
                address_book=wiring.ADDRESS_BOOK,
                patients=wiring.patient_post(settings),
                base_url=settings.base_url,
                now=lambda: self.now,
                owner="tests",
            )
        finally:
            night.dispose()
        clerk = Browsing(self.app).sign_in(self.staff(Role.BOOKING_CLERK))
        for path in ("/letters", "/letters/to-tell", "/letters?format=csv", "/letters/to-tell?format=csv"):
            clerk.get(path)
        return memory

    def person(self, number: int) -> tuple[Patient, Pathway, str]:
        """Return a person, their wait and their code."""
        with self.database.unit_of_work(SYSTEM) as session:
            patient = session.scalars(select(Patient).where(Patient.nhs_number == number_of(number))).one()
            pathway = session.scalars(select(Pathway).where(Pathway.patient_id == patient.id)).one()
            invitation = session.scalars(
                select(Invitation).where(
                    Invitation.pathway_id == pathway.id, Invitation.replaced_at.is_(None)
                )
            ).one()
            secret = self.app.config["SETTINGS"].secret_key
            return patient, pathway, waitinglist.code_of(invitation.id, secret)

    def comes_in(self, number: int) -> Browsing:
        """Let a person sign in: wrongly, then rightly."""
        _, _, code = self.person(number)
        browsing = Browsing(self.app)
        browsing.post("/transfer/sign-in", {"code": code, **dated(born(number + 1))}, 422)
        browsing.post("/transfer/sign-in", {"code": code, **dated(born(number))})
        return browsing

    def asks(self, number: int) -> Browsing:
        """Let a person ask from the first question to the reference, and look at where it stands."""
        browsing = self.comes_in(number)
        for step, data in ANSWERS:
            browsing.post(page(step), data)
        browsing.follow(browsing.post("/transfer/request/check"))
        browsing.get("/transfer/track")
        browsing.get(f"/transfer/{born(number).isoformat()}", 404)
        return browsing

    def calls_the_helpline(self, number: int) -> None:
        """Let a person ring: an agent finds them and fills the request in for them."""
        agent = Actor(str(uuid.uuid4()), "Robin Example", Role.HELPLINE_AGENT, "X24", Reach.NATION)
        browsing = Browsing(self.app).sign_in(agent)
        browsing.post("/on-behalf", {"nhs_number": number_of(number), **dated(born(number + 1))}, 422)
        found = browsing.post("/on-behalf", {"nhs_number": number_of(number), **dated(born(number))})
        base = str(found.location).removesuffix("/request")
        for step, data in ANSWERS:
            browsing.post(f"{base}/request/{step}", data)
        browsing.follow(browsing.post(f"{base}/request/check"))

    def request_of(self, number: int) -> TransferRequest:
        _, pathway, _ = self.person(number)
        with self.database.unit_of_work(SYSTEM) as session:
            return session.scalars(
                select(TransferRequest).where(TransferRequest.pathway_id == pathway.id)
            ).one()

    def is_judged(self, number: int, **decision: Any) -> None:
        """Let a clinician look, and decide."""
        transfer = self.request_of(number)
        Browsing(self.app).sign_in(self.staff(Role.CLINICAL_REVIEWER)).get(f"/reviews/{transfer.reference}")
        with self.database.unit_of_work(SYSTEM) as session:
            decide(session, session.get_one(TransferRequest, transfer.id), now=self.now, **decision)

    def night_comes(self) -> None:
        night = Database(self.url, role=NIGHT)
        try:
            run_night(night, service_date=london_date(self.now), now=self.now, owner="tests")
        finally:
            night.dispose()

    def receivers_answer(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            search = self.request_of(number).care_request_id
            with self.database.unit_of_work(SYSTEM) as session:
                options = session.scalars(
                    select(Proposal).where(Proposal.request_id == search).order_by(Proposal.option)
                ).all()
                assert options
                for option in options:
                    accept(session, option, now=self.now)
        receiver = next(one for one in self.receivers if one.code == options[0].receiver_code)
        answering = Browsing(self.app).sign_in(self.staff(Role.CAPACITY_MANAGER, receiver))
        answering.get("/matches")
        answering.get(f"/matches/{options[0].reference}")


def dated(day: date) -> dict[str, str]:
    return {
        f"date_of_birth-{part}": str(value)
        for part, value in (("day", day.day), ("month", day.month), ("year", day.year))
    }


@pytest.fixture
def journeys(app: Flask, database: Database, database_url: URL, now: datetime) -> Journeys:
    return Journeys(app, database, database_url, now)


def test_only_their_own_records_know_them(
    journeys: Journeys, settings: Settings, database_url: URL, database: Database
) -> None:
    journeys.list_comes()
    memory = journeys.post_goes(settings)
    assert memory.sent
    browsers = {number: journeys.asks(number) for number in (0, 1, 2, 4, 5)}
    journeys.calls_the_helpline(6)
    for number in (0, 1, 2):
        journeys.is_judged(number)
    journeys.is_judged(4, outcome=ReviewOutcome.NOT_SUITABLE, reason="complex")
    journeys.night_comes()
    journeys.receivers_answer((0, 1))
    chooser = browsers[0]
    shown = chooser.get("/transfer/options")
    chooser.get("/transfer/options/compare")
    (choose, *_) = [link for link in shown.links().values() if link.endswith("/choose")]
    chooser.post(choose)
    chooser.get("/transfer/track")
    browsers[1].post("/transfer/options/stay")
    browsers[4].get("/transfer/track")
    with database.unit_of_work(SYSTEM) as session:
        move = session.scalars(select(Transfer)).one()
    clerk = Browsing(journeys.app).sign_in(journeys.staff(Role.BOOKING_CLERK))
    clerk.get(f"/transfers/{move.reference}")
    clerk.get("/transfers")
    stranger = Browsing(journeys.app).sign_in(journeys.staff(Role.BOOKING_CLERK, make_stranger(database)))
    stranger.get(f"/transfers/{move.reference}", 404)
    lost = Browsing(journeys.app)
    lost.post("/transfer/lost-code", {"nhs_number": number_of(7), **dated(born(7))})
    lost.post("/transfer/18-weeks", {"nhs_number": number_of(8), **dated(born(8))})
    journeys.post_goes(settings)
    leaks.stored(database_url, leaks.tables_without_people(database_url))


def make_stranger(database: Database) -> Organisation:
    with database.unit_of_work(SYSTEM) as session:
        return make_trust(session)


def test_the_nets_catch_what_they_are_for(app: Flask, browsing: Browsing) -> None:
    for words in (
        f"for {number_of(3)}",
        "999 700 0035".replace("0035", number_of(3)[6:]),
        "Family-Zzcanary3",
        "Waiting12",
    ):
        assert leaks.signs(words), words
    for words in ("request 9990000000000000", "since 2026-11-21", "0f9991234567", "waiting for 12 weeks"):
        assert not leaks.signs(words), words
    browsing.get("/transfer")
    with pytest.raises(leaks.Leak, match="a link"):
        leaks.check("a link", f"/cases/{number_of(3)}")
