"""What tells who somebody is, and which pages may say it to whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from dmas.core.actors import Role
from dmas.proposals.models import NamedPerson
from dmas.proposals.vocabulary import Consent
from tests.authorisation.world import Desk, World

READS_PEOPLE = {
    Role.CAPACITY_MANAGER,
    Role.INDEPENDENT_MANAGER,
    Role.BOOKING_CLERK,
    Role.CLINICAL_REVIEWER,
}


def leaks(world: World, desk: Desk | None, body: str) -> list[str]:
    """Return what a page says of people whom whoever opened it may not know."""
    return [
        sign
        for person in world.people.values()
        if not _may_know(desk, person)
        for sign in signs(person)
        if sign in body
    ]


def signs(person: NamedPerson) -> Iterator[str]:
    """Return every value, however it is written, by which somebody could be known."""
    number = person.nhs_number
    yield from (person.family_name, person.phone, person.pathway_id)
    yield from (
        number,
        f"{number[:3]} {number[3:6]} {number[6:]}",
        f"{number[:3]}-{number[3:6]}-{number[6:]}",
    )
    yield from _writings(person.date_of_birth)


def _writings(day: date) -> Iterator[str]:
    yield from (day.isoformat(), day.strftime("%d/%m/%Y"), f"{day.day}/{day.month}/{day.year}")
    yield from (f"{day.day} {day.strftime('%B %Y')}", f"{day.day} {day.strftime('%b %Y')}")


def _may_know(desk: Desk | None, person: NamedPerson) -> bool:
    if desk is None or desk.actor.role not in READS_PEOPLE:
        return False
    sides = {person.home_code} | ({person.receiver_code} if person.consent == Consent.YES else set())
    return desk.actor.organisation in sides
