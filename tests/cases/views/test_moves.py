"""The pages of a match and of a transfer, opened as a person would."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

import pytest
from sqlalchemy import func, select

from dmas.core.actors import Actor, Role
from dmas.core.audit import AuditEvent
from dmas.core.db import Database
from dmas.proposals import services as proposals
from dmas.proposals.commands import AskForInformation
from dmas.proposals.models import NamedPerson, Proposal
from dmas.proposals.vocabulary import Consent, ProposalStatus
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TransferStatus
from tests.browsing import Browsing
from tests.cases.conftest import HELPLINE, NATIONAL, SAFETY, auditor, coordinator, regional
from tests.factories.offers import make_offer
from tests.factories.proposals import make_person, make_proposal, say, sides_of, staff_of
from tests.factories.requests import make_request
from tests.factories.transfers import make_transfer

Statements = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def chosen(database: Database, system: Actor, now: datetime) -> Proposal:
    with database.unit_of_work(system) as session:
        return make_proposal(session, now=now, places=3, status=ProposalStatus.CHOSEN)


def named(
    database: Database, system: Actor, now: datetime, proposal: Proposal, said: Consent | None
) -> NamedPerson:
    with database.unit_of_work(system) as session:
        person = make_person(session, now=now, proposal=session.get_one(Proposal, proposal.id))
        return say(session, person, now=now, said=said) if said else person


def looks(database: Database, system: Actor, action: str) -> int:
    with database.unit_of_work(system) as session:
        return session.scalar(select(func.count()).where(AuditEvent.action == action)) or 0


class TestMatch:
    def test_the_receiver_answers_a_line_and_nobody_named(
        self, browsing: Browsing, database: Database, system: Actor, now: datetime
    ) -> None:
        with database.unit_of_work(system) as session:
            offer = make_offer(session, now=now, places=8, max_bmi=30.0, no_bmi_limit=False)
            asked = make_request(session, now=now, places=8, worst_bmi=34.0)
            proposal = make_proposal(session, now=now, places=5, offer=offer, care_request=asked)
        here = f"/matches/{proposal.reference}"
        page = browsing.sign_in(sides_of(proposal).at_receiver()).get(here)
        assert page.heading.endswith("5 places: hip replacement")
        assert page.links()["Accept"] == f"{here}/accept"
        assert page.links()["Decline"] == f"{here}/decline"
        assert "Look first at those that do not" in page.text
        assert page.tables()[0][1] == ["Worst BMI", "Asked: 34", "Offered: Up to 30", "Does not fit"]
        assert asked.reference not in page.text
        assert asked.reason not in page.text

    def test_the_home_trust_sees_whom_it_named_and_each_look_is_recorded(
        self, browsing: Browsing, database: Database, system: Actor, now: datetime, chosen: Proposal
    ) -> None:
        person = named(database, system, now, chosen, None)
        home = sides_of(chosen).at_home()
        page = browsing.sign_in(home).get(f"/matches/{chosen.reference}")
        assert f"{person.given_name} {person.family_name}" in page.text
        assert page.links()["Name people"] == f"/matches/{chosen.reference}/people"
        assert looks(database, system, "person.seen") == 1
        again = browsing.get(f"/matches/{chosen.reference}")
        assert "Who looked at the person’s details" in again.text
        assert looks(database, system, "person.seen") == 2

    def test_the_receiver_sees_only_who_said_yes(
        self, browsing: Browsing, database: Database, system: Actor, now: datetime, chosen: Proposal
    ) -> None:
        browsing.sign_in(sides_of(chosen).at_receiver())
        assert "Nobody has said yes yet" in browsing.get(f"/matches/{chosen.reference}").text
        yes = named(database, system, now, chosen, Consent.YES)
        no = named(database, system, now, chosen, Consent.NO)
        waiting = named(database, system, now, chosen, None)
        page = browsing.get(f"/matches/{chosen.reference}")
        assert yes.family_name in page.text
        assert no.family_name not in page.text
        assert waiting.family_name not in page.text
        assert "Preparing the hand-over" in page.text

    def test_those_who_look_on_see_no_names(
        self, browsing: Browsing, database: Database, system: Actor, now: datetime, chosen: Proposal
    ) -> None:
        person = named(database, system, now, chosen, Consent.YES)
        lookers = [coordinator(chosen.home_icb), regional(chosen.receiver_region), NATIONAL, SAFETY]
        lookers += [auditor(chosen.home_code), auditor(chosen.receiver_code)]
        for actor in lookers:
            page = browsing.sign_in(actor).get(f"/matches/{chosen.reference}")
            assert person.family_name not in page.text
            assert person.nhs_number not in page.html
            assert "Home trust took the places" in page.text
        assert looks(database, system, "person.seen") == 0

    def test_a_question_stands_on_the_page(
        self, browsing: Browsing, database: Database, system: Actor, now: datetime
    ) -> None:
        with database.unit_of_work(system) as session:
            proposal = make_proposal(session, now=now)
            asking = AskForInformation(
                reference=proposal.reference, version=1, question="How old is the MRI?"
            )
            proposals.ask(session, asking, actor=system, now=now)
        page = browsing.sign_in(sides_of(proposal).at_home()).get(f"/matches/{proposal.reference}")
        assert "How old is the MRI?" in page.text
        assert page.links()["Answer the question"].endswith("/answer")

    def test_who_may_not(self, browsing: Browsing, chosen: Proposal) -> None:
        here = f"/matches/{chosen.reference}"
        for stranger in (staff_of("R9999"), coordinator("QZZ"), auditor("R9999")):
            browsing.sign_in(stranger).get(here, 404)
        browsing.sign_in(HELPLINE).get(here, 403)

    def test_the_number_of_statements_does_not_grow(
        self,
        browsing: Browsing,
        database: Database,
        system: Actor,
        now: datetime,
        chosen: Proposal,
        statements: Statements,
    ) -> None:
        named(database, system, now, chosen, Consent.YES)
        browsing.sign_in(sides_of(chosen).at_home())
        here = f"/matches/{chosen.reference}"
        browsing.get(here)

        def sent() -> int:
            with statements() as gathered:
                browsing.get(here)
            return len(gathered)

        before = sent()
        named(database, system, now, chosen, Consent.YES)
        named(database, system, now, chosen, None)
        assert sent() == before


class TestTransfer:
    def made(
        self,
        database: Database,
        system: Actor,
        now: datetime,
        status: TransferStatus = TransferStatus.PREPARING,
    ) -> Transfer:
        with database.unit_of_work(system) as session:
            transfer = make_transfer(session, now=now, status=status)
            self.values = dict(transfer.data_set)
            return transfer

    def test_the_home_trust_sees_what_is_missing(
        self, browsing: Browsing, database: Database, system: Actor, now: datetime
    ) -> None:
        transfer = self.made(database, system, now)
        browsing.sign_in(staff_of(transfer.home_code, Role.BOOKING_CLERK))
        page = browsing.get(f"/transfers/{transfer.reference}")
        assert "19 of the 27 answers that are needed are there" in page.text
        assert "Still missing: title, address" in page.text
        assert page.links()["Complete the data set and send it"].endswith("/data-set")
        assert "The person is still on its waiting list" in page.text
        assert self.values["family_name"] in page.text
        assert looks(database, system, "transfer.data_set_seen") == 1

    def test_the_receiver_confirms_and_both_sides_talk(
        self, browsing: Browsing, database: Database, system: Actor, now: datetime
    ) -> None:
        transfer = self.made(database, system, now, TransferStatus.SENT)
        here = f"/transfers/{transfer.reference}"
        browsing.sign_in(staff_of(transfer.receiver_code, Role.BOOKING_CLERK))
        page = browsing.get(here)
        assert page.links()["Confirm"] == f"{here}/confirm"
        assert "All 27 answers that are needed are there." in page.text
        assert "Request" not in [row.text for row in page.all("dt")]
        browsing.press(here, f"{here}/messages", {"text": "Is a hoist needed?"})
        assert "Is a hoist needed?" in browsing.get(here).text

    def test_after_the_confirmation_the_receiver_is_responsible(
        self, browsing: Browsing, database: Database, system: Actor, now: datetime
    ) -> None:
        transfer = self.made(database, system, now, TransferStatus.CONFIRMED)
        page = browsing.sign_in(staff_of(transfer.receiver_code)).get(f"/transfers/{transfer.reference}")
        assert "The person has left the waiting list of" in page.text
        assert page.links()["Give the first date"].endswith("/date")

    def test_those_who_look_on_see_no_person_and_no_messages(
        self, browsing: Browsing, database: Database, system: Actor, now: datetime
    ) -> None:
        transfer = self.made(database, system, now, TransferStatus.SENT)
        here = f"/transfers/{transfer.reference}"
        writer = browsing.sign_in(staff_of(transfer.home_code))
        writer.press(here, f"{here}/messages", {"text": "She is afraid of lifts."})
        for actor in (coordinator(transfer.home_icb), NATIONAL, SAFETY, auditor(transfer.home_code)):
            page = browsing.sign_in(actor).get(here)
            for secret in (self.values["family_name"], self.values["nhs_number"], "afraid"):
                assert secret not in page.html
            assert "Sent to the receiver" in page.text
            assert "Nobody watches this page for symptoms" in page.text

    def test_who_may_not(self, browsing: Browsing, database: Database, system: Actor, now: datetime) -> None:
        transfer = self.made(database, system, now)
        here = f"/transfers/{transfer.reference}"
        for stranger in (staff_of("R9999"), coordinator("QZZ"), auditor("R9999")):
            browsing.sign_in(stranger).get(here, 404)
        browsing.sign_in(HELPLINE).get(here, 403)

    def test_the_number_of_statements_does_not_grow(
        self, browsing: Browsing, database: Database, system: Actor, now: datetime, statements: Statements
    ) -> None:
        transfer = self.made(database, system, now, TransferStatus.SENT)
        here = f"/transfers/{transfer.reference}"
        browsing.sign_in(staff_of(transfer.home_code))
        browsing.get(here)

        def sent() -> int:
            with statements() as gathered:
                browsing.get(here)
            return len(gathered)

        before = sent()
        for word in ("one", "two", "three"):
            browsing.press(here, f"{here}/messages", {"text": word})
        assert sent() == before
