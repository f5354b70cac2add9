"""Several processes on one hot offer: no place is sold twice, and whoever loses is told so."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from multiprocessing.synchronize import Barrier
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.engine import URL

from dmas import wiring
from dmas.core import idempotency
from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.errors import AlreadyDone, DmasError
from dmas.offers import services as offers
from dmas.offers.commands import WithdrawOffer
from dmas.offers.models import Offer
from dmas.proposals import services
from dmas.proposals.commands import AcceptProposal, NamePerson, Propose, RecordConsent
from dmas.proposals.models import NamedPerson, Proposal
from dmas.proposals.vocabulary import ProposalStatus
from dmas.transfers.models import Transfer
from tests.factories.offers import make_offer
from tests.factories.proposals import consent, make_person, make_proposal, person, propose
from tests.factories.providers import make_trust
from tests.factories.requests import make_request

_SYSTEM = Actor.system("tests")
Job = Callable[..., None]


def _run(url: str, start: Barrier, results: Any, job: Job, arguments: Sequence[Any]) -> None:
    """Do one job for each argument in a process of its own, and tell how each ended."""
    wiring.install()
    database = Database(url, pool_size=1)
    ended: Counter[str] = Counter()
    start.wait(60)
    for argument in arguments:
        try:
            with database.unit_of_work(_SYSTEM) as session:
                job(session, argument)
            ended["done"] += 1
        except DmasError as error:
            ended[type(error).__name__] += 1
        except Exception as error:  # what a race must never show
            ended[f"unexpected {error!r}"[:300]] += 1
    database.dispose()
    results.put(ended)


def race(url: URL, jobs: Sequence[tuple[Job, Sequence[Any]]]) -> Counter[str]:
    """Run each job in its own process, all let go at once; return how everything ended, counted."""
    context = multiprocessing.get_context("fork")
    start, results = context.Barrier(len(jobs)), context.Queue()
    address = url.render_as_string(hide_password=False)
    processes = [
        context.Process(target=_run, args=(address, start, results, job, arguments))
        for job, arguments in jobs
    ]
    for process in processes:
        process.start()
    ended = sum((results.get(timeout=90) for _ in processes), Counter())
    for process in processes:
        process.join(30)
    return ended


def _propose(session: Any, given: tuple[Propose, datetime]) -> None:
    proposal = services.propose(session, given[0], actor=_SYSTEM, now=given[1])
    accept = AcceptProposal(reference=proposal.reference, version=1, places=proposal.places)
    services.accept(session, accept, actor=_SYSTEM, now=given[1])


def _accept(session: Any, given: tuple[AcceptProposal, datetime]) -> None:
    services.accept(session, given[0], actor=_SYSTEM, now=given[1])


def _withdraw(session: Any, given: tuple[WithdrawOffer, datetime]) -> None:
    offers.withdraw(session, given[0], actor=_SYSTEM, now=given[1])


def _name(session: Any, given: tuple[NamePerson, datetime]) -> None:
    named = services.name_person(session, given[0], actor=_SYSTEM, now=given[1])
    command = consent(named, given[0].reference, given[1])
    services.record_consent(session, command, actor=_SYSTEM, now=given[1])


def _consent(session: Any, given: tuple[RecordConsent, datetime]) -> None:
    services.record_consent(session, given[0], actor=_SYSTEM, now=given[1])


def _consent_by_form(session: Any, given: tuple[RecordConsent, datetime]) -> None:
    idempotency.claim(session, "the-same-form-sent-again", actor=_SYSTEM, now=given[1])
    _consent(session, given)
    idempotency.settle(session, "the-same-form-sent-again", "/matches", actor=_SYSTEM)


def test_four_processes_sell_no_place_twice(database: Database, database_url: URL, now: datetime) -> None:
    with database.unit_of_work(_SYSTEM) as session:
        trust = make_trust(session)
        offer = make_offer(session, now=now, places=10)
        commands = [
            (propose(offer, make_request(session, now=now, trust=trust, places=2), places=1 + n % 2), now)
            for n in range(24)
        ]
    ended = race(database_url, [(_propose, commands[n::4]) for n in range(4)])
    assert set(ended) <= {"done", "NoLongerAvailable"}, ended
    with database.unit_of_work(_SYSTEM) as session:
        left = session.get_one(Offer, offer.id)
        held = session.scalar(select(func.sum(Proposal.held)).where(Proposal.offer_id == offer.id))
        assert (left.held, held) == (10, 10)
        assert session.scalar(select(func.count()).select_from(Proposal)) == ended["done"]


def test_one_line_is_never_overfilled_by_two_offers_at_once(
    database: Database, database_url: URL, now: datetime
) -> None:
    with database.unit_of_work(_SYSTEM) as session:
        care_request = make_request(session, now=now, places=3)
        commands = [(propose(make_offer(session, now=now), care_request, places=2), now) for _ in range(4)]
    ended = race(database_url, [(_propose, [one]) for one in commands])
    assert ended["done"] == 1, ended
    assert set(ended) <= {"done", "InvalidInput"}, ended


def test_a_pathway_named_and_said_yes_twice_moves_once(
    database: Database, database_url: URL, now: datetime
) -> None:
    with database.unit_of_work(_SYSTEM) as session:
        trust = make_trust(session)
        matches = [
            make_proposal(session, now=now, trust=trust, places=2, status=ProposalStatus.CHOSEN)
            for _ in range(4)
        ]
        commands = [(person(one, now, pathway_id="PATHONCE"), now) for one in matches]
    ended = race(database_url, [(_name, [one]) for one in commands])
    assert ended["done"] == 1, ended
    assert set(ended) <= {"done", "InvalidInput", "Conflict"}, ended
    with database.unit_of_work(_SYSTEM) as session:
        assert session.scalar(select(func.count()).select_from(Transfer)) == 1
        assert session.scalar(select(func.sum(Offer.taken))) == 1


def test_accepting_against_withdrawing_leaves_nothing_half_done(
    database: Database, database_url: URL, now: datetime
) -> None:
    with database.unit_of_work(_SYSTEM) as session:
        matches, withdrawals = [], []
        for _ in range(6):
            offer = make_offer(session, now=now, places=4)
            proposal = make_proposal(session, now=now, offer=offer, places=2)
            matches.append((AcceptProposal(reference=proposal.reference, version=1, places=1), now))
            withdrawals.append((WithdrawOffer(reference=offer.reference, reason="staffing"), now))
    ended = race(database_url, [(_accept, matches), (_withdraw, withdrawals)])
    assert set(ended) <= {"done", "IllegalTransition", "StaleEdit"}, ended
    with database.unit_of_work(_SYSTEM) as session:
        assert session.scalar(select(func.sum(Offer.held))) == 0
        assert set(session.scalars(select(Proposal.status))) == {ProposalStatus.WITHDRAWN}


def test_a_yes_sent_four_times_acts_once(database: Database, database_url: URL, now: datetime) -> None:
    with database.unit_of_work(_SYSTEM) as session:
        named = make_person(session, now=now)
        command = (consent(named, named.proposal.reference, now), now)
    ended = race(database_url, [(_consent, [command]) for _ in range(4)])
    assert ended == {"done": 1, "Conflict": 3}
    with database.unit_of_work(_SYSTEM) as session:
        assert session.scalar(select(func.count()).select_from(Transfer)) == 1
        events = "SELECT count(*) FROM audit_event WHERE action = 'person.said_yes'"
        assert session.scalar(text(events)) == 1


def test_a_form_sent_twice_is_led_to_where_the_first_one_went(
    database: Database, database_url: URL, now: datetime
) -> None:
    with database.unit_of_work(_SYSTEM) as session:
        named = make_person(session, now=now)
        command = (consent(named, named.proposal.reference, now), now)
    ended = race(database_url, [(_consent_by_form, [command]) for _ in range(2)])
    assert ended == {"done": 1, AlreadyDone.__name__: 1}
    with database.unit_of_work(_SYSTEM) as session:
        assert session.get_one(NamedPerson, named.id).version == 2
