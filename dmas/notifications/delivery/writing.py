"""What a message becomes on its way out: the address is looked up, then its words are written for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from dmas.core.clock import london_date
from dmas.notifications import messages, rules
from dmas.notifications.commands import Address, DoNotSend, Mail, NotYet, PatientAddress, Sheet, TextMessage
from dmas.notifications.delivery.texts import TextTransport
from dmas.notifications.messages import Template
from dmas.notifications.messages.patients import CodeOf
from dmas.notifications.models import OutboxMessage
from dmas.notifications.vocabulary import Channel, RecipientKind

# For staff and organisations, the address of an id at the moment the message goes.
AddressBook = Mapping[RecipientKind, Callable[[Session, str], Address | DoNotSend]]
# For a patient the whole message: what it is about says which wait, and so which trust, it stands for.
FindPatient = Callable[[Session, OutboxMessage, date], PatientAddress | DoNotSend | NotYet]

UNKNOWN = DoNotSend("This version of dmas does not know the message.")
NO_BOOK = DoNotSend("There is no address book for such a recipient.")
NO_WAY = "There is no way that is allowed and possible to send them a message."

Ready = Mail | TextMessage | Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientPost:
    """What is needed to write to patients: who they are, their codes, text messages if any, and a press."""

    find: FindPatient
    code_of: CodeOf
    texts: TextTransport | None
    set_letter: Callable[[Sheet], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a message is written with."""

    address_book: AddressBook
    patients: PatientPost | None
    base_url: str
    now: Callable[[], datetime]


def prepare(session: Session, message: OutboxMessage, desk: Desk) -> Ready | DoNotSend | NotYet:
    """Return a message as it goes to where its recipient is reached now, or why it does not, or not yet."""
    kind = RecipientKind(message.recipient_kind)
    known = messages.find(kind, message.template)
    if known is None:
        return UNKNOWN
    if kind is RecipientKind.PATIENT:
        return _to_patient(session, message, known, desk)
    find = desk.address_book.get(kind)
    if find is None:
        return NO_BOOK
    address = find(session, message.recipient_id)
    if isinstance(address, DoNotSend):
        return address
    words = messages.staff.write(known, message.values, desk.base_url)
    return _mail(message, address.emails, words, desk)


def _to_patient(
    session: Session, message: OutboxMessage, known: Template, desk: Desk
) -> Ready | DoNotSend | NotYet:
    post = desk.patients
    if post is None:
        return NO_BOOK
    person = post.find(session, message, london_date(desk.now()))
    if isinstance(person, DoNotSend | NotYet):
        return person
    channel = rules.way(person, texts=post.texts is not None)
    given = (known, message.values, person, desk.base_url, post.code_of)
    if channel is Channel.EMAIL:
        return _mail(message, person.emails, messages.patients.email(*given), desk)
    if channel is Channel.SMS:
        body = messages.patients.text_message(*given)
        return TextMessage(
            message_id=str(message.id), template=message.template, mobile=person.mobile, body=body
        )
    if channel is Channel.LETTER:
        return _sheet(messages.patients.letter(*given), person, desk)
    return DoNotSend(NO_WAY, person.home_code, person.pathway_id)


def _mail(message: OutboxMessage, emails: tuple[str, ...], words: messages.Words, desk: Desk) -> Mail:
    return Mail(
        message_id=f"<{message.id}@{urlsplit(desk.base_url).hostname}>",
        template=message.template,
        subject=words.subject,
        emails=emails,
        body=words.body,
        written_at=desk.now(),
        request_id=message.request_id,
    )


def _sheet(letter: messages.patients.Letter, person: PatientAddress, desk: Desk) -> Sheet:
    return Sheet(
        home_code=person.home_code,
        home_name=person.home_name,
        home_phone=person.home_phone,
        name=person.name,
        postal_lines=person.postal_lines,
        format=rules.letter_format(person.needs),
        written_on=london_date(desk.now()),
        heading=letter.heading,
        paragraphs=letter.paragraphs,
        code=letter.code,
        link=letter.link,
        safety=letter.safety,
        help=letter.help,
    )
