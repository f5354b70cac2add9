"""Rows to a problem: what is open tonight, by columns, in the form the engine and its check both read.

Everything finer than service and setting becomes a token here: ring, notice, stage, procedure group.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from dmas.catalogue.rules import market
from dmas.catalogue.vocabulary.arrangements import Basis, Pathway
from dmas.catalogue.vocabulary.treatment_functions import family
from dmas.offers.models import Offer
from dmas.offers.rules import standard_notice
from dmas.offers.vocabulary import OfferStatus
from dmas.proposals.models import Proposal
from dmas.proposals.vocabulary import LIVE, ProposalStatus
from dmas.providers.models import Organisation, Site
from dmas.providers.vocabulary import LocationSource
from dmas.requests.models import CareRequest, RequestLine
from dmas.requests.rules import line_needs, needed_by_on, ring, tier_of
from dmas.requests.vocabulary import RequestStatus
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TAKES_PLACE

# A pair in one of these is not proposed again: somebody said no to it, or it is being answered now.
SPOKEN_FOR = (*LIVE, ProposalStatus.RECEIVER_DECLINED, ProposalStatus.DECLINED)

# For each market, the minimum age and the reference of each offer that states one.
YoungestTaken = Mapping[tuple[str, str], Sequence[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class Found:
    """What stood in the database: offers, lines, and the offers each line has spoken of. Equal: unchanged."""

    offers: Sequence[Row[Any]]
    lines: Sequence[Row[Any]]
    spoken: Mapping[uuid.UUID, list[str]]

    @property
    def ids(self) -> set[uuid.UUID]:
        """The ids of the offers and requests."""
        return {row.id for row in self.offers} | {row.request_id for row in self.lines}


@dataclass(frozen=True, slots=True)
class Loaded:
    """The problem, the rows its ids stand for, and everything it was made from."""

    problem: dict[str, Any]
    offers: Mapping[str, Row[Any]]
    lines: Mapping[str, Row[Any]]
    found: Found

    @property
    def digest(self) -> str:
        """The SHA-256 of the problem's canonical bytes: equal digests, equal inputs."""
        return sha256(canonical(self.problem)).hexdigest()


def canonical(value: Any) -> bytes:
    """Return one fixed sequence of bytes for a JSON value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def load(session: Session, as_of: date, *, max_options: int = 1, only: Offer | None = None) -> Loaded:
    """Read everything that is open on a date, in three queries; or one offer and the lines of its market."""
    return as_problem(find(session, as_of, only=only), as_of, max_options=max_options)


def find(session: Session, as_of: date, *, only: Offer | None = None) -> Found:
    """Read the rows a problem is made from."""
    offers, lines = open_offers(as_of), open_lines()
    if only is not None:
        offers, lines = offers.where(Offer.id == only.id), lines.where(same_market(only))
    return Found(session.execute(offers).all(), session.execute(lines).all(), _spoken_for(session))


def as_problem(found: Found, as_of: date, *, max_options: int = 1) -> Loaded:
    """Make the problem of some rows."""
    youngest = _youngest_taken(found.offers)
    sites = {row.site_code: row for row in found.offers}
    problem = {
        "as_of": as_of.isoformat(),
        "policy": {"max_options": max_options},
        "sites": [_site(row) for _, row in sorted(sites.items())],
        "offers": [_offer(row, as_of) for row in found.offers],
        "requests": [_request(row, as_of, youngest, found.spoken) for row in found.lines],
    }
    return Loaded(
        problem=problem,
        offers={row.reference: row for row in found.offers},
        lines={line_id(row): row for row in found.lines},
        found=found,
    )


def same_market(offer: Offer) -> ColumnElement[bool]:
    """Say which requests are for an offer's setting and its service or one of the service's family."""
    services = [offer.service]
    if offer.pathway != Pathway.DIAGNOSTIC:
        services = [function.code for function in family(offer.service)]
    return and_(CareRequest.service.in_(services), CareRequest.setting == offer.setting)


def open_offers(as_of: date) -> Select[*tuple[Any, ...]]:
    """Select the columns of offers with a free place tonight; insourced teams are never in the night."""
    return (
        select(
            Offer.id,
            Offer.version,
            Offer.reference,
            Offer.pathway,
            Offer.provider_code,
            Offer.icb_code,
            Offer.region_code,
            Offer.site_code,
            func.coalesce(Site.latitude, Organisation.latitude).label("latitude"),
            func.coalesce(Site.longitude, Organisation.longitude).label("longitude"),
            # A site without a place of its own stands at its provider's; a district's centre is not exact.
            or_(
                Site.latitude.is_(None), func.coalesce(Site.location_source == LocationSource.OUTCODE, False)
            ).label("distance_approximate"),
            Offer.service,
            Offer.setting,
            Offer.window_from,
            Offer.window_to,
            Offer.notice,
            (Offer.places - Offer.held - Offer.taken).label("free"),
            Offer.min_age,
            Offer.max_age,
            Offer.max_asa,
            Offer.max_bmi,
            Offer.sex,
            Offer.accepts_regions,
            Offer.accepts_icbs,
            Offer.provides,
        )
        .join(Site, Site.code == Offer.site_code)
        .join(Organisation, Organisation.code == Offer.provider_code)
        .where(
            Offer.status == OfferStatus.OPEN,
            Offer.basis != Basis.INSOURCED,
            Offer.window_to >= as_of,
            Offer.places > Offer.held + Offer.taken,
            or_(Site.latitude.is_not(None), Organisation.latitude.is_not(None)),
        )
        .order_by(Offer.reference)
    )


def open_lines() -> Select[*tuple[Any, ...]]:
    """Select the columns of request lines with places still to find: asked for, less held, less taken."""
    held = (
        select(Proposal.line_id, func.sum(Proposal.held).label("places"))
        .group_by(Proposal.line_id)
        .subquery()
    )
    taken = (
        select(Transfer.line_id, func.count().label("places"))
        .where(Transfer.status.in_(TAKES_PLACE))
        .group_by(Transfer.line_id)
        .subquery()
    )
    wanted = (RequestLine.places - func.coalesce(held.c.places, 0) - func.coalesce(taken.c.places, 0)).label(
        "wanted"
    )
    return (
        select(
            RequestLine.id,
            RequestLine.number,
            RequestLine.procedure_group,
            RequestLine.priority_code,
            RequestLine.waiting_since,
            RequestLine.age_from,
            RequestLine.age_to,
            RequestLine.worst_asa,
            RequestLine.worst_bmi,
            RequestLine.sex,
            wanted,
            CareRequest.id.label("request_id"),
            CareRequest.version,
            CareRequest.reference,
            CareRequest.pathway,
            CareRequest.provider_code,
            CareRequest.icb_code,
            CareRequest.region_code,
            CareRequest.latitude,
            CareRequest.longitude,
            CareRequest.distance_approximate,
            CareRequest.stage,
            CareRequest.service,
            CareRequest.setting,
            CareRequest.travel_miles,
            CareRequest.needed_by,
            CareRequest.priority_date,
            CareRequest.needs,
            CareRequest.opened_on,
        )
        .join(CareRequest, CareRequest.id == RequestLine.request_id)
        .outerjoin(held, held.c.line_id == RequestLine.id)
        .outerjoin(taken, taken.c.line_id == RequestLine.id)
        .where(CareRequest.status == RequestStatus.OPEN, wanted > 0)
        .order_by(CareRequest.reference, RequestLine.number)
    )


def line_id(row: Row[Any]) -> str:
    """Return a line's id in the problem: the request's reference and the line's number."""
    return f"{row.reference}/{row.number}"


def _spoken_for(session: Session) -> dict[uuid.UUID, list[str]]:
    rows = session.execute(
        select(Proposal.line_id, Offer.reference)
        .join(Offer, Offer.id == Proposal.offer_id)
        .where(Proposal.status.in_(SPOKEN_FOR))
        .order_by(Proposal.line_id, Offer.reference)
    )
    pairs: dict[uuid.UUID, list[str]] = {}
    for line, reference in rows:
        pairs.setdefault(line, []).append(reference)
    return pairs


def _site(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.site_code,
        "provider": row.provider_code,
        "region": row.region_code,
        "lat": row.latitude,
        "lon": row.longitude,
    }


def _offer(row: Row[Any], as_of: date) -> dict[str, Any]:
    notice = ["standard_notice"] if standard_notice(row.notice, row.window_to, as_of) else []
    return {
        "id": row.reference,
        "site": row.site_code,
        "service": market(row.pathway, row.service),
        "setting": row.setting,
        "from": row.window_from.isoformat(),
        "to": row.window_to.isoformat(),
        "places": row.free,
        "limits": {
            "min_age": row.min_age,
            "max_age": row.max_age,
            "max_asa": row.max_asa,
            "max_bmi": row.max_bmi,
            "sex": row.sex,
        },
        "accepts_from": {"regions": row.accepts_regions, "icbs": row.accepts_icbs},
        "provides": sorted({*row.provides, *notice}),
    }


def _request(
    row: Row[Any], as_of: date, youngest: YoungestTaken, spoken: Mapping[uuid.UUID, list[str]]
) -> dict[str, Any]:
    since = min(row.waiting_since, as_of)
    needed_by = needed_by_on(row.needed_by, row.priority_date, as_of)
    return {
        "id": line_id(row),
        "provider": row.provider_code,
        "icb": row.icb_code,
        "region": row.region_code,
        "lat": row.latitude,
        "lon": row.longitude,
        "service": market(row.pathway, row.service),
        "setting": row.setting,
        "places": row.wanted,
        "priority": tier_of(row.priority_code, (as_of - since).days),
        "waiting_since": since.isoformat(),
        "needed_by": needed_by.isoformat() if needed_by else None,
        "travel": {"miles": row.travel_miles} if row.travel_miles else {"national": True},
        "patient": {"age": row.age_to, "asa": row.worst_asa, "bmi": row.worst_bmi, "sex": row.sex},
        "needs": sorted(_needs(row, as_of)),
        "declined": sorted({*spoken.get(row.id, ()), *_crossed_by_age(row, youngest)}),
    }


def _needs(row: Row[Any], as_of: date) -> set[str]:
    needs = {*row.needs}
    needs |= line_needs(
        service=row.service, stage=row.stage, procedure_group=row.procedure_group, age_to=row.age_to
    )
    token = ring(row.opened_on, as_of, icb=row.icb_code, region=row.region_code)
    return needs | ({token} if token else set())


def _youngest_taken(offers: Sequence[Row[Any]]) -> YoungestTaken:
    markets: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for row in offers:
        if row.min_age is not None:
            at = market(row.pathway, row.service), row.setting
            markets.setdefault(at, []).append((row.min_age, row.reference))
    return markets


def _crossed_by_age(row: Row[Any], youngest: YoungestTaken) -> list[str]:
    # The engine knows one age a line, the oldest. An offer whose minimum lies inside the line's band would
    # refuse its youngest, so the pair is left out.
    at = market(row.pathway, row.service), row.setting
    return [reference for minimum, reference in youngest.get(at, ()) if crosses(row, minimum)]


def crosses(line: Row[Any], minimum: int | None) -> bool:
    """Say whether an offer's minimum age lies inside a line's age band, so that only some could go."""
    return minimum is not None and line.age_from < minimum <= line.age_to
