"""The furniture of the two lists of tests: offers and requests."""

from __future__ import annotations

from dataclasses import dataclass

from dmas.catalogue.rules import service_name
from dmas.catalogue.vocabulary.diagnostic_tests import DIAGNOSTIC_TESTS
from dmas.diagnostics import presenters
from dmas.diagnostics.models import DiagnosticOfferDetail, DiagnosticRequestDetail
from dmas.offers import presenters as offers
from dmas.offers.queries import OfferRow
from dmas.offers.vocabulary import OfferStatus
from dmas.requests import presenters as requests
from dmas.requests.queries import Listed
from dmas.requests.vocabulary import RequestStatus
from dmas.web import pages
from dmas.web.lists import Column, Furniture, Link, MultiFilter, SelectFilter, TextFilter

TESTS = tuple((one.code, one.name) for one in DIAGNOSTIC_TESTS.values())


@dataclass(frozen=True, slots=True)
class OfferedTest:
    """One offer of a list with what stands beside it."""

    row: OfferRow
    detail: DiagnosticOfferDetail


@dataclass(frozen=True, slots=True)
class AskedTest:
    """One request of a list with what stands beside it."""

    listed: Listed
    detail: DiagnosticRequestDetail


OFFERS: Furniture[OfferedTest] = Furniture(
    caption="Offers of tests",
    one="offer",
    many="offers",
    sort="ends",
    empty="There are no offers of tests here. Post one when you have sessions you cannot fill.",
    columns=(
        Column(
            "Offer",
            lambda one: Link(one.row.offer.reference, offers.path(one.row.offer)),
            sort="posted",
            export=lambda one: one.row.offer.reference,
        ),
        Column("Test", lambda one: service_name(one.row.offer.service), sort="service"),
        Column("Where", lambda one: f"{presenters.place(one.detail)}, {one.row.site_name}", sort="site"),
        Column("Sessions a week", lambda one: one.detail.sessions_a_week, numeric=True),
        Column("Report", lambda one: presenters.report(one.detail)),
        Column("Dates", lambda one: offers.short_dates(one.row.offer), sort="ends"),
        Column("Free", lambda one: offers.free_of(one.row.offer), sort="free", numeric=True),
        Column("State", lambda one: offers.status(one.row.offer), sort="status"),
    ),
    filters=(
        SelectFilter("status", "State", OfferStatus, any_label="Not ended"),
        SelectFilter("service", "Test", TESTS),
        SelectFilter("site", "Site"),
        SelectFilter("free", "Places", [("yes", "With places free")]),
        SelectFilter("fresh", "Confirmed", [("no", "Not in the last 14 days")]),
    ),
)

_STATES = [status for status in RequestStatus if status is not RequestStatus.DRAFT]
REQUESTS: Furniture[AskedTest] = Furniture(
    caption="Requests for tests",
    one="request",
    many="requests",
    sort="-posted",
    empty="Nobody here has asked for tests yet. Ask, and your ICB decides within 2 working days.",
    columns=(
        Column(
            "Request",
            lambda one: Link(
                one.listed.care_request.reference, requests.path(one.listed.care_request.reference)
            ),
            export=lambda one: one.listed.care_request.reference,
        ),
        Column("Trust", lambda one: one.listed.provider_name, sort="provider"),
        Column("Test", lambda one: service_name(one.listed.care_request.service), sort="service"),
        Column("People", lambda one: one.listed.care_request.places, sort="places", numeric=True),
        Column(
            "Six weeks",
            lambda one: presenters.six_week_tag(one.listed.care_request, one.detail, pages.today()),
        ),
        Column("State", lambda one: requests.status_tag(one.listed.care_request), sort="status"),
        Column("What happens next", lambda one: requests.next_step(one.listed.care_request, pages.today())),
    ),
    filters=(
        TextFilter("q", "Reference, reason or clinician"),
        MultiFilter("status", "State", _STATES),
        SelectFilter("service", "Test", TESTS),
        TextFilter("provider", "Trust", hint="Its name or code"),
    ),
)
