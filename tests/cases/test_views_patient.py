"""Where a request stands, as its patient reads it: at each step, and why not yet."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.requests.vocabulary import TransferStatus
from tests.factories.options import make_choice
from tests.factories.requests import make_transfer_request
from tests.requests.views_patient.conftest import sit_down

_S = TransferStatus


@pytest.mark.parametrize(
    ("status", "heading", "who", "current"),
    [
        (_S.IN_REVIEW, "Your request is with your hospital", "looks at whether a move is safe", "Checked"),
        (_S.NEEDS_INFORMATION, "Your hospital has asked you something", "You answer a question", "Checked"),
        (_S.SEARCHING, "We are searching for another hospital", "We search every night", "Searching"),
        (_S.RESTING, "Your request is resting", "Nobody searches now", "Searching"),
    ],
)
def test_each_step_says_who_has_it(
    status: TransferStatus,
    heading: str,
    who: str,
    current: str,
    app: Flask,
    database: Database,
    system: Actor,
    now: datetime,
) -> None:
    with database.unit_of_work(system) as session:
        transfer = make_transfer_request(session, now=now, status=status)
    page = sit_down(app, transfer.patient_id, transfer.pathway_id).get("/transfer/track")
    assert heading in page.heading
    assert who in " ".join(page.text.split())
    (step,) = [one for one in page.all("li") if one.get("aria-current") == "step"]
    assert step.text.strip().startswith(current)


def test_with_options_it_says_why_these_and_leads_to_them(
    app: Flask, database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        choice = make_choice(session, now=now, many=2)
    page = sit_down(app, choice.transfer.patient_id, choice.transfer.pathway_id).get("/transfer/track")
    assert "Why these options" in page.text
    assert page.links()["Look at my options"] == "/transfer/options"


def test_a_hospital_that_is_asked_has_it_and_by_when(
    app: Flask, database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        choice = make_choice(session, now=now, many=2, shown=False)
    page = sit_down(app, choice.transfer.patient_id, choice.transfer.pathway_id).get("/transfer/track")
    assert "2 hospitals answer whether they can take you" in " ".join(page.text.split())
    assert "25 November 2026" in page.text
