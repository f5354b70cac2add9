"""Every message to patients, as an email, a text message and a letter.

Each says who is responsible for the person's care today, what to do if they get worse, and that nobody
watches it for symptoms. A name stands in letters only, where it is needed; a code in no subject or link.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from textwrap import fill
from typing import Any

from dmas.notifications.commands import PatientAddress
from dmas.notifications.messages import wording
from dmas.notifications.messages.wording import Template, Words

WIDTH = 76
LONGEST_TEXT = 459  # three text messages sent as one
TEMPLATES: dict[str, Template] = {}

# What answers something that the person or their new hospital has just done goes at once. Anything else
# waits while it is not certain that they are alive and still waiting.
AT_ONCE = frozenset(
    {
        "transfer_code_replaced", "transfer_received", "transfer_stayed", "transfer_withdrawn",
        "transfer_chosen", "transfer_progress", "transfer_moved", "transfer_returned", "transfer_dated",
        "choice_received",
    }
)  # fmt: skip

# Makes the code of an invitation from its id: no code is stored anywhere.
CodeOf = Callable[[uuid.UUID], str]

URGENT = "If you need medical help and it is not an emergency, call 111 or go to 111.nhs.uk."
EMERGENCY = "In an emergency, call 999."
NOT_WATCHED = (
    "Nobody watches this message, or the pages it leads to, for symptoms. If you feel worse, please call;"
    " do not write."
)
OTHER_WAYS = "large print, braille, Easy Read, British Sign Language or another language"
GENUINE = (
    "We never ask for money, bank details or a password. How to tell a real message from a false one:"
    " {link}/real-messages"
)
KEPT = "Your place on the waiting list and the date your wait began have not changed."
_REFERENCE = "Your reference is {reference}."
_TRACK, _OPTIONS = "/transfer/track", "/transfer/options"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as text, ready to be set. The paragraph that is the `code` is shown large."""

    heading: str
    paragraphs: tuple[str, ...] = field(repr=False)
    code: str = field(repr=False)
    link: str
    safety: tuple[str, ...]
    help: tuple[str, ...] = field(repr=False)


def safety(person: PatientAddress) -> tuple[str, ...]:
    """Return the lines that stand on everything a patient gets from us."""
    worse = person.worse or f"If you get worse while you wait, call {person.home_name}{_on(person)}."
    return (
        f"{person.care_by or person.home_name} is responsible for your care today.",
        worse,
        f"{URGENT} {EMERGENCY}",
        NOT_WATCHED,
    )


def email(
    known: Template, values: Mapping[str, Any], person: PatientAddress, base_url: str, code_of: CodeOf
) -> Words:
    """Return a message as an email, without the person's name."""
    first, *rest = known.body.format(**_shown(known, values, code_of)).split("\n\n")
    parts = [
        "Hello,",
        first,
        f"YOUR SAFETY\n{' '.join(safety(person))}",
        *rest,
        f"Open your page:\n{base_url}{known.path}",
        "HELP\n"
        f"To talk to somebody, or to have this in {OTHER_WAYS}, call {person.home_name}{_on(person)}."
        " An interpreter is free.",
        GENUINE.format(link=base_url),
        "Nobody reads replies to this address.",
    ]
    return Words(known.subject, "\n\n".join(_lines(part) for part in parts) + "\n")


def text_message(
    known: Template, values: Mapping[str, Any], person: PatientAddress, base_url: str, code_of: CodeOf
) -> str:
    """Return a message as a text message, LONGEST_TEXT characters at most for names of usual length."""
    news = known.text.format(**_shown(known, values, code_of))
    return (
        f"{person.home_name}: {news} {base_url}{known.path}\n"
        f"{person.care_by or 'We'} look{'s' if person.care_by else ''} after your care today."
        f" If you get worse call{_number(person)} 111; in an emergency 999. Not watched for symptoms."
    )


def letter(
    known: Template, values: Mapping[str, Any], person: PatientAddress, base_url: str, code_of: CodeOf
) -> Letter:
    """Return a message as a letter's words; whoever sets it adds name, address and date."""
    shown = _shown(known, values, code_of)
    paragraphs = known.body.format(**shown).split("\n\n")
    code = shown.get("invitation", "")
    help_lines = [
        f"If you do not use the internet, call {person.home_name}{_on(person)}. We can do everything with you"
        " by phone.",
        f"To have this letter in {OTHER_WAYS}, call the same number. An interpreter is free.",
        GENUINE.format(link=base_url),
    ]
    if person.language:
        help_lines.insert(
            2, f"You told us that you use {person.language}. We arrange an interpreter for calls and visits."
        )
    return Letter(
        heading=known.subject,
        paragraphs=tuple(paragraphs),
        code=code,
        link=base_url + known.path,
        safety=safety(person),
        help=tuple(help_lines),
    )


def add(name: str, path: str, subject: str, *body: str, text: str) -> None:
    """Take up a template; `body` is paragraphs. Raise ValueError for words that may not be sent."""
    if name in TEMPLATES:
        raise ValueError(f"{name}: there are two templates of this name")
    if not text:
        raise ValueError(f"{name}: there is no text message")
    TEMPLATES[name] = wording.template(name, path, subject, "\n\n".join(body), text)


def _shown(known: Template, values: Mapping[str, Any], code_of: CodeOf) -> dict[str, str]:
    wording.check(known, values)
    shown = wording.shown(values)
    if "invitation" in shown:
        shown["invitation"] = code_of(uuid.UUID(shown["invitation"]))
    return shown


def _on(person: PatientAddress) -> str:
    return f" on {person.home_phone}" if person.home_phone else ""


def _number(person: PatientAddress) -> str:
    return f" {person.home_phone} or" if person.home_phone else ""


def _lines(part: str) -> str:
    return "\n".join(
        fill(line, WIDTH, break_long_words=False, break_on_hyphens=False) for line in part.split("\n")
    )


add(
    "transfer_invited",
    "/transfer",
    "You can ask about being treated sooner",
    "You have waited a long time for your hospital care, and we are sorry. You can now ask whether another"
    " hospital could see or treat you sooner.",
    "You do not have to do anything. If you want to stay with your hospital, you keep your place and your"
    " wait goes on as before. Asking does not lose you your place either.",
    "To ask, open the page below. You need your date of birth and this code:",
    "{invitation}",
    "If another hospital can take you, we show you where and when. You decide only then. If you say yes, all"
    " of your care for this moves there, with any follow-up.",
    "Keep the code to yourself. If you lose it, the same page tells you how to get a new one.",
    text="You can ask if another hospital could treat you sooner. You need not do anything and you keep your"
    " place. Your code: {invitation}",
)
add(
    "transfer_code_replaced",
    "/transfer/sign-in",
    "Your new code",
    "Here is a new code for your request about being treated sooner. The old one no longer works.",
    "{invitation}",
    "Open the page below and enter the code with your date of birth. Keep the code to yourself.",
    "If you did not ask for a new code, please call the number below.",
    text="Your new code: {invitation} The old one no longer works. If you did not ask for it, call us.",
)
add(
    "transfer_received",
    _TRACK,
    "We have received your request",
    "Thank you. We have your request to be treated at another hospital. " + _REFERENCE,
    "Clinicians at your hospital now look at whether a move is safe for you. They answer by {due_on}. Then"
    " the search for another hospital can begin.",
    "You can change your answers or withdraw your request on your page at any time. If anything about your"
    " health has changed, say so there or call the number below. " + KEPT,
    text="We have your request {reference}. Your hospital answers by {due_on}. You keep your place.",
)
add(
    "transfer_information_wanted",
    "/transfer/information",
    "We need to know a little more",
    "The clinicians who look at your request have a question for you before they can decide. " + _REFERENCE,
    "Please read the question on your page and answer it there, or call the number below. Your request waits"
    " until you have answered.",
    KEPT,
    text="We have a question about your request {reference}. Please answer it on your page or call us.",
)
add(
    "transfer_suitable",
    _TRACK,
    "The search for another hospital begins",
    "Clinicians at your hospital agree that you could be treated at another one. " + _REFERENCE,
    "We now look every night for a hospital that can take you. When we have found one or more, we ask you"
    " what you want. Nothing moves before you have said yes.",
    "Please keep any appointment that your hospital gives you. " + KEPT,
    text="Your request {reference} can go ahead: we are looking for another hospital. Keep any appointment"
    " you have.",
)
add(
    "transfer_not_suitable",
    _TRACK,
    "The answer to your request",
    "Clinicians at your hospital have looked at your request. They think that a move to another hospital is"
    " not right for you at the moment. " + _REFERENCE,
    "Your page says why. You can ask there for another clinician to look at your request again. If you would"
    " rather talk about it, if you want to ask again or to complain, call the number below and ask for the"
    " Patient Advice and Liaison Service (PALS).",
    "Your hospital goes on caring for you. " + KEPT,
    text="Your hospital has answered your request {reference}. Please read why on your page, and how to ask"
    " again, or call us. You keep your place.",
)
add(
    "transfer_not_eligible",
    _TRACK,
    "Your request cannot go on",
    "Something about your wait has changed, so your request to be treated at another hospital cannot go on."
    " " + _REFERENCE,
    "Your page says what has changed. If you think it is wrong, or want to complain, call the number below"
    " and ask for the Patient Advice and Liaison Service (PALS).",
    "Your hospital goes on caring for you, and you can ask again if things change. " + KEPT,
    text="Your request {reference} cannot go on because something about your wait has changed. Please read"
    " why on your page or call us.",
)
add(
    "transfer_options",
    _OPTIONS,
    "You have a choice to make",
    "We have found care for you elsewhere. Hospitals you can choose from: {places}. " + _REFERENCE,
    "Your page shows each of them beside the other: the first date, how far it is and the usual wait. You can"
    " choose one, or stay where you are, which is just as good an answer.",
    "Please tell us by {due_on}. A place is kept for you until then. If you cannot use the page, call the"
    " number below and we go through it with you.",
    "Whatever you choose, you lose nothing by saying no. " + KEPT,
    text="We have found care for you elsewhere, hospitals to choose from: {places}. Please choose, or stay"
    " where you are, by {due_on}. Reference {reference}.",
)
add(
    "transfer_options_reminder",
    _OPTIONS,
    "Your choice is still open",
    "We have found care for you at another hospital and have not heard from you yet. " + _REFERENCE,
    "Please look at your page and choose, or say that you stay where you are, by {due_on}. If you would"
    " rather talk, call the number below.",
    KEPT,
    text="A reminder: please choose a hospital, or say you stay, by {due_on}. Reference {reference}.",
)
add(
    "transfer_chosen",
    _TRACK,
    "Thank you for choosing",
    "We have told the hospital that you chose, and the place is yours. " + _REFERENCE,
    "Your hospital now sends your notes there. The new hospital confirms that you are on its list and then"
    " gives you a date. Your page shows each step.",
    "Until the new hospital has confirmed, you keep your place where you are. Please keep any appointment you"
    " have until you are told that it is cancelled.",
    text="Thank you, the place is yours. Your page shows each step of the move. Reference {reference}.",
)
add(
    "transfer_searching_again",
    _TRACK,
    "We are looking for a hospital again",
    "We are looking again for a hospital that can take you. " + _REFERENCE,
    "You do not have to do anything. When we have found one, we ask you what you want. Your page says more"
    " about why the search goes on.",
    KEPT,
    text="We are looking for a hospital for you again. You need do nothing and you keep your place. Reference"
    " {reference}.",
)
add(
    "transfer_resting",
    _TRACK,
    "Your request is resting",
    "Your request to be treated at another hospital is resting: for the moment, nobody searches for you."
    " " + _REFERENCE,
    "Nothing is lost. You can start the search again on your page on any day, or by calling the number below."
    " We ask you again after 12 weeks.",
    "Your hospital goes on caring for you. " + KEPT,
    text="Your request {reference} is resting. You can start it again on any day. You keep your place.",
)
add(
    "transfer_stayed",
    _TRACK,
    "You stay with your hospital",
    "You have told us that you want to stay with your hospital. We have ended the search. " + _REFERENCE,
    "This does not count against you in any way. If you change your mind, ask again on your page on any day.",
    KEPT,
    text="You stay with your hospital, as you asked. You can ask again on any day. You keep your place."
    " Reference {reference}.",
)
add(
    "transfer_not_found",
    _TRACK,
    "We could not find another hospital",
    "We have searched for 8 weeks and found no hospital that could take you. We are sorry. " + _REFERENCE,
    "Your page says where we looked and what stood in the way. You can ask again on any day. If you want to"
    " talk about it or to complain, call the number below and ask for the Patient Advice and Liaison Service"
    " (PALS).",
    "Your hospital goes on caring for you. " + KEPT,
    text="We are sorry: we found no other hospital for you in 8 weeks. You keep your place and can ask again."
    " Reference {reference}.",
)
add(
    "transfer_withdrawn",
    _TRACK,
    "Your request is withdrawn",
    "Your request to be treated at another hospital is withdrawn. " + _REFERENCE,
    "If you did not want this, or change your mind, ask again on your page on any day or call the number"
    " below. " + KEPT,
    text="Your request {reference} is withdrawn. You keep your place and can ask again on any day.",
)
add(
    "transfer_progress",
    _TRACK,
    "There is news about your move",
    "Your move to the hospital that you chose has come a step further, such as a date. Your page shows"
    " where it is, who has it now and what comes next. " + _REFERENCE,
    text="There is news about your move. Your page shows what comes next. Reference {reference}.",
)
add(
    "transfer_moved",
    _TRACK,
    "Your care has moved",
    "The hospital that you chose has confirmed that you are on its list. It is responsible for your care from"
    " now on, and it gives you your date. " + _REFERENCE,
    "Your wait still counts from the day on which it began. Your old hospital cancels any appointment that"
    " you had there for this.",
    text="The hospital you chose has confirmed that you are on its list. Your wait still counts from the day"
    " it began. Reference {reference}.",
)
add(
    "transfer_returned",
    _TRACK,
    "Your care is coming back to your first hospital",
    "The hospital that you chose cannot treat you, so your care is coming back to the hospital you came from."
    " " + _REFERENCE,
    "Your first hospital puts you back on its list with the day on which your wait first began: you lose no"
    " time. Somebody calls you about what happens next. If nobody has called within 2 working days, please"
    " call the number below.",
    text="Your care is coming back to your first hospital, with your full wait. Somebody calls you about it."
    " Reference {reference}.",
)
add(
    "transfer_dated",
    _TRACK,
    "Your hospital has given you a date",
    "Your own hospital has given you a date for the care that you wait for. " + _REFERENCE,
    "Please say on your page, or by calling the number below, whether you take it. If you do, we end the"
    " search for another hospital. If you would rather go on searching, say so: any place that is kept for"
    " you stays kept for up to 7 days.",
    "Nothing ends until you have answered or been to your appointment. Until then, please keep it.",
    text="Your own hospital has given you a date. Please say on your page if you take it, or go on searching."
    " Reference {reference}.",
)
add(
    "choice_received",
    "/transfer/18-weeks",
    "We have received your request for a choice",
    "Thank you. You have asked your integrated care board (ICB), which plans health care where you live, for"
    " a choice of another hospital. " + _REFERENCE,
    "It answers by {due_on}. " + KEPT,
    text="We have your request {reference} for a choice of hospital. Your ICB answers by {due_on}.",
)
add(
    "choice_answered",
    "/transfer/18-weeks",
    "The answer to your request for a choice",
    "Your integrated care board (ICB) has answered your request for a choice of another hospital. "
    + _REFERENCE,
    "It tells you the answer itself. If you have not heard it within 5 working days, if you do not agree with"
    " it or want to complain, call the number below and give your reference. " + KEPT,
    text="Your ICB has answered your request {reference}. If you do not hear from it within 5 working days,"
    " please call us.",
)
