"""Each step of a request, done by somebody in a transaction of their own."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.requests import queries, services
from dmas.requests.commands import (
    ApproveRequest,
    PostRequest,
    ResubmitRequest,
    ReturnRequest,
    WithdrawRequest,
)
from dmas.requests.models import CareRequest
from tests.factories.requests import details

TODAY = date(2026, 11, 21)  # the fixture's Saturday


def post(database: Database, actor: Actor, now: datetime, **values: Any) -> CareRequest:
    with database.unit_of_work(actor) as session:
        return services.post(session, PostRequest(**details(**values)), actor=actor, now=now)


def approve(database: Database, care_request: CareRequest, actor: Actor, now: datetime) -> CareRequest:
    command = ApproveRequest(reference=care_request.reference, version=care_request.version)
    with database.unit_of_work(actor) as session:
        return services.approve(session, command, actor=actor, now=now)


def send_back(
    database: Database, care_request: CareRequest, actor: Actor, now: datetime, **values: Any
) -> CareRequest:
    command = ReturnRequest(
        reference=care_request.reference,
        version=care_request.version,
        **({"reason": "more_detail", "note": "How many need an overnight stay?"} | values),
    )
    with database.unit_of_work(actor) as session:
        return services.return_to_provider(session, command, actor=actor, now=now)


def resubmit(
    database: Database, care_request: CareRequest, actor: Actor, now: datetime, **values: Any
) -> CareRequest:
    command = ResubmitRequest(
        reference=care_request.reference, version=care_request.version, **details(**values)
    )
    with database.unit_of_work(actor) as session:
        return services.resubmit(session, command, actor=actor, now=now)


def withdraw(
    database: Database, care_request: CareRequest, actor: Actor, now: datetime, **values: Any
) -> CareRequest:
    command = WithdrawRequest(
        reference=care_request.reference,
        version=care_request.version,
        **({"reason": "treated_at_home"} | values),
    )
    with database.unit_of_work(actor) as session:
        return services.withdraw(session, command, actor=actor, now=now)


def stored(database: Database, system: Actor, care_request: CareRequest) -> CareRequest:
    with database.unit_of_work(system) as session:
        return queries.get(session, system, care_request.reference)
