"""The smallest valid request of a trust or of a patient, made through the real services."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.arrangements import Basis, Setting, Stage
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.providers.models import Organisation
from dmas.requests import services
from dmas.requests.commands import (
    AnswerStep,
    ApproveRequest,
    PostRequest,
    RequestLineSpec,
    ReviewTransfer,
    StartTransfer,
    SubmitTransfer,
)
from dmas.requests.models import CareRequest, TransferRequest
from dmas.requests.vocabulary import RequestStatus, ReviewOutcome, TransferStatus, TransferStep
from dmas.waitinglist.models import Pathway
from tests.factories.providers import make_trust
from tests.factories.waitinglist import make_pathway

_maker = Actor.system("tests")

NO_ROOM = "Two theatres are closed until spring."


def line(**values: Any) -> RequestLineSpec:
    """Return a line: two hips at P4, 42 to 44 weeks, aged 50 to 75, ASA up to 2, BMI up to 34."""
    defaults: dict[str, Any] = {
        "places": 2,
        "procedure_group": "hip_replacement",
        "priority_code": "P4",
        "weeks_from": 42,
        "weeks_to": 44,
        "age_from": 50,
        "age_to": 75,
        "worst_asa": 2,
        "worst_bmi": 34.0,
    }
    return RequestLineSpec(**defaults | values)


def details(**values: Any) -> dict[str, Any]:
    """Return what a trust says about a request for inpatient hip replacements in one line."""
    return {
        "service": "110",
        "setting": Setting.INPATIENT,
        "stage": Stage.DECISION_TO_ADMIT,
        "basis": Basis.WHOLE_PATHWAY,
        "lines": (line(),),
        "reason": NO_ROOM,
        "clinical_lead": "Example Surgeon",
    } | values


def make_request(
    session: Session,
    *,
    now: datetime,
    trust: Organisation | None = None,
    status: RequestStatus = RequestStatus.OPEN,
    opened_on: date | None = None,
    actor: Actor = _maker,
    **values: Any,
) -> CareRequest:
    """Make a request of a trust (of its own unless given) that is open, or still awaits its ICB.

    `places=` and other values of a line go to the one line there is; `lines=` gives several. `opened_on`
    stands in for the day of its approval.
    """
    trust = trust or make_trust(session)
    of_line = {name: values.pop(name) for name in list(values) if name in RequestLineSpec.__slots__}
    command = PostRequest(provider_code=trust.code, **details(**({"lines": (line(**of_line),)} | values)))
    care_request = services.post(session, command, actor=actor, now=now)
    if status is RequestStatus.OPEN:
        approval = ApproveRequest(reference=care_request.reference)
        services.approve(session, approval, actor=_maker, now=now)
        if opened_on is not None:
            care_request.opened_on = opened_on
            session.flush()
    return care_request


_T = TransferStatus
_S = TransferStep

ANSWERS: Mapping[TransferStep, Mapping[str, Any]] = {
    _S.STILL_YOUR_WAIT: {"right": "yes"},
    _S.HEALTH: {"changed": "no"},
    _S.DISTANCE: {"miles": "50"},
    _S.DATES: {"any": "no"},
    _S.SHORT_NOTICE: {"short_notice": "no"},
    _S.NEEDS: {"needs": []},
    _S.CONTACT: {"channel": "email", "email": "morgan@example.org"},
    _S.ACTING: {"acting": "no"},
    _S.WHOLE_PATHWAY: {"understood": "yes"},
    _S.SHARING: {"shared": "yes"},
}


def make_transfer_request(
    session: Session,
    *,
    now: datetime,
    status: TransferStatus = TransferStatus.SEARCHING,
    pathway: Pathway | None = None,
    answers: Mapping[TransferStep, Mapping[str, Any]] | None = None,
    answered: bool = True,
    review: Mapping[str, Any] | None = None,
    actor: Actor = _maker,
    **values: Any,
) -> TransferRequest:
    """Make a patient's own request about a hip at 50 weeks (its own unless given), taken to a state.

    `answers` replace some of `ANSWERS`, `review` some values of the decision, `values` go to the pathway.
    Options, a choice and a move are only said to have happened: no proposal stands behind them.
    """
    pathway = pathway or make_pathway(session, now=now, **values)
    transfer = services.start(session, StartTransfer(pathway_id=pathway.id), actor=actor, now=now)
    if answered:
        for step, given in {**ANSWERS, **(answers or {})}.items():
            answer = AnswerStep(reference=transfer.reference, step=step, values=given)
            services.answer(session, answer, actor=actor, now=now)
    if status is _T.STARTED:
        return transfer
    services.submit(session, SubmitTransfer(reference=transfer.reference), actor=actor, now=now)
    if status is _T.NEEDS_INFORMATION:
        ask = {"outcome": ReviewOutcome.MORE_INFORMATION, "question": "Do you take blood thinners?"}
        decide(session, transfer, now=now, **ask)
    elif status is not _T.IN_REVIEW:
        decide(session, transfer, now=now, **(review or {}))
        _take_on(session, transfer, status, now)
    return transfer


def decide(
    session: Session, transfer: TransferRequest, *, now: datetime, actor: Actor = _maker, **values: Any
) -> TransferRequest:
    """Decide about a patient's request: suitable for an inpatient hip replacement unless said otherwise."""
    defaults: dict[str, Any] = {
        "reference": transfer.reference,
        "version": transfer.version,
        "outcome": ReviewOutcome.SUITABLE,
        "service": "110",
        "stage": Stage.DECISION_TO_ADMIT,
        "setting": Setting.INPATIENT,
        "procedure_group": "hip_replacement",
        "priority_code": "P4",
        "asa": 2,
        "asa_on": london_date(now) - timedelta(days=30),
        "bmi": 28.0,
        "bmi_on": london_date(now) - timedelta(days=30),
    }
    return services.review(session, ReviewTransfer(**defaults | values), actor=actor, now=now)


def _take_on(session: Session, transfer: TransferRequest, status: TransferStatus, now: datetime) -> None:
    assert transfer.care_request_id is not None
    here, due_on = transfer.care_request_id, london_date(now) + timedelta(days=7)
    if status in (_T.OPTIONS_OFFERED, _T.ACCEPTED, _T.TRANSFERRED):
        services.show_options(session, here, due_on, actor=_maker, now=now)
    if status in (_T.ACCEPTED, _T.TRANSFERRED):
        services.choose_made(session, here, actor=_maker, now=now)
    if status is _T.TRANSFERRED:
        services.on_transfer_confirmed(session, _Told(here), actor=_maker, now=now)
    if status is _T.RESTING:
        services.rest(session, here, actor=_maker, now=now)


@dataclass(frozen=True)
class _Told:
    """What a hand-over tells of a request."""

    request_id: uuid.UUID
