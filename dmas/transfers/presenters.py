"""Hand-overs in words and as files: what lists, pages and other rooms show of one."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dmas.catalogue.vocabulary.arrangements import Basis
from dmas.catalogue.vocabulary.reasons import ReasonFor, reason
from dmas.catalogue.vocabulary.treatment_functions import treatment_function
from dmas.core import transitions
from dmas.core.actors import Actor
from dmas.core.nhs_number import spaced
from dmas.transfers import policy, rules
from dmas.transfers.models import Transfer, TransferMessage
from dmas.transfers.queries import TransferRow
from dmas.transfers.vocabulary import TransferStatus
from dmas.transfers.vocabulary.data_set import ELEMENTS, RTT_STATUS_LABELS, Element, Group, Kind
from dmas.web.filters import day, moment
from dmas.web.lists import Tag, guarded

_COLOURS = {
    TransferStatus.PREPARING: "yellow",
    TransferStatus.SENT: "blue",
    TransferStatus.CONFIRMED: "blue",
    TransferStatus.DATED: "blue",
    TransferStatus.TREATED: "green",
    TransferStatus.RETURNED: "orange",
}


def path(reference: str) -> str:
    """Return the address of a hand-over's page."""
    return f"/transfers/{reference}"


def status(transfer: Transfer) -> Tag:
    """Return the state in words and colour."""
    state = TransferStatus(transfer.status)
    return Tag(state.label, _COLOURS.get(state, "grey"))


def service(row: TransferRow) -> str:
    """Return the name of the service."""
    return treatment_function(row.care_request.service).name


def side(transfer: Transfer, actor: Actor) -> str:
    """Return which side the actor's organisation is on, or `Looking on`."""
    if policy.at_receiver(actor, transfer):
        return "Receiving"
    return "Sending" if policy.at_home(actor, transfer) else "Looking on"


def owner(row: TransferRow) -> str | None:
    """Return whose turn it is, by name, or None once it is over."""
    turn = rules.turn_of(row.transfer.status)
    return {"home": row.home_name, "receiver": row.receiver_name}[turn] if turn else None


def due(transfer: Transfer, today: date) -> Tag | str | None:
    """Return by when the next step is due, as a tag on the day and after it."""
    if transfer.due_on is None:
        return None
    if transfer.due_on < today:
        return Tag(f"Overdue since {day(transfer.due_on)}", "red")
    return Tag("Due today", "orange") if transfer.due_on == today else day(transfer.due_on)


def heading(row: TransferRow) -> str:
    """Return a hand-over in one line, without saying who moves."""
    return f"{service(row)}, from {row.home_name} to {row.site_name}, {row.receiver_name}"


def summary(row: TransferRow, today: date) -> list[tuple[str, object]]:
    """Return a hand-over as questions and answers, without saying who moves."""
    transfer = row.transfer
    said: list[tuple[str, object]] = [
        ("State", status(transfer)),
        ("Waiting for", owner(row)),
        ("Due", due(transfer, today)),
        ("From", row.home_name),
        ("To", f"{row.site_name}, {row.receiver_name}"),
        ("Service", service(row)),
        ("Arrangement", Basis(transfer.basis).label),
        ("On the home list", _home_entry(transfer)),
        ("Original clock start", day(transfer.clock_start)),
        ("Agreed", moment(transfer.agreed_at)),
        ("Sent", moment(transfer.sent_at) if transfer.sent_at else None),
        ("Confirmed", moment(transfer.confirmed_at) if transfer.confirmed_at else None),
        ("First date", day(transfer.first_date) if transfer.first_date else None),
        ("Treated", day(transfer.treated_on) if transfer.treated_on else None),
        ("Returned", _returned(transfer)),
        ("Patient phoned", moment(transfer.patient_phoned_at) if transfer.patient_phoned_at else None),
        ("Back on the home list", day(transfer.re_registered_on) if transfer.re_registered_on else None),
    ]
    return [(question, answer) for question, answer in said if answer not in (None, "")]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing this person may do now: its words, where, and whether it is the main one."""

    text: str
    href: str
    main: bool = False


_STEPS = (
    ("send", "Complete the data set and send it", "data-set", policy.may_act_for_home, True),
    ("cancel", "Cancel", "cancel", policy.may_act_for_home, False),
    ("confirm", "Confirm", "confirm", policy.may_act_for_receiver, True),
    ("date", "Give the first date", "date", policy.may_act_for_receiver, True),
    ("treat", "Record the treatment", "treated", policy.may_act_for_receiver, True),
    ("return", "Return to the home trust", "return", policy.may_act_for_receiver, False),
    ("re_register", "Put back on the home list", "re-register", policy.may_act_for_home, True),
)


def steps(transfer: Transfer, actor: Actor) -> list[Step]:
    """Return only the steps that are legal now for this person, in the order of the work."""
    table = rules.TRANSITIONS[Basis(transfer.basis)]
    allowed = transitions.allowed(table, TransferStatus(transfer.status))
    here = path(transfer.reference)
    dated = transfer.status == TransferStatus.DATED
    found = [
        Step("Change the first date", f"{here}/{page}")
        if verb == "date" and dated
        else Step(text, f"{here}/{page}", main)
        for verb, text, page, may, main in _STEPS
        if verb in allowed and may(actor, transfer)
    ]
    if transfer.status != TransferStatus.PREPARING and policy.may_see_person(actor, transfer):
        found.append(Step("See the data set", f"{here}/data-set"))
    return found


def data_set(
    values: Mapping[str, str], *, fixed_only: bool = False
) -> list[tuple[Group, list[tuple[str, str]]]]:
    """Return the data set under its headings in words; `fixed_only` gives what nobody types."""
    found: dict[Group, list[tuple[str, str]]] = {}
    for element in ELEMENTS.values():
        if element.fixed or not fixed_only:
            shown = _shown(element, values.get(element.key, ""))
            found.setdefault(element.group, []).append((element.label, shown))
    return list(found.items())


def missing(values: Mapping[str, str]) -> list[str]:
    """Return the labels of the mandatory elements still empty."""
    return [element.label for element in rules.missing(values)]


def conversation(messages: Sequence[TransferMessage], row: TransferRow) -> list[dict[str, object]]:
    """Return the messages as entries of a timeline, newest first."""
    names = {row.transfer.home_code: row.home_name, row.transfer.receiver_code: row.receiver_name}
    return [
        {
            "at": one.said_at,
            "who": f"{one.said_by}, {names.get(one.organisation_code, one.organisation_code)}",
            "what": one.text,
        }
        for one in reversed(messages)
    ]


def as_csv(values: Mapping[str, str]) -> str:
    """Return the data set as CSV: group, element, mandation, value; formulas are made harmless."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["group", "data_element", "mandation", "value"])
    for element in ELEMENTS.values():
        mandation = "M" if element.mandatory else "O"
        writer.writerow([element.group.label, element.name, mandation, guarded(values.get(element.key, ""))])
    return "\ufeff" + out.getvalue()


def as_json(transfer: Transfer, values: Mapping[str, str]) -> str:
    """Return the data set as JSON, each element by its name in the data dictionary."""
    elements = [
        {
            "group": element.group.value,
            "element": element.name,
            "mandatory": element.mandatory,
            "value": values.get(element.key),
        }
        for element in ELEMENTS.values()
    ]
    return json.dumps({"reference": transfer.reference, "elements": elements}, indent=2)


def _shown(element: Element, text: str) -> str:
    if not text:
        return ""
    if element.kind is Kind.DATE:
        return day(date.fromisoformat(text))
    if element.kind is Kind.NHS_NUMBER:
        return spaced(text)
    if element.kind is Kind.FUNCTION:
        return treatment_function(text).label
    return RTT_STATUS_LABELS.get(text, text) if element.kind is Kind.RTT_STATUS else text


def _home_entry(transfer: Transfer) -> str:
    if transfer.status == TransferStatus.RETURNED:
        return "To be put back, with the original clock"
    if transfer.status in (TransferStatus.RE_REGISTERED, TransferStatus.CANCELLED):
        return "Yes, with the original clock"
    if rules.home_entry_open(transfer.basis, transfer.status):
        whole = transfer.basis == Basis.WHOLE_PATHWAY
        return f"Yes, until {'the receiver confirms' if whole else 'they are treated'}"
    return "No, that entry has ended"


def _returned(transfer: Transfer) -> str | None:
    if transfer.return_reason is None:
        return None
    words = reason(ReasonFor.RETURN, transfer.return_reason).label
    return f"{moment(transfer.returned_at)}: {words}"
