"""What was drawn becomes rows of the exchange, by COPY, each with its audit event like any other."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.arrangements import (
    Basis,
    ContractBasis,
    CriticalCare,
    Notice,
    Pathway,
    Setting,
)
from dmas.catalogue.vocabulary.treatment_functions import ADULT_FROM_AGE
from dmas.core.audit import AuditEvent
from dmas.core.bulk import allow_long_statements, copy_rows
from dmas.core.clock import london_date
from dmas.core.db import Base
from dmas.core.references import chosen_by, new_reference
from dmas.demo.rehearsal import terms
from dmas.demo.rehearsal.assumptions import CHILDREN
from dmas.demo.rehearsal.generate import DrawnLine, DrawnOffer, DrawnRequest
from dmas.demo.rehearsal.places import Place
from dmas.demo.rehearsal.read import ACTOR
from dmas.offers.models import Offer
from dmas.offers.vocabulary import OfferStatus
from dmas.providers.models import Organisation, Site
from dmas.providers.vocabulary import OrganisationKind
from dmas.requests.models import CareRequest, RequestLine
from dmas.requests.rules import tier_of
from dmas.requests.vocabulary import RequestStatus

SEARCHED_DAYS = 28  # long enough for every search to have reached the nation

Values = dict[str, Any]
_PARTIES = ("provider_code", "icb_code", "region_code", "home_code", "home_icb", "home_region")


class Ids:
    """Seeded ids and references, so that ties fall alike in every rehearsal of one seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a rehearsal repeats; nothing is secret
        self._used: set[str] = set()

    def id(self) -> uuid.UUID:
        """Return the next id."""
        return uuid.UUID(int=self._random.getrandbits(128), version=4)

    def reference(self, prefix: str) -> str:
        """Return the next reference, never one twice."""
        with chosen_by(self._random.choice):
            while (reference := new_reference(prefix)) in self._used:
                continue
        self._used.add(reference)
        return reference


def providers(session: Session, places: Sequence[Place]) -> None:
    """Write each provider with one site of the same code."""
    organisations = [
        {
            "code": place.code,
            "name": place.name,
            "kind": OrganisationKind.INDEPENDENT if place.independent else OrganisationKind.TRUST,
            "region_code": place.region,
            "icb_code": place.icb,
            "latitude": place.latitude,
            "longitude": place.longitude,
            "raw": "{}",
        }
        for place in places
    ]
    sites = [
        {
            "code": place.code,
            "provider_code": place.code,
            "name": place.name,
            "latitude": place.latitude,
            "longitude": place.longitude,
            "icb_code": place.icb,
            "region_code": place.region,
        }
        for place in places
    ]
    copy(session, Organisation, organisations)
    copy(session, Site, sites)


def exchange(
    session: Session,
    places: Mapping[str, Place],
    requests: Sequence[DrawnRequest],
    offers: Sequence[DrawnOffer],
    *,
    now: datetime,
    ids: Ids,
) -> None:
    """Write every request with its lines, every offer, and their audit events."""
    allow_long_statements(session)
    as_of = london_date(now)
    offer_rows = [_offer(offer, places[offer.provider], as_of, now, ids) for offer in offers]
    request_rows = [_request(drawn, places[drawn.provider], as_of, now, ids) for drawn in requests]
    line_rows = [
        _line(row, number, line, as_of, ids)
        for row, drawn in zip(request_rows, requests, strict=True)
        for number, line in enumerate(drawn.lines, start=1)
    ]
    copy(session, Offer, offer_rows)
    copy(session, CareRequest, request_rows)
    copy(session, RequestLine, line_rows)
    copy(session, AuditEvent, events("offer", offer_rows, now))
    copy(session, AuditEvent, events("care_request", request_rows, now))


def _offer(drawn: DrawnOffer, place: Place, as_of: date, now: datetime, ids: Ids) -> Values:
    admitted, children = drawn.setting is not Setting.OUTPATIENT, drawn.function == CHILDREN
    contract = ContractBasis.STANDARD_CONTRACT if place.independent else ContractBasis.NHS_PROVIDER
    return {
        "id": ids.id(),
        "version": 1,
        "reference": ids.reference("OF"),
        "pathway": Pathway.ELECTIVE,
        "status": OfferStatus.OPEN,
        "provider_code": place.code,
        "site_code": place.code,
        "icb_code": place.icb,
        "region_code": place.region,
        "basis": Basis.WHOLE_PATHWAY,
        "stage": drawn.stage,
        "service": drawn.function,
        "setting": drawn.setting,
        "any_procedure": True,
        "procedure_groups": [],
        "excluded_groups": [],
        "gives_treatment": not admitted,
        "window_from": as_of,
        "window_to": as_of + timedelta(days=drawn.last_day),
        "notice": Notice.STANDARD,
        "places": drawn.places,
        "held": 0,
        "taken": 0,
        "min_age": 0 if children else ADULT_FROM_AGE,
        "max_age": ADULT_FROM_AGE - 1 if children else None,
        "limit_reason": "childrens_service" if children else None,
        "max_asa": drawn.max_asa,
        "max_bmi": drawn.max_bmi,
        "no_asa_limit": drawn.max_asa is None,
        "no_bmi_limit": drawn.max_bmi is None,
        "critical_care": CriticalCare.NONE,
        "tokens": [],
        "provides": terms.provided(drawn, place),
        "contract_basis": contract,
        "additionality": "rehearsal",
        "notes": "",
        "posted_by": ACTOR.id,
        "posted_at": now,
        "confirmed_on": as_of,
    }


def _request(drawn: DrawnRequest, place: Place, as_of: date, now: datetime, ids: Ids) -> Values:
    return {
        "id": ids.id(),
        "version": 1,
        "reference": ids.reference("RQ"),
        "kind": "provider",
        "pathway": Pathway.ELECTIVE,
        "status": RequestStatus.OPEN,
        "provider_code": place.code,
        "site_code": place.code,
        "icb_code": place.icb,
        "region_code": place.region,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "distance_approximate": place.approximate,
        "basis": Basis.WHOLE_PATHWAY,
        "stage": drawn.stage,
        "service": drawn.function,
        "setting": drawn.setting,
        "travel_miles": drawn.travel_miles,
        "needs": sorted(terms.request_needs(drawn.setting)),
        "insourcing_acceptable": False,
        "transport_offered": False,
        "reason": "rehearsal",
        "clinical_lead": "rehearsal",
        "notes": "",
        "posted_by": ACTOR.id,
        "posted_at": now,
        "opened_on": as_of - timedelta(days=SEARCHED_DAYS),
    }


def _line(request: Values, number: int, line: DrawnLine, as_of: date, ids: Ids) -> Values:
    # The shortest wait in "more than n and up to n + 1 weeks" is a day over n weeks.
    since = as_of - timedelta(days=7 * line.weeks_from + 1)
    children = request["service"] == CHILDREN
    return {
        "id": ids.id(),
        "request_id": request["id"],
        "number": number,
        "places": line.places,
        "priority_code": "P4",
        "tier": tier_of("P4", (as_of - since).days),
        "weeks_from": line.weeks_from,
        "weeks_to": line.weeks_to,
        "waiting_since": since,
        "age_from": 0 if children else ADULT_FROM_AGE,
        "age_to": ADULT_FROM_AGE - 1 if children else 80,
        "worst_asa": line.worst_asa,
        "worst_bmi": line.worst_bmi,
    }


def events(entity: str, rows: Iterable[Values], now: datetime) -> Iterator[Values]:
    for row in rows:
        yield {
            "at": now,
            "actor_id": ACTOR.id,
            "actor_name": ACTOR.name,
            "action": f"{entity}.rehearsed",
            "entity_type": entity,
            "entity_id": row["id"],
            "entity_version": 1,
            "reference": row.get("reference"),
            "parties": [row[name] for name in _PARTIES if name in row],
            "details": "{}",
        }


def copy(session: Session, model: type[Base], rows: Iterable[Values]) -> None:
    """COPY rows that all have the columns of the first."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    columns = list(first)
    together = ([row[name] for name in columns] for row in _chain(first, rows))
    copy_rows(session, model.metadata.tables[model.__tablename__], columns, together)


def _chain(first: Values, rest: Iterator[Values]) -> Iterator[Values]:
    yield first
    yield from rest
