"""The hand-over from a person's yes to treatment, and every way back."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.arrangements import Basis
from dmas.core.actors import Actor, Reach, Role
from dmas.core.audit import AuditEvent
from dmas.core.db import Database
from dmas.core.errors import Conflict, IllegalTransition, InvalidInput, NotAllowed, NotFound, StaleEdit
from dmas.offers.models import Offer
from dmas.proposals.models import NamedPerson
from dmas.proposals.vocabulary import ProposalStatus
from dmas.requests.models import CareRequest
from dmas.requests.vocabulary import ClosedBecause
from dmas.transfers import queries, services
from dmas.transfers.commands import (
    CancelTransfer,
    CompleteDataSet,
    ConfirmTransfer,
    GiveDate,
    OpenTransfer,
    RecordTreated,
    ReRegister,
    ReturnTransfer,
    Say,
    SendTransfer,
    Side,
    Traveller,
)
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TransferStatus
from tests.factories.offers import make_offer
from tests.factories.proposals import make_person, make_proposal, staff_of
from tests.factories.requests import make_request
from tests.factories.transfers import TYPED, make_transfer

_S = TransferStatus


def _here(transfer: Transfer) -> dict[str, object]:
    return {"reference": transfer.reference, "version": transfer.version}


def _made(
    database: Database, system: Actor, now: datetime, status: TransferStatus = _S.PREPARING
) -> Transfer:
    with database.unit_of_work(system) as session:
        return make_transfer(session, now=now, status=status)


def _offer(session: Session, transfer: Transfer) -> Offer:
    return session.get_one(Offer, transfer.offer_id)


def test_a_yes_opens_a_hand_over_with_what_is_known(database: Database, system: Actor, now: datetime) -> None:
    transfer = _made(database, system, now)
    with database.unit_of_work(system) as session:
        person = session.get_one(NamedPerson, transfer.person_id)
        assert transfer.status == _S.PREPARING
        assert transfer.due_on == date(2026, 11, 24)
        assert transfer.clock_start == person.clock_start
        assert transfer.data_set["nhs_number"] == person.nhs_number
        assert transfer.data_set["receiver_code"] == transfer.receiver_code
        assert transfer.data_set["rtt_status"] == "21"
        assert transfer.rtt_status is None
        assert (_offer(session, transfer).held, _offer(session, transfer).taken) == (0, 1)


def test_sending_lists_what_is_missing_by_name(database: Database, system: Actor, now: datetime) -> None:
    transfer = _made(database, system, now)
    home = staff_of(transfer.home_code, Role.BOOKING_CLERK)
    with (
        pytest.raises(InvalidInput, match="Title, Address, Hospital number"),
        database.unit_of_work(home) as session,
    ):
        services.send(session, SendTransfer(**_here(transfer)), actor=home, now=now)
    with database.unit_of_work(home) as session:
        saved = services.complete_data_set(
            session, CompleteDataSet(**_here(transfer), values=TYPED), actor=home, now=now
        )
        sent = services.send(session, SendTransfer(**_here(saved)), actor=home, now=now)
        assert (sent.status, sent.rtt_status, sent.sent_at) == (_S.SENT, "21", now)
        assert sent.due_on == date(2026, 11, 25)
    with pytest.raises(InvalidInput, match="no longer changes"), database.unit_of_work(home) as session:
        services.complete_data_set(
            session, CompleteDataSet(**_here(sent), values={"title": "Dr"}), actor=home, now=now
        )


def test_a_subcontracted_episode_writes_no_status_21_and_leaves_the_home_entry_open(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        offer = make_offer(session, now=now, basis=Basis.SUBCONTRACTED)
        care_request = make_request(session, now=now, basis=Basis.SUBCONTRACTED)
        proposal = make_proposal(
            session, now=now, offer=offer, care_request=care_request, status=ProposalStatus.CHOSEN
        )
        person = make_person(session, now=now, proposal=proposal)
        transfer = make_transfer(session, now=now, status=_S.SENT, person=person)
        assert transfer.rtt_status is None
        assert transfer.data_set["rtt_status"] == "20"
        services.confirm(
            session, ConfirmTransfer(**_here(transfer), home_slot_cancelled=False), actor=system, now=now
        )
        confirmed = session.scalars(select(AuditEvent).where(AuditEvent.action == "transfer.confirmed")).one()
        assert confirmed.details["home_entry_open"] is True
        services.record_treated(
            session, RecordTreated(**_here(transfer), treated_on=date(2026, 11, 21)), actor=system, now=now
        )


def test_a_whole_pathway_is_confirmed_only_once_the_home_slot_is_cancelled(
    database: Database, system: Actor, now: datetime
) -> None:
    transfer = _made(database, system, now, _S.SENT)
    receiver = staff_of(transfer.receiver_code, Role.BOOKING_CLERK)
    with (
        pytest.raises(InvalidInput, match="is cancelled"),
        database.unit_of_work(receiver) as session,
    ):
        services.confirm(
            session, ConfirmTransfer(**_here(transfer), home_slot_cancelled=False), actor=receiver, now=now
        )
    with database.unit_of_work(receiver) as session:
        done = services.confirm(
            session, ConfirmTransfer(**_here(transfer), home_slot_cancelled=True), actor=receiver, now=now
        )
        assert (done.status, done.confirmed_at, done.due_on) == (_S.CONFIRMED, now, None)


def test_dates_are_given_and_changed_and_the_treatment_recorded(
    database: Database, system: Actor, now: datetime
) -> None:
    transfer = _made(database, system, now, _S.CONFIRMED)
    receiver = staff_of(transfer.receiver_code)
    with database.unit_of_work(receiver) as session:
        for day in (date(2026, 12, 1), date(2026, 12, 8)):
            transfer = services.give_date(
                session, GiveDate(**_here(transfer), first_date=day), actor=receiver, now=now
            )
        assert transfer.due_on == date(2026, 12, 8)
    later = now + timedelta(days=17)
    with pytest.raises(InvalidInput, match="future"), database.unit_of_work(receiver) as session:
        services.record_treated(
            session, RecordTreated(**_here(transfer), treated_on=date(2026, 12, 9)), actor=receiver, now=later
        )
    with database.unit_of_work(receiver) as session:
        done = services.record_treated(
            session, RecordTreated(**_here(transfer), treated_on=date(2026, 12, 8)), actor=receiver, now=later
        )
        assert (done.status, done.due_on) == (_S.TREATED, None)
        assert _offer(session, done).taken == 1
    with pytest.raises(IllegalTransition), database.unit_of_work(receiver) as session:
        services.return_to_home(
            session, ReturnTransfer(**_here(done), reason="cannot_date"), actor=receiver, now=later
        )


@pytest.mark.parametrize("status", [_S.SENT, _S.CONFIRMED, _S.DATED])
def test_a_return_frees_the_place_and_the_original_clock_goes_home(
    database: Database, system: Actor, now: datetime, status: TransferStatus
) -> None:
    transfer = _made(database, system, now, status)
    clock = transfer.clock_start
    receiver, home = staff_of(transfer.receiver_code), staff_of(transfer.home_code, Role.BOOKING_CLERK)
    with database.unit_of_work(receiver) as session:
        back = services.return_to_home(
            session, ReturnTransfer(**_here(transfer), reason="cannot_date"), actor=receiver, now=now
        )
        assert (back.status, back.due_on, _offer(session, back).taken) == (_S.RETURNED, date(2026, 11, 24), 0)
    again = {"re_registered_on": date(2026, 11, 21), "clock_start": clock, "patient_phoned_at": now}
    for wrong, message in (
        ({"clock_start": clock + timedelta(days=1)}, "original clock start"),
        ({"patient_phoned_at": None}, "Phone the patient"),
        ({"re_registered_on": date(2026, 11, 20)}, "on or after the return"),
        ({"patient_phoned_at": now + timedelta(hours=1)}, "not in the future"),
    ):
        with pytest.raises(InvalidInput, match=message), database.unit_of_work(home) as session:
            services.re_register(session, ReRegister(**_here(back), **(again | wrong)), actor=home, now=now)
    with database.unit_of_work(home) as session:
        done = services.re_register(session, ReRegister(**_here(back), **again), actor=home, now=now)
        assert (done.status, done.due_on, done.clock_start) == (_S.RE_REGISTERED, None, clock)


def test_a_return_for_another_reason_says_which_and_keeps_it_out_of_the_trail(
    database: Database, system: Actor, now: datetime
) -> None:
    transfer = _made(database, system, now, _S.SENT)
    with pytest.raises(InvalidInput, match="Say why"), database.unit_of_work(system) as session:
        services.return_to_home(
            session, ReturnTransfer(**_here(transfer), reason="other"), actor=system, now=now
        )
    with database.unit_of_work(system) as session:
        services.return_to_home(
            session,
            ReturnTransfer(**_here(transfer), reason="other", note="A flood in theatre."),
            actor=system,
            now=now,
        )
        assert [one.text for one in queries.messages(session, transfer)] == ["A flood in theatre."]
        trail = session.scalars(select(AuditEvent.details).where(AuditEvent.action == "transfer.returned"))
        assert list(trail) == [{}]


def test_the_clock_is_refused_by_the_database_too(database: Database, system: Actor, now: datetime) -> None:
    transfer = _made(database, system, now)
    with pytest.raises(DBAPIError, match="original clock"), database.unit_of_work(system) as session:
        session.execute(
            text("UPDATE transfer SET clock_start = clock_start + 1 WHERE id = :id"), {"id": transfer.id}
        )


def test_a_hand_over_is_cancelled_only_before_it_is_sent(
    database: Database, system: Actor, now: datetime
) -> None:
    transfer, sent = _made(database, system, now), _made(database, system, now, _S.SENT)
    home = staff_of(transfer.home_code)
    with database.unit_of_work(home) as session:
        gone = services.cancel(
            session,
            CancelTransfer(**_here(transfer), reason="patient_changed_mind", note="They phoned."),
            actor=home,
            now=now,
        )
        assert (gone.status, gone.due_on, _offer(session, gone).taken) == (_S.CANCELLED, None, 0)
    home = staff_of(sent.home_code)
    with pytest.raises(IllegalTransition), database.unit_of_work(home) as session:
        services.cancel(session, CancelTransfer(**_here(sent), reason="home_date"), actor=home, now=now)
    other = _made(database, system, now)
    long = CancelTransfer(**_here(other), reason="home_date", note="x" * 2001)
    with pytest.raises(InvalidInput, match="2,000"), database.unit_of_work(system) as session:
        services.cancel(session, long, actor=system, now=now)


def test_a_request_is_fulfilled_when_every_place_is_confirmed(
    database: Database, system: Actor, now: datetime
) -> None:
    with database.unit_of_work(system) as session:
        offer = make_offer(session, now=now, places=3)
        care_request = make_request(session, now=now, places=2)
        proposal = make_proposal(
            session,
            now=now,
            places=2,
            offer=offer,
            care_request=care_request,
            status=ProposalStatus.CHOSEN,
        )
        people = [make_person(session, now=now, proposal=proposal) for _ in range(2)]
        first = make_transfer(session, now=now, status=_S.CONFIRMED, person=people[0])
        second = make_transfer(session, now=now, status=_S.SENT, person=people[1])
        assert first.status == _S.CONFIRMED
    receiver = staff_of(second.receiver_code)
    with database.unit_of_work(receiver) as session:
        assert session.get_one(CareRequest, care_request.id).closed_because is None
        services.confirm(
            session, ConfirmTransfer(**_here(second), home_slot_cancelled=True), actor=receiver, now=now
        )
    with database.unit_of_work(system) as session:
        assert session.get_one(CareRequest, care_request.id).closed_because == ClosedBecause.FULFILLED


def test_each_side_takes_its_own_steps_and_nobody_else_any(
    database: Database, system: Actor, now: datetime
) -> None:
    transfer = _made(database, system, now, _S.SENT)
    home, receiver = staff_of(transfer.home_code), staff_of(transfer.receiver_code)
    reviewer = staff_of(transfer.receiver_code, Role.CLINICAL_REVIEWER)
    command = ConfirmTransfer(**_here(transfer), home_slot_cancelled=True)
    for actor in (home, reviewer):
        with pytest.raises(NotAllowed), database.unit_of_work(actor) as session:
            services.confirm(session, command, actor=actor, now=now)
    with pytest.raises(NotAllowed), database.unit_of_work(receiver) as session:
        services.send(session, SendTransfer(**_here(transfer)), actor=receiver, now=now)
    stranger = staff_of("RZZ9")
    with pytest.raises(NotFound), database.unit_of_work(stranger) as session:
        services.confirm(session, command, actor=stranger, now=now)


def test_a_stale_step_is_refused(database: Database, system: Actor, now: datetime) -> None:
    transfer = _made(database, system, now, _S.SENT)
    stale = ConfirmTransfer(
        reference=transfer.reference, version=transfer.version - 1, home_slot_cancelled=True
    )
    with pytest.raises(StaleEdit), database.unit_of_work(system) as session:
        services.confirm(session, stale, actor=system, now=now)


def test_an_insourced_team_has_no_hand_over(database: Database, system: Actor, now: datetime) -> None:
    command = _open_again(_made(database, system, now), Basis.INSOURCED)
    with pytest.raises(Conflict, match="its own pages"), database.unit_of_work(system) as session:
        services.open_transfer(session, command, actor=system, now=now)


def _open_again(transfer: Transfer, basis: Basis) -> OpenTransfer:
    values = {
        name: getattr(transfer, name)
        for name in ("proposal_id", "offer_id", "request_id", "line_id", "pathway")
    }
    return OpenTransfer(
        **values,
        basis=basis,
        home_function="110",
        receiver_function="110",
        home=Side(transfer.home_code, transfer.home_icb, transfer.home_region),
        receiver=Side(transfer.receiver_code, transfer.receiver_icb, transfer.receiver_region),
        person=Traveller(
            person_id=transfer.person_id,
            pathway_id=transfer.pathway_id,
            nhs_number=transfer.data_set["nhs_number"],
            given_name="Morgan",
            family_name="Example",
            date_of_birth=date(1966, 1, 1),
            postcode="B15 2GW",
            phone="0121 496 0000",
            clock_start=transfer.clock_start,
        ),
    )


def test_both_sides_talk_and_no_number_is_written(database: Database, system: Actor, now: datetime) -> None:
    transfer = _made(database, system, now)
    for actor in (staff_of(transfer.home_code), staff_of(transfer.receiver_code, Role.CLINICAL_REVIEWER)):
        with database.unit_of_work(actor) as session:
            command = Say(reference=transfer.reference, text=" Please send the scan. ")
            services.say(session, command, actor=actor, now=now)
    with database.unit_of_work(system) as session:
        said = queries.messages(session, transfer)
        assert [one.text for one in said] == ["Please send the scan."] * 2
        assert {one.organisation_code for one in said} == {transfer.home_code, transfer.receiver_code}
    home = staff_of(transfer.home_code)
    for text_, message in (("  ", "Write"), ("x" * 2001, "2,000"), ("It is 999 000 0018", "NHS number")):
        with pytest.raises(InvalidInput, match=message), database.unit_of_work(home) as session:
            services.say(session, Say(reference=transfer.reference, text=text_), actor=home, now=now)


def test_every_look_at_the_data_set_is_recorded_and_only_the_two_sides_look(
    database: Database, system: Actor, now: datetime
) -> None:
    transfer = _made(database, system, now)
    receiver = staff_of(transfer.receiver_code, Role.CLINICAL_REVIEWER)
    with database.unit_of_work(receiver) as session:
        seen = queries.get(session, receiver, transfer.reference)
        assert services.look_at_person(session, seen, actor=receiver, now=now)["family_name"]
        _, values = services.download(session, transfer.reference, actor=receiver, now=now)
        assert values == transfer.data_set
    with database.unit_of_work(system) as session:
        actions = session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.entity_id == transfer.id, AuditEvent.actor_id == receiver.id)
            .order_by(AuditEvent.id)
        )
        assert list(actions) == ["transfer.data_set_seen", "transfer.data_set_downloaded"]
    icb = Actor(
        id="icb", name="ICB", role=Role.ICB_COORDINATOR, organisation=transfer.home_icb, reach=Reach.ICB
    )
    with database.unit_of_work(icb) as session:
        seen = queries.get(session, icb, transfer.reference)
    with pytest.raises(NotAllowed), database.unit_of_work(icb) as session:
        services.look_at_person(session, seen, actor=icb, now=now)
