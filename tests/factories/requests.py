"""The smallest valid request for help, posted and approved through the real services."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.arrangements import Basis, Setting, Stage
from dmas.core.actors import Actor
from dmas.providers.models import Organisation
from dmas.requests import services
from dmas.requests.commands import ApproveRequest, PostRequest, RequestLineSpec
from dmas.requests.models import CareRequest
from dmas.requests.vocabulary import RequestStatus
from tests.factories.providers import make_trust

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
