"""Tests in the world: offered, asked for, booked, done, reported, and one with a critical finding."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy.orm import Session

from dmas.requests.vocabulary import RequestStatus
from dmas.transfers import services
from dmas.transfers.commands import TellCritical
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TransferStatus
from tests.authorisation.world import SYSTEM, Kind, Thing, Values, World
from tests.factories import diagnostics as make


def add_tests(session: Session, world: World) -> None:
    """Let A ask B and I for scans."""
    now = world.now

    def offered(letter: str) -> Values:
        return {"reference": make.make_test_offer(session, now=now, site=world.sites[letter]).reference}

    def asked(_: str) -> Values:
        waits = RequestStatus.AWAITING_ICB
        request = make.make_test_request(session, now=now, trust=world.places["A"], status=waits)
        return {"reference": request.reference}

    def reached(status: TransferStatus) -> Callable[[str], Values]:
        return lambda letter: {"reference": _tested(session, world, letter, status).reference}

    def critical(letter: str) -> Values:
        transfer = _tested(session, world, letter, TransferStatus.DONE)
        here = {"reference": transfer.reference, "version": transfer.version}
        told = TellCritical(**here, told="Registrar on call", told_at=now)
        services.tell_critical(session, told, actor=SYSTEM, now=now)
        return {"reference": transfer.reference}

    for words, kind, one in (
        ("an open offer of tests", Kind.OFFER, offered),
        ("a request for tests that awaits its ICB", Kind.REQUEST, asked),
        ("a booked test", Kind.TRANSFER, reached(TransferStatus.BOOKED)),
        ("a test that was done", Kind.TRANSFER, reached(TransferStatus.DONE)),
        ("a report to read", Kind.TRANSFER, reached(TransferStatus.REPORTED)),
        ("a critical finding", Kind.TRANSFER, critical),
    ):
        world.things[words] = Thing(kind, one("B"), one("I"))


def _tested(session: Session, world: World, letter: str, status: TransferStatus) -> Transfer:
    offer = make.make_test_offer(session, now=world.now, site=world.sites[letter])
    asked = make.make_test_request(session, now=world.now, trust=world.places["A"])
    number = len(world.people)
    person = make.make_tested(
        session,
        now=world.now,
        offer=offer,
        care_request=asked,
        family_name=f"Quillfeather{number:02d}",
        date_of_birth=date(1958, 3, 1) + timedelta(days=37 * number),
        phone=f"07700 9009{number:02d}",
    )
    world.people[f"{status} test {letter} {number}"] = person
    return make.make_test_transfer(session, now=world.now, status=status, person=person)
