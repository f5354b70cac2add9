"""The details of a test as the engine reads them: what an offer provides, what a request needs, its lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dmas.catalogue.vocabulary.priorities import PriorityScale, priority
from dmas.catalogue.vocabulary.sub_tests import sub_tests_of
from dmas.diagnostics.commands import OfferDetail, TestLine, TestRequestDetails
from dmas.diagnostics.rules.clock import days_on_clock
from dmas.diagnostics.vocabulary import (
    ACCESS,
    CLINICAL,
    FOLLOWING,
    INFORMATION,
    KIDNEY_FUNCTION_DAYS,
    REPORT_TIMES,
    WEIGHTS,
    Accreditation,
    Escort,
    ImagesRoute,
    Place,
    Side,
    asks_weight,
)
from dmas.offers.commands import OfferTerms
from dmas.requests.commands import RequestLineSpec


def offer_tokens(test: str, terms: OfferTerms, detail: OfferDetail) -> tuple[str, ...]:
    """Return everything an offer's details provide as tokens, those ticked and those that follow, sorted."""
    tokens = {code for code in terms.tokens if not follows(code)}
    parts = detail.parts or tuple(one.code for one in sub_tests_of(test))
    tokens |= {f"part:{code}" for code in parts}
    tokens |= {f"report_within:{days}" for days in REPORT_TIMES if days >= detail.report_days}
    if asks_weight(test):
        most = detail.max_weight
        tokens |= {f"weight:{step}" for step in WEIGHTS if most is None or step <= most}
    if detail.report_by == Side.RECEIVER:
        tokens.add("report_included")
    if detail.images_route and ImagesRoute(detail.images_route).is_electronic:
        tokens.add("image_transfer")
    if Accreditation.JAG in detail.accreditations:
        tokens.add("jag_accredited")
    if detail.escort == Escort.NOT_NEEDED:
        tokens.add("no_escort")
    if detail.place == Place.HOSPITAL:
        tokens.add("hospital_site")
    return tuple(sorted(tokens))


def ticked(test: str, tokens: Sequence[str]) -> tuple[str, ...]:
    """Return of an offer's or a request's tokens those a person ticks on the form of a test."""
    asked = (*CLINICAL[test], *ACCESS, *INFORMATION, *FOLLOWING)
    return tuple(code for code in asked if code in tokens)


def request_tokens(details: TestRequestDetails, today: date) -> tuple[str, ...]:
    """Return what a request's details need as tokens, those ticked and those that follow, sorted."""
    detail, tokens = details.detail, set(details.tokens)
    tokens |= {f"part:{code}" for code in detail.parts}
    if "contrast" in tokens and needs_kidney_check(detail.kidney_function_on, today):
        tokens.add("kidney_check")
    if detail.heaviest is not None and asks_weight(details.service):
        step = next((one for one in WEIGHTS if one >= detail.heaviest), WEIGHTS[-1])
        tokens.add(f"weight:{step}")
    if detail.report_within is not None:
        step = max(days for days in REPORT_TIMES if days <= detail.report_within)
        tokens |= {f"report_within:{step}", "report_included"}
    if detail.images_route and ImagesRoute(detail.images_route).is_electronic:
        tokens.add("image_transfer")
    return tuple(sorted(tokens))


def needs_kidney_check(known_on: date | None, today: date) -> bool:
    """Say whether a kidney-function test is missing or older than 90 days, so that the scan must do one."""
    return known_on is None or (today - known_on).days > KIDNEY_FUNCTION_DAYS


def line_spec(line: TestLine, today: date) -> RequestLineSpec:
    """Return a line as requests keep it: ranked by the shortest wait on the test's own clock."""
    return RequestLineSpec(
        places=line.places,
        priority_code=priority(line.priority_code, PriorityScale.TEST).code,
        weeks_from=days_on_clock(line.latest, today) // 7,
        weeks_to=days_on_clock(line.earliest, today) // 7,
        age_from=line.age_from,
        age_to=line.age_to,
        worst_asa=line.worst_asa,
        worst_bmi=line.worst_bmi,
        waiting_since=line.latest,
    )


def short_notice(lines: Sequence[TestLine], ready: bool) -> bool:
    """Say whether six weeks of arranging and notice are too long: everybody is ready, or somebody is D2."""
    return ready or any(priority(line.priority_code, PriorityScale.TEST).code == "D2" for line in lines)


def changes(before: OfferDetail, after: OfferDetail) -> dict[str, list[object]]:
    """Return each changed detail as [old, new] in plain values."""
    found: dict[str, list[object]] = {}
    for name in OfferDetail.__slots__:
        old, new = getattr(before, name), getattr(after, name)
        if old != new and name != "no_weight_limit":
            found[name] = [_plain(old), _plain(new)]
    return found


def follows(code: str) -> bool:
    """Say whether a token of an offer follows from its details, so that nobody ticks it."""
    return ":" in code or code in FOLLOWING or code == "no_escort"


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
