"""How the outbox is shown: never to whom by name, never at which address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import url_for

from dmas.core.references import is_reference
from dmas.notifications import messages
from dmas.notifications.models import OutboxMessage
from dmas.notifications.queries import Standing, state_of
from dmas.notifications.vocabulary import MOST_TRIES, MessageState, RecipientKind
from dmas.web.filters import moment
from dmas.web.lists import Column, Furniture, Link, SelectFilter, Tag
from dmas.web.pages import Figure

# A name that stands in both is one choice: the list beside it says whom each message is for.
_SUBJECTS = [
    (one.name, one.subject) for one in (messages.patients.TEMPLATES | messages.staff.TEMPLATES).values()
]

COLOURS = {
    MessageState.WAITING: "blue",
    MessageState.SENT: "green",
    MessageState.HELD_BACK: "grey",
    MessageState.DEAD: "red",
}


def subject(message: OutboxMessage) -> str:
    """Return what a message is about, in its own subject's words."""
    known = messages.find(RecipientKind(message.recipient_kind), message.template)
    return known.subject if known else message.template


def recipient(message: OutboxMessage) -> str:
    """Return whom a message is for: an organisation's code, of a person no more than that it is one."""
    if message.recipient_kind == RecipientKind.ORGANISATION:
        return message.recipient_id
    return RecipientKind(message.recipient_kind).label


def state(message: OutboxMessage) -> Tag:
    """Return where a message stands."""
    found = state_of(message)
    return Tag(found.label, COLOURS[found])


OUTBOX: Furniture[OutboxMessage] = Furniture(
    caption="Messages",
    one="message",
    many="messages",
    sort="-made",
    empty="No message has been written yet.",
    columns=(
        Column(
            "Message",
            lambda row: Link(subject(row), url_for("notifications.message", message_id=row.id)),
        ),
        Column("For", recipient),
        Column("Written", lambda row: moment(row.made_at)),
        Column("State", state),
        Column("Tries", lambda row: row.attempts, numeric=True),
    ),
    filters=(
        SelectFilter("state", "State", choices=MessageState),
        SelectFilter("template", "Message", choices=_SUBJECTS),
    ),
)


def age(since: datetime | None, now: datetime) -> str:
    """Return how long something has waited, in the largest whole unit."""
    if since is None:
        return "–"
    minutes = max(0, int((now - since).total_seconds() // 60))
    for size, unit in ((24 * 60, "day"), (60, "hour")):
        if minutes >= size:
            return f"{minutes // size} {unit}{'' if minutes // size == 1 else 's'}"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


def figures(standing: Standing, now: datetime) -> list[Figure]:
    """Return how the outbox stands in figures."""
    counts = standing.counts
    return [
        Figure(f"{counts[MessageState.WAITING]:,}", "Waiting", "not sent yet, or to be tried again"),
        Figure(age(standing.oldest, now), "Oldest waiting", "how long ago it was written"),
        Figure(f"{counts[MessageState.DEAD]:,}", "Given up", f"failed {MOST_TRIES} times; can be sent again"),
        Figure(f"{counts[MessageState.HELD_BACK]:,}", "Held back", "the address book said not to send"),
        Figure(f"{counts[MessageState.SENT]:,}", "Sent", "taken by the mail server"),
    ]


def facts(message: OutboxMessage) -> Sequence[tuple[str, str]]:
    """Return what is known of one message, as lines of a summary."""
    reference = message.values.get("reference", "")
    lines = [
        ("State", state_of(message).label),
        ("For", recipient(message)),
        ("Case", reference if is_reference(str(reference)) else "–"),
        ("Written", moment(message.made_at)),
        ("Tries", str(message.attempts)),
        ("Sent", moment(message.sent_at)),
    ]
    if state_of(message) is MessageState.WAITING:
        lines.append(("Tried next", moment(message.send_after)))
    if message.held_back_reason:
        lines.append(("Held back because", message.held_back_reason))
    if message.last_failure:
        lines.append(("Last failure", message.last_failure))
    return [*lines, ("Message-ID", str(message.id))]
