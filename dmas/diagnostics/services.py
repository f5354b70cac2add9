"""Posting and changing offers and requests of tests: through the rooms that keep them, details beside."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from dmas.catalogue.rules import reported_by
from dmas.catalogue.vocabulary.arrangements import Basis, Pathway, Setting
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.errors import InvalidInput
from dmas.diagnostics import queries, rules
from dmas.diagnostics.commands import (
    AmendTestOffer,
    OfferDetail,
    PostTestOffer,
    PostTestRequest,
    RequestDetail,
    ResubmitTestRequest,
    TestRequestDetails,
)
from dmas.diagnostics.models import DiagnosticOfferDetail, DiagnosticRequestDetail
from dmas.diagnostics.vocabulary import asks_weight
from dmas.offers import queries as offer_queries
from dmas.offers import services as offers
from dmas.offers.commands import OfferTerms
from dmas.offers.models import Offer
from dmas.requests import queries as request_queries
from dmas.requests import services as requests
from dmas.requests.commands import PostRequest, ResubmitRequest
from dmas.requests.models import CareRequest

_TEST = Pathway.DIAGNOSTIC


def post_offer(session: Session, command: PostTestOffer, *, actor: Actor, now: datetime) -> Offer:
    """Post an offer of a test as every offer is posted, and keep beside it what only tests have."""
    posted = command.offer
    terms = _checked_terms(posted.kind.service, posted.terms, command.detail)
    offer = offers.post(session, replace(posted, terms=terms), actor=actor, now=now, pathway=_TEST)
    detail = DiagnosticOfferDetail(
        offer_id=offer.id, reported_by=reported_by(offer.contract_basis), **_kept(command.detail)
    )
    session.add(detail)
    session.flush()
    return offer


def amend_offer(session: Session, command: AmendTestOffer, *, actor: Actor, now: datetime) -> Offer:
    """Change an offer of a test, terms and details together, as they were at a version."""
    amended = command.offer
    seen = offer_queries.get_own(session, actor, amended.reference)
    row = queries.offer_detail(session, seen.id)
    terms = _checked_terms(seen.service, amended.terms, command.detail)
    changed = rules.changes(detail_of(seen, row), command.detail)
    offer = offers.amend(
        session, replace(amended, terms=terms), actor=actor, now=now, pathway=_TEST, beside=changed
    )
    for name, value in _kept(command.detail).items():
        setattr(row, name, value)
    session.flush()
    return offer


def post_request(session: Session, command: PostTestRequest, *, actor: Actor, now: datetime) -> CareRequest:
    """Call for tests as every request is posted; its lines are ranked on the test's own clock."""
    today = london_date(now)
    rules.check_request(command, today)
    asked = PostRequest(provider_code=command.provider_code, **_as_request(command, today))
    care_request = requests.post(session, asked, actor=actor, now=now, pathway=_TEST)
    session.add(DiagnosticRequestDetail(request_id=care_request.id, **_beside(command)))
    session.flush()
    return care_request


def resubmit_request(
    session: Session, command: ResubmitTestRequest, *, actor: Actor, now: datetime
) -> CareRequest:
    """Send a request for tests to its ICB again, changed; possible until it is approved."""
    today = london_date(now)
    seen = request_queries.get_own(session, actor, command.reference)
    row = queries.request_detail(session, seen.id)
    if seen.service != command.service:
        raise InvalidInput("A request stays for the same test. Ask for another one anew.", field="service")
    rules.check_request(command, today)
    asked = ResubmitRequest(
        reference=command.reference, version=command.version, **_as_request(command, today)
    )
    care_request = requests.resubmit(session, asked, actor=actor, now=now, pathway=_TEST)
    for name, value in _beside(command).items():
        setattr(row, name, value)
    session.flush()
    return care_request


def detail_of(offer: Offer, row: DiagnosticOfferDetail) -> OfferDetail:
    """Return what stands beside an offer, as a value."""
    return OfferDetail(
        place=row.place,
        unit_name=row.unit_name,
        sessions_a_week=row.sessions_a_week,
        parts=tuple(row.parts),
        max_weight=row.max_weight,
        no_weight_limit=asks_weight(offer.service) and row.max_weight is None,
        report_by=row.report_by,
        report_days=row.report_days,
        images_route=row.images_route,
        preparation=row.preparation,
        escort=row.escort,
        accreditations=tuple(row.accreditations),
    )


def terms_of(offer: Offer) -> OfferTerms:
    """Return the terms of an offer of a test as somebody would tick them: nothing that follows."""
    terms = offers.terms_of(offer)
    own = [code for code in rules.ticked(offer.service, terms.tokens) if not rules.follows(code)]
    return replace(terms, tokens=tuple(own))


def _checked_terms(test: str, terms: OfferTerms, detail: OfferDetail) -> OfferTerms:
    rules.check_offer(test, terms, detail)
    return replace(terms, tokens=rules.offer_tokens(test, terms, detail))


def _kept(detail: OfferDetail) -> dict[str, Any]:
    values = {name: getattr(detail, name) for name in OfferDetail.__slots__ if name != "no_weight_limit"}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _as_request(details: TestRequestDetails, today: date) -> dict[str, Any]:
    return {
        "service": details.service,
        "setting": Setting.DIAGNOSTIC,
        "stage": None,
        "basis": Basis.TEST_ONLY,
        "pathway": _TEST,
        "lines": tuple(rules.line_spec(line, today) for line in details.lines),
        "tokens": rules.request_tokens(details, today),
        "ready_at_short_notice": rules.short_notice(details.lines, details.ready_at_short_notice),
        **{name: getattr(details, name) for name in _SHARED},
    }


_SHARED = (
    "reason",
    "clinical_lead",
    "cancer",
    "site_code",
    "travel_miles",
    "needed_by",
    "transport_offered",
    "notes",
)


def _beside(details: TestRequestDetails) -> dict[str, Any]:
    values = {name: getattr(details.detail, name) for name in RequestDetail.__slots__}
    return values | {
        "parts": list(details.detail.parts),
        "critical_contact": details.detail.critical_contact.strip(),
        "critical_phone": details.detail.critical_phone.strip(),
        "earliest": [line.earliest for line in details.lines],
        "planned": [line.planned for line in details.lines],
    }
