"""Hand-overs in words and as files: what lists, pages and other rooms show of one."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dmas.catalogue.rules import service_name
from dmas.catalogue.vocabulary.arrangements import Basis
from dmas.catalogue.vocabulary.reasons import ReasonFor, reason
from dmas.catalogue.vocabulary.treatment_functions import treatment_function
from dmas.core import transitions
from dmas.core.actors import Actor
from dmas.core.nhs_number import spaced
from dmas.transfers import policy, rules
from dmas.transfers.models import Transfer, TransferMessage
from dmas.transfers.queries import TransferRow
from dmas.transfers.vocabulary import ImagesSent, TransferStatus
from dmas.transfers.vocabulary.data_set import ELEMENTS, RTT_STATUS_LABELS, Element, Group, Kind
from dmas.web.filters import count, day, moment
from dmas.web.lists import Tag, guarded

_COLOURS = {
    TransferStatus.PREPARING: "yellow",
    TransferStatus.SENT: "blue",
    TransferStatus.CONFIRMED: "blue",
    TransferStatus.DATED: "blue",
    TransferStatus.TREATED: "green",
    TransferStatus.BOOKED: "blue",
    TransferStatus.DONE: "blue",
    TransferStatus.REPORTED: "yellow",
    TransferStatus.READ: "green",
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
    return service_name(row.care_request.service)


def side(transfer: Transfer, actor: Actor) -> str:
    """Return which side the actor's organisation is on, or `Looking on`."""
    if policy.at_receiver(actor, transfer):
        return "Receiving"
    return "Sending" if policy.at_home(actor, transfer) else "Looking on"


def owner(row: TransferRow) -> str | None:
    """Return whose turn it is, by name, or None once it is over."""
    turn = turn_of(row.transfer)
    return {"home": row.home_name, "receiver": row.receiver_name}[turn] if turn else None


def turn_of(transfer: Transfer) -> str | None:
    """Return whose turn it is; a scan that came without a report is reported at home."""
    if transfer.test is not None and transfer.status == TransferStatus.DONE:
        return transfer.test.report_side
    return rules.turn_of(transfer.status)


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
        ("Original clock start" if transfer.test is None else "Test clock start", day(transfer.clock_start)),
        ("Agreed", moment(transfer.agreed_at)),
        ("Sent", moment(transfer.sent_at) if transfer.sent_at else None),
        ("Confirmed", moment(transfer.confirmed_at) if transfer.confirmed_at else None),
        ("First date", day(transfer.first_date) if transfer.first_date else None),
        *_test(transfer),
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
    ("name_reader", "Say who reads the report", "reader", policy.may_act_for_home, True),
    ("confirm", "Confirm", "confirm", policy.may_act_for_receiver, True),
    ("date", "Give the first date", "date", policy.may_act_for_receiver, True),
    ("treat", "Record the treatment", "treated", policy.may_act_for_receiver, True),
    ("do", "Record that the test was done", "done", policy.may_act_for_receiver, True),
    ("report", "Say that the report was sent", "report", policy.may_report, True),
    ("read", "Record that the report was read", "read", policy.may_read_report, True),
    ("cancel", "Cancel", "cancel", policy.may_act_for_home, False),
    ("return", "Return to the home trust", "return", policy.may_act_for_receiver, False),
    ("re_register", "Put back on the home list", "re-register", policy.may_act_for_home, True),
)


def steps(transfer: Transfer, actor: Actor) -> list[Step]:
    """Return only the steps that are legal now for this person, in the order of the work."""
    table = rules.TRANSITIONS[Basis(transfer.basis)]
    allowed = transitions.allowed(table, TransferStatus(transfer.status))
    here = path(transfer.reference)
    found = [
        _again(verb, transfer) or Step(text, f"{here}/{page}", main)
        for verb, text, page, may, main in _STEPS
        if verb in allowed and may(actor, transfer)
    ]
    found = _critical(transfer, actor) + found
    if transfer.status != TransferStatus.PREPARING and policy.may_see_person(actor, transfer):
        words = "See the data set" if transfer.test is None else "See who is tested"
        found.append(Step(words, f"{here}/data-set"))
    return found


def _again(verb: str, transfer: Transfer) -> Step | None:
    """Return a step that was taken before and may be taken again, which is never the main one."""
    here = path(transfer.reference)
    dated = transfer.test is not None and transfer.first_date is not None
    if verb == "date" and (dated or transfer.status == TransferStatus.DATED):
        return Step("Change the first date", f"{here}/date")
    if verb == "name_reader" and transfer.test is not None and transfer.test.named_at is not None:
        return Step("Change who reads the report", f"{here}/reader")
    if verb == "do" and transfer.first_date is None:
        return Step("Record that the test was done", f"{here}/done")
    return None


def _critical(transfer: Transfer, actor: Actor) -> list[Step]:
    test, here = transfer.test, path(transfer.reference)
    if test is None:
        return []
    if rules.is_unacknowledged(test.critical_at, test.acknowledged_at):
        may = policy.may_acknowledge(actor, transfer)
        return [Step("Acknowledge the critical finding", f"{here}/acknowledge", True)] if may else []
    tells = policy.may_act_for_receiver(actor, transfer) or policy.may_report(actor, transfer)
    if transfer.status in rules.MAY_BE_CRITICAL and tells:
        return [Step("Tell of a critical finding", f"{here}/critical")]
    return []


def _test(transfer: Transfer) -> list[tuple[str, object]]:
    test = transfer.test
    if test is None:
        return []
    sides = {"home": "The home trust", "receiver": "The receiver"}
    counts = "The home trust" if test.reported_by == transfer.home_code else "The receiver"
    told = f"{moment(test.critical_at)}, to {test.critical_told}" if test.critical_at else None
    seen = f"{moment(test.acknowledged_at)}, by {test.acknowledged_by}" if test.acknowledged_at else None
    return [
        ("Test done", day(test.done_on) if test.done_on else None),
        (
            "Report by",
            f"{sides[test.report_side]}, within {count(test.report_days, 'working day')} of the test",
        ),
        ("Report sent", moment(test.reported_at) if test.reported_at else None),
        ("Images", ImagesSent(test.images_route).label if test.images_route else None),
        ("Reads the report", test.reader if test.named_at else f"{test.reader} (not yet confirmed)"),
        ("Critical finding to", f"{test.critical_contact}, {test.critical_phone}" if test.named_at else None),
        ("Critical finding told", told),
        ("Critical finding acknowledged", seen),
        ("Report read", f"{moment(test.read_at)}, by {test.read_by}" if test.read_at else None),
        ("Counted in DM01 by", counts),
    ]


def data_set(
    values: Mapping[str, str], *, fixed_only: bool = False, whole: bool = True
) -> list[tuple[Group, list[tuple[str, str]]]]:
    """Return the data set under its headings in words; `fixed_only` gives what nobody types.

    Without `whole` only what is there is given: a test has no data set.
    """
    found: dict[Group, list[tuple[str, str]]] = {}
    for element in ELEMENTS.values():
        if (element.fixed or not fixed_only) and (whole or element.key in values):
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
    if transfer.basis == Basis.TEST_ONLY:
        return "Yes: only the test moves, the pathway stays"
    if rules.home_entry_open(transfer.basis, transfer.status):
        whole = transfer.basis == Basis.WHOLE_PATHWAY
        return f"Yes, until {'the receiver confirms' if whole else 'they are treated'}"
    return "No, that entry has ended"


def _returned(transfer: Transfer) -> str | None:
    if transfer.return_reason is None:
        return None
    words = reason(ReasonFor.RETURN, transfer.return_reason).label
    return f"{moment(transfer.returned_at)}: {words}"
