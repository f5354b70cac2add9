"""The receiver's answer, and the home trust's answer to its question."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.reasons import ReasonFor, reason
from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.db import check_version
from dmas.proposals import outbox, policy, queries, rules
from dmas.proposals.commands import (
    AcceptProposal,
    AnswerQuestion,
    AskForInformation,
    DeclineProposal,
    ProposalStep,
)
from dmas.proposals.models import Proposal
from dmas.proposals.services import options, places

_NOT_RECEIVER = "Only a manager of the receiving provider answers this."


def accept(session: Session, command: AcceptProposal, *, actor: Actor, now: datetime) -> Proposal:
    """Accept all places or fewer; the rest are released at once. Subject to assessment, say to what.

    A patient's options are shown to them as soon as the last receiver has answered.
    """
    proposal = opened(session, command, actor)
    if command.subject_to is None:
        policy.require(policy.may_answer(actor, proposal), _NOT_RECEIVER)
    else:
        policy.require(policy.may_assess(actor, proposal), _NOT_RECEIVER)
        proposal.answer_note = rules.check_words(
            command.subject_to, field="subject_to", ask="Say what must be assessed first."
        )
    places.step(proposal, "accept" if command.subject_to is None else "accept_subject")
    rules.check_places(command.places, proposal.places)
    released = max(0, proposal.held - command.places)
    proposal.answered_by, proposal.answered_at = actor.id, now
    proposal.due_on = _next_due(proposal, london_date(now))
    proposal.held -= released
    audit.record(
        session,
        proposal,
        "proposal.accepted" if command.subject_to is None else "proposal.accepted_subject",
        actor=actor,
        now=now,
        details={"places": command.places, "released": released},
    )
    places.give_back(session, proposal, released)
    if not options.gather(session, proposal, actor=actor, now=now):
        outbox.tell_home(session, proposal, "match_accepted", "places", "due_on", actor=actor, now=now)
    return proposal


def decline(session: Session, command: DeclineProposal, *, actor: Actor, now: datetime) -> Proposal:
    """Decline with a coded reason: every held place is released and the pair is not proposed again."""
    coded = reason(ReasonFor.DECLINE, command.reason)
    note = rules.check_note(coded.code, command.note)
    proposal = opened(session, command, actor)
    policy.require(policy.may_answer(actor, proposal), _NOT_RECEIVER)
    proposal.answered_by, proposal.answered_at = actor.id, now
    proposal.answer_reason, proposal.answer_note = coded.code, note
    released = places.end(proposal, "decline", now)
    audit.record(
        session,
        proposal,
        "proposal.declined",
        actor=actor,
        now=now,
        reason=coded.code,
        details={"released": released},
    )
    places.give_back(session, proposal, released)
    if not options.gather(session, proposal, actor=actor, now=now):
        outbox.tell_home(session, proposal, "match_declined", actor=actor, now=now)
    return proposal


def ask(session: Session, command: AskForInformation, *, actor: Actor, now: datetime) -> Proposal:
    """Ask the home trust before answering; the places stay held and it is the home trust's turn."""
    question = rules.check_words(command.question, field="question", ask="Write what you need to know.")
    proposal = opened(session, command, actor)
    policy.require(policy.may_assess(actor, proposal), _NOT_RECEIVER)
    places.step(proposal, "ask")
    proposal.question, proposal.question_answer = question, ""
    proposal.due_on = rules.answer_due(london_date(now), proposal.tier)
    audit.record(session, proposal, "proposal.question_asked", actor=actor, now=now)
    outbox.tell_home(session, proposal, "match_question", "due_on", actor=actor, now=now)
    return proposal


def answer_question(session: Session, command: AnswerQuestion, *, actor: Actor, now: datetime) -> Proposal:
    """Answer the receiver's question; its time to answer starts again."""
    text = rules.check_words(command.answer, field="answer", ask="Write your answer.")
    proposal = opened(session, command, actor)
    policy.require(
        policy.may_inform(actor, proposal),
        "Only a capacity manager or clinical reviewer of the home trust answers this.",
    )
    places.step(proposal, "answer" if proposal.option == 1 else "answer_option")
    proposal.question_answer = text
    proposal.due_on = rules.answer_due(london_date(now), proposal.tier)
    audit.record(session, proposal, "proposal.question_answered", actor=actor, now=now)
    outbox.tell_receiver(session, proposal, "match_question_answered", "due_on", actor=actor, now=now)
    return proposal


def _next_due(proposal: Proposal, today: date) -> date:
    """Return by when the home trust decides; a patient's options are gathered until then instead."""
    return rules.decide_due(today) if proposal.transfer_request_id is None else rules.gather_due(today)


def opened(session: Session, command: ProposalStep, actor: Actor) -> Proposal:
    """Return the proposal of a step, locked; raise StaleEdit where it is no longer what the person saw."""
    proposal = queries.get_for_change(session, actor, command.reference)
    check_version(proposal, command.version)
    return proposal
