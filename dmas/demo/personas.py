"""The people a visitor can be: one for each role, at organisations where something waits for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from dmas.core.actors import Role
from dmas.demo.england import PROVIDERS
from dmas.providers.vocabulary import NATION_CODE, REGIONS

HOME, RECEIVER, INDEPENDENT = "ZA8", "ZB1", "ZN103"
BOARD, REGION = "QHL", "Y60"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented who works for one organisation in one role."""

    key: str
    name: str
    organisation: str
    role: Role

    @property
    def email(self) -> str:
        """An address that reaches nobody."""
        return f"{self.key}@example.org"


@dataclass(frozen=True, slots=True)
class Persona(Person):
    """A person the visitor may become, and what to try as them."""

    what_to_try: str


PERSONAS = (
    Persona("home-manager", "Amara Okafor", HOME, Role.CAPACITY_MANAGER,
            "Ask for help for people waiting too long, take the places the night found, name people."),
    Persona("receiving-manager", "Tomasz Nowak", RECEIVER, Role.CAPACITY_MANAGER,
            "Answer what the night proposed, post an offer, say that an offer is still true."),
    Persona("independent-manager", "Helen Marsh", INDEPENDENT, Role.INDEPENDENT_MANAGER,
            "Post capacity of an independent hospital and answer matches; patients stay unnamed."),
    Persona("booking-clerk", "Priya Raman", HOME, Role.BOOKING_CLERK,
            "Record what a patient said, fill in a hand-over and send it."),
    Persona("receiving-clerk", "Joan Whitlock", RECEIVER, Role.BOOKING_CLERK,
            "Confirm a hand-over and give the first date."),
    Persona("reviewer", "Dr Samir Haddad", RECEIVER, Role.CLINICAL_REVIEWER,
            "Read a proposed case and accept it subject to assessment."),
    Persona("home-reviewer", "Dr Beatrice Lowe", HOME, Role.CLINICAL_REVIEWER,
            "Decide about patients of your trust who ask to move, oldest first."),
    Persona("icb-coordinator", "Grace Bell", BOARD, Role.ICB_COORDINATOR,
            "Approve offers and requests of your area and read last night's run."),
    Persona("regional-coordinator", "Owen Pryce", REGION, Role.REGIONAL_COORDINATOR,
            "See what escalated to the region and how the night went across it."),
    Persona("national-administrator", "Ruth Adeyemi", NATION_CODE, Role.NATIONAL_ADMINISTRATOR,
            "Look across England: offers, requests and nights, but no patients."),
    Persona("safety-officer", "Dr Iris Lund", NATION_CODE, Role.SAFETY_OFFICER,
            "Suspend an offer that is not safe and see who it affects."),
    Persona("helpline-agent", "Ben Carver", NATION_CODE, Role.HELPLINE_AGENT,
            "Find somebody who calls by their code and date of birth, and ask to move on their behalf."),
    Persona("auditor", "Mei Tanaka", HOME, Role.AUDITOR,
            "Read the history of cases; change nothing."),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientPersona:
    """Somebody invented who waits at the personas' trust, and what to try as them."""

    key: str
    given: str
    family: str
    sex: str
    born: date
    days_waited: int
    begins_at: str
    what_to_try: str

    @property
    def name(self) -> str:
        """Return the name as people say it."""
        return f"{self.given} {self.family}"


PATIENTS = (
    PatientPersona(
        key="patient-invited", given="Rosalind", family="Penhallow", sex="F", born=date(1958, 5, 4),
        days_waited=293, begins_at="/transfer/request",
        what_to_try="Just invited: ask to be treated elsewhere, one question a page, and send it."),
    PatientPersona(
        key="patient-choosing", given="Winston", family="Abara", sex="M", born=date(1951, 11, 23),
        days_waited=402, begins_at="/transfer/options",
        what_to_try="Four hospitals to choose from, beside staying: compare them and choose."),
    PatientPersona(
        key="patient-moved", given="Nasreen", family="Coldbeck", sex="F", born=date(1949, 2, 17),
        days_waited=415, begins_at="/transfer/track",
        what_to_try="Care has moved: see each step, who has it now and the date."),
)  # fmt: skip

GIVEN = (
    "Alex", "Bola", "Carys", "Dev", "Ewa", "Farah", "Gwen", "Hamid", "Ines", "Jonah", "Kavya", "Liam", "Maya",
    "Nia", "Osei", "Petra", "Quinn", "Rosa", "Sol", "Tariq",
)  # fmt: skip
FAMILY = (
    "Ashdown", "Birkett", "Calloway", "Dunmore", "Everly", "Farrow", "Greenhalgh", "Hartwell", "Ingleby",
    "Jessop", "Kirkbride", "Lambert", "Mallory", "Northcott", "Oakes", "Penrose", "Quayle", "Ridley",
    "Sorrel", "Thackray", "Underhill", "Vickers", "Winslow", "Yardley",
)  # fmt: skip


def invented_name(number: int) -> tuple[str, str]:
    """Return the given and family name of the n-th invented person; 480 differ."""
    return GIVEN[number % len(GIVEN)], FAMILY[(number * 11 + number // len(GIVEN)) % len(FAMILY)]


def manager_of(provider: str) -> str:
    """Return the key of a provider's manager."""
    known = {persona.organisation: persona.key for persona in PERSONAS if persona.role in MANAGERS}
    return known.get(provider, f"manager-{provider.lower()}")


def coordinator_of(code: str) -> str:
    """Return the key of an ICB's or region's coordinator."""
    known = {persona.organisation: persona.key for persona in PERSONAS if persona.role in COORDINATORS}
    return known.get(code, f"coordinator-{code.lower()}")


def reviewer_of(trust: str) -> str:
    """Return the key of a trust's clinical reviewer."""
    return "home-reviewer" if trust == HOME else f"reviewer-{trust.lower()}"


MANAGERS = (Role.CAPACITY_MANAGER, Role.INDEPENDENT_MANAGER)
COORDINATORS = (Role.ICB_COORDINATOR, Role.REGIONAL_COORDINATOR)


def everybody() -> list[Person]:
    """Return the personas, and a manager or coordinator wherever none of them is."""
    people: list[Person] = list(PERSONAS)
    known = {person.key for person in people}
    for number, provider in enumerate(PROVIDERS):
        role = Role.INDEPENDENT_MANAGER if provider.independent else Role.CAPACITY_MANAGER
        people.append(_other(manager_of(provider.code), number, provider.code, role))
        if not provider.independent:
            doctor = _other(reviewer_of(provider.code), 300 + number, provider.code, Role.CLINICAL_REVIEWER)
            people.append(replace(doctor, name=f"Dr {doctor.name}"))
    for number, code in enumerate(sorted({provider.icb for provider in PROVIDERS})):
        people.append(_other(coordinator_of(code), 100 + number, code, Role.ICB_COORDINATOR))
    for number, code in enumerate(REGIONS):
        people.append(_other(coordinator_of(code), 200 + number, code, Role.REGIONAL_COORDINATOR))
    return people[: len(PERSONAS)] + [person for person in people[len(PERSONAS) :] if person.key not in known]


def _other(key: str, number: int, organisation: str, role: Role) -> Person:
    return Person(key, " ".join(invented_name(number)), organisation, role)
