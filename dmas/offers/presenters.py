"""Offers in words: what lists, pages and other rooms show of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dmas.catalogue.rules import service_label, service_name
from dmas.catalogue.vocabulary.arrangements import (
    CONTRACT_LABELS,
    Basis,
    Care,
    ContractBasis,
    CriticalCare,
    Pathway,
    Setting,
    Stage,
)
from dmas.catalogue.vocabulary.procedures import procedure_group
from dmas.catalogue.vocabulary.reasons import ReasonFor, reason
from dmas.catalogue.vocabulary.tokens import TokenTopic, label, token
from dmas.catalogue.vocabulary.treatment_functions import treatment_function
from dmas.core.actors import Actor
from dmas.core.errors import InvalidInput
from dmas.offers import rules
from dmas.offers.commands import OfferKind
from dmas.offers.models import Offer
from dmas.offers.queries import OfferRow, WeekOfPlaces
from dmas.offers.vocabulary import (
    CAN_BE_CONFIRMED,
    SIDE_LABELS,
    Additionality,
    DoneBy,
    Ended,
    Freshness,
    OfferStatus,
    Side,
)
from dmas.published import presenters as figures
from dmas.web.filters import count, day, miles
from dmas.web.lists import Tag

_COLOURS = {
    OfferStatus.OPEN: "green",
    OfferStatus.AWAITING_ICB: "yellow",
    OfferStatus.DRAFT: "blue",
    OfferStatus.SUSPENDED: "orange",
    OfferStatus.WITHDRAWN: "red",
}
_SEXES = {"F": "female patients only", "M": "male patients only"}
_CRITICAL_CARE = {
    CriticalCare.NONE: "no critical care",
    CriticalCare.LEVEL_2: "level 2 critical care",
    CriticalCare.LEVEL_3: "level 3 critical care",
}

# Read by both sides, so nobody is "we".
_BY: dict[str, str] = {
    DoneBy.RECEIVER: "By the provider that offers",
    DoneBy.HOME: "By the home trust",
    DoneBy.SHARED: "Shared, as agreed",
}


def path(offer: Offer) -> str:
    """Return the address of an offer's page."""
    return f"/offers/{offer.reference}"


def heading(offer: Offer) -> str:
    """Return an offer in one line, such as `Urology, day case surgery: 3 of 8 places free`."""
    return f"{what(offer)}: {free_of(offer)} places free"


def service(offer: Offer) -> str:
    """Return the name of an offer's service."""
    return service_name(offer.service)


def care(offer: Offer) -> str:
    """Return an offer's stage and setting in the words of its form."""
    found = Care.of(offer.stage, offer.setting)
    return found.label if found else Setting(offer.setting).label


def dates(offer: Offer) -> str:
    """Return the window, such as `3 November 2026 to 1 December 2026`."""
    if offer.window_from == offer.window_to:
        return day(offer.window_from)
    return f"{day(offer.window_from)} to {day(offer.window_to)}"


def short_dates(offer: Offer) -> str:
    """Return the window for a narrow column, such as `3 Nov to 1 Dec 2026`."""
    first, last = offer.window_from, offer.window_to
    end = f"{last.day} {last:%b %Y}"
    if first == last:
        return end
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {first:%b}{year} to {end}"


def what(offer: Offer) -> str:
    """Return service and care, such as `Urology, day case surgery`, and any unusual basis."""
    if offer.pathway == Pathway.DIAGNOSTIC:
        return service(offer)
    basis = "" if offer.basis == Basis.WHOLE_PATHWAY else f", {Basis(offer.basis).label.lower()}"
    return f"{service(offer)}, {care(offer).lower()}{basis}"


def free_of(offer: Offer) -> str:
    """Return how many places are free of how many."""
    return f"{offer.free:,} of {offer.places:,}"


def status(offer: Offer) -> Tag:
    """Return the state as a tag; a full offer says so."""
    state = OfferStatus(offer.status)
    if state is OfferStatus.OPEN and offer.free == 0:
        return Tag("Open, full", "blue")
    return Tag(state.label, _COLOURS.get(state, "grey"))


def freshness(offer: Offer, today: date) -> Tag | str:
    """Return when the offer was last confirmed, as a tag once it needs confirming."""
    if offer.status not in CAN_BE_CONFIRMED:
        return "–"
    if rules.freshness(offer.confirmed_on, today) is Freshness.FRESH:
        return f"Said {offer.confirmed_on.day} {offer.confirmed_on:%b}"
    return Tag(f"Confirm: {(today - offer.confirmed_on).days} days old", "orange")


def notice(offer: Offer, today: date) -> str:
    """Return the notice an offer leaves today, whatever was meant when it was posted."""
    if rules.standard_notice(offer.notice, offer.window_to, today):
        return "Standard notice"
    return "Short notice"


def limits(offer: Offer) -> str:
    """Return whom an offer takes, in one line; a limit nobody stated is not mentioned."""
    oldest = f" to {offer.max_age}" if offer.max_age is not None else " and over"
    said = [f"Age {offer.min_age}{oldest}" if offer.min_age is not None else "Any age"]
    if offer.max_asa is not None or offer.no_asa_limit:
        said.append("any ASA" if offer.no_asa_limit else f"ASA {offer.max_asa} or lower")
    if offer.max_bmi is not None or offer.no_bmi_limit:
        said.append("any BMI" if offer.max_bmi is None else f"BMI {offer.max_bmi:g} or lower")
    if offer.critical_care is not None:
        said.append(_CRITICAL_CARE[CriticalCare(offer.critical_care)])
    if offer.sex is not None:
        said.append(_SEXES[offer.sex])
    return ", ".join(said)


def short_limits(offer: Offer) -> str:
    """Return whom an offer takes for a narrow column, such as `18+, ASA to 3, BMI to 40, level 2`."""
    said = [f"{offer.min_age} to {offer.max_age}" if offer.max_age is not None else f"{offer.min_age or 0}+"]
    if offer.max_asa is not None:
        said.append(f"ASA to {offer.max_asa}")
    if offer.max_bmi is not None:
        said.append(f"BMI to {offer.max_bmi:g}")
    if offer.critical_care in (CriticalCare.LEVEL_2, CriticalCare.LEVEL_3):
        said.append(f"level {offer.critical_care} care")
    if offer.sex is not None:
        said.append(_SEXES[offer.sex])
    return ", ".join(said)


def procedures(offer: Offer) -> str:
    """Return which operations an offer takes."""
    if offer.pathway == Pathway.DIAGNOSTIC:
        return ""
    if offer.stage == Stage.FIRST_OUTPATIENT:
        return "Not decided before the first appointment"
    named = ", ".join(procedure_group(code).name for code in offer.procedure_groups)
    if not offer.any_procedure:
        return named
    left_out = ", ".join(procedure_group(code).name for code in offer.excluded_groups)
    return f"Any in this service except {left_out}" if left_out else "Any in this service"


def takes_from(offer: Offer, actor: Actor) -> bool:
    """Say whether an offer takes people from where the actor works, as far as that is known."""
    region_fits = not offer.accepts_regions or actor.region is None or actor.region in offer.accepts_regions
    icb_fits = not offer.accepts_icbs or actor.icb is None or actor.icb in offer.accepts_icbs
    return region_fits and icb_fits


def ended_or_paused(offer: Offer) -> str | None:
    """Return why an offer is paused, came back or has ended, or None."""
    if offer.suspended_side is not None:
        by = SIDE_LABELS[Side(offer.suspended_side)]
        return f"Paused by {by}: {_reason(ReasonFor.SUSPEND_OFFER, offer.suspended_reason)}"
    if offer.returned_reason is not None:
        return f"Returned by the ICB: {_reason(ReasonFor.ICB_RETURN, offer.returned_reason)}"
    if offer.status == OfferStatus.EXPIRED and offer.ended_reason is not None:
        return Ended(offer.ended_reason).label
    if offer.ended_reason is not None:
        return _reason(ReasonFor.WITHDRAW_OFFER, offer.ended_reason)
    return None


def summary(row: OfferRow, today: date) -> list[tuple[str, object]]:
    """Return an offer's particulars as questions and answers, leaving out what was not said."""
    offer = row.offer
    contract = CONTRACT_LABELS[ContractBasis(offer.contract_basis)]
    said: list[tuple[str, object]] = [
        ("State", status(offer)),
        ("Why", ended_or_paused(offer)),
        ("Site", f"{row.site_name}, {row.provider_name}"),
        ("Distance", miles(row.tenths) if row.tenths is not None else None),
        ("Service", service_label(offer.service)),
        ("Care", care(offer) if offer.pathway == Pathway.ELECTIVE else None),
        ("Operations", procedures(offer)),
        ("Dates", dates(offer)),
        ("Notice", notice(offer, today)),
        ("Places", f"{offer.places:,}: {offer.free:,} free, {offer.held:,} held, {offer.taken:,} taken"),
        ("Lists or clinics", offer.lists),
        ("Takes", limits(offer)),
        ("Reason for the limit", _reason(ReasonFor.LAWFUL_LIMIT, offer.limit_reason)),
        ("Treatment that follows", _follow_on(offer)),
        ("Usual wait here", figures.said(row.wait, offer.service) if row.wait else None),
        ("Provides", ", ".join(label(code) for code in offer.tokens if _is_said(offer, code))),
        ("Takes patients of", ", ".join([*(offer.accepts_regions or ()), *(offer.accepts_icbs or ())])),
        ("Reason for those areas", _reason(ReasonFor.ACCEPTS_FROM, offer.accepts_reason)),
        ("Arrangement", f"{Basis(offer.basis).label}: {contract}"),
        ("Capacity comes from", Additionality(offer.additionality).label),
        ("Pre-assessment", _BY.get(offer.pre_assessment_by or "")),
        ("Follow-up", _BY.get(offer.follow_up_by or "")),
        ("Consultant or team", offer.consultant),
        ("Notes", offer.notes),
        ("Last confirmed", freshness(offer, today)),
    ]
    return [(question, answer) for question, answer in said if answer not in (None, "")]


@dataclass(frozen=True, slots=True)
class WeekColumn:
    """One week of the drawing, in a box 100 high: from the bottom taken, held, free."""

    label: str
    x: int
    taken: int
    held: int
    free: int
    said: str
    places: int


def week_columns(weeks: Sequence[WeekOfPlaces], *, step: int = 24) -> list[WeekColumn]:
    """Return the columns of the drawing, scaled to the fullest week."""
    most = max((week.places for week in weeks), default=0) or 1

    def high(places: int) -> int:
        return -(-100 * places // most)

    return [
        WeekColumn(
            label=f"{week.starts.day} {week.starts:%b}",
            x=step * number,
            taken=high(week.taken),
            held=high(week.taken + week.held) - high(week.taken),
            free=high(week.places) - high(week.taken + week.held),
            said=f"{count(week.free, 'place')} free",
            places=week.places,
        )
        for number, week in enumerate(weeks)
    ]


def week_rows(weeks: Sequence[WeekOfPlaces]) -> list[tuple[str, int, int, int]]:
    """Return the drawing's numbers as rows of a table; weeks with no places are left out."""
    return [(day(week.starts), week.free, week.held, week.taken) for week in weeks if week.places]


def _is_said(offer: Offer, code: str) -> bool:
    """Say whether a token stands among what a site provides; what a test can do, its own room says."""
    return offer.pathway == Pathway.ELECTIVE or token(code).topic is TokenTopic.ACCESS


def _follow_on(offer: Offer) -> str | None:
    if offer.stage != Stage.FIRST_OUTPATIENT:
        return None
    if not offer.gives_treatment:
        return "Not given here"
    return f"Given here, usual wait {count(offer.follow_on_weeks or 0, 'week')}"


def _reason(step: ReasonFor, code: str | None) -> str | None:
    if code is None:
        return None
    try:
        return reason(step, code).label
    except InvalidInput:
        return code.replace("_", " ").capitalize()


def kind_heading(kind: OfferKind) -> str:
    """Return what is about to be offered, such as `Urology, day case surgery`."""
    found = Care.of(kind.stage, kind.setting)
    if found is None:
        raise LookupError(f"no words for {kind.stage} in {kind.setting}")
    return f"{treatment_function(kind.service).name}, {found.label.lower()}"


def kind_arrangement(kind: OfferKind) -> str:
    """Return the arrangement of what is about to be offered, and whether it waits for the ICB."""
    contract = ContractBasis(kind.contract_basis)
    waits = "It waits for your ICB." if contract.needs_approval else "It opens at once and your ICB is told."
    return f"{Basis(kind.basis).label}. {contract.label}. {waits}"
