"""What a manager fills in on the page of a request, and what then stands in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.requests import queries
from dmas.requests.models import CareRequest
from dmas.requests.queries import RequestFilter

NEW = "/requests/new?service=110"
HOSTILE = "<script>alert(1)</script>'; DROP TABLE offer; --"


def answers(**values: Any) -> dict[str, Any]:
    """Return what a manager fills in for two hips in one line."""
    return {
        "care": "inpatient",
        "basis": "whole_pathway",
        "lines-0-places": "2",
        "lines-0-procedure_group": "hip_replacement",
        "lines-0-priority_code": "P4",
        "lines-0-weeks": "40-44",
        "lines-0-weeks_own": "",
        "lines-0-age_from": "50",
        "lines-0-age_to": "75",
        "lines-0-worst_asa": "2",
        "lines-0-worst_bmi": "34.5",
        "lines-0-sex": "",
        "cancer": "no",
        "critical_care": "none",
        "reason": "Two theatres are closed until spring.",
        "clinical_lead": "Example Surgeon",
    } | values


def stored(database: Database, system: Actor) -> list[CareRequest]:
    with database.unit_of_work(system) as session:
        rows, _ = queries.find(session, system, RequestFilter(), order="posted")
        return [one.care_request for one in rows]


def count_of(database: Database, system: Actor) -> int:
    with database.unit_of_work(system) as session:
        return session.scalar(text("SELECT count(*) FROM care_request")) or 0
