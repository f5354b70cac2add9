"""Many patients who search, written at once: what the real services make of one, copied for the others."""

from __future__ import annotations

import random
import uuid
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import insert
from sqlalchemy.orm import Session

from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.audit import AuditEvent
from dmas.core.clock import london_date
from dmas.core.db import Base
from dmas.core.references import new_reference
from dmas.providers.models import Organisation
from dmas.requests.models import CareRequest, RequestLine, TransferRequest
from tests.factories.requests import make_transfer_request
from tests.factories.waitinglist import make_pathway, make_patient

_maker = Actor.system("tests")
Row = TypeVar("Row", TransferRequest, CareRequest, RequestLine)


def make_searching(
    session: Session, *, now: datetime, trust: Organisation, many: int, seed: int = 1
) -> list[TransferRequest]:
    """Make patients of a trust who search for the same operation after waits of 41 to 110 weeks."""
    chance, today = random.Random(seed), london_date(now)
    model = make_transfer_request(session, now=now, trust=trust)
    asked = session.get_one(CareRequest, model.care_request_id)
    found = [model]
    for _ in range(many - 1):
        patient = make_patient(session, icb_code=trust.icb_code)
        clock_start = today - timedelta(days=chance.randrange(281, 770))
        pathway = make_pathway(session, now=now, trust=trust, patient=patient, clock_start=clock_start)
        care_request = _copy(asked, reference=new_reference("RQ"), version=1)
        line = _copy(asked.lines[0], request_id=care_request.id, waiting_since=clock_start)
        transfer = _copy(
            model,
            reference=new_reference("PT"),
            pathway_id=pathway.id,
            patient_id=patient.id,
            care_request_id=care_request.id,
            search_from=today - timedelta(days=chance.randrange(0, 30)),
            travel_miles=chance.choice((25, 50, 100)),
            version=1,
        )
        care_request.travel_miles = transfer.travel_miles
        session.add_all([care_request, line])
        session.flush()
        session.add(transfer)
        session.flush()
        found.append(transfer)
    made = [one for transfer in found[1:] for one in (transfer, _of(session, transfer))]
    rows = [audit.event_values(one, "made.at_once", actor=_maker, now=now, version=1) for one in made]
    session.execute(insert(Base.metadata.tables[AuditEvent.__tablename__]), rows)
    return found


def _of(session: Session, transfer: TransferRequest) -> CareRequest:
    return session.get_one(CareRequest, transfer.care_request_id)


def _copy(row: Row, **changed: object) -> Row:
    values = {column.key: getattr(row, column.key) for column in type(row).__table__.columns}
    return type(row)(**{**values, "id": uuid.uuid4(), **changed})
