"""Whom news of requests goes to."""

from __future__ import annotations

from datetime import datetime

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.requests import services
from dmas.requests.commands import ResubmitRequest, ReturnRequest
from dmas.requests.vocabulary import RequestStatus
from tests.factories.notifications import queued
from tests.factories.requests import details, make_request


def test_the_icb_hears_what_awaits_it_and_the_trust_what_was_decided(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        approved = make_request(session, now=now)
        returned = make_request(session, now=now, status=RequestStatus.AWAITING_ICB)
        command = ReturnRequest(reference=returned.reference, reason="local_capacity")
        services.return_to_provider(session, command, actor=system, now=now)
        told = {(row.template, row.recipient_id, row.values["reference"]) for row in queued(session)}
        assert told == {
            ("request_awaits_approval", approved.icb_code, approved.reference),
            ("request_awaits_approval", returned.icb_code, returned.reference),
            ("request_approved", approved.provider_code, approved.reference),
            ("request_returned", returned.provider_code, returned.reference),
        }
        again = ResubmitRequest(reference=returned.reference, version=returned.version, **details())
        services.resubmit(session, again, actor=system, now=now)
        asked = queued(session, "request_awaits_approval")
        assert len(asked) == 3, "sent again, it is news again"
        assert {row.values["due_on"] for row in asked} == {str(returned.approval_due_on)}
