"""The smallest valid offer and request of a test, and a test at each step, made through the real services."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.arrangements import Basis, ContractBasis, Notice, Pathway, Setting
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.diagnostics import services
from dmas.diagnostics.commands import (
    OfferDetail,
    PostTestOffer,
    PostTestRequest,
    RequestDetail,
    TestLine,
)
from dmas.offers.commands import OfferKind, OfferTerms, PostOffer
from dmas.offers.models import Offer
from dmas.offers.vocabulary import Additionality
from dmas.proposals.models import NamedPerson
from dmas.proposals.vocabulary import ProposalStatus
from dmas.providers.models import Organisation, Site
from dmas.providers.vocabulary import OrganisationKind
from dmas.requests import services as requests
from dmas.requests.commands import ApproveRequest
from dmas.requests.models import CareRequest
from dmas.requests.vocabulary import RequestStatus
from dmas.transfers import services as transfers
from dmas.transfers.commands import NameReader, ReadReport, RecordDone, SendReport
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TransferStatus
from tests.factories.proposals import make_person, make_proposal
from tests.factories.providers import make_site, make_trust
from tests.factories.transfers import make_transfer

_maker = Actor.system("tests")
_S = TransferStatus


def kind(test: str = "MRI", contract_basis: str = ContractBasis.NHS_PROVIDER) -> OfferKind:
    """Return what an offer of a test is."""
    return OfferKind(
        service=test,
        setting=Setting.DIAGNOSTIC,
        stage=None,
        basis=Basis.TEST_ONLY,
        contract_basis=contract_basis,
        pathway=Pathway.DIAGNOSTIC,
    )


def terms(today: date, **values: Any) -> OfferTerms:
    """Return valid terms: ten people in four weeks from tomorrow, at short notice."""
    defaults: dict[str, Any] = {
        "window_from": today + timedelta(days=1),
        "window_to": today + timedelta(days=28),
        "places": 10,
        "notice": Notice.SHORT,
        "additionality": Additionality.EXTRA_LIST,
        "min_age": 18,
    }
    return OfferTerms(**defaults | values)


def detail(**values: Any) -> OfferDetail:
    """Return valid details: a mobile scanner that reports within five working days."""
    defaults: dict[str, Any] = {
        "place": "mobile_unit",
        "sessions_a_week": 6,
        "max_weight": 200,
        "report_by": "receiver",
        "report_days": 5,
        "images_route": "image_exchange",
    }
    return OfferDetail(**defaults | values)


def make_test_offer(
    session: Session,
    *,
    now: datetime,
    test: str = "MRI",
    site: Site | None = None,
    actor: Actor = _maker,
    of: OfferDetail | None = None,
    **changed: Any,
) -> Offer:
    """Post an offer of a test at a site (of a trust of its own unless given); `changed` are terms."""
    site = site or make_site(session)
    trust = session.get_one(Organisation, site.provider_code).kind == OrganisationKind.TRUST
    basis = ContractBasis.NHS_PROVIDER if trust else ContractBasis.STANDARD_CONTRACT
    posted = PostOffer(site_code=site.code, kind=kind(test, basis), terms=terms(london_date(now), **changed))
    command = PostTestOffer(offer=posted, detail=of or detail())
    return services.post_offer(session, command, actor=actor, now=now)


def line(today: date, **values: Any) -> TestLine:
    """Return a line: two people of 40 to 70 at D4 whose clock started seven weeks ago."""
    started = today - timedelta(days=49)
    defaults: dict[str, Any] = {
        "places": 2,
        "priority_code": "D4",
        "earliest": values.get("latest", started),
        "latest": started,
        "age_from": 40,
        "age_to": 70,
    }
    return TestLine(**defaults | values)


def asked(**values: Any) -> RequestDetail:
    """Return what a trust says of people who need their head scanned."""
    defaults: dict[str, Any] = {
        "critical_contact": "Acute medical desk",
        "critical_phone": "01632 960 123",
        "parts": ("MRI:head",),
    }
    return RequestDetail(**defaults | values)


def request_values(today: date, **values: Any) -> dict[str, Any]:
    """Return everything a trust says about a call for scans of the head."""
    return {
        "service": "MRI",
        "lines": (line(today),),
        "detail": asked(),
        "reason": "Our scanner is being replaced.",
        "clinical_lead": "Dr Example Reader",
        "ready_at_short_notice": True,
    } | values


def make_test_request(
    session: Session,
    *,
    now: datetime,
    trust: Organisation | None = None,
    provider: str | None = None,
    status: RequestStatus = RequestStatus.OPEN,
    actor: Actor = _maker,
    **values: Any,
) -> CareRequest:
    """Make a request for tests of a trust (of its own unless given) that is open, or awaits its ICB."""
    code = provider or (trust or make_trust(session)).code
    command = PostTestRequest(provider_code=code, **request_values(london_date(now), **values))
    care_request = services.post_request(session, command, actor=actor, now=now)
    if status is RequestStatus.OPEN:
        requests.approve(session, ApproveRequest(reference=care_request.reference), actor=_maker, now=now)
    return care_request


def make_tested(
    session: Session,
    *,
    now: datetime,
    offer: Offer | None = None,
    care_request: CareRequest | None = None,
    **values: Any,
) -> NamedPerson:
    """Name somebody for a scan at D4, seven weeks on the test's clock."""
    offer = offer or make_test_offer(session, now=now)
    care_request = care_request or make_test_request(session, now=now)
    proposal = make_proposal(
        session, now=now, offer=offer, care_request=care_request, status=ProposalStatus.CHOSEN
    )
    started = london_date(now) - timedelta(days=49)
    named = {"priority_code": "D4", "clock_start": started, "asa": None, "bmi": None}
    return make_person(session, now=now, proposal=proposal, **named | values)


def make_test_transfer(
    session: Session,
    *,
    now: datetime,
    status: TransferStatus = _S.BOOKED,
    person: NamedPerson | None = None,
    **values: Any,
) -> Transfer:
    """Make a test of somebody who said yes, taken on as far as asked."""
    named = person or make_tested(session, now=now, **values)
    transfer = make_transfer(session, now=now, status=_S.BOOKED, person=named)
    for reached in (_S.DONE, _S.REPORTED, _S.READ):
        if transfer.status == status:
            break
        advance(session, transfer, reached, now=now)
    return transfer


def name_reader(session: Session, transfer: Transfer, *, now: datetime) -> None:
    """Say who reads the report and who is told of a critical finding."""
    command = NameReader(
        reference=transfer.reference,
        version=transfer.version,
        reader="Dr Example Reader",
        critical_contact="Acute medical desk",
        critical_phone="01632 960 123",
    )
    transfers.name_reader(session, command, actor=_maker, now=now)


def advance(session: Session, transfer: Transfer, to: TransferStatus, *, now: datetime) -> None:
    """Take a test to its next step."""
    if to is _S.DONE:
        name_reader(session, transfer, now=now)
    here = {"reference": transfer.reference, "version": transfer.version}
    if to is _S.DONE:
        transfers.record_done(session, RecordDone(**here, done_on=london_date(now)), actor=_maker, now=now)
    elif to is _S.REPORTED:
        sent = SendReport(**here, images_route="image_exchange")
        transfers.send_report(session, sent, actor=_maker, now=now)
    else:
        transfers.read_report(session, ReadReport(**here, read_by="Dr Example Reader"), actor=_maker, now=now)
