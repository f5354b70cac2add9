"""Whether the details of a test make sense: each fault is raised at its field, in words that help."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from dmas.catalogue.vocabulary.diagnostic_tests import diagnostic_test
from dmas.catalogue.vocabulary.sub_tests import sub_tests_of
from dmas.core.errors import InvalidInput
from dmas.core.nhs_number import holds_nhs_number
from dmas.diagnostics.commands import OfferDetail, RequestDetail, TestLine, TestRequestDetails
from dmas.diagnostics.vocabulary import (
    ACCESS,
    ACCREDITATIONS,
    CLINICAL,
    FOLLOWING,
    HEAVIEST_LIMIT,
    INFORMATION,
    LIGHTEST_LIMIT,
    LONGEST_NAME,
    LONGEST_PHONE,
    MOST_DAYS_PLANNED,
    MOST_REPORT_DAYS,
    MOST_SESSIONS,
    WEIGHTS,
    Escort,
    ImagesRoute,
    Place,
    Preparation,
    Side,
    asks_limits,
    asks_weight,
    has_images,
)
from dmas.offers.commands import OfferTerms

_OLDEST_CLOCK = 520 * 7


def check_offer(test: str, terms: OfferTerms, detail: OfferDetail) -> None:
    """Raise InvalidInput for the first detail of an offer that makes no sense; its terms offers check."""
    group = diagnostic_test(test).group
    _one_of(detail.place, Place, "place", "where the test is given")
    _between(detail.sessions_a_week, 1, MOST_SESSIONS, "Sessions a week", "sessions_a_week")
    _one_of(detail.report_by, Side, "report_by", "who writes the report")
    _between(detail.report_days, 1, MOST_REPORT_DAYS, "Working days until the report", "report_days")
    _check_name(detail.unit_name, "unit_name", "The name of the unit")
    _check_parts(test, detail.parts)
    _check_weight(test, detail)
    _check_images(test, detail.images_route, needed=detail.report_by == Side.HOME)
    if set(detail.accreditations) - set(ACCREDITATIONS[group]):
        raise InvalidInput("Choose the accreditation from the list.", field="accreditations")
    if asks_limits(test):
        _one_of(detail.preparation, Preparation, "preparation", "who sends the preparation")
        _one_of(detail.escort, Escort, "escort", "whether an escort is needed")
        _check_stated(terms)
    if set(terms.tokens) - set(CLINICAL[test]) - set(ACCESS) - set(INFORMATION):
        raise InvalidInput("Choose what you can do from the list.", field="tokens")


def check_request(details: TestRequestDetails, today: date) -> None:
    """Raise InvalidInput for the first thing about a test that makes no sense; the rest requests check."""
    test, detail = diagnostic_test(details.service).code, details.detail
    _check_parts(test, detail.parts)
    if sub_tests_of(test) and not detail.parts:
        raise InvalidInput("Choose what is to be tested.", field="parts")
    if any(code not in _may_tick(test) for code in details.tokens):
        raise InvalidInput("Choose needs from the list.", field="tokens")
    _check_detail(test, detail, today)
    for index, line in enumerate(details.lines):
        try:
            check_line(line, today)
        except InvalidInput as error:
            raise InvalidInput(str(error), field=f"lines-{index}-{error.field}") from error


def check_line(line: TestLine, today: date) -> None:
    """Raise InvalidInput for a line whose clock makes no sense: it starts in the past, or on a due date."""
    if line.earliest > line.latest:
        raise InvalidInput("The last clock start must not be before the first.", field="latest")
    if line.earliest < today - timedelta(days=_OLDEST_CLOCK):
        raise InvalidInput("Check the year: this is more than ten years ago.", field="earliest")
    latest = today + timedelta(days=MOST_DAYS_PLANNED) if line.planned else today
    for field, day in (("earliest", line.earliest), ("latest", line.latest)):
        if day <= latest:
            continue
        if line.planned:
            raise InvalidInput(
                f"Ask for a planned test at most {MOST_DAYS_PLANNED // 7} weeks before it is due.",
                field=field,
            )
        raise InvalidInput(
            "The clock of a test cannot start in the future. If the test is planned, tick that it is.",
            field=field,
        )


def _check_detail(test: str, detail: RequestDetail, today: date) -> None:
    for day, field in ((detail.rtt_start, "rtt_start"), (detail.kidney_function_on, "kidney_function_on")):
        if day is not None and not today - timedelta(days=_OLDEST_CLOCK) <= day <= today:
            raise InvalidInput("This date must be in the past.", field=field)
    if detail.heaviest is not None:
        _between(detail.heaviest, 2, WEIGHTS[-1], "The heaviest weight", "heaviest")
    if detail.report_within is not None:
        _between(detail.report_within, 1, MOST_REPORT_DAYS, "Working days until the report", "report_within")
    _check_images(test, detail.images_route, needed=False)
    for text, field, name, most in (
        (detail.critical_contact, "critical_contact", "who is told of a critical finding", LONGEST_NAME),
        (detail.critical_phone, "critical_phone", "their telephone number", LONGEST_PHONE),
    ):
        if not text.strip():
            raise InvalidInput(f"Enter {name}.", field=field)
        _check_name(text, field, "This", most)


def _check_parts(test: str, parts: Sequence[str]) -> None:
    if set(parts) - {one.code for one in sub_tests_of(test)}:
        raise InvalidInput("Choose the parts from the list.", field="parts")


def _check_weight(test: str, detail: OfferDetail) -> None:
    if not asks_weight(test):
        return
    if (detail.max_weight is None) != detail.no_weight_limit:
        raise InvalidInput("Enter the heaviest person you can take, or tick no limit.", field="max_weight")
    if detail.max_weight is not None:
        _between(detail.max_weight, LIGHTEST_LIMIT, HEAVIEST_LIMIT, "The weight limit", "max_weight")


def _check_images(test: str, route: str | None, *, needed: bool) -> None:
    if route is not None:
        _one_of(route, ImagesRoute, "images_route", "how images are sent")
    elif needed and has_images(test):
        raise InvalidInput(
            "Without a report the images must reach the trust. Choose how they are sent.",
            field="images_route",
        )


def _check_stated(terms: OfferTerms) -> None:
    for limit, none, field, name in (
        (terms.max_asa, terms.no_asa_limit, "max_asa", "highest ASA grade"),
        (terms.max_bmi, terms.no_bmi_limit, "max_bmi", "highest BMI"),
    ):
        if limit is None and not none:
            raise InvalidInput(f"Enter the {name} you take, or that there is no limit.", field=field)


def _check_name(text: str, field: str, name: str, most: int = LONGEST_NAME) -> None:
    if len(text) > most:
        raise InvalidInput(f"{name} must be {most} characters or fewer.", field=field)
    if holds_nhs_number(text):
        raise InvalidInput("Take the NHS number out: nobody is named here.", field=field)


def _may_tick(test: str) -> tuple[str, ...]:
    following = [code for code in FOLLOWING if code != "jag_accredited" or asks_limits(test)]
    return (*CLINICAL[test], *ACCESS, *following)


def _one_of(value: str | None, choices: type[StrEnum], field: str, name: str) -> None:
    if value not in {member.value for member in choices}:
        raise InvalidInput(f"Choose {name} from the list.", field=field)


def _between(value: int, low: int, high: int, name: str, field: str) -> None:
    if not low <= value <= high:
        raise InvalidInput(f"{name} must be between {low} and {high}.", field=field)
