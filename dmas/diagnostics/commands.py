"""What someone wants done with an offer or a request of a test, as data."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

from dmas.offers.commands import AmendOffer, PostOffer


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDetail:
    """What an offer of a test says beside its terms.

    `parts` empty is any part; `max_weight` in kg needs `no_weight_limit` where it is None and the test asks;
    `report_days` are working days from the test; `report_by` is `receiver` or, for a scan alone, `home`.
    """

    place: str
    sessions_a_week: int
    report_by: str
    report_days: int
    unit_name: str = ""
    parts: tuple[str, ...] = ()
    max_weight: int | None = None
    no_weight_limit: bool = False
    images_route: str | None = None
    preparation: str | None = None
    escort: str | None = None
    accreditations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDetail:
    """What a request of a test says beside its lines. `report_within` are working days; None is no matter.

    `kidney_function_on` is the oldest kidney-function test among those who need contrast, None where
    somebody has none. `rtt_start` is the earliest referral-to-treatment clock, shown and never ranked by.
    """

    critical_contact: str
    critical_phone: str
    parts: tuple[str, ...] = ()
    rtt_start: date | None = None
    kidney_function_on: date | None = None
    heaviest: int | None = None
    report_within: int | None = None
    images_route: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestLine:
    """So many people alike who wait for a test, by the clock of the test.

    `latest` is the clock start of the shortest wait, `earliest` of the longest. Of planned or surveillance
    tests they are the days on which the tests are due.
    """

    __test__ = False  # pytest: the noun is the NHS's

    places: int
    priority_code: str
    earliest: date
    latest: date
    age_from: int
    age_to: int
    planned: bool = False
    worst_asa: int | None = None
    worst_bmi: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostTestOffer:
    """Put tests on the exchange: the offer, and what it says beside its terms."""

    offer: PostOffer
    detail: OfferDetail


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendTestOffer:
    """Change an offer of tests as it was at a version."""

    offer: AmendOffer
    detail: OfferDetail


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRequestDetails:
    """Everything a trust says about a call for tests; `cancer` says whether anyone is on such a path."""

    __test__ = False

    service: str
    lines: tuple[TestLine, ...]
    detail: RequestDetail
    reason: str
    clinical_lead: str
    cancer: bool = False
    tokens: tuple[str, ...] = ()
    site_code: str | None = None
    travel_miles: int | None = None
    needed_by: date | None = None
    ready_at_short_notice: bool = False
    transport_offered: bool = False
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostTestRequest(TestRequestDetails):
    """Call for tests in the name of a trust; None is the trust of whoever posts."""

    provider_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResubmitTestRequest(TestRequestDetails):
    """Send a request again, changed, before its ICB has approved it."""

    reference: str
    version: int


OFFER_DETAIL = tuple(item.name for item in fields(OfferDetail))
REQUEST_DETAIL = tuple(item.name for item in fields(RequestDetail))
