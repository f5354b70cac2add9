"""One round of delivery: claim, look the address up, send, write what came of it; then the next message."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.core.logs import logger
from dmas.notifications import messages, services
from dmas.notifications.commands import Address, DoNotSend, Mail
from dmas.notifications.delivery.transports import Refused, ServerDown, Transport
from dmas.notifications.models import OutboxMessage
from dmas.notifications.services import Claim
from dmas.notifications.vocabulary import RecipientKind

ACTOR = Actor.system("delivery")

# For each kind of recipient, the address of an id at the moment the message goes.
AddressBook = Mapping[RecipientKind, Callable[[Session, str], Address | DoNotSend]]

log = logger(__name__)


@dataclass(slots=True)
class Round:
    """What one round did. `stopped` says that the mail server took nothing, or that we were told to end."""

    sent: int = 0
    failed: int = 0
    held_back: int = 0
    given_up: int = 0
    stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What delivery works with."""

    transport: Transport
    address_book: AddressBook
    base_url: str
    now: Callable[[], datetime]
    owner: str
    spread: Callable[[], float]


def deliver_due(
    database: Database,
    *,
    transport: Transport,
    address_book: AddressBook,
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
        address_book=address_book,
        base_url=base_url,
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
            mail = _mail(session, claim, post, done)
    except Exception as error:
        log.exception("message cannot be written", message_id=str(claim.message.id))
        _fail(database, claim, f"not written, {type(error).__name__}", post, done)
    else:
        if mail is not None:
            _send(database, claim, mail, post, done)
    return True


def _mail(session: Session, claim: Claim, post: Post, done: Round) -> Mail | None:
    """Return the email of a claimed message, or None where it is held back."""
    message = claim.message
    address = _look_up(session, message, post)
    if isinstance(address, DoNotSend):
        services.hold_back(session, claim, address.reason, now=post.now())
        done.held_back += 1
        log.info("message held back", template=message.template, message_id=str(message.id))
        return None
    words = messages.staff.write(messages.staff.TEMPLATES[message.template], message.values, post.base_url)
    return Mail(
        message_id=f"<{message.id}@{urlsplit(post.base_url).hostname}>",
        template=message.template,
        subject=words.subject,
        emails=address.emails,
        body=words.body,
        written_at=post.now(),
        request_id=message.request_id,
    )


def _look_up(session: Session, message: OutboxMessage, post: Post) -> Address | DoNotSend:
    kind = RecipientKind(message.recipient_kind)
    if messages.find(kind, message.template) is None:
        return DoNotSend("This version of dmas does not know the message.")
    find = post.address_book.get(kind)
    if find is None:
        return DoNotSend("There is no address book for such a recipient.")
    return find(session, message.recipient_id)


def _send(database: Database, claim: Claim, mail: Mail, post: Post, done: Round) -> None:
    told = {"template": mail.template, "message_id": str(claim.message.id)}
    try:
        post.transport.send(mail)
    except ServerDown as error:
        done.stopped = True
        log.warning("the mail server takes nothing", failure=error.failure)
        with database.unit_of_work(ACTOR) as session:
            services.put_back(session, claim, error.failure, now=post.now())
    except Refused as error:
        log.warning("message not sent", failure=error.failure, **told)
        _fail(database, claim, error.failure, post, done)
    else:
        done.sent += 1
        with database.unit_of_work(ACTOR) as session:
            in_time = services.mark_sent(session, claim, now=post.now())
        log.info("message sent" if in_time else "message sent after its claim ran out", **told)


def _fail(database: Database, claim: Claim, failure: str, post: Post, done: Round) -> None:
    done.failed += 1
    with database.unit_of_work(ACTOR) as session:
        services.mark_failed(session, claim, failure, spread=post.spread(), now=post.now())
