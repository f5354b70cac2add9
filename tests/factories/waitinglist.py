"""The smallest valid patient with a wait, and an invitation to ask for a move."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.providers.models import Organisation
from dmas.waitinglist import queries, services
from dmas.waitinglist.commands import InvitePathway
from dmas.waitinglist.models import Extract, Invitation, Pathway, Patient
from dmas.waitinglist.rules import codes
from tests.factories.numbers import nhs_number
from tests.factories.providers import make_trust

_numbers = itertools.count(1)
_maker = Actor.system("tests")
SECRET_KEY = "a-secret-of-the-tests-with-many-letters-0123456789"


def make_patient(session: Session, *, icb_code: str | None = None, **values: Any) -> Patient:
    """Make a person of 60 with an invented name and a number of the range 999."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "nhs_number": nhs_number(),
        "given_name": "Morgan",
        "family_name": f"Waiting{number}",
        "date_of_birth": date(1966, 3, 14),
        "sex": "F",
        "address": "1 Example Street, Birmingham",
        "postcode": "B15 2GW",
        "mobile": "07700 900123",
        "email": f"morgan{number}@example.org",
        "practice_code": "M85001",
        "icb_code": icb_code,
        "safe_contact": "any",
        "communication_needs": "",
    }
    patient = Patient(**defaults | values)
    session.add(patient)
    session.flush()
    return patient


def make_pathway(
    session: Session,
    *,
    now: datetime,
    trust: Organisation | None = None,
    patient: Patient | None = None,
    weeks: int | None = 50,
    **values: Any,
) -> Pathway:
    """Make a wait for an operation that lets the person ask: 50 weeks in orthopaedics unless said otherwise.

    The patient is one of its own in the trust's ICB unless given; `weeks` may be replaced by `clock_start`.
    """
    trust = trust or make_trust(session)
    patient = patient or make_patient(session, icb_code=trust.icb_code)
    today, number = london_date(now), next(_numbers)
    defaults: dict[str, Any] = {
        "provider_code": trust.code,
        "patient_id": patient.id,
        "pathway_id": f"PATH{number:08d}",
        "icb_code": trust.icb_code,
        "region_code": trust.region_code,
        "service": "110",
        "list_type": "admitted",
        "clock_start": today - timedelta(weeks=weeks or 0),
        "rtt_status": "20",
        "decision_to_admit_on": today - timedelta(weeks=10),
        "referral_source": "03",
        "priority_code": "P4",
        "asa": 2,
        "asa_on": today - timedelta(days=30),
        "bmi": 28.0,
        "bmi_on": today - timedelta(days=30),
        "procedure_code": "W371",
        "intended_management": "1",
        "told_on": last_sunday(today),
        "absent_weeks": 0,
        "is_cancer": False,
        "raw": {},
    }
    pathway = Pathway(**defaults | values)
    session.add(pathway)
    session.flush()
    return pathway


def make_invitation(
    session: Session, *, now: datetime, pathway: Pathway | None = None, **values: Any
) -> Invitation:
    """Invite a person through the real service (about a wait of its own unless given)."""
    pathway = pathway or make_pathway(session, now=now)
    command = InvitePathway(pathway.id)
    services.invite(session, command, secret_key=SECRET_KEY, actor=_maker, now=now)
    invitation = queries.invitation_for(session, pathway.id)
    assert invitation is not None
    for name, value in values.items():
        setattr(invitation, name, value)
    session.flush()
    return invitation


def code_of(invitation: Invitation) -> str:
    """Return the code that stands in the person's letter."""
    return codes.code_of(invitation.id, SECRET_KEY)


def make_extract(
    session: Session, *, now: datetime, trust: Organisation | None = None, **values: Any
) -> Extract:
    """Make the record of an extract that was applied, of the last Sunday and empty unless said otherwise."""
    trust = trust or make_trust(session)
    defaults: dict[str, Any] = {
        "provider_code": trust.code,
        "week_ending": last_sunday(london_date(now)),
        "file_hash": f"{next(_numbers):064x}",
        "rows": 0,
        "applied_by": _maker.id,
        "applied_at": now,
    }
    extract = Extract(**defaults | values)
    session.add(extract)
    audit.record(session, extract, "extract.applied", actor=_maker, now=now)
    return extract


def last_sunday(today: date) -> date:
    """Return the Sunday that the last extract before or on a day is of."""
    return today - timedelta(days=(today.weekday() + 1) % 7)
