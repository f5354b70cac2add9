"""The lifecycles of a pathway's hand-over, its limits, and what a complete data set is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from dmas.catalogue.vocabulary.arrangements import Basis
from dmas.catalogue.vocabulary.treatment_functions import treatment_function
from dmas.core.calendar import add_working_days
from dmas.core.errors import Conflict, InvalidInput
from dmas.core.transitions import Step, step
from dmas.providers.rules import normal_postcode
from dmas.transfers.commands import OpenTransfer
from dmas.transfers.rules.testing import TEST_ONLY
from dmas.transfers.vocabulary import (
    CONFIRM_WORKING_DAYS,
    RE_REGISTER_WORKING_DAYS,
    SEND_WORKING_DAYS,
    TransferStatus,
)
from dmas.transfers.vocabulary.data_set import (
    ELEMENTS,
    FIXED,
    MANDATORY,
    RTT_CONTINUES,
    RTT_TRANSFERRED,
    Element,
    Kind,
)

_S = TransferStatus
_HOME, _RECEIVER = "booking clerk or manager of the home trust", "booking clerk or manager of the receiver"

WHOLE_PATHWAY = {
    "send": step({_S.PREPARING}, _S.SENT, _HOME),
    "cancel": step({_S.PREPARING}, _S.CANCELLED, _HOME),
    "confirm": step({_S.SENT}, _S.CONFIRMED, _RECEIVER),
    "date": step({_S.CONFIRMED, _S.DATED}, _S.DATED, _RECEIVER),
    "treat": step({_S.DATED}, _S.TREATED, _RECEIVER),
    "return": step({_S.SENT, _S.CONFIRMED, _S.DATED}, _S.RETURNED, _RECEIVER),
    "re_register": step({_S.RETURNED}, _S.RE_REGISTERED, _HOME),
}
# The home entry stays open until treatment, so a receiver that already has the referral may treat at once.
SUBCONTRACTED = WHOLE_PATHWAY | {"treat": step({_S.CONFIRMED, _S.DATED}, _S.TREATED, _RECEIVER)}

TRANSITIONS: dict[Basis, dict[str, Step[TransferStatus]]] = {
    Basis.WHOLE_PATHWAY: WHOLE_PATHWAY,
    Basis.SUBCONTRACTED: SUBCONTRACTED,
    Basis.TEST_ONLY: TEST_ONLY,
}

# The step that ends the home trust's own list entry.
HOME_ENTRY_ENDS = {Basis.WHOLE_PATHWAY: "confirm", Basis.SUBCONTRACTED: "treat"}
_ENDED = {
    "confirm": frozenset({_S.CONFIRMED, _S.DATED, _S.TREATED}),
    "treat": frozenset({_S.TREATED}),
}
# Confirmed, or tested, or further: these count towards a fulfilled request.
FULFILS = frozenset({_S.CONFIRMED, _S.DATED, _S.TREATED, _S.DONE, _S.REPORTED, _S.READ})
FURTHEST_DATE_DAYS = 730


def check_opens(basis: str) -> None:
    """Raise Conflict for a basis that has no hand-over of this kind."""
    if not TRANSITIONS.get(Basis(basis)):
        raise Conflict("This arrangement has no hand-over of a pathway. Arrange it on its own pages.")


def home_entry_open(basis: str, status: str) -> bool:
    """Say whether the person is still on the home trust's list; a test alone never takes them off."""
    if basis == Basis.TEST_ONLY:
        return True
    return TransferStatus(status) not in _ENDED[HOME_ENTRY_ENDS[Basis(basis)]]


def rtt_status(basis: str) -> str | None:
    """Return the period status written when it is sent: 21 for a whole pathway, else none."""
    return RTT_TRANSFERRED if basis == Basis.WHOLE_PATHWAY else None


def due_after(status: TransferStatus, today: date, first_date: date | None = None) -> date | None:
    """Return by when the next step is due: in working days, or on the day of the appointment."""
    days = {
        _S.PREPARING: SEND_WORKING_DAYS,
        _S.SENT: CONFIRM_WORKING_DAYS,
        _S.RETURNED: RE_REGISTER_WORKING_DAYS,
    }.get(status)
    if days is not None:
        return add_working_days(today, days)
    return first_date if status is _S.DATED else None


def turn_of(status: str) -> str | None:
    """Return whose turn it is, `home` or `receiver`, or None once it is over."""
    if status in (_S.PREPARING, _S.RETURNED, _S.REPORTED):
        return "home"
    receivers = (_S.SENT, _S.CONFIRMED, _S.DATED, _S.BOOKED, _S.DONE)
    return "receiver" if status in receivers else None


def check_first_date(first_date: date, today: date) -> None:
    """Raise InvalidInput unless the date lies from today to two years ahead."""
    if not today <= first_date <= today + timedelta(days=FURTHEST_DATE_DAYS):
        raise InvalidInput("The first date must be today or later, within 2 years.", field="first_date")


def check_treated_on(treated_on: date, confirmed_on: date, today: date) -> None:
    """Raise InvalidInput unless the treatment lies between the confirmation and today."""
    if treated_on > today:
        raise InvalidInput("The day of treatment must not be in the future.", field="treated_on")
    if treated_on < confirmed_on:
        raise InvalidInput("The day of treatment is before you confirmed the transfer.", field="treated_on")


def check_phoned(phoned_at: datetime | None, since: datetime, now: datetime) -> None:
    """Raise InvalidInput for a call in the future, or before the transfer began."""
    if phoned_at is not None and not since <= phoned_at <= now:
        raise InvalidInput(
            "The call to the patient must be after the transfer was agreed and not in the future.",
            field="patient_phoned_at",
        )


def check_re_registers(
    re_registered_on: date, clock_start: date, original: date, *, returned: date, today: date
) -> None:
    """Raise InvalidInput unless the day is between the return and today and the clock is the original one."""
    if not returned <= re_registered_on <= today:
        raise InvalidInput(
            "The day must be on or after the return and not in the future.", field="re_registered_on"
        )
    if clock_start != original:
        raise InvalidInput(
            f"The original clock start is {original.day} {original:%B %Y}. Put the patient back with that"
            " date: the wait never starts again.",
            field="clock_start",
        )


def first_values(
    command: OpenTransfer, *, home_name: str, receiver_name: str, agreed_on: date
) -> dict[str, str]:
    """Return the data set as far as it is known when the person says yes; dates as ISO text."""
    person = command.person
    return {
        "family_name": person.family_name,
        "given_name": person.given_name,
        "postcode": person.postcode,
        "birth_date": person.date_of_birth.isoformat(),
        "nhs_number": person.nhs_number,
        "phone_mobile" if person.phone.startswith(("07", "+447")) else "phone_home": person.phone,
        "home_name": home_name,
        "home_code": command.home.code,
        "home_function": command.home_function,
        "pathway_id": person.pathway_id,
        "pathway_issuer": command.home.code,
        "rtt_status": rtt_status(command.basis) or RTT_CONTINUES,
        "decided_on": agreed_on.isoformat(),
        "clock_start": person.clock_start.isoformat(),
        "referral_reason": "Shorter wait through mutual aid",
        "on_pathway": command.home.code,
        "receiver_name": receiver_name,
        "receiver_code": command.receiver.code,
        "receiver_function": command.receiver_function,
        "requested_on": agreed_on.isoformat(),
    }


def missing(values: Mapping[str, str]) -> list[Element]:
    """Return the mandatory elements that are still empty, in the data set's order."""
    return [element for element in MANDATORY if not values.get(element.key, "").strip()]


def check_complete(values: Mapping[str, str]) -> None:
    """Raise InvalidInput that lists, by name, every mandatory element still empty."""
    absent = [element.label for element in missing(values)]
    if absent:
        raise InvalidInput(f"Before you send it, fill in: {', '.join(absent)}.")


def merged(known: Mapping[str, str], typed: Mapping[str, str], today: date) -> dict[str, str]:
    """Return the data set with what was typed, checked; empty text clears, fixed elements stay."""
    result = dict(known)
    for key, text in typed.items():
        if key not in ELEMENTS:
            raise InvalidInput("There is no such element in the data set.")
        if key in FIXED:
            continue
        text = text.strip()
        if text:
            result[key] = _checked(ELEMENTS[key], text, today)
        else:
            result.pop(key, None)
    return {key: result[key] for key in ELEMENTS if key in result}


def _checked(element: Element, text: str, today: date) -> str:
    if len(text) > element.most:
        raise InvalidInput(f"{element.label}: use {element.most} characters or fewer.", field=element.key)
    check = _CHECKS.get(element.kind)
    return check(element, text, today) if check else text


def _date(element: Element, text: str, today: date) -> str:
    try:
        given = date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"{element.label}: enter a real date.", field=element.key) from None
    if not date(1900, 1, 1) <= given <= today:
        raise InvalidInput(f"{element.label} must not be in the future.", field=element.key)
    return given.isoformat()


def _postcode(element: Element, text: str, today: date) -> str:
    found = normal_postcode(text)
    if found is None:
        raise InvalidInput(f"{element.label}: enter a full postcode, like B15 2GW.", field=element.key)
    return found


def _matching(pattern: str, advice: str, *, upper: bool = False) -> Callable[[Element, str, date], str]:
    shape = re.compile(pattern)

    def check(element: Element, text: str, today: date) -> str:
        text = text.upper() if upper else text
        if not shape.fullmatch(text):
            raise InvalidInput(f"{element.label}: {advice}", field=element.key)
        return text

    return check


def _function(element: Element, text: str, today: date) -> str:
    try:
        return treatment_function(text).code
    except InvalidInput as error:
        raise InvalidInput(str(error), field=element.key) from error


def _codes(element: Element, text: str, today: date) -> str:
    codes = re.split(r"[\s,;]+", text.upper())
    if not all(re.fullmatch(r"[A-Z0-9]{3,12}", code) for code in codes):
        raise InvalidInput(
            f"{element.label}: enter organisation codes separated by spaces, like RRK RJ1.", field=element.key
        )
    return " ".join(dict.fromkeys(codes))


_CHECKS: dict[Kind, Callable[[Element, str, date], str]] = {
    Kind.DATE: _date,
    Kind.POSTCODE: _postcode,
    Kind.CODE: _matching(r"[A-Z0-9]{3,12}", "enter the code in capitals and digits.", upper=True),
    Kind.CODES: _codes,
    Kind.PHONE: _matching(r"\+?[0-9 ()-]{6,35}", "enter a phone number, like 01632 960 001."),
    Kind.EMAIL: _matching(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+", "enter an address like name@example.com."),
    Kind.FUNCTION: _function,
}
