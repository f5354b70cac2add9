"""Tests in words: what stands beside an offer or a request, lists, and the six-week view drawn and listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dmas.catalogue.rules import service_name
from dmas.catalogue.vocabulary.diagnostic_tests import DIAGNOSTIC_TESTS
from dmas.catalogue.vocabulary.priorities import named_priority
from dmas.catalogue.vocabulary.sub_tests import sub_test, sub_tests_of
from dmas.catalogue.vocabulary.tokens import label
from dmas.diagnostics import rules
from dmas.diagnostics.models import DiagnosticOfferDetail, DiagnosticRequestDetail
from dmas.diagnostics.queries import Waiting
from dmas.diagnostics.rules import SixWeeks
from dmas.diagnostics.vocabulary import (
    CLINICAL,
    Accreditation,
    Escort,
    ImagesRoute,
    Place,
    Preparation,
    Side,
    asks_weight,
)
from dmas.offers import presenters as offers
from dmas.offers.models import Offer
from dmas.offers.queries import OfferRow
from dmas.requests import presenters as requests
from dmas.requests.models import CareRequest
from dmas.requests.queries import Listed
from dmas.web.filters import count, day
from dmas.web.lists import Link, Tag

Facts = list[tuple[str, object]]


def place(row: DiagnosticOfferDetail) -> str:
    """Return where a test is given, with the name of a unit, such as `Mobile unit: Trailer 4`."""
    words = Place(row.place).label
    return f"{words}: {row.unit_name}" if row.unit_name else words


def parts(codes: Sequence[str], test: str, *, otherwise: str) -> str:
    """Return the parts of a test in words; `otherwise` where none is named and the test has any."""
    named = ", ".join(sub_test(code).name for code in codes)
    return named or (otherwise if sub_tests_of(test) else "")


def report(row: DiagnosticOfferDetail) -> str:
    """Return who reports and within which time."""
    within = f"within {count(row.report_days, 'working day')}"
    if row.report_by == Side.RECEIVER:
        return f"Scan and report, {within}" if row.images_route else f"Reported {within}"
    return f"Scan only: the trust that asks reports it, {within}"


def offer_facts(offer: Offer, row: DiagnosticOfferDetail) -> Facts:
    """Return what an offer says of its test, as questions and answers; what was not said is left out."""
    test = offer.service
    clinical = [label(code) for code in CLINICAL[test] if code in offer.tokens]
    said: Facts = [
        ("Where", place(row)),
        ("Sessions a week", row.sessions_a_week),
        ("Body parts and sub-tests", parts(row.parts, test, otherwise="Any")),
        ("Can also do", ", ".join(clinical)),
        ("Heaviest person", _weight(row.max_weight) if asks_weight(test) else ""),
        ("Report", report(row)),
        ("Images", ImagesRoute(row.images_route).label if row.images_route else ""),
        ("Preparation", Preparation(row.preparation).label if row.preparation else ""),
        ("Escort", Escort(row.escort).label if row.escort else ""),
        ("Accreditation", ", ".join(Accreditation(one).label for one in row.accreditations)),
        ("Counted in DM01 by", Side(row.reported_by).label),
    ]
    return [(question, answer) for question, answer in said if answer not in (None, "")]


def need_facts(care_request: CareRequest, row: DiagnosticRequestDetail, today: date) -> Facts:
    """Return what the people of a request need of their test; what was not said is left out."""
    test = care_request.service
    clinical = [label(code) for code in CLINICAL[test] if code in care_request.needs]
    said: Facts = [
        ("To be tested", parts(row.parts, test, otherwise="")),
        ("Must be possible", ", ".join(clinical)),
        ("Kidney function", _kidney(care_request, row, today)),
        ("Heaviest person", f"{row.heaviest} kg" if row.heaviest else _unknown(asks_weight(test))),
        ("Earliest RTT clock start", _rtt(row.rtt_start)),
    ]
    return [(question, answer) for question, answer in said if answer not in (None, "")]


def request_facts(care_request: CareRequest, row: DiagnosticRequestDetail, today: date) -> Facts:
    """Return what a request says of its test, as questions and answers; what was not said is left out."""
    needs = [pair for pair in need_facts(care_request, row, today) if pair[0] not in _SAID_OF_EVERY_REQUEST]
    said: Facts = [
        *needs,
        (
            "Report wanted",
            f"Within {count(row.report_within, 'working day')}" if row.report_within else "No limit set",
        ),
        ("Images by", ImagesRoute(row.images_route).label if row.images_route else ""),
        ("Critical finding to", f"{row.critical_contact}, {row.critical_phone}"),
        ("Six weeks", six_week_tag(care_request, row, today)),
    ]
    return [(question, answer) for question, answer in said if answer not in (None, "")]


def case_facts(
    offer: Offer,
    offered: DiagnosticOfferDetail | None,
    care_request: CareRequest,
    asked: DiagnosticRequestDetail | None,
    today: date,
) -> Facts:
    """Return what both sides of a match or a transfer must know of its test; nothing where it has none."""
    if offered is None or asked is None:
        return []
    wanted = need_facts(care_request, asked, today)
    given = [pair for pair in offer_facts(offer, offered) if pair[0] in _OF_THE_VISIT]
    return [*wanted, *given]


_SAID_OF_EVERY_REQUEST = ("Must be possible",)
_OF_THE_VISIT = ("Where", "Report", "Images", "Preparation", "Escort", "Accreditation", "Counted in DM01 by")

LINE_HEAD = ("Line", "People", "Priority", "Test clock", "Six weeks", "Ages")
LINE_NUMBERS = (0, 1)


def lines(care_request: CareRequest, row: DiagnosticRequestDetail, today: date) -> list[tuple[object, ...]]:
    """Return one row for each line, under `LINE_HEAD`: its clock, and how it stands against six weeks."""
    head = zip(care_request.lines, row.earliest, row.planned, strict=False)
    return [
        (
            line.number,
            line.places,
            named_priority(line.priority_code).label,
            clocks(earliest, line.waiting_since, planned=planned),
            standing(earliest, line.waiting_since, today),
            f"{line.age_from} to {line.age_to}",
        )
        for line, earliest, planned in head
    ]


def clocks(earliest: date, latest: date, *, planned: bool) -> str:
    """Return the clock starts of a line, such as `1 September 2026 to 3 October 2026`."""
    words = day(earliest) if earliest == latest else f"{day(earliest)} to {day(latest)}"
    return f"Planned, due {words}" if planned else words


def standing(earliest: date, latest: date, today: date) -> Tag:
    """Return how the people of a line stand against six weeks; day 42 is a breach."""
    if latest > today:
        return Tag("Not due yet", "grey")
    shortest, longest = rules.days_on_clock(latest, today), rules.days_on_clock(earliest, today)
    if rules.is_breach(shortest):
        return Tag("Over 91 days" if rules.is_lifted(shortest) else "Breached", "red")
    return Tag("Some breached", "orange") if rules.is_breach(longest) else Tag("Within", "green")


def six_week_tag(care_request: CareRequest, row: DiagnosticRequestDetail, today: date) -> Tag:
    """Return how a whole request stands against six weeks, by its longest and its shortest wait."""
    return standing(min(row.earliest), max(line.waiting_since for line in care_request.lines), today)


OFFERS_HEAD = ("Offer", "Test", "Where", "Dates", "Free", "State")
REQUESTS_HEAD = ("Request", "Trust", "Test", "People", "Six weeks", "State")


def offer_row(row: OfferRow, detail: DiagnosticOfferDetail) -> tuple[object, ...]:
    """Return one offer in short, under `OFFERS_HEAD`."""
    offer = row.offer
    return (
        Link(offer.reference, offers.path(offer)),
        service_name(offer.service),
        f"{place(detail)}, {row.site_name}",
        offers.short_dates(offer),
        offers.free_of(offer),
        offers.status(offer),
    )


def request_row(listed: Listed, detail: DiagnosticRequestDetail, today: date) -> tuple[object, ...]:
    """Return one request in short, under `REQUESTS_HEAD`."""
    asked = listed.care_request
    return (
        Link(asked.reference, requests.path(asked.reference)),
        listed.provider_name,
        service_name(asked.service),
        asked.places,
        six_week_tag(asked, detail, today),
        requests.status_tag(asked),
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the six-week view, up to 180 wide; below the line of six weeks it is a breach."""

    label: str
    y: int
    wide: int
    people: int
    breach: bool


def bars(view: SixWeeks, *, step: int = 23, gap: int = 18) -> list[Bar]:
    """Return the bars of the drawing, scaled to the fullest band, with a gap where six weeks end."""
    most = max((band.people for band in view.bands), default=0) or 1
    return [
        Bar(
            band.label,
            step * number + (gap if band.breach else 0),
            -(-180 * band.people // most),
            band.people,
            band.breach,
        )
        for number, band in enumerate(view.bands)
    ]


BAND_HEAD = ("Waited on the test clock", "People", "Six weeks")
TEST_HEAD = ("Test", "People waiting", "Within six weeks", "Breached", "Over 91 days", "Not due yet")


def band_rows(view: SixWeeks) -> list[tuple[object, ...]]:
    """Return the drawing's numbers as rows of a table."""
    return [
        (band.label, band.people, Tag("Breached", "red") if band.breach else Tag("Within", "green"))
        for band in view.bands
    ]


def test_rows(waiting: Sequence[Waiting], today: date) -> list[tuple[object, ...]]:
    """Return six weeks test by test, in the order of the return; tests nobody asks for are left out."""
    found: list[tuple[object, ...]] = []
    for code, test in DIAGNOSTIC_TESTS.items():
        view = rules.six_weeks([(one.since, one.places) for one in waiting if one.service == code], today)
        if view.people or view.not_due:
            found.append((test.name, view.people, view.within, view.breached, view.lifted, view.not_due))
    return found


def in_short(view: SixWeeks) -> str:
    """Return the six-week view in one sentence."""
    if not view.people:
        return "Nobody waits for a test that has been asked for."
    percent = 100 * view.within // view.people
    return (
        f"{count(view.people, 'person', 'people')} asked for: {view.within:,} within six weeks ({percent}%),"
        f" {view.breached:,} at six weeks or over, {view.lifted:,} of them over 91 days."
    )


def _weight(limit: int | None) -> str:
    return "No limit" if limit is None else f"Up to {limit} kg"


def _unknown(asked: bool) -> str:
    return "Not known" if asked else ""


def _rtt(start: date | None) -> str:
    return f"{day(start)} (shown only: tests rank by their own clock)" if start else ""


def _kidney(care_request: CareRequest, row: DiagnosticRequestDetail, today: date) -> str:
    if "contrast" not in care_request.needs:
        return ""
    if row.kidney_function_on is None:
        return "Not known for everybody: to be checked on the day"
    stale = rules.needs_kidney_check(row.kidney_function_on, today)
    return f"Oldest result {day(row.kidney_function_on)}" + (", to be checked on the day" if stale else "")
