"""A scanner: people asked for at seven weeks, a mobile unit matched, one booked, done, reported and read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from dmas.catalogue.vocabulary.arrangements import Basis
from dmas.proposals.models import Proposal
from dmas.transfers.models import Transfer
from tests.browser import steps
from tests.browser.conftest import Sits
from tests.browser.person import Person
from tests.browser.world import HOME, INDEPENDENT, World
from tests.factories.numbers import nhs_number

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

CRITICAL = "Acute medical desk"


class Journey:
    """The story, step by step."""

    def __init__(self, world: World, sits_down: Sits) -> None:
        self.world, self.sits_down = world, sits_down
        self.clock_start = world.today - timedelta(days=50)
        self.born = world.today - timedelta(days=58 * 366)
        self.match = self.transfer = ""

    def given_a_mobile_scanner(self) -> None:
        manager = self.sits_down("independent manager").opens("/diagnostics").looks("01-nothing-yet")
        manager.follows("Offer tests").looks("02-which-test")
        manager.selects("Which test?", "MRI scan (imaging)").presses("Continue").looks("03-offering")
        manager.ticks("Where is it given?", "Mobile unit")
        manager.enters("Name of the centre or unit (optional)", "Trailer 4")
        manager.enters("How many sessions a week?", 8).enters("How many people can you test?", 20)
        manager.dates("First date", self.world.today + timedelta(days=3))
        manager.dates("Last date", self.world.today + timedelta(days=40))
        manager.ticks("What can you do?", "Contrast").ticks("What can you do?", "Wide-bore scanner")
        manager.ticks("What can you do?", "Kidney function checked on the day")
        manager.enters("Heaviest person you can take", 200).enters("When is the report there?", 4)
        manager.ticks("How do images or traces reach the trust?", "Image exchange portal")
        manager.ticks("Where does the capacity come from?", "Extra staff or rooms found for this")
        manager.presses("Post the offer").reads("The offer is open", "Mobile unit: Trailer 4")
        manager.looks("04-offered").follows("Change it").looks("05-changing")
        manager.enters("How many sessions a week?", 9).presses("Save changes").reads("Your changes are saved")

    def when_a_manager_asks_for_scans(self) -> None:
        manager = self.sits_down("home manager").opens("/diagnostics")
        manager.follows("Ask for tests").looks("06-which-test").selects(
            "Which test are they waiting for?", "MRI scan (imaging)"
        )
        manager.presses("Continue").ticks("What is to be tested?", "Head")
        self.fills_in_a_line(manager)
        manager.ticks("Is anyone in these lines on a cancer pathway?", "No")
        manager.ticks("What must the other provider be able to do?", "Contrast")
        manager.enters("Weight of the heaviest person", 115).ticks_alone("Everyone could come within days")
        manager.enters("Which clinician reads the reports?", "Dr Example Reader")
        manager.enters("Who is told of a critical finding?", CRITICAL)
        manager.enters("On which telephone number?", "01632 960 123")
        manager.enters("Within how many working days must the report be there?", 5)
        manager.enters("Why do you need help?", "Our scanner is being replaced.")
        manager.looks("07-asking").presses("Send to your ICB").reads("Your request is with your ICB")
        manager.reads("To be checked on the day".lower(), "Breached").looks("08-asked")

    def fills_in_a_line(self, manager: Person) -> None:
        line = manager.group("Line 1")
        manager.enters("People", 3, within=line).selects("Priority", "D4: routine test", within=line)
        manager.selects("The dates are", "when the test clock started", within=line)
        manager.dates("Longest wait: from", self.clock_start)
        manager.dates("Shortest wait: from", self.clock_start + timedelta(days=8))
        manager.enters("Youngest", 40, within=line).enters("Oldest", 75, within=line)

    def and_the_icb_approves(self) -> None:
        reference = self.world.care_request().reference
        coordinator = self.sits_down("coordinator").opens("/approvals").follows(reference)
        coordinator.reads("MRI scan", "Head").looks("09-deciding").presses("Approve this request")
        coordinator.reads("The request is approved").opens("/diagnostics").looks("10-six-weeks")
        coordinator.opens("/diagnostics/requests").looks("11-requests")
        coordinator.opens("/diagnostics/offers").looks("12-offers")

    def then_the_night_finds_the_mobile_unit(self) -> None:
        self.world.night()
        with self.world.working() as session:
            proposal = session.scalars(select(Proposal)).one()
        assert (proposal.places, proposal.pathway) == (3, "diagnostic")
        self.match = proposal.reference

    def when_the_provider_accepts_and_the_trust_names_somebody(self) -> None:
        receiver = self.sits_down("independent manager").opens(f"/matches/{self.match}")
        receiver.reads("Reported within 5 working days", "Head", "Contrast").looks("13-match")
        steps.accept(receiver, self.match)
        manager = self.sits_down("home manager")
        steps.take(manager, self.match)
        self.names_somebody(manager.opens(f"/matches/{self.match}/people"))
        manager.looks("14-naming").presses("Name this person").reads("The person is named")
        manager.follows("Record what they say")
        steps.fill_in_a_yes(manager)
        manager.presses("Record the answer").reads("The answer is recorded")
        with self.world.working() as session:
            transfer = session.scalars(select(Transfer)).one()
        assert (transfer.basis, transfer.status) == (Basis.TEST_ONLY, "booked")
        self.transfer = f"/transfers/{transfer.reference}"

    def names_somebody(self, manager: Person) -> None:
        manager.enters("Pathway identifier", "PATHSCAN1").enters("NHS number", nhs_number())
        manager.enters("Given name", "Joyce").enters("Family name", "Hartwell")
        manager.dates("Date of birth", self.born).ticks("Sex on the record", "Female")
        manager.enters("Postcode", "B15 2GW").enters("Phone number", "07700 900123")
        manager.dates("Clock start", self.clock_start)
        manager.page.get_by_label("Priority", exact=True).select_option("D4")

    def then_the_test_is_booked_and_dated(self) -> None:
        clerk = self.sits_down("home clerk").looks("15-clerk").opens(self.transfer)
        clerk.reads("Test booked", "Only the test moves".lower()).looks("16-booked")
        clerk.follows("Say who reads the report").looks("17-reader").presses("Save")
        clerk.reads("The provider can now do the test")
        receiver = self.sits_down("independent manager", device="phone")
        receiver.looks("18-receiver").opens(self.transfer).reads("Hartwell", CRITICAL).looks("19-received")
        receiver.opens(f"{self.transfer}/date").dates("When is the first date?", self.test_day)
        receiver.looks("20-date").presses("Save the date").reads("The date is given")

    @property
    def test_day(self) -> date:
        return self.world.today + timedelta(days=2)

    def and_done_and_reported_with_a_critical_finding(self) -> None:
        day = self.test_day
        self.world.clock.goes_to(day, 15)
        receiver = self.sits_down("independent manager").opens(f"{self.transfer}/done")
        receiver.dates("On which day was the test done?", day)
        receiver.looks("21-doing").presses("Record the test").reads("The test is recorded", "Test done")
        receiver.follows("Tell of a critical finding").enters("Whom did you speak to?", "Registrar on call")
        receiver.looks("22-critical").presses("Record the call").reads("must now acknowledge")
        receiver.opens(f"{self.transfer}/report")
        receiver.ticks("How were the images sent?", "Image exchange portal").looks("23-reporting")
        receiver.presses("The report was sent").reads("recorded as sent").looks("24-reported")
        receiver.opens("/home").reads("critical finding is not acknowledged").looks("25-both-homes")

    def then_a_clinician_acknowledges_and_reads_it_late(self) -> None:
        self.world.clock.goes_to(self.world.today + timedelta(days=12), 9)
        receiver = self.sits_down("independent manager")
        receiver.reads("unread for over 5 working days").looks("26-breach")
        clinician = self.sits_down("home clinician").reads("unread for over 5 working days")
        clinician.looks("27-clinician").opens(self.transfer).looks("28-unread")
        clinician.follows("Acknowledge the critical finding").looks("29-acknowledging")
        clinician.presses("Acknowledge").reads("Acknowledged")
        clinician.follows("Record that the report was read").looks("30-reading")
        clinician.presses("The report was read").reads("the test is over", "Report read").looks("31-read")
        clinician.opens("/transfers?status=every").looks("32-transfers")

    def and_the_pathway_never_moved(self) -> None:
        with self.world.working() as session:
            transfer = session.scalars(select(Transfer)).one()
        assert (transfer.status, transfer.rtt_status) == ("read", None)
        assert transfer.clock_start == self.clock_start
        codes = [self.world.organisations[name].code for name in (HOME, INDEPENDENT)]
        assert [transfer.home_code, transfer.receiver_code] == codes
        assert transfer.test is not None
        assert transfer.test.reported_by == codes[1]  # under its own contract the provider counts it
        self.world.is_sound()


def test_a_scan_on_a_mobile_unit_is_done_reported_and_read(world: World, sits_down: Sits) -> None:
    journey = Journey(world, sits_down)
    journey.given_a_mobile_scanner()
    journey.when_a_manager_asks_for_scans()
    journey.and_the_icb_approves()
    journey.then_the_night_finds_the_mobile_unit()
    journey.when_the_provider_accepts_and_the_trust_names_somebody()
    journey.then_the_test_is_booked_and_dated()
    journey.and_done_and_reported_with_a_critical_finding()
    journey.then_a_clinician_acknowledges_and_reads_it_late()
    journey.and_the_pathway_never_moved()
