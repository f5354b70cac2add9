"""One round of delivery: claim, look the address up, send, write what came of it; then the next message."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.logs import logger
from dmas.notifications import services
from dmas.notifications.commands import DoNotSend, Mail, NotYet, Sheet, TextMessage
from dmas.notifications.delivery.transports import Refused, ServerDown, Transport
from dmas.notifications.delivery.writing import AddressBook, Desk, PatientPost, prepare
from dmas.notifications.services import Claim
from dmas.notifications.vocabulary import NOT_YET_SECONDS, Channel

ACTOR = Actor.system("delivery")

log = logger(__name__)


@dataclass(slots=True)
class Round:
    """What one round did. `stopped` says that the mail server took nothing, or that we were told to end."""

    sent: int = 0
    failed: int = 0
    held_back: int = 0
    given_up: int = 0
    put_off: int = 0
    stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What delivery works with."""

    transport: Transport
    desk: Desk
    now: Callable[[], datetime]
    owner: str
    spread: Callable[[], float]


def deliver_due(
    database: Database,
    *,
    transport: Transport,
    address_book: AddressBook,
    patients: PatientPost | None = None,
    base_url: str,
    now: Callable[[], datetime],
    owner: str,
    limit: int = 200,
    spread: Callable[[], float] = lambda: random.uniform(-1, 1),  # noqa: S311 it only parts retries
    stopping: Callable[[], bool] = lambda: False,
) -> Round:
    """Send what is due, message by message, `limit` at most; stop early where the server takes nothing.

    Any number of processes may deliver at once: each message is claimed by one of them. One that ends
    between sending and writing it down leaves the message to be sent again under the same Message-ID.
    """
    done = Round()
    post = Post(
        transport=transport,
        desk=Desk(address_book=address_book, patients=patients, base_url=base_url, now=now),
        now=now,
        owner=f"{owner}:{uuid.uuid4().hex[:8]}",
        spread=spread,
    )
    with database.unit_of_work(ACTOR) as session:
        done.given_up = services.give_up_killed(session, now=now())
    with closing(transport):
        for _ in range(limit):
            if stopping():
                done.stopped = True
            if done.stopped or not _deliver_next(database, post, done):
                break
    return done


def _deliver_next(database: Database, post: Post, done: Round) -> bool:
    """Deliver one message; False where none is due."""
    with database.unit_of_work(ACTOR) as session:
        claim = services.claim_next(session, owner=post.owner, now=post.now())
    if claim is None:
        return False
    try:
        with database.unit_of_work(ACTOR) as session:
            ready = prepare(session, claim.message, post.desk)
            if isinstance(ready, DoNotSend):
                services.hold_back(session, claim, ready, now=post.now())
            elif isinstance(ready, NotYet):
                services.put_back(session, claim, ready.reason, now=post.now(), seconds=NOT_YET_SECONDS)
        pdf = post.desk.patients.set_letter(ready) if isinstance(ready, Sheet) and post.desk.patients else b""
    except Exception as error:
        log.error(  # without its trace: what could not be written may stand in the error's words
            "message cannot be written", error=type(error).__name__, **_told(claim)
        )
        _fail(database, claim, f"not written, {type(error).__name__}", post, done)
        return True
    if isinstance(ready, DoNotSend):
        done.held_back += 1
        log.info("message held back", **_told(claim))
    elif isinstance(ready, NotYet):
        done.put_off += 1
        log.info("message waits", **_told(claim))
    elif isinstance(ready, Sheet):
        _file(database, claim, ready, pdf, post, done)
    else:
        _send(database, claim, ready, post, done)
    return True


def _told(claim: Claim) -> dict[str, str]:
    """Return all that may be logged of a message."""
    return {"template": claim.message.template, "message_id": str(claim.message.id)}


def _file(database: Database, claim: Claim, sheet: Sheet, pdf: bytes, post: Post, done: Round) -> None:
    """Lay a letter before its trust in the transaction that says so: it is written once or not at all."""
    with database.unit_of_work(ACTOR) as session:
        in_time = services.file_letter(session, claim, sheet, pdf, now=post.now())
    done.sent += in_time
    log.info("letter written" if in_time else "letter left to another process", **_told(claim))


def _send(database: Database, claim: Claim, ready: Mail | TextMessage, post: Post, done: Round) -> None:
    try:
        _hand_over(ready, post)
    except ServerDown as error:
        done.stopped = True
        log.warning("the mail server takes nothing", failure=error.failure)
        with database.unit_of_work(ACTOR) as session:
            services.put_back(session, claim, error.failure, now=post.now())
    except Refused as error:
        log.warning("message not sent", failure=error.failure, **_told(claim))
        _fail(database, claim, error.failure, post, done)
    else:
        done.sent += 1
        channel = Channel.EMAIL if isinstance(ready, Mail) else Channel.SMS
        with database.unit_of_work(ACTOR) as session:
            in_time = services.mark_sent(session, claim, now=post.now(), channel=channel)
        log.info("message sent" if in_time else "message sent after its claim ran out", **_told(claim))


def _hand_over(ready: Mail | TextMessage, post: Post) -> None:
    if isinstance(ready, Mail):
        post.transport.send(ready)
    elif post.desk.patients and post.desk.patients.texts:
        post.desk.patients.texts.send(ready)


def _fail(database: Database, claim: Claim, failure: str, post: Post, done: Round) -> None:
    done.failed += 1
    with database.unit_of_work(ACTOR) as session:
        services.mark_failed(session, claim, failure, spread=post.spread(), now=post.now())
