"""A match as rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from dmas.cases.presenters import matches
from dmas.cases.queries import MatchCase, Story
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.db import Database
from dmas.proposals import queries
from dmas.proposals.models import NamedPerson
from dmas.proposals.queries import MatchRow
from dmas.proposals.vocabulary import Consent, ProposalStatus
from tests.factories.proposals import make_proposal, sides_of

TODAY = date(2026, 11, 21)


def person(**values: Any) -> NamedPerson:
    defaults: dict[str, Any] = {
        "given_name": "Morgan",
        "family_name": "Example",
        "date_of_birth": date(1960, 5, 4),
        "clock_start": date(2025, 11, 22),
        "priority_code": "P4",
        "consent": Consent.TO_ASK,
        "asked_how": None,
        "asked_at": None,
        "released_at": None,
    }
    return NamedPerson(**defaults | values)


@pytest.fixture
def row(database: Database, system: Actor, now: datetime) -> MatchRow:
    with database.unit_of_work(system) as session:
        proposal = make_proposal(session, now=now, places=2)
        return queries.row(session, system, proposal.reference)


def test_the_receiver_is_not_led_to_the_request(row: MatchRow) -> None:
    sides = sides_of(row.proposal)
    case = MatchCase(row=row, transfers=[], story=Story(events=[], names={}))
    told = dict(matches.facts(case, sides.at_receiver(), TODAY))
    assert "Request" not in told
    assert str(told["Offer"]) == row.offer.reference
    assert str(dict(matches.facts(case, sides.at_home(), TODAY))["Request"]) == row.care_request.reference
    assert "State" not in told


def test_rank_says_tier_and_wait(row: MatchRow, now: datetime) -> None:
    since = row.proposal.waiting_since
    expected = f"Tier {row.proposal.tier}, waiting at least 42 weeks, since {since.day} {since:%B %Y}"
    assert matches.rank(row.proposal, london_date(now)) == expected


def test_a_fit_without_a_fault_says_so(row: MatchRow) -> None:
    found = matches.fitting(row)
    assert found.summary == f"All {len(found.rows)} fit."


def test_matches_are_listed_by_what_is_due(row: MatchRow) -> None:
    (shown,) = matches.listed([row], of_offer=True)
    assert shown[1] == row.home_name
    assert shown[3] == "2 held of 2"
    row.proposal.status, row.proposal.due_on = ProposalStatus.DECLINED, None
    (ended,) = matches.listed([row], of_offer=False)
    assert ended[1] == f"{row.site_name}, {row.receiver_name}"
    assert (ended[3], ended[5]) == ("2", "–")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "To ask"),
        ({"released_at": datetime(2026, 11, 20)}, "Taken back"),
        ({"consent": Consent.YES}, "Said yes"),
        ({"consent": Consent.NO, "released_at": datetime(2026, 11, 20)}, "Said no"),
    ],
)
def test_what_a_person_said(values: dict[str, Any], said: str) -> None:
    assert matches.answer(person(**values)).text == said


def test_people_are_shown_with_how_they_were_asked(now: datetime) -> None:
    asked, waiting = matches.people(
        [person(consent=Consent.YES, asked_how="call", asked_at=now), person()], TODAY
    )
    assert asked[0] == "Morgan Example"
    assert asked[2] == "52 weeks, since 22 November 2025"
    assert (asked[5], waiting[5]) == ("By phone, 21 November 2026", "Not yet")
