"""What people type about a hand-over: its data set, and each step."""

from __future__ import annotations

from datetime import date
from typing import Any

from dmas.catalogue.vocabulary.reasons import ReasonFor, reasons
from dmas.catalogue.vocabulary.treatment_functions import TREATMENT_FUNCTIONS
from dmas.transfers.commands import (
    CancelTransfer,
    CompleteDataSet,
    ConfirmTransfer,
    GiveDate,
    RecordTreated,
    ReRegister,
    ReturnTransfer,
    Say,
    SendTransfer,
)
from dmas.transfers.vocabulary.data_set import ELEMENTS, Element, Kind
from dmas.web.forms import (
    AnyField,
    ChoiceField,
    ConfirmField,
    DateField,
    DmasForm,
    LongTextField,
    SelectField,
    TextField,
    TimeField,
    in_london,
)

_FUNCTIONS = tuple((one.code, one.label) for one in TREATMENT_FUNCTIONS.values())
TYPED = tuple(element for element in ELEMENTS.values() if not element.fixed)


def _choices(step: ReasonFor) -> list[tuple[str, str]]:
    return [(one.code, one.label) for one in reasons(step)]


def _field(element: Element) -> Any:
    label = element.label if element.mandatory else f"{element.label} (optional)"
    if element.kind is Kind.DATE:
        return DateField(label, called=element.label, birthday=element.key == "birth_date")
    if element.kind is Kind.LONG_TEXT:
        return LongTextField(label, called=element.label, max=element.most, rows=3)
    if element.kind is Kind.FUNCTION:
        return SelectField(label, called=element.label, choices=_FUNCTIONS)
    width = 20 if element.kind in (Kind.CODE, Kind.POSTCODE, Kind.PHONE) else None
    return TextField(label, called=element.label, max=element.most, width=width)


class _DataSetForm(DmasForm):
    """The elements somebody types; those known from the case are shown beside them, not asked."""

    def typed(self) -> dict[str, str]:
        """Return what was typed, element key to text."""
        found = {element.key: self._fields[element.key].data for element in TYPED}
        return {key: _text(value) for key, value in found.items()}

    def command(self, reference: str) -> CompleteDataSet:
        """Return the wish to save the data set."""
        return CompleteDataSet(reference=reference, version=self.version.data or 0, values=self.typed())

    def groups(self) -> list[tuple[str, list[AnyField]]]:
        """Return the questions under their headings, in the data set's order."""
        found: dict[str, list[AnyField]] = {}
        for element in TYPED:
            found.setdefault(element.group.label, []).append(self._fields[element.key])
        return list(found.items())


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


# One field for each element, so that the form follows the data set.
DataSetForm: type[_DataSetForm] = type(
    "DataSetForm", (_DataSetForm,), {element.key: _field(element) for element in TYPED}
)


def data_set_values(values: dict[str, str]) -> dict[str, Any]:
    """Return stored values as the form's fields hold them."""
    return {
        key: date.fromisoformat(text) if ELEMENTS[key].kind is Kind.DATE else text
        for key, text in values.items()
        if not ELEMENTS[key].fixed
    }


class StepForm(DmasForm):
    """A step that asks nothing: only the version that was looked at."""

    def send(self, reference: str) -> SendTransfer:
        """Return the wish to send the data set."""
        return SendTransfer(reference=reference, version=self.version.data or 0)


class ConfirmForm(DmasForm):
    """The receiver confirms."""

    home_slot_cancelled = ConfirmField(
        "The home trust has cancelled its own appointment or admission for this person",
    )

    def command(self, reference: str) -> ConfirmTransfer:
        """Return the confirmation."""
        return ConfirmTransfer(
            reference=reference,
            version=self.version.data or 0,
            home_slot_cancelled=bool(self.home_slot_cancelled.data),
        )


class DateForm(DmasForm):
    """The receiver gives the first date."""

    first_date = DateField(
        "When is the first date?", called="The first date", required="Enter the first date."
    )

    def command(self, reference: str) -> GiveDate:
        """Return the date."""
        return GiveDate(reference=reference, version=self.version.data or 0, first_date=self.first_date.data)


class TreatedForm(DmasForm):
    """The receiver records the first treatment."""

    treated_on = DateField(
        "On which day were they treated?",
        called="The day of treatment",
        required="Enter the day of treatment.",
    )

    def command(self, reference: str) -> RecordTreated:
        """Return the day of treatment."""
        return RecordTreated(
            reference=reference, version=self.version.data or 0, treated_on=self.treated_on.data
        )


class _PhonedForm(DmasForm):
    """A step at which the patient is phoned."""

    phoned_on = DateField("When was the patient phoned? (optional)", called="The day of the call")
    phoned_clock = TimeField("At what time? (optional)", called="The time of the call")

    def phoned_at(self) -> Any:
        """Return the moment of the call, or None."""
        return in_london(self.phoned_on.data, self.phoned_clock.data)

    def refuse(self, message: str, *, field: str | None = None, **kwargs: Any) -> None:
        """Show an error about the call at its day."""
        super().refuse(message, field="phoned_on" if field == "patient_phoned_at" else field, **kwargs)


class ReturnForm(_PhonedForm):
    """The receiver sends the person back."""

    reason = ChoiceField(
        "Why does the patient go back?",
        called="Reason",
        choices=_choices(ReasonFor.RETURN),
        required="Choose the reason.",
    )
    note = LongTextField(
        "What the home trust should know (optional)",
        called="The note",
        hint="It is kept with the messages of this transfer.",
    )

    def command(self, reference: str) -> ReturnTransfer:
        """Return the wish to send the person back."""
        return ReturnTransfer(
            reference=reference,
            version=self.version.data or 0,
            reason=str(self.reason.data),
            note=self.note.data or "",
            patient_phoned_at=self.phoned_at(),
        )


class ReRegisterForm(_PhonedForm):
    """The home trust puts the person back on its list."""

    re_registered_on = DateField(
        "On which day were they put back on your list?",
        called="The day",
        required="Enter the day they were put back.",
    )
    clock_start = DateField(
        "Which clock start stands on your list?",
        called="The clock start",
        hint="It must be the original one.",
        required="Enter the clock start on your list.",
    )

    def __init__(self, *args: Any, phoned: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not phoned:
            self.phoned_on.label.text = "When was the patient phoned?"
            self.phoned_on.required = "Phone the patient first, then enter the day you spoke to them."
            self.phoned_clock.label.text = "At what time?"
            self.phoned_clock.required = "Enter the time you spoke to them."

    def command(self, reference: str) -> ReRegister:
        """Return the re-registration."""
        return ReRegister(
            reference=reference,
            version=self.version.data or 0,
            re_registered_on=self.re_registered_on.data,
            clock_start=self.clock_start.data,
            patient_phoned_at=self.phoned_at(),
        )


class CancelForm(DmasForm):
    """The home trust stops before sending."""

    reason = ChoiceField(
        "Why do you cancel?",
        called="Reason",
        choices=_choices(ReasonFor.CANCEL_TRANSFER),
        required="Choose the reason.",
    )
    note = LongTextField(
        "More about the reason (optional)",
        called="The note",
        hint="It is kept with the messages of this transfer.",
    )

    def command(self, reference: str) -> CancelTransfer:
        """Return the wish to cancel."""
        return CancelTransfer(
            reference=reference,
            version=self.version.data or 0,
            reason=str(self.reason.data),
            note=self.note.data or "",
        )


class MessageForm(DmasForm):
    """One side writes to the other."""

    text = LongTextField(
        "Write to the other side",
        called="The message",
        hint="Both sides of this transfer read it. Never an NHS number.",
        required="Write a message.",
        rows=4,
    )

    def command(self, reference: str) -> Say:
        """Return the message."""
        return Say(reference=reference, text=self.text.data or "")
