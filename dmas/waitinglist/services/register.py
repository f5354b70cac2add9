"""People over 18 weeks who were not invited ask their ICB for a choice of provider, and the ICB answers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.core import audit
from dmas.core.actors import Actor
from dmas.core.calendar import add_working_days
from dmas.core.clock import london_date
from dmas.core.db import check_version
from dmas.core.errors import InvalidInput
from dmas.core.references import new_reference
from dmas.core.transitions import advance
from dmas.providers.models import Organisation
from dmas.waitinglist import outbox, policy, queries, rules
from dmas.waitinglist.commands import AnswerChoice, AskForChoice
from dmas.waitinglist.models import ChoiceRequest, Patient
from dmas.waitinglist.rules.register import TRANSITIONS
from dmas.waitinglist.vocabulary import CHOICE_WORKING_DAYS, ChoiceStatus

JOB = Actor.system("choice")
MOST_REASON = 1000


def ask_for_choice(session: Session, command: AskForChoice, *, now: datetime) -> int:
    """Register a request for each wait of over 18 weeks; return how many, which nobody may be shown.

    Run as `JOB`. The page says the same whether or not anybody was found.
    """
    person = queries.find_person(session, command.nhs_number, command.date_of_birth)
    if person is None or person.died_on is not None:
        return 0
    today = london_date(now)
    limits = queries.thresholds_on(session, today)
    waits = {wait.id: wait for wait in queries.pathways_of(session, person.id)}
    facts = queries.facts(session, waits)
    made = 0
    for pathway_id, wait in waits.items():
        if not rules.may_ask_for_choice(facts[pathway_id], limits, today):
            continue
        icb = person.icb_code or wait.icb_code
        if icb is None or _is_waiting(session, pathway_id):
            continue
        choice = ChoiceRequest(
            reference=new_reference("CH"),
            status=ChoiceStatus.RECEIVED,
            pathway_id=pathway_id,
            patient_id=person.id,
            provider_code=wait.provider_code,
            icb_code=icb,
            region_code=session.get_one(Organisation, icb).region_code,
            service=wait.service,
            asked_at=now,
            due_on=add_working_days(today, CHOICE_WORKING_DAYS),
        )
        session.add(choice)
        audit.record(session, choice, "choice.asked", actor=_asker(person), now=now)
        outbox.tell_received(session, choice, actor=JOB, now=now)
        made += 1
    return made


def answer_choice(session: Session, command: AnswerChoice, *, actor: Actor, now: datetime) -> ChoiceRequest:
    """Write what the ICB did about a request: met, or refused with the reason the person reads."""
    choice = queries.choice_request(session, actor, command.reference)
    policy.require(policy.may_answer(actor, choice), "Only the ICB that was asked can answer.")
    check_version(choice, command.version)
    if not command.reason.strip():
        raise InvalidInput("Say what was done, in words for the person.", field="reason")
    if len(command.reason) > MOST_REASON:
        raise InvalidInput(f"Use {MOST_REASON:,} characters or fewer.", field="reason")
    verb = "meet" if command.met else "refuse"
    choice.status = advance(TRANSITIONS, verb, ChoiceStatus(choice.status), noun="request")
    choice.answered_by, choice.answered_at = actor.id, now
    choice.answer_reason = command.reason.strip()
    audit.record(session, choice, f"choice.{choice.status}", actor=actor, now=now)
    outbox.tell_answered(session, choice, actor=actor, now=now)
    return choice


def _is_waiting(session: Session, pathway_id: object) -> bool:
    waiting = select(ChoiceRequest.id).where(
        ChoiceRequest.pathway_id == pathway_id, ChoiceRequest.answered_at.is_(None)
    )
    return session.scalar(waiting) is not None


def _asker(person: Patient) -> Actor:
    return Actor.patient(person.id)
