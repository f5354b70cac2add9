"""What people do in more than one journey, as they do it on the pages."""

from __future__ import annotations

from datetime import date, timedelta

from tests.browser.person import Person
from tests.factories.numbers import nhs_number

# What the home trust still has to type before a data set can be sent.
DATA_SET = {
    "Title": "Mrs",
    "Address": "1 Example Street\nExampleton",
    "Hospital number": "H123456",
    "Name of the GP": "Dr Example",
    "Practice code": "M85001",
    "Their referrer code": "C1234567",
    "Who to ask about this transfer": "Waiting list office",
}

SLOT_CANCELLED = "The home trust has cancelled its own appointment or admission for this person"


def begin_a_request(manager: Person) -> None:
    """Choose trauma and orthopaedics on the first page of a request."""
    manager.opens("/requests").follows("Ask for help")
    manager.page.get_by_label("Which service").select_option(label="Trauma and orthopaedics (110)")
    manager.presses("Continue")


def fill_in_a_request(manager: Person, *, places: int = 8) -> None:
    """Ask for hips for people of 50 to 75 who have waited over a year."""
    begin_a_request(manager)
    manager.ticks("What care do they need?", "Inpatient surgery").ticks("What moves?", "Whole pathway")
    line = manager.group("Line 1")
    manager.selects("Procedure", "Hip replacement", within=line).enters("Places", places, within=line)
    manager.selects("Weeks waited", "52 to 65 weeks", within=line)
    line.get_by_label("Priority", exact=True).select_option("P4")
    manager.enters("Youngest", 50, within=line).enters("Oldest", 75, within=line)
    manager.selects("Worst ASA grade", "ASA 2", within=line).enters("Worst BMI", 32, within=line)
    manager.ticks("Is anyone in these lines on a cancer pathway?", "No")
    manager.ticks("Might they need critical care afterwards?", "No")
    manager.enters("Why do you need help?", "Two theatres are closed until spring.")
    manager.enters("Clinical lead for these people", "Ms Example Surgeon")


def begin_an_offer(manager: Person, arrangement: str) -> None:
    """Say what is offered: orthopaedic operations at the manager's only site."""
    manager.opens("/offers").follows("Post an offer")
    manager.selects("Which service?", "Trauma and orthopaedics (110)")
    manager.ticks("What care can you offer?", "Inpatient surgery")
    manager.ticks("Under which arrangement?", arrangement)
    manager.presses("Continue")


def fill_in_an_offer(manager: Person, today: date, *, places: int = 4) -> None:
    """Give the terms of an offer for the next ten weeks."""
    manager.enters("How many places?", places)
    manager.dates("First date", today + timedelta(days=14)).dates("Last date", today + timedelta(days=70))
    manager.ticks("Which operations?", "Any operation in this service")
    manager.ticks("Highest ASA grade", "3").enters("Highest BMI", 38)
    manager.ticks("Critical care on the site", "None")
    manager.ticks("Where does the capacity come from?", "A list or clinic we have and cannot fill")


def accept(receiver: Person, reference: str) -> None:
    """Accept all the places of a match as they are described."""
    receiver.opens(f"/matches/{reference}").follows("Accept")
    receiver.ticks("Do you accept them as described?", "Yes").presses("Accept").reads("You have accepted")


def take(home: Person, reference: str) -> None:
    """Take the places that a receiver accepted."""
    home.opens(f"/matches/{reference}").follows("Take these places")
    home.presses("Take these places").reads("The places are yours")


def fill_in_a_person(home: Person, given: str, family: str, *, clock_start: date, born: date) -> None:
    """Fill in the form that names somebody for a place."""
    home.enters("Pathway identifier", f"PATH{family.upper()}"[:20]).enters("NHS number", nhs_number())
    home.enters("Given name", given).enters("Family name", family).dates("Date of birth", born)
    home.ticks("Sex on the record", "Female").enters("Postcode", "B15 2GW")
    home.enters("Phone number", "07700 900123").dates("Clock start", clock_start)
    home.page.get_by_label("Priority", exact=True).select_option("P4")
    home.enters("ASA grade", 2).enters("BMI", 28)


def fill_in_a_yes(home: Person) -> None:
    """Fill in that the person said yes on the phone."""
    home.page.get_by_label("Yes, they want to move", exact=True).check()
    home.ticks_alone("They know how far it is and agree to the journey")
    home.ticks("How were they asked?", "By phone")


def fill_in_the_data_set(clerk: Person) -> None:
    """Type what the case does not know by itself."""
    for label, text in DATA_SET.items():
        clerk.enters(label, text)
    clerk.page.get_by_label("Consultant or other care professional", exact=True).fill("Ms Example Surgeon")
