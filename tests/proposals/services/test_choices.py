"""The patient's choice: one option, none, staying, silence; and what none of these ever changes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dmas.core.actors import Actor, Reach, Role
from dmas.core.audit import AuditEvent
from dmas.core.db import Database
from dmas.core.errors import Conflict, DmasError, NotAllowed, NotFound, StaleEdit
from dmas.core.invariants import breaches
from dmas.invariants import ALL
from dmas.offers.models import Offer
from dmas.proposals import services
from dmas.proposals.commands import ChooseOption, DeclineOptions
from dmas.proposals.models import NamedPerson, Proposal
from dmas.requests import services as requests
from dmas.requests.commands import FindCaller, LogCall, ReverseStay, Stay, WithdrawTransfer
from dmas.requests.models import TransferRequest
from dmas.transfers import services as transfers
from dmas.transfers.commands import CancelTransfer, ReturnTransfer
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TransferStatus
from dmas.waitinglist.models import Pathway, Patient
from tests.factories.notifications import queued
from tests.factories.offers import make_offer
from tests.factories.options import Choice, live_options, make_choice
from tests.factories.proposals import staff_of
from tests.factories.transfers import advance

HELPLINE = Actor(
    id="helpline", name="Helen Example", role=Role.HELPLINE_AGENT, organisation="ENG", reach=Reach.NATION
)


@pytest.fixture
def choice(database: Database, system: Actor, now: datetime) -> Choice:
    """A patient who is shown three options."""
    with database.unit_of_work(system) as session:
        return make_choice(session, now=now)


def choosing(choice: Choice, number: int = 1, version: int | None = None) -> ChooseOption:
    return ChooseOption(
        reference=choice.transfer.reference,
        proposal_reference=choice.options[number - 1].reference,
        version=choice.transfer.version if version is None else version,
    )


def choose(database: Database, choice: Choice, now: datetime, number: int = 1, **values: Any) -> Transfer:
    with database.unit_of_work(choice.patient) as session:
        command = choosing(choice, number, **values)
        return services.choose_option(session, command, actor=choice.patient, now=now)


def states(database: Database, system: Actor, choice: Choice) -> list[tuple[int, str, int]]:
    with database.unit_of_work(system) as session:
        assert breaches(session, ALL) == []
        return live_options(session, choice.transfer)


def standing(database: Database, system: Actor, choice: Choice) -> tuple[Any, ...]:
    """Return all that a wait is: what no choice, silence or return may ever change."""
    with database.unit_of_work(system) as session:
        pathway = session.get_one(Pathway, choice.transfer.pathway_id)
        queue = session.scalars(
            select(Pathway.pathway_id)
            .where(Pathway.provider_code == pathway.provider_code, Pathway.ended_on.is_(None))
            .order_by(Pathway.clock_start, Pathway.pathway_id)
        ).all()
        columns = {column.key: getattr(pathway, column.key) for column in Pathway.__table__.columns}
        return columns, list(queue)


def test_choosing_takes_the_place_releases_the_others_and_opens_the_move(
    database: Database, system: Actor, choice: Choice, now: datetime
) -> None:
    before = standing(database, system, choice)
    move = choose(database, choice, now, 2)
    assert states(database, system, choice) == [(1, "superseded", 0), (2, "settled", 0), (3, "superseded", 0)]
    with database.unit_of_work(system) as session:
        counts = [
            (offer.held, offer.taken)
            for offer in (session.get_one(Offer, one.offer_id) for one in choice.options)
        ]
        assert counts == [(0, 0), (0, 1), (0, 0)]
        person = session.scalars(select(NamedPerson)).one()
        assert (person.consent, person.asked_how, person.id) == ("yes", "page", move.person_id)
        assert session.get_one(TransferRequest, choice.transfer.id).status == "accepted"
        moments = set(session.scalars(select(Proposal.ended_at)))
        assert moments == {now}
        assert [len(queued(session, name)) for name in ("transfer_chosen", "option_chosen")] == [1, 1]
        assert len(queued(session, "option_let_go")) == 2
    assert standing(database, system, choice) == before


def test_what_is_named_is_what_the_home_trust_has_on_its_list(
    database: Database, system: Actor, choice: Choice, now: datetime
) -> None:
    move = choose(database, choice, now)
    with database.unit_of_work(system) as session:
        pathway = session.get_one(Pathway, choice.transfer.pathway_id)
        assert (move.clock_start, move.pathway_id) == (pathway.clock_start, pathway.pathway_id)
        assert move.rtt_status is None


def test_two_browsers_that_choose_two_options_at_once_get_one(
    database: Database, system: Actor, choice: Choice, now: datetime
) -> None:
    ready = threading.Barrier(2)
    answers: list[str] = []

    def browser(number: int) -> None:
        ready.wait(10)
        try:
            choose(database, choice, now, number)
        except DmasError as refused:
            answers.append(str(refused))
        else:
            answers.append("moved")

    threads = [threading.Thread(target=browser, args=(number,)) for number in (1, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers, key=len)[0] == "moved"
    assert "already chosen" in max(answers, key=len)
    settled = [one for one in states(database, system, choice) if one[1] == "settled"]
    assert len(settled) == 1
    with database.unit_of_work(system) as session:
        assert len(session.scalars(select(Transfer)).all()) == 1


def test_a_page_that_is_older_than_the_options_is_refused(
    database: Database, choice: Choice, now: datetime
) -> None:
    with pytest.raises(StaleEdit):
        choose(database, choice, now, version=1)


def test_an_option_that_was_never_shown_to_them_has_gone(
    database: Database, system: Actor, choice: Choice, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        other = make_choice(session, now=now, many=1)
    command = ChooseOption(
        reference=choice.transfer.reference,
        proposal_reference=other.options[0].reference,
        version=choice.transfer.version,
    )
    with (
        pytest.raises(Conflict, match="has gone"),
        database.unit_of_work(choice.patient) as session,
    ):
        services.choose_option(session, command, actor=choice.patient, now=now)


def test_another_patients_request_is_not_there(
    database: Database, system: Actor, choice: Choice, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        other = make_choice(session, now=now, many=1)
    with pytest.raises(NotFound), database.unit_of_work(other.patient) as session:
        services.choose_option(session, choosing(choice), actor=other.patient, now=now)


def test_staff_of_the_home_trust_cannot_choose_for_them(
    database: Database, choice: Choice, now: datetime
) -> None:
    clerk = staff_of(choice.transfer.home_code, Role.BOOKING_CLERK)
    with pytest.raises(NotAllowed), database.unit_of_work(clerk) as session:
        services.choose_option(session, choosing(choice), actor=clerk, now=now)


def test_the_helpline_chooses_on_their_behalf_and_the_record_says_so(
    database: Database, system: Actor, choice: Choice, now: datetime
) -> None:
    with pytest.raises(NotFound, match="who is on the phone"), database.unit_of_work(HELPLINE) as session:
        services.choose_option(session, choosing(choice), actor=HELPLINE, now=now)
    with database.unit_of_work(system) as session:
        patient = session.get_one(Patient, choice.transfer.patient_id)
    with database.unit_of_work(HELPLINE) as session:
        caller = FindCaller(nhs_number=patient.nhs_number, date_of_birth=patient.date_of_birth)
        requests.check_caller(session, caller, actor=HELPLINE, now=now)
        services.choose_option(session, choosing(choice), actor=HELPLINE, now=now)
    with database.unit_of_work(system) as session:
        person = session.scalars(select(NamedPerson)).one()
        assert (person.asked_how, person.asked_by) == ("call", "Helen Example")
        chose = session.scalars(select(AuditEvent).where(AuditEvent.action == "transfer_request.chose")).one()
        assert chose.details["on_behalf"] is True


def decline(database: Database, choice: Choice, now: datetime) -> None:
    command = DeclineOptions(
        reference=choice.transfer.reference, version=choice.transfer.version, reason="too_far"
    )
    with database.unit_of_work(choice.patient) as session:
        services.decline_options(session, command, actor=choice.patient, now=now)


def stay(database: Database, choice: Choice, now: datetime) -> None:
    with database.unit_of_work(choice.patient) as session:
        command = Stay(reference=choice.transfer.reference, version=choice.transfer.version)
        requests.stay(session, command, actor=choice.patient, now=now)


def withdraw(database: Database, choice: Choice, now: datetime) -> None:
    with database.unit_of_work(choice.patient) as session:
        command = WithdrawTransfer(reference=choice.transfer.reference)
        requests.withdraw_transfer(session, command, actor=choice.patient, now=now)


def silence(database: Database, choice: Choice, now: datetime) -> None:
    call(database, choice, now)
    lapse(database, now + timedelta(days=8))


def call(database: Database, choice: Choice, now: datetime) -> None:
    clerk = staff_of(choice.transfer.home_code, Role.BOOKING_CLERK)
    with database.unit_of_work(clerk) as session:
        logged = LogCall(reference=choice.transfer.reference, reached=False)
        requests.log_call(session, logged, actor=clerk, now=now)


def lapse(database: Database, now: datetime) -> int:
    night = Actor.system("nightly-match")
    with database.unit_of_work(night) as session:
        return services.lapse_choices(session, actor=night, now=now)


@pytest.mark.parametrize(
    ("act", "request_is", "options_are"),
    [
        (decline, "searching", "declined"),
        (silence, "searching", "lapsed"),
        (stay, "ended", "offered"),
        (withdraw, "ended", "withdrawn"),
    ],
)
def test_whatever_they_do_the_pathway_clock_and_waiting_order_are_what_they_were(
    act: Callable[[Database, Choice, datetime], None],
    request_is: str,
    options_are: str,
    database: Database,
    system: Actor,
    choice: Choice,
    now: datetime,
) -> None:
    before = standing(database, system, choice)
    act(database, choice, now)
    assert {one[1] for one in states(database, system, choice)} == {options_are}
    with database.unit_of_work(system) as session:
        assert session.get_one(TransferRequest, choice.transfer.id).status == request_is
        assert session.scalars(select(Transfer)).all() == []
    assert standing(database, system, choice) == before


def test_staying_is_taken_back_while_the_places_are_held_and_the_night_gives_them_back(
    database: Database, system: Actor, choice: Choice, now: datetime
) -> None:
    stay(database, choice, now)
    with database.unit_of_work(choice.patient) as session:
        back = ReverseStay(reference=choice.transfer.reference)
        transfer = requests.reverse_stay(session, back, actor=choice.patient, now=now)
        assert transfer.status == "options_offered"
        requests.stay(session, Stay(reference=transfer.reference), actor=choice.patient, now=now)
    with database.unit_of_work(system) as session:
        requests.expire_transfers(session, actor=system, now=now)
    assert {one[1:] for one in states(database, system, choice)} == {("withdrawn", 0)}


def test_nothing_lapses_without_a_logged_call(
    database: Database, system: Actor, choice: Choice, now: datetime
) -> None:
    assert lapse(database, now + timedelta(days=30)) == 0
    assert {one[1] for one in states(database, system, choice)} == {"offered"}
    call(database, choice, now + timedelta(days=30))
    assert lapse(database, now + timedelta(days=31)) == 1


def test_on_the_last_day_they_may_still_choose(database: Database, choice: Choice, now: datetime) -> None:
    call(database, choice, now)
    assert lapse(database, now + timedelta(days=7)) == 0


def test_a_second_silence_rests_the_request(
    database: Database, system: Actor, choice: Choice, now: datetime
) -> None:
    silence(database, choice, now)
    with database.unit_of_work(system) as session:
        transfer = session.get_one(TransferRequest, choice.transfer.id)
        again = make_choice(session, now=now, transfer=transfer, offers=[make_offer(session, now=now)])
    silence(database, again, now)
    with database.unit_of_work(system) as session:
        assert session.get_one(TransferRequest, choice.transfer.id).status == "resting"
        assert breaches(session, ALL) == []


def test_reminders_go_on_days_2_and_5_once_each(database: Database, choice: Choice, now: datetime) -> None:
    night = Actor.system("nightly-match")
    told = []
    for day in (1, 2, 2, 3, 4, 5, 6):
        with database.unit_of_work(night) as session:
            services.remind_to_choose(session, actor=night, now=now + timedelta(days=day))
            told.append(len(queued(session, "transfer_options_reminder")))
    assert told == [0, 1, 1, 1, 1, 2, 2]


def test_after_a_return_the_wait_is_what_it_was_and_the_request_rests(
    database: Database, system: Actor, choice: Choice, now: datetime
) -> None:
    before = standing(database, system, choice)
    opened = choose(database, choice, now)
    with database.unit_of_work(system) as session:
        move = session.get_one(Transfer, opened.id)
        advance(session, move, TransferStatus.SENT, now=now)
        back = ReturnTransfer(
            reference=move.reference, version=move.version, reason="cannot_date", patient_phoned_at=now
        )
        transfers.return_to_home(session, back, actor=system, now=now)
    with database.unit_of_work(system) as session:
        assert session.get_one(TransferRequest, choice.transfer.id).status == "resting"
        assert breaches(session, ALL) == []
    assert standing(database, system, choice) == before


def test_a_hand_over_that_is_cancelled_searches_on_and_frees_the_place(
    database: Database, system: Actor, choice: Choice, now: datetime
) -> None:
    before = standing(database, system, choice)
    opened = choose(database, choice, now)
    with database.unit_of_work(system) as session:
        move = session.get_one(Transfer, opened.id)
        stop = CancelTransfer(reference=move.reference, version=move.version, reason="patient_changed_mind")
        transfers.cancel(session, stop, actor=system, now=now)
    with database.unit_of_work(system) as session:
        assert session.get_one(TransferRequest, choice.transfer.id).status == "searching"
        assert session.get_one(Offer, choice.options[0].offer_id).taken == 0
        assert breaches(session, ALL) == []
    assert standing(database, system, choice) == before
