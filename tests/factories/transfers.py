"""A hand-over at each step, made through the real services."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.proposals.models import NamedPerson
from dmas.transfers import services
from dmas.transfers.commands import CompleteDataSet, ConfirmTransfer, GiveDate, RecordTreated, SendTransfer
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TransferStatus
from tests.factories.proposals import make_person, say

_maker = Actor.system("tests")
_S = TransferStatus

# What the home trust types; the rest is known when the person says yes.
TYPED = {
    "title": "Mx",
    "address": "1 Example Street\nExampleton",
    "local_patient_id": "H123456",
    "gp_name": "Dr Example",
    "practice_code": "M85001",
    "home_professional": "Ms Example Surgeon",
    "referrer_code": "C1234567",
    "home_contact": "Waiting list office",
}


def make_transfer(
    session: Session,
    *,
    now: datetime,
    status: TransferStatus = _S.PREPARING,
    person: NamedPerson | None = None,
    **values: Any,
) -> Transfer:
    """Make a hand-over of somebody who said yes, taken on as far as asked (up to treated)."""
    named = person or make_person(session, now=now, **values)
    say(session, named, now=now)
    transfer = session.scalars(select(Transfer).where(Transfer.person_id == named.id)).one()
    for reached in (_S.SENT, _S.CONFIRMED, _S.DATED, _S.TREATED):
        if transfer.status == status:
            break
        advance(session, transfer, reached, now=now)
    assert transfer.data_set  # read now, so that a test may look at it after the session
    return transfer


def advance(session: Session, transfer: Transfer, to: TransferStatus, *, now: datetime) -> None:
    """Take a hand-over to the next step."""
    if to is _S.SENT:
        fill = CompleteDataSet(reference=transfer.reference, version=transfer.version, values=TYPED)
        services.complete_data_set(session, fill, actor=_maker, now=now)
    here = {"reference": transfer.reference, "version": transfer.version}
    today = london_date(now)
    if to is _S.SENT:
        services.send(session, SendTransfer(**here), actor=_maker, now=now)
    elif to is _S.CONFIRMED:
        services.confirm(session, ConfirmTransfer(**here, home_slot_cancelled=True), actor=_maker, now=now)
    elif to is _S.DATED:
        date_given = GiveDate(**here, first_date=today + timedelta(days=20))
        services.give_date(session, date_given, actor=_maker, now=now)
    elif to is _S.TREATED:
        services.record_treated(session, RecordTreated(**here, treated_on=today), actor=_maker, now=now)
