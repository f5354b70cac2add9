"""What the receiver may answer, and the home trust to its question."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from dmas.core.actors import Actor, Role
from dmas.core.db import Database
from dmas.core.errors import IllegalTransition, InvalidInput, NotAllowed, NotFound, StaleEdit
from dmas.offers.models import Offer
from dmas.proposals import services
from dmas.proposals.commands import AcceptProposal, AnswerQuestion, AskForInformation, DeclineProposal
from dmas.proposals.models import Proposal
from dmas.proposals.vocabulary import ProposalStatus
from tests.factories.proposals import make_proposal, sides_of, staff_of


def _made(database: Database, system: Actor, now: datetime, places: int = 3) -> Proposal:
    with database.unit_of_work(system) as session:
        return make_proposal(session, now=now, places=places)


def _here(proposal: Proposal) -> dict[str, object]:
    return {"reference": proposal.reference, "version": proposal.version}


def test_fewer_places_release_the_rest_at_once(database: Database, system: Actor, now: datetime) -> None:
    proposal = _made(database, system, now)
    actor = sides_of(proposal).at_receiver(Role.INDEPENDENT_MANAGER)
    with database.unit_of_work(actor) as session:
        done = services.accept(session, AcceptProposal(**_here(proposal), places=2), actor=actor, now=now)
        assert (done.status, done.held, done.places) == (ProposalStatus.RECEIVER_ACCEPTED, 2, 3)
        assert (done.answered_by, done.due_on) == (actor.id, date(2026, 11, 25))
        assert session.get_one(Offer, done.offer_id).held == 2


@pytest.mark.parametrize("places", [0, 4, 10_000])
def test_places_outside_what_is_held_are_refused(
    database: Database, system: Actor, now: datetime, places: int
) -> None:
    proposal = _made(database, system, now)
    with pytest.raises(InvalidInput, match="between 1 and 3"), database.unit_of_work(system) as session:
        services.accept(session, AcceptProposal(**_here(proposal), places=places), actor=system, now=now)


def test_a_reviewer_accepts_subject_to_assessment_and_no_other_way(
    database: Database, system: Actor, now: datetime
) -> None:
    proposal = _made(database, system, now)
    reviewer = sides_of(proposal).at_receiver(Role.CLINICAL_REVIEWER)
    with pytest.raises(NotAllowed), database.unit_of_work(reviewer) as session:
        services.accept(session, AcceptProposal(**_here(proposal), places=3), actor=reviewer, now=now)
    blank = AcceptProposal(**_here(proposal), places=3, subject_to=" ")
    with pytest.raises(InvalidInput, match="assessed"), database.unit_of_work(reviewer) as session:
        services.accept(session, blank, actor=reviewer, now=now)
    with database.unit_of_work(reviewer) as session:
        done = services.accept(
            session,
            AcceptProposal(**_here(proposal), places=3, subject_to="Anaesthetic assessment"),
            actor=reviewer,
            now=now,
        )
        assert (done.status, done.answer_note) == (ProposalStatus.ACCEPTED_SUBJECT, "Anaesthetic assessment")


def test_a_decline_releases_everything_with_its_reason(
    database: Database, system: Actor, now: datetime
) -> None:
    proposal = _made(database, system, now)
    actor = sides_of(proposal).at_receiver()
    for reason, note, message in (("nonsense", "", "reason"), ("other", " ", "Say what")):
        wrong = DeclineProposal(**_here(proposal), reason=reason, note=note)
        with pytest.raises(InvalidInput, match=message), database.unit_of_work(actor) as session:
            services.decline(session, wrong, actor=actor, now=now)
    with database.unit_of_work(actor) as session:
        done = services.decline(
            session,
            DeclineProposal(**_here(proposal), reason="other", note="The list moved."),
            actor=actor,
            now=now,
        )
        assert (done.status, done.held, done.due_on) == (ProposalStatus.RECEIVER_DECLINED, 0, None)
        assert (done.answer_reason, done.answer_note, done.ended_at) == ("other", "The list moved.", now)
        assert session.get_one(Offer, done.offer_id).held == 0


def test_a_question_is_answered_at_home_and_the_time_starts_again(
    database: Database, system: Actor, now: datetime
) -> None:
    proposal = _made(database, system, now)
    receiver = sides_of(proposal).at_receiver(Role.CLINICAL_REVIEWER)
    home = sides_of(proposal).at_home(Role.CLINICAL_REVIEWER)
    with database.unit_of_work(receiver) as session:
        asked = services.ask(
            session,
            AskForInformation(**_here(proposal), question="How old is the MRI?"),
            actor=receiver,
            now=now,
        )
        assert (asked.status, asked.question, asked.held) == (
            ProposalStatus.NEEDS_INFORMATION,
            "How old is the MRI?",
            3,
        )
    later = datetime(2026, 11, 24, 9, 0, tzinfo=now.tzinfo)
    answer = AnswerQuestion(**_here(asked), answer="Four weeks.")
    with pytest.raises(NotAllowed), database.unit_of_work(receiver) as session:
        services.answer_question(session, answer, actor=receiver, now=later)
    with database.unit_of_work(home) as session:
        back = services.answer_question(session, answer, actor=home, now=later)
        assert (back.status, back.question_answer) == (ProposalStatus.PROPOSED, "Four weeks.")
        assert back.due_on == date(2026, 11, 27)


def test_only_the_receivers_manager_answers(database: Database, system: Actor, now: datetime) -> None:
    proposal = _made(database, system, now)
    sides = sides_of(proposal)
    command = AcceptProposal(**_here(proposal), places=1)
    for actor in (sides.at_home(), sides.at_receiver(Role.BOOKING_CLERK)):
        with pytest.raises(NotAllowed), database.unit_of_work(actor) as session:
            services.accept(session, command, actor=actor, now=now)
    stranger = staff_of("RZZ9")
    with pytest.raises(NotFound), database.unit_of_work(stranger) as session:
        services.accept(session, command, actor=stranger, now=now)


def test_an_old_copy_and_a_second_answer_are_refused(
    database: Database, system: Actor, now: datetime
) -> None:
    proposal = _made(database, system, now)
    old = AcceptProposal(reference=proposal.reference, version=0, places=1)
    with pytest.raises(StaleEdit), database.unit_of_work(system) as session:
        services.accept(session, old, actor=system, now=now)
    with database.unit_of_work(system) as session:
        done = services.accept(session, AcceptProposal(**_here(proposal), places=1), actor=system, now=now)
    with pytest.raises(IllegalTransition), database.unit_of_work(system) as session:
        services.accept(session, AcceptProposal(**_here(done), places=1), actor=system, now=now)
