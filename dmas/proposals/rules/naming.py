"""Whom a home trust may name for a held place, in which rank, and how far they may be asked to travel."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from dmas.catalogue.vocabulary.arrangements import Pathway
from dmas.catalogue.vocabulary.priorities import PriorityScale, named_priority
from dmas.core.errors import InvalidInput
from dmas.core.nhs_number import parse_nhs_number
from dmas.proposals.commands import NamePerson
from dmas.proposals.rules.lifecycle import check_words
from dmas.proposals.vocabulary import UNASKED_TRAVEL_MILES
from dmas.providers.rules import normal_postcode
from dmas.requests.rules import tier_of

_OLDEST = 120


@dataclass(frozen=True, slots=True)
class CutOff:
    """The lowest rank an offer served: tier, then the start of the wait."""

    tier: int
    since: date


def check_person(person: NamePerson, today: date) -> NamePerson:
    """Return the person with every value in its one form; raise InvalidInput for the first that is wrong."""
    for field, most, ask in (
        ("pathway_id", 20, "Enter the pathway identifier."),
        ("given_name", 70, "Enter the given name."),
        ("family_name", 70, "Enter the family name."),
        ("phone", 35, "Enter a phone number, so that the person can be asked."),
    ):
        check_words(getattr(person, field), field=field, ask=ask, most=most)
    if person.sex not in ("F", "M"):
        raise InvalidInput("Choose female or male, as on the patient's record.", field="sex")
    if not re.fullmatch(r"\+?[0-9 ()-]{6,35}", person.phone.strip()):
        raise InvalidInput("Enter a phone number, like 01632 960 001.", field="phone")
    _check_dates(person, today)
    _check_measures(person)
    postcode = normal_postcode(person.postcode)
    if postcode is None:
        raise InvalidInput("Enter a full postcode, like B15 2GW.", field="postcode")
    return replace(
        person,
        pathway_id=person.pathway_id.strip().upper(),
        nhs_number=parse_nhs_number(person.nhs_number),
        given_name=person.given_name.strip(),
        family_name=person.family_name.strip(),
        postcode=postcode,
        phone=person.phone.strip(),
        priority_code=named_priority(person.priority_code).code,
        communication_needs=person.communication_needs.strip(),
    )


def _check_dates(person: NamePerson, today: date) -> None:
    if not today - timedelta(days=366 * _OLDEST) <= person.date_of_birth <= today:
        raise InvalidInput("Enter a date of birth in the past.", field="date_of_birth")
    if not person.date_of_birth <= person.clock_start <= today:
        raise InvalidInput(
            "The clock start must be after the date of birth and not in the future.", field="clock_start"
        )


def _check_measures(person: NamePerson) -> None:
    if person.asa is not None and not 1 <= person.asa <= 5:
        raise InvalidInput("ASA grade must be between 1 and 5.", field="asa")
    if person.bmi is not None and not 5 <= person.bmi <= 150:
        raise InvalidInput("BMI must be between 5 and 150.", field="bmi")
    if person.travel_miles is not None and not 0 <= person.travel_miles <= 1000:
        raise InvalidInput("Miles must be between 0 and 1,000.", field="travel_miles")
    if len(person.communication_needs) > 500:
        raise InvalidInput("Use 500 characters or fewer.", field="communication_needs")


def check_scale(priority_code: str, pathway: str) -> None:
    """Raise InvalidInput unless a test is named under its D-code and anything else under its P-code."""
    scale = PriorityScale.TEST if pathway == Pathway.DIAGNOSTIC else PriorityScale.PROCEDURE
    if named_priority(priority_code).scale is not scale:
        raise InvalidInput(f"Give the {scale.value}-code of this person.", field="priority_code")


def check_rank(priority_code: str, clock_start: date, cut_off: CutOff | None, today: date) -> None:
    """Raise InvalidInput where a person ranks below the offer's cut-off, or may not be matched at all."""
    tier = tier_of(priority_code, (today - clock_start).days)
    if cut_off is None or (tier, clock_start) <= (cut_off.tier, cut_off.since):
        return
    if tier > cut_off.tier:
        why = (
            f"{priority_code} after this wait is tier {tier}, and the places went down to tier {cut_off.tier}"
        )
    else:
        why = (
            "a wait since " + _day(clock_start) + " is shorter than that of everyone the places went to"
            " (since " + _day(cut_off.since) + " or before)"
        )
    raise InvalidInput(
        f"This person ranks below the cut-off of this offer: {why}. Others at another trust come first. Name"
        " somebody who has waited longer or needs it sooner.",
        field="clock_start",
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def travel_limit(asked_miles: int | None) -> int:
    """Return the person's travel limit in miles: their own, or 25 until they are asked."""
    return UNASKED_TRAVEL_MILES if asked_miles is None else asked_miles


def too_far(tenths: int | None, travel_miles: int) -> bool:
    """Say whether a distance in tenths of a mile is over a limit in miles, or not known."""
    return tenths is None or tenths > travel_miles * 10


def check_travel(tenths: int | None, travel_miles: int, *, agreed: bool) -> None:
    """Raise InvalidInput where the place is farther than the person's limit and they have not agreed."""
    if too_far(tenths, travel_miles) and not agreed:
        how_far = (
            "The distance is not known" if tenths is None else f"The place is {tenths / 10:.0f} miles away"
        )
        raise InvalidInput(
            f"{how_far}, and their limit is {travel_miles} miles. Ask the person, and tick that they agree.",
            field="travel_ok",
        )


def check_asked_at(asked_at: datetime, named_at: datetime, now: datetime) -> None:
    """Raise InvalidInput unless the person was asked after they were named and not in the future.

    Forms give whole minutes, so the minute of the naming counts.
    """
    if asked_at > now:
        raise InvalidInput("The time you asked must not be in the future.", field="asked_at")
    if asked_at < named_at.replace(second=0, microsecond=0):
        raise InvalidInput("The person was named after that. Enter when you asked them.", field="asked_at")
