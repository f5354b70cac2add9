"""Matches in words, with nobody named."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from dmas.core.actors import Actor, Role
from dmas.core.db import Database
from dmas.proposals import presenters, queries, services
from dmas.proposals.commands import AcceptProposal, DeclineCapacity, DeclineProposal
from dmas.proposals.queries import MatchRow
from dmas.proposals.vocabulary import Consent, ProposalStatus
from dmas.web.lists import Tag
from tests.factories.offers import make_offer
from tests.factories.proposals import make_person, make_proposal, propose, say, sides_of, staff_of
from tests.factories.requests import make_request

_S = ProposalStatus
TODAY = date(2026, 11, 21)


def _row(database: Database, system: Actor, reference: str) -> MatchRow:
    with database.unit_of_work(system) as session:
        return queries.row(session, system, reference)


def test_a_match_in_one_line_and_in_many(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        proposal = make_proposal(session, now=now, tenths=123, distance_approximate=True)
    row = _row(database, system, proposal.reference)
    heading = presenters.heading(row)
    assert heading.startswith("1 place in ")
    assert heading.endswith(", about 12.3 miles in a straight line")
    said = dict(presenters.summary(row, TODAY))
    assert said["State"] == Tag("Waiting for the receiver", "yellow")
    assert said["Waiting for"] == row.receiver_name
    assert said["Due"] == "25 November 2026 (3 working days left)"
    assert said["Made"] == "In the night of 21 November 2026"
    assert "Receiver's answer" not in said


def test_due_dates_grow_urgent(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        proposal = make_proposal(session, now=now)
    assert presenters.due(proposal, date(2026, 11, 25)) == Tag("Due today", "orange")
    assert presenters.due(proposal, date(2026, 11, 26)) == Tag("Overdue since 25 November 2026", "red")
    proposal.due_on = None
    assert presenters.due(proposal, TODAY) is None


def test_the_fit_is_shown_field_by_field(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        offer = make_offer(session, now=now, max_bmi=30.0, no_bmi_limit=False)
        care_request = make_request(session, now=now, worst_bmi=34.0, worst_asa=None, travel_miles=10)
        proposal = make_proposal(session, now=now, offer=offer, care_request=care_request, tenths=101)
    rows = presenters.fit(_row(database, system, proposal.reference))
    fit = {name: (asked, limit, tag.text) for name, asked, limit, tag in rows}
    assert fit["Worst BMI"] == ("34", "Up to 30", "Does not fit")
    assert fit["Worst ASA grade"] == ("Not known", "No limit", "Fits")
    assert fit["Distance"] == ("10.1 miles in a straight line", "Up to 10 miles", "Does not fit")
    assert fit["Operation"][0] == "Hip replacement"
    assert "Standard notice" in fit


def test_each_person_is_shown_only_their_own_steps(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        states = (_S.PROPOSED, _S.RECEIVER_ACCEPTED, _S.CHOSEN)
        made = {state: make_proposal(session, now=now, status=state) for state in states}

    def steps(state: ProposalStatus, actor: Actor) -> list[str]:
        return [step.text for step in presenters.steps(made[state], actor)]

    proposed = sides_of(made[_S.PROPOSED])
    assert steps(_S.PROPOSED, proposed.at_receiver()) == ["Accept", "Ask for information", "Decline"]
    assert steps(_S.PROPOSED, proposed.at_receiver(Role.CLINICAL_REVIEWER)) == [
        "Accept",
        "Ask for information",
    ]
    assert steps(_S.PROPOSED, proposed.at_home()) == []
    accepted = sides_of(made[_S.RECEIVER_ACCEPTED])
    assert steps(_S.RECEIVER_ACCEPTED, accepted.at_home()) == ["Take these places", "Do not take them"]
    assert steps(_S.RECEIVER_ACCEPTED, accepted.at_receiver()) == []
    chosen = sides_of(made[_S.CHOSEN])
    assert steps(_S.CHOSEN, chosen.at_home(Role.BOOKING_CLERK)) == ["Name people"]
    assert presenters.side(made[_S.CHOSEN], staff_of("RZZ9")) == "Looking on"


def test_answers_and_decisions_are_told(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        declined = make_proposal(session, now=now)
        services.decline(
            session,
            DeclineProposal(reference=declined.reference, version=1, reason="other", note="It moved."),
            actor=system,
            now=now,
        )
        subject = make_proposal(session, now=now)
        services.accept(
            session,
            AcceptProposal(reference=subject.reference, version=1, places=1, subject_to="Heart check"),
            actor=system,
            now=now,
        )
        left = make_proposal(session, now=now, status=_S.RECEIVER_ACCEPTED)
        services.decline_capacity(
            session,
            DeclineCapacity(reference=left.reference, version=left.version, reason="too_far"),
            actor=system,
            now=now,
        )
        silent = make_proposal(session, now=now)
        services.lapse_due(session, actor=system, now=now + timedelta(days=9))
    told = {
        one.reference: dict(presenters.summary(_row(database, system, one.reference), TODAY))
        for one in (declined, subject, left, silent)
    }
    assert told[declined.reference]["Receiver's answer"] == "Another reason (say which). It moved."
    assert told[subject.reference]["Receiver's answer"] == "Heart check"
    assert told[left.reference]["Home trust's decision"] == "Too far for our patients"
    assert told[silent.reference]["Receiver's answer"] == "No answer"
    assert "Waiting for" not in told[silent.reference]


def test_a_match_by_hand_says_why_and_whom_it_overtook(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        offer, care_request = make_offer(session, now=now), make_request(session, now=now)
        command = propose(offer, care_request, run_date=None, by_hand_reason="short_notice", overtakes=3)
        proposal = services.propose(session, command, actor=system, now=now)
    said = dict(presenters.summary(_row(database, system, proposal.reference), TODAY))
    assert said["Made"] == (
        "By hand on 21 November 2026: Places too soon for the next night. It overtook 3 ranked before it."
    )


def test_a_person_is_shown_with_what_they_said(database: Database, system: Actor, now: datetime) -> None:
    with database.unit_of_work(system) as session:
        proposal = make_proposal(session, now=now, places=2, status=_S.CHOSEN)
        asked = make_person(session, now=now, proposal=proposal)
        waiting = make_person(session, now=now, proposal=proposal, travel_miles=40)
        say(session, asked, now=now, said=Consent.NO)
    no, to_ask = presenters.person_card(asked), presenters.person_card(waiting)
    assert dict(no.facts)["Answer"] == (
        "Said no, asked by phone by Robin Example on 21 November 2026 at 6:00pm"
    )
    assert (no.waiting, to_ask.waiting) == (False, True)
    assert dict(to_ask.facts)["Answer"] == Tag("To ask", "yellow")
    assert dict(to_ask.facts)["Journey"] == "Distance not known; up to 40 miles, their own limit"
    assert dict(no.facts)["Journey"].endswith("up to 25 miles, not asked yet")
