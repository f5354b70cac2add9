"""How the outbox and the post are shown: never to whom by name, never at which address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

from flask import url_for

from dmas.core.references import is_reference
from dmas.notifications import messages
from dmas.notifications.models import ContactTask, Letter, OutboxMessage
from dmas.notifications.queries import Standing, state_of
from dmas.notifications.vocabulary import (
    MOST_TRIES,
    Channel,
    ContactOutcome,
    LetterFormat,
    LetterState,
    MessageState,
    RecipientKind,
)
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
        Figure(f"{counts[MessageState.SENT]:,}", "Sent", "taken by the mail server, or written as a letter"),
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
        ("How", Channel(message.channel).label if message.channel else "–"),
    ]
    if state_of(message) is MessageState.WAITING:
        lines.append(("Tried next", moment(message.send_after)))
    if message.held_back_reason:
        lines.append(("Held back because", message.held_back_reason))
    if message.last_failure:
        lines.append(("Last failure", message.last_failure))
    return [*lines, ("Message-ID", str(message.id))]


def _to_patient(template: str) -> str:
    known = messages.patients.TEMPLATES.get(template)
    return known.subject if known else template


_PATIENTS_OWN = "PT-"  # the references of patients' own requests


def _case(reference: str | None) -> Link | str:
    if reference and reference.startswith(_PATIENTS_OWN):
        return Link(reference, f"/transfer-requests/{reference}")
    return reference or "–"


def printed(letter: Letter) -> Tag:
    """Return whether a letter still waits for the post room."""
    if letter.printed_at is None:
        return Tag(LetterState.TO_PRINT.label, "blue")
    return Tag(LetterState.PRINTED.label, "green")


LETTERS: Furniture[Letter] = Furniture(
    caption="Letters",
    one="letter",
    many="letters",
    sort="-made",
    empty="No letter has been written yet. People get one where they have no mobile or email, or prefer it.",
    columns=(
        Column(
            "Letter",
            lambda row: Link(_to_patient(row.template), url_for("notifications.letter", letter_id=row.id)),
        ),
        Column("Case", lambda row: _case(row.reference)),
        Column("Form", lambda row: LetterFormat(row.format).label),
        Column("Written", lambda row: moment(row.made_at)),
        Column("State", printed),
    ),
    filters=(SelectFilter("state", "State", choices=LetterState),),
)


def letter_heading(letter: Letter) -> str:
    """Return what a letter is about."""
    return _to_patient(letter.template)


def letter_facts(letter: Letter) -> Sequence[tuple[str, object]]:
    """Return what is known of a letter, as lines of a summary; to whom it goes stands in the PDF only."""
    return [
        ("State", printed(letter)),
        ("Case", _case(letter.reference)),
        ("Form", LetterFormat(letter.format).label),
        ("Written", moment(letter.made_at)),
        ("Printed", moment(letter.printed_at)),
    ]


TO_TELL: Furniture[ContactTask] = Furniture(
    caption="People to tell another way",
    one="person to tell",
    many="people to tell",
    sort="made",
    empty="Nobody waits to be told. Whoever may not be written to, or has no address, stands here.",
    columns=(
        Column(
            "News",
            lambda row: Link(_to_patient(row.template), url_for("notifications.to_tell", task_id=row.id)),
        ),
        Column("Case", lambda row: _case(row.reference)),
        Column("Why not by message", lambda row: row.reason),
        Column("Since", lambda row: moment(row.made_at)),
        Column("Outcome", lambda row: ContactOutcome(row.outcome).label if row.outcome else "–"),
    ),
    filters=(SelectFilter("done", "Show", choices=[("yes", "Done")], any_label="Still to do"),),
)


def task_heading(task: ContactTask) -> str:
    """Return what somebody is to be told about."""
    return _to_patient(task.template)


def task_facts(task: ContactTask) -> Sequence[tuple[str, object]]:
    """Return what is known of somebody to tell, as lines of a summary."""
    who: Link | str = "–"
    if task.pathway_id:
        who = Link("Open the person on your waiting list", f"/waiting-list/{task.pathway_id}")
    lines: list[tuple[str, object]] = [
        ("Why not by message", task.reason),
        ("Who it is", who),
        ("Case", _case(task.reference)),
        ("Since", moment(task.made_at)),
    ]
    if task.outcome:
        lines += [("Outcome", ContactOutcome(task.outcome).label), ("Done", moment(task.done_at))]
    return lines


def what_to_say(task: ContactTask) -> Sequence[str]:
    """Return the message's own paragraphs to say to the person, without a code."""
    known = messages.patients.TEMPLATES.get(task.template)
    if known is None:
        return ()
    paragraphs = [each for each in known.body.split("\n\n") if "{" not in each]
    return [each for each in paragraphs if "code" not in each]


def moment_of(text: str) -> datetime | None:
    """Return a moment as it was written into a page, or None for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def zipped(letters: Sequence[Letter]) -> bytes:
    """Return letters as one file of PDFs, in the order to print them; no name stands in a file's name."""
    packed = BytesIO()
    with ZipFile(packed, "w") as file:
        for number, letter in enumerate(letters, 1):
            file.writestr(f"{number:03d}-{letter.format}.pdf", letter.pdf)
    return packed.getvalue()
