"""The rows a night reads: open offers, and the lines that still want a place, each in one statement."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.arrangements import Basis, Pathway
from dmas.catalogue.vocabulary.treatment_functions import family
from dmas.offers.models import Offer
from dmas.offers.vocabulary import OfferStatus
from dmas.proposals.models import Proposal
from dmas.proposals.vocabulary import LIVE, ProposalStatus
from dmas.providers.models import Organisation, Site
from dmas.providers.vocabulary import LocationSource
from dmas.requests.models import CareRequest, RequestLine, TransferRequest
from dmas.requests.vocabulary import RequestKind, RequestStatus, TransferStatus
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TAKES_PLACE
from dmas.waitinglist.models import Pathway as Wait
from dmas.waitinglist.models import Patient

# A pair in one of these is not proposed again: somebody said no to it, or it is being answered now.
SPOKEN_FOR = (*LIVE, ProposalStatus.RECEIVER_DECLINED, ProposalStatus.DECLINED)


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


def begun(as_of: date) -> ColumnElement[bool]:
    """Say which lines have a clock that runs: what is planned enters on the day it is due."""
    return RequestLine.waiting_since <= as_of


def open_lines() -> Select[*tuple[Any, ...]]:
    """Select the columns of lines with places still to find: asked for, less held, less taken.

    A patient's line only while their request searches and nobody is being asked about it. Of a patient
    their clock and age are read from the waiting list, so that what the home trust corrects counts tonight.
    """
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
        select(*_line_columns(), wanted, *_patient_columns())
        .join(CareRequest, CareRequest.id == RequestLine.request_id)
        .outerjoin(held, held.c.line_id == RequestLine.id)
        .outerjoin(taken, taken.c.line_id == RequestLine.id)
        .outerjoin(TransferRequest, TransferRequest.care_request_id == CareRequest.id)
        .outerjoin(Wait, Wait.id == TransferRequest.pathway_id)
        .outerjoin(Patient, Patient.id == TransferRequest.patient_id)
        .where(CareRequest.status == RequestStatus.OPEN, wanted > 0, or_(_of_a_trust(), _of_a_patient()))
        .order_by(CareRequest.reference, RequestLine.number)
    )


def _line_columns() -> list[Any]:
    return [
        RequestLine.id,
        RequestLine.number,
        RequestLine.procedure_group,
        RequestLine.priority_code,
        RequestLine.waiting_since,
        RequestLine.age_from,
        RequestLine.age_to,
        RequestLine.worst_asa,
        RequestLine.worst_bmi,
        RequestLine.asa_on,
        RequestLine.bmi_on,
        RequestLine.sex,
        CareRequest.id.label("request_id"),
        CareRequest.version,
        CareRequest.kind,
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
    ]


def _patient_columns() -> list[Any]:
    return [
        TransferRequest.id.label("transfer_request_id"),
        TransferRequest.version.label("transfer_version"),
        TransferRequest.patient_icb,
        TransferRequest.pathway_id,
        TransferRequest.search_from,
        TransferRequest.changed_at,
        TransferRequest.change_cleared_at,
        Wait.clock_start,
        Patient.date_of_birth,
    ]


def _of_a_trust() -> ColumnElement[bool]:
    return CareRequest.kind == RequestKind.PROVIDER


def _of_a_patient() -> ColumnElement[bool]:
    asked = select(Proposal.id).where(
        Proposal.transfer_request_id == TransferRequest.id, Proposal.status.in_(LIVE)
    )
    searching = TransferRequest.status == TransferStatus.SEARCHING
    return and_(CareRequest.kind == RequestKind.TRANSFER, searching, ~asked.exists())


def spoken_for(session: Session) -> dict[uuid.UUID, list[str]]:
    """Return the references of the offers spoken of for each line, or for each patient's request, by id."""
    whose = func.coalesce(Proposal.transfer_request_id, Proposal.line_id)
    rows = session.execute(
        select(whose, Offer.reference)
        .join(Offer, Offer.id == Proposal.offer_id)
        .where(Proposal.status.in_(SPOKEN_FOR))
        .order_by(whose, Offer.reference)
    )
    pairs: dict[uuid.UUID, list[str]] = {}
    for spoken_by, reference in rows:
        pairs.setdefault(spoken_by, []).append(reference)
    return pairs
