"""A hundred offers of the invented providers, in every state an offer can be in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary import arrangements
from dmas.catalogue.vocabulary.arrangements import ContractBasis, CriticalCare, Setting
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.demo.england import PROVIDERS, Invented
from dmas.demo.stage import Stage
from dmas.offers import services
from dmas.offers.commands import (
    ApproveOffer,
    CloseOffer,
    OfferKind,
    OfferTerms,
    PostOffer,
    SuspendOffer,
    WithdrawOffer,
)
from dmas.offers.models import Offer
from dmas.offers.vocabulary import Additionality

OFFERS = 100


@dataclass(frozen=True, slots=True)
class Service:
    """One line of the menu: treatment function, setting, and procedure groups asked for and offered most."""

    function: str
    setting: Setting
    groups: tuple[str, ...] = ()

    @property
    def stage(self) -> arrangements.Stage:
        """Return the stage at which people join."""
        outpatient = self.setting is Setting.OUTPATIENT
        return arrangements.Stage.FIRST_OUTPATIENT if outpatient else arrangements.Stage.DECISION_TO_ADMIT


MENU = (
    Service("110", Setting.INPATIENT, ("hip_replacement", "knee_replacement")),
    Service("110", Setting.INPATIENT, ("hip_replacement", "knee_replacement", "shoulder_replacement")),
    Service("110", Setting.INPATIENT, ("hip_replacement", "knee_replacement")),
    Service("110", Setting.DAY_CASE, ("knee_arthroscopy", "carpal_tunnel", "bunion")),
    Service("130", Setting.DAY_CASE, ("cataract",)),
    Service("100", Setting.DAY_CASE, ("inguinal_hernia", "umbilical_hernia", "cholecystectomy")),
    Service("120", Setting.DAY_CASE, ("tonsillectomy", "septoplasty", "sinus_surgery")),
    Service("502", Setting.DAY_CASE, ("hysteroscopy", "gynae_laparoscopy")),
    Service("120", Setting.OUTPATIENT),
    Service("330", Setting.OUTPATIENT),
)
# Nobody but one of the patient personas waits for this, so that there are four hospitals to choose from.
FOR_ONE = Service("101", Setting.INPATIENT, ("prostate_resection",))
FOR_ONE_NUMBERS = range(48, 52)


def offer_capacity(stage: Stage) -> None:
    """Post a hundred offers over three weeks, approve what needs it, and let some stop."""
    posted = [_post(stage, number) for number in range(OFFERS)]
    _stop_some(stage, posted)


def _post(stage: Stage, number: int) -> tuple[Invented, Offer]:
    provider = PROVIDERS[number % len(PROVIDERS)]
    # What the Midlands personas look at is always among the first.
    service = MENU[number % 4] if number < 40 and provider.region == "Y60" else stage.random.choice(MENU)
    if number in FOR_ONE_NUMBERS:
        service = FOR_ONE
    # One in eight was posted so long ago that it wants to be said again.
    days_ago = stage.random.randint(16, 20) if number % 8 == 7 else stage.random.randint(4, 12)
    if number % 25 == 3:
        days_ago = 31  # and one in twenty-five so long that it has expired by now
    now = stage.at(days_ago, hour=9, minute=number % 60)
    new = provider.independent and number >= 60
    contract = ContractBasis.NEW_CONTRACT if new else _usual_contract(provider)
    kind = OfferKind(
        service=service.function, setting=service.setting, stage=service.stage, contract_basis=contract
    )
    command = PostOffer(
        site_code=f"{provider.code}{stage.random.randint(1, len(provider.sites)):02d}",
        kind=kind,
        terms=_terms(stage, provider, service, number, days_ago),
    )
    actor = stage.manager(provider.code)
    with stage.acting(actor) as session:
        return provider, services.post(session, command, actor=actor, now=now)


def _usual_contract(provider: Invented) -> ContractBasis:
    return ContractBasis.STANDARD_CONTRACT if provider.independent else ContractBasis.NHS_PROVIDER


def _terms(stage: Stage, provider: Invented, service: Service, number: int, days_ago: int) -> OfferTerms:
    admitted = service.setting is not Setting.OUTPATIENT
    first = london_date(stage.at(days_ago)) + timedelta(days=stage.random.randint(10, 24))
    named = bool(service.groups) and stage.random.random() < 0.3
    limited = admitted and (provider.independent or stage.random.random() < 0.3)
    return OfferTerms(
        window_from=first,
        window_to=first + timedelta(days=stage.random.choice((49, 63, 77, 91))),
        places=stage.random.choice((2, 3, 4, 5, 6, 8, 10)),
        additionality=stage.random.choice(list(Additionality)),
        lists=stage.random.choice((None, 1, 2)),
        any_procedure=not named,
        procedure_groups=service.groups if named else (),
        gives_treatment=None if admitted else True,
        follow_on_weeks=None if admitted else stage.random.choice((6, 10, 14)),
        min_age=18,
        max_asa=stage.random.choice((2, 3)) if limited else None,
        no_asa_limit=admitted and not limited,
        max_bmi=stage.random.choice((35.0, 40.0)) if limited else None,
        no_bmi_limit=admitted and not limited,
        critical_care=(CriticalCare.NONE if provider.independent else CriticalCare.LEVEL_2)
        if admitted
        else None,
        tokens=("step_free", "parking") if number % 2 else ("step_free",),
        notes="",
    )


def _stop_some(stage: Stage, posted: list[tuple[Invented, Offer]]) -> None:
    """Approve two in three of those that wait; withdraw, suspend and close a few elsewhere."""
    waiting = [pair for pair in posted if pair[1].status == "awaiting_icb"]
    for number, (provider, offer) in enumerate(waiting):
        if number % 3:
            approver = stage.coordinator(provider.icb)
            with stage.acting(approver) as session:
                services.approve(
                    session, ApproveOffer(reference=offer.reference), actor=approver, now=stage.at(3, 11)
                )
    elsewhere = [pair for pair in posted if pair[1].status == "open" and pair[0].region not in ("Y60", "Y56")]
    for number, (provider, offer) in enumerate(elsewhere[:12]):
        actor = stage.manager(provider.code)
        with stage.acting(actor) as session:
            _stop(session, number % 3, offer.reference, actor, stage)


def _stop(session: Session, how: int, reference: str, actor: Actor, stage: Stage) -> None:
    now = stage.at(3, 15)
    if how == 0:
        services.withdraw(
            session, WithdrawOffer(reference=reference, reason="staffing"), actor=actor, now=now
        )
    elif how == 1:
        step = SuspendOffer(reference=reference, reason="limits_under_review")
        services.suspend(session, step, actor=actor, now=now)
    else:
        services.close(session, CloseOffer(reference=reference), actor=actor, now=now)
