"""What one person's first page shows: their tasks, and the numbers of its charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from dmas.cases import queries as cases
from dmas.catalogue.vocabulary.arrangements import Pathway
from dmas.core.actors import Actor, Role
from dmas.home import queries
from dmas.home.queries import Area
from dmas.home.rules import Task, by_band, in_order
from dmas.matching import queries as nights
from dmas.matching.models import MatchRun
from dmas.notifications import queries as notifications
from dmas.notifications.policy import POST_ROOM
from dmas.offers import queries as offers
from dmas.offers.queries import WeekOfPlaces
from dmas.proposals import queries as proposals
from dmas.proposals.vocabulary import CALL_BEFORE_DAYS, ProposalStatus
from dmas.requests import queries as requests
from dmas.requests.vocabulary import RequestStatus
from dmas.transfers import queries as transfers
from dmas.transfers.policy import HANDS_OVER
from dmas.transfers.vocabulary import TransferStatus

MANAGERS = frozenset({Role.CAPACITY_MANAGER, Role.INDEPENDENT_MANAGER})
ANSWERS = MANAGERS | {Role.CLINICAL_REVIEWER}
NAMES = frozenset({Role.CAPACITY_MANAGER, Role.BOOKING_CLERK})
CALLS = frozenset({Role.BOOKING_CLERK, Role.HELPLINE_AGENT})
APPROVES = frozenset({Role.ICB_COORDINATOR, Role.REGIONAL_COORDINATOR})
OVERSEES = APPROVES | {Role.NATIONAL_ADMINISTRATOR, Role.SAFETY_OFFICER}
TESTS = HANDS_OVER | {Role.CLINICAL_REVIEWER}
_TRANSFER_TASKS = {
    TransferStatus.PREPARING: "send",
    TransferStatus.RETURNED: "re_register",
    TransferStatus.SENT: "confirm",
    TransferStatus.CONFIRMED: "date",
}

Counts = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """The last applied night as somebody may see it."""

    run: MatchRun
    found: Sequence[tuple[str | None, int, int]] = ()
    drawn: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPage:
    """Everything on one person's first page; what their role has no use for stays empty."""

    tasks: Sequence[Task]
    area: Area | None = None
    weeks: Sequence[WeekOfPlaces] = ()
    waits: Sequence[tuple[str, int]] | None = None
    night: Night | None = None


def load(session: Session, actor: Actor, today: date) -> FirstPage:
    """Return somebody's first page, in a number of statements that depends on their role alone."""
    role = actor.role
    oversees, manages = role in OVERSEES, role in MANAGERS
    asks = oversees or role is Role.CAPACITY_MANAGER
    return FirstPage(
        tasks=tasks(session, actor, today),
        area=queries.area(session, actor) if oversees else None,
        weeks=offers.weeks(session, actor, today=today) if oversees or manages else (),
        waits=_waits(session, actor, today) if asks else None,
        night=_night(session, actor, found=asks, drawn=manages) if asks or manages else None,
    )


def tasks(session: Session, actor: Actor, today: date) -> list[Task]:
    """Return what waits for somebody in their role, what is due first."""
    role, found = actor.role, list[Task]()
    if role in ANSWERS:
        found += _match_tasks(role, proposals.waiting_for(session, actor, today))
    if role in NAMES:
        unnamed, due, people = queries.people_waiting(session, actor, today)
        found += [Task("name", unnamed, due), Task("ask", people)]
    if role in HANDS_OVER:
        found += _transfer_tasks(transfers.waiting_for(session, actor, today))
    if role in TESTS:
        found += _test_tasks(role, transfers.tests_waiting(session, actor, today))
    if role is Role.CLINICAL_REVIEWER:
        found.append(Task("review", *requests.reviews_waiting(session, actor, today)))
    if role in CALLS:
        soon = today + timedelta(days=CALL_BEFORE_DAYS)
        found.append(Task("call", *proposals.calls_waiting(session, actor, today, due_by=soon)))
    if role in POST_ROOM:
        letters, to_tell = notifications.post_waiting(session, actor)
        found += [Task("tell", to_tell, to_tell), Task("letters", letters)]
    if role in MANAGERS:
        stale, last_call = queries.offers_to_confirm(session, actor, today)
        found.append(Task("still_true", stale, last_call))
        tests, ending = queries.offers_to_confirm(session, actor, today, pathway=Pathway.DIAGNOSTIC)
        found.append(Task("still_true_tests", tests, ending))
        found.append(Task("returned_offers", queries.returned_offers(session, actor)))
    if role is Role.CAPACITY_MANAGER:
        returned = requests.counts(session, actor)[RequestStatus.RETURNED]
        found.append(Task("returned_requests", returned))
        tests_back = requests.counts(session, actor, pathway=Pathway.DIAGNOSTIC)[RequestStatus.RETURNED]
        found.append(Task("returned_tests", tests_back))
    if role in APPROVES:
        waiting = [one.due_on or today for one in cases.approvals(session, actor, today)]
        found.append(Task("approve", len(waiting), sum(1 for due_on in waiting if due_on <= today)))
    return in_order(found)


def _match_tasks(role: Role | None, waiting: Counts) -> list[Task]:
    found = [Task("answer", *_sum(waiting, ProposalStatus.PROPOSED))]
    if role is not Role.INDEPENDENT_MANAGER:
        found.append(Task("inform", *_sum(waiting, ProposalStatus.NEEDS_INFORMATION)))
    if role is Role.CAPACITY_MANAGER:
        answered = (ProposalStatus.RECEIVER_ACCEPTED, ProposalStatus.ACCEPTED_SUBJECT)
        found.append(Task("decide", *_sum(waiting, *answered)))
    return found


def _transfer_tasks(waiting: Counts) -> list[Task]:
    found = [Task(kind, *_sum(waiting, status)) for status, kind in _TRANSFER_TASKS.items()]
    _, to_record = _sum(waiting, TransferStatus.DATED)  # before the day there is nothing to record
    return [*found, Task("treat", to_record, to_record)]


def _test_tasks(role: Role | None, waiting: Counts) -> list[Task]:
    """Return what waits about tests: clinicians read, clerks and managers do the rest, all see breaches."""
    seen = ("critical", "unread", "read")
    kinds = seen if role is Role.CLINICAL_REVIEWER else (*seen, "name_reader", "report", "test", "book")
    return [Task(kind, *waiting[kind]) for kind in kinds]


def _sum(waiting: Counts, *statuses: str) -> tuple[int, int]:
    found = [waiting.get(status, (0, 0)) for status in statuses]
    return sum(number for number, _ in found), sum(due for _, due in found)


def _waits(session: Session, actor: Actor, today: date) -> list[tuple[str, int]]:
    lines = queries.wanted_by_wait(session, actor)
    return by_band(((today - since).days // 7, places) for since, places in lines)


def _night(session: Session, actor: Actor, *, found: bool, drawn: bool) -> Night | None:
    run = nights.latest(session)
    if run is None:
        return None
    return Night(
        run=run,
        found=queries.found_for(session, actor, run) if found else (),
        drawn=queries.drawn_from(session, actor, run) if drawn else None,
    )
