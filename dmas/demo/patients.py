"""A hundred and fifty people ask to move: invited, answering, judged, and what came between."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.references import chosen_by
from dmas.demo.england import TRUSTS
from dmas.demo.personas import HOME, PATIENTS, reviewer_of
from dmas.demo.stage import DEMO, Stage
from dmas.demo.waiting import AT_HOME, Wait
from dmas.requests import services
from dmas.requests.commands import (
    AnswerHomeDate,
    AnswerStep,
    AskForOtherClinician,
    ClearChange,
    FindCaller,
    ReviewTransfer,
    SayChanged,
    StartTransfer,
    SubmitTransfer,
    WithdrawTransfer,
)
from dmas.requests.models import TransferRequest
from dmas.requests.vocabulary import QUESTIONS, ReviewOutcome
from dmas.waitinglist import services as waitinglist
from dmas.waitinglist.commands import AnswerChoice, AskForChoice, InviteCohort
from dmas.waitinglist.models import ChoiceRequest
from dmas.waitinglist.vocabulary import ChoiceStatus

SEED = 150
REGISTER = Actor.system("choice")
INVITED = (
    63,
    35,
    12,
)  # days before today on which the trusts invite; the personas' trust only the first time
WHY_NOT = ("complex", "co_located", "not_fit_yet", "imminent_date", "safeguarding")

# What becomes of each request, how many, and on how many days before today they are sent.
FATES: tuple[tuple[str, int, range], ...] = (
    ("not_found", 6, range(58, 61)),
    ("search", 70, range(6, 51)),
    ("died", 2, range(20, 40)),
    ("removed", 4, range(15, 40)),
    ("dated", 3, range(15, 40)),
    ("asked_about_date", 2, range(10, 25)),
    ("not_suitable", 10, range(12, 45)),
    ("reconsider", 2, range(10, 20)),
    ("withdrawn", 8, range(8, 45)),
    ("closed", 2, range(10, 30)),
    ("changed", 3, range(8, 25)),
    ("question", 8, range(7, 15)),
    ("review", 18, range(1, 16)),
    ("started", 12, range(1, 30)),
)


@dataclass(slots=True)
class Asking:
    """One request of the story: whose wait, how it goes, when it is sent, and its keys once it exists."""

    wait: Wait
    fate: str
    days_ago: int
    pathway: uuid.UUID
    patient: uuid.UUID
    reference: str = ""
    by_helpline: bool = False
    actor: Actor = field(init=False)

    def __post_init__(self) -> None:
        self.actor = Actor.patient(self.patient)


@dataclass(slots=True)
class Askers:
    """The story of all requests, told day by day; `chance` draws apart from the rest of the demo."""

    stage: Stage
    secret_key: str
    all: list[Asking] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311

    @contextmanager
    def acting(self, actor: Actor) -> Iterator[Session]:
        """Open a unit of work as somebody, with references of this story's own."""
        with chosen_by(self.chance.choice), self.stage.acting(actor) as session:
            yield session

    def of(self, fate: str) -> list[Asking]:
        """Return the requests that go one way."""
        return [one for one in self.all if one.fate == fate]


def cast(askers: Askers, waits: list[Wait], keys: Mapping[str, tuple[uuid.UUID, uuid.UUID]]) -> None:
    """Choose who asks, and on which day: the personas, then people of all trusts in turn."""
    for persona, days_ago in zip(PATIENTS[1:], (25, 40), strict=True):
        wait = next(
            one for one in waits if (one.who.given, one.who.family) == (persona.given, persona.family)
        )
        askers.all.append(Asking(wait, "search", days_ago, *keys[wait.pathway_id]))
    taken = {one.wait.pathway_id for one in askers.all}
    free = [one for one in _in_turn(waits) if one.can_ask and one.pathway_id not in taken]
    for fate, number, days in FATES:
        for place in range(number - 2 * (fate == "search")):
            days_ago = days[place * 7 % len(days)]
            wait = next(one for one in free if _is_invited(one, days_ago, askers.stage))
            free.remove(wait)
            asking = Asking(wait, fate, days_ago, *keys[wait.pathway_id])
            asking.by_helpline = len(askers.all) % 15 == 7
            askers.all.append(asking)


def invite(askers: Askers, days_ago: int) -> None:
    """Let the trusts invite everybody who has crossed 40 weeks."""
    for trust in TRUSTS:
        if trust.code == HOME and days_ago != INVITED[0]:
            continue  # so that a visitor has somebody to invite
        manager = askers.stage.manager(trust.code)
        with askers.acting(manager) as session:
            waitinglist.invite(
                session,
                InviteCohort(trust.code),
                secret_key=askers.secret_key,
                actor=manager,
                now=askers.stage.at(days_ago, 9),
            )


def on_day(askers: Askers, days_ago: int) -> None:
    """Let happen what happens on one day: requests sent, clinicians deciding, people changing their minds."""
    now = askers.stage.at(days_ago, 10)
    for one in askers.all:
        if one.days_ago == days_ago:
            ask(askers, one, now)
        elif one.days_ago - 3 == days_ago:
            _judge(askers, one, askers.stage.at(days_ago, 15))
        elif one.days_ago - 5 == days_ago:
            _turn(askers, one, askers.stage.at(days_ago, 16))


def ask(askers: Askers, one: Asking, now: datetime) -> None:
    """Fill a request in as the patient, or the helpline for them, and send it unless it is only begun."""
    actor = askers.stage.people["helpline-agent"] if one.by_helpline else one.actor
    questions = QUESTIONS if one.fate != "started" else QUESTIONS[: 1 + one.wait.number % len(QUESTIONS)]
    with askers.acting(actor) as session:
        if one.by_helpline:
            who = one.wait.who
            caller = FindCaller(nhs_number=who.nhs_number, date_of_birth=who.born)
            transfer = services.check_caller(session, caller, actor=actor, now=now)
        else:
            transfer = services.start(session, StartTransfer(pathway_id=one.pathway), actor=actor, now=now)
        one.reference = transfer.reference
        for step in questions:
            values = answers(one, askers.chance)[step.value]
            command = AnswerStep(reference=one.reference, step=step, values=values)
            services.answer(session, command, actor=actor, now=now)
        if one.fate != "started":
            services.submit(session, SubmitTransfer(reference=one.reference), actor=actor, now=now)


def answers(one: Asking, chance: random.Random) -> dict[str, dict[str, Any]]:
    """Return what somebody answers to each question, by the name of its page."""
    who, anywhere = one.wait.who, one.wait.trust.code == HOME and one.wait.number < 60
    step_free = "wheelchair" in who.needs
    return {
        "still-your-wait": {"right": "yes"},
        "health": {"changed": "no"},
        "distance": {"miles": "england" if anywhere else chance.choice(("25", "50", "100", "england"))},
        "dates": {"any": "no"},
        "short-notice": {"short_notice": "yes" if anywhere or chance.random() < 0.5 else "no"},
        "needs": {"needs": ["step_free"] if step_free else []},
        "contact": {
            "channel": "email" if who.email else "phone",
            "email": who.email,
            "phone": who.mobile or "07700 900000",
        },
        "somebody-acting": {"acting": "no"},
        "whole-pathway": {"understood": "yes"},
        "sharing": {"shared": "yes"},
    }


def review(askers: Askers, one: Asking, now: datetime, **decision: Any) -> None:
    """Let the home trust's clinician decide."""
    doctor = askers.stage.people[reviewer_of(one.wait.trust.code)]
    with askers.acting(doctor) as session:
        command = ReviewTransfer(reference=one.reference, **decision)
        services.review(session, command, actor=doctor, now=now)


def suitable(one: Asking, now: datetime) -> dict[str, Any]:
    """Return the decision that lets somebody's search begin."""
    wait, today = one.wait, london_date(now)
    admitted = bool(wait.care.opcs)
    return {
        "outcome": ReviewOutcome.SUITABLE,
        "service": wait.care.function,
        "stage": wait.care.stage,
        "setting": wait.care.setting,
        "procedure_group": wait.care.group,
        "priority_code": "P3" if wait.number % 6 == 0 else "P4",
        "asa": wait.asa if admitted else None,
        "asa_on": today if admitted else None,
        "bmi": wait.bmi if admitted else None,
        "bmi_on": today if admitted else None,
    }


def _judge(askers: Askers, one: Asking, now: datetime) -> None:
    if one.fate in ("started", "review"):
        return
    if one.fate in ("not_suitable", "reconsider"):
        why = WHY_NOT[one.wait.number % len(WHY_NOT)]
        review(askers, one, now, outcome=ReviewOutcome.NOT_SUITABLE, reason=why)
    elif one.fate == "question":
        question = "Do you take any medicine that thins your blood? Please write its name."
        review(askers, one, now, outcome=ReviewOutcome.MORE_INFORMATION, question=question)
    elif not (one.fate == "withdrawn" and one.wait.number % 2):
        review(askers, one, now, **suitable(one, now))


def _turn(askers: Askers, one: Asking, now: datetime) -> None:
    """Let people and clinicians do what changes a request that stands."""
    reference = one.reference
    if one.fate == "withdrawn":
        with askers.acting(one.actor) as session:
            services.withdraw_transfer(
                session, WithdrawTransfer(reference=reference), actor=one.actor, now=now
            )
    elif one.fate == "reconsider":
        with askers.acting(one.actor) as session:
            again = AskForOtherClinician(reference=reference, why="My walking is much better than it was.")
            services.ask_for_other_clinician(session, again, actor=one.actor, now=now)
    elif one.fate in ("changed", "closed"):
        with askers.acting(one.actor) as session:
            told = SayChanged(reference=reference, what="I have been started on a new heart medicine.")
            services.say_changed(session, told, actor=one.actor, now=now)
        if one.fate == "closed":
            doctor = askers.stage.people[reviewer_of(one.wait.trust.code)]
            with askers.acting(doctor) as session:
                services.close_clinically(session, ClearChange(reference=reference), actor=doctor, now=now)


def second_lists(askers: Askers, waits: list[Wait]) -> list[Wait]:
    """Return the lists of the last week: some people treated at home, some dated, two who have died."""
    stage = askers.stage
    before = stage.at(6).date().isoformat()
    soon = stage.at(-24).date().isoformat()
    treated = {"referral_to_treatment_period_end_date": before, "referral_to_treatment_period_status": "30"}
    told = {
        "removed": treated,
        "dated": {"tci_date": soon},
        "asked_about_date": {"tci_date": soon},
        "died": {"person_death_date": before},
    }
    changed = {one.wait.pathway_id: told[one.fate] for one in askers.all if one.fate in told}
    asking = {one.wait.pathway_id for one in askers.all}
    for wait in waits:
        if (
            wait.pathway_id not in asking
            and wait.number % 90 == 33
            and (stage.today - wait.clock_start).days > 80
        ):
            changed[wait.pathway_id] = treated
    return [replace(one, cells={**one.cells, **changed.get(one.pathway_id, {})}) for one in waits]


def take_home_dates(askers: Askers, now: datetime) -> None:
    """Let those who take the date at home say so."""
    for one in askers.of("dated"):
        with askers.acting(one.actor) as session:
            taken = AnswerHomeDate(reference=one.reference, takes_it=True)
            services.answer_home_date(session, taken, actor=one.actor, now=now)


def ask_boards(askers: Askers, waits: list[Wait]) -> None:
    """Let ten people over 18 weeks ask their board for a choice, and three boards answer."""
    stage = askers.stage
    asking = [one for one in waits if 140 < (stage.today - one.clock_start).days < 250]
    for place, wait in enumerate(asking[:: len(asking) // 10][:10]):
        with askers.acting(REGISTER) as session:
            command = AskForChoice(nhs_number=wait.who.nhs_number, date_of_birth=wait.who.born)
            waitinglist.ask_for_choice(session, command, now=stage.at(9 - place % 8, 11))
    with stage.acting(DEMO) as session:
        received = select(ChoiceRequest).where(ChoiceRequest.status == ChoiceStatus.RECEIVED)
        first = session.scalars(received.order_by(ChoiceRequest.reference).limit(3)).all()
    for place, choice in enumerate(first):
        coordinator = stage.coordinator(choice.icb_code)
        answer = AnswerChoice(
            reference=choice.reference,
            version=choice.version,
            met=place != 1,
            reason="We have asked two hospitals near you, and one can see you within six weeks."
            if place != 1
            else "Your own hospital has given you a date within the time that the law allows.",
        )
        with askers.acting(coordinator) as session:
            waitinglist.answer_choice(session, answer, actor=coordinator, now=stage.at(1, 13))


def transfer_of(session: Session, reference: str) -> TransferRequest:
    """Return a request as it stands now."""
    return session.scalars(
        select(TransferRequest)
        .where(TransferRequest.reference == reference)
        .execution_options(populate_existing=True)
    ).one()


def _in_turn(waits: list[Wait]) -> list[Wait]:
    """Return waits so that trusts alternate, every fifth of them the personas' own."""
    home = [one for one in waits if one.number < AT_HOME]
    away: dict[str, list[Wait]] = {}
    for one in waits[AT_HOME:]:
        away.setdefault(one.trust.code, []).append(one)
    turns = [
        one[place]
        for place in range(max(map(len, away.values())))
        for one in away.values()
        if place < len(one)
    ]
    mixed: list[Wait] = []
    for place in range(0, len(turns), 4):
        mixed += [*home[place // 4 : place // 4 + 1], *turns[place : place + 4]]
    return mixed


def _is_invited(wait: Wait, days_ago: int, stage: Stage) -> bool:
    """Say whether somebody had been invited by a day, at the last round before it."""
    rounds = [each for each in INVITED if each > days_ago]
    if wait.trust.code == HOME:
        rounds = [each for each in rounds if each == INVITED[0]]
    return bool(rounds) and (stage.today - wait.clock_start).days - rounds[-1] > 281
