"""The smallest valid offer, posted through the real service."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.arrangements import Basis, ContractBasis, Setting, Stage
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.offers import services
from dmas.offers.commands import OfferKind, OfferTerms, PostOffer
from dmas.offers.models import Offer
from dmas.offers.vocabulary import Additionality, DoneBy
from dmas.providers.models import Organisation, Site
from dmas.providers.vocabulary import OrganisationKind
from tests.factories.providers import make_site

_maker = Actor.system("tests")


def kind(**values: Any) -> OfferKind:
    """Return what an offer is: inpatient orthopaedics, decision made, unless said otherwise."""
    defaults = {"service": "110", "setting": Setting.INPATIENT, "stage": Stage.DECISION_TO_ADMIT}
    return OfferKind(**defaults | values)


def terms(today: date, **values: Any) -> OfferTerms:
    """Return valid terms: two places for adults without further limits, in eight weeks from next week."""
    defaults: dict[str, Any] = {
        "window_from": today + timedelta(days=7),
        "window_to": today + timedelta(days=63),
        "places": 2,
        "additionality": Additionality.UNUSED_LIST,
        "min_age": 18,
        "no_asa_limit": True,
        "no_bmi_limit": True,
        "critical_care": "none",
        "pre_assessment_by": DoneBy.RECEIVER,
        "follow_up_by": DoneBy.RECEIVER,
    }
    return OfferTerms(**defaults | values)


def make_offer(
    session: Session,
    *,
    now: datetime,
    places: int = 2,
    site: Site | None = None,
    actor: Actor = _maker,
    contract_basis: str | None = None,
    basis: str = Basis.WHOLE_PATHWAY,
    service: str = "110",
    setting: str = Setting.INPATIENT,
    stage: str = Stage.DECISION_TO_ADMIT,
    **changed: Any,
) -> Offer:
    """Post an offer at a site (of a trust of its own unless given); `changed` are terms."""
    site = site or make_site(session)
    if contract_basis is None:
        provider = session.get_one(Organisation, site.provider_code)
        trust = provider.kind == OrganisationKind.TRUST
        contract_basis = ContractBasis.NHS_PROVIDER if trust else ContractBasis.STANDARD_CONTRACT
    what = kind(service=service, setting=setting, stage=stage, basis=basis, contract_basis=contract_basis)
    if what.is_first_appointment:
        changed.setdefault("gives_treatment", False)
    command = PostOffer(
        site_code=site.code, kind=what, terms=terms(london_date(now), places=places, **changed)
    )
    return services.post(session, command, actor=actor, now=now)
