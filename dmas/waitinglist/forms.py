"""What people fill in about waits: staff about lists and rules, patients to come in."""

from __future__ import annotations

from datetime import date

from dmas.core.errors import InvalidInput
from dmas.core.nhs_number import parse_nhs_number
from dmas.waitinglist.commands import AnswerChoice, AskForChoice, LostCode, ProposeRule, SignIn
from dmas.waitinglist.vocabulary import Confirm, RuleName
from dmas.web.forms import (
    ChoiceField,
    ConfirmField,
    DateField,
    DmasForm,
    FileField,
    LongTextField,
    SelectField,
    TextField,
    WholeNumberField,
)

_BORN = "For example, 31 3 1980"
EARLIEST_BIRTH = date(1900, 1, 1)


class CodeForm(DmasForm):
    """The code of the letter and a date of birth."""

    code = TextField(
        "Code from your letter or message",
        hint="12 letters and numbers, like ABCD-EFGH-JKLM. Capitals and dashes do not matter.",
        required="Enter the code from your letter or message",
        max=40,
        width=20,
        autocomplete="off",
    )
    date_of_birth = DateField("Date of birth", hint=_BORN, required="Enter your date of birth", birthday=True)

    def command(self) -> SignIn:
        """Return what was typed."""
        return SignIn(self.code.data, self.date_of_birth.data or EARLIEST_BIRTH)


class PersonForm(DmasForm):
    """Who somebody is, for pages that answer everybody alike."""

    nhs_number = TextField(
        "NHS number",
        hint="10 digits, on any letter from the NHS, like 999 123 4567",
        required="Enter your NHS number",
        max=30,
        width=10,
        autocomplete="off",
    )
    date_of_birth = DateField("Date of birth", hint=_BORN, required="Enter your date of birth", birthday=True)

    def who(self) -> tuple[str, date]:
        """Return number and date; raise InvalidInput where the number is none."""
        try:
            number = parse_nhs_number(self.nhs_number.data)
        except InvalidInput as error:
            raise InvalidInput(str(error), field="nhs_number") from None
        return number, self.date_of_birth.data or EARLIEST_BIRTH

    def lost_code(self) -> LostCode:
        """Return the command that sends a new code."""
        return LostCode(*self.who())

    def choice(self) -> AskForChoice:
        """Return the command that asks the ICB."""
        return AskForChoice(*self.who())


class UploadForm(DmasForm):
    """One weekly list."""

    file = FileField(
        "Waiting list file",
        hint="A CSV file of one week, with commas or semicolons. Up to 64 MB and 250,000 rows.",
        required="Choose the file of your weekly list",
        accept=(".csv", ".txt"),
    )

    def content(self) -> bytes:
        """Return the file's bytes."""
        found: bytes = self.file.data.read()
        return found


class ApplyForm(DmasForm):
    """A yes to each doubt about a list. Doubts that a list does not have are not asked."""

    shrinkage = ConfirmField(Confirm.SHRINKAGE.yes)
    refused_rows = ConfirmField(Confirm.REFUSED_ROWS.yes)
    date_order = ConfirmField(Confirm.DATE_ORDER.yes)

    def confirmed(self) -> tuple[str, ...]:
        """Return the doubts that were confirmed."""
        return tuple(doubt.value for doubt in Confirm if self[doubt.value].data)

    def demand(self, doubts: list[str]) -> bool:
        """Refuse each doubt of the list that is not confirmed; say whether all are."""
        missing = [doubt for doubt in doubts if not self[doubt].data]
        for doubt in missing:
            self[doubt].refuse(f"{Confirm(doubt).label} Confirm it, or abandon the list.")
        return not missing


class ActForm(DmasForm):
    """A button that acts on its own."""


class InviteForm(DmasForm):
    """Invite a whole cohort: of one service, or of all."""

    service = SelectField("Service", prompt="Every service")


class AnswerForm(DmasForm):
    """What the ICB did for somebody who asked for a choice."""

    outcome = ChoiceField(
        "What did you do?",
        required="Choose what you did",
        choices=[
            ("met", "Offered a choice of other providers"),
            ("refused", "Could not, for a reason the rules allow"),
        ],
    )
    reason = LongTextField(
        "What the person is told",
        hint="Plain words. They also read how to complain. Write nothing here that names anybody.",
        required="Say what was done, in words for the person",
        max=1000,
    )

    def command(self, reference: str) -> AnswerChoice:
        """Return the command."""
        met = self.outcome.data == "met"
        return AnswerChoice(reference, self.version.data or 0, met, self.reason.data)


class RuleForm(DmasForm):
    """Another value of a rule from a day to come."""

    name = SelectField(
        "Rule",
        choices=[(one.value, one.label) for one in RuleName],
        prompt="Choose a rule",
        required="Choose a rule",
    )
    value = WholeNumberField(
        "New value",
        hint="A whole number. For mid-pathway 1 is on and 0 is off.",
        high=1000,
        required="Enter the new value",
    )
    effective_on = DateField(
        "From", hint="A day after today, for example 1 4 2027", required="Enter the day it begins"
    )
    reason = LongTextField("Why", required="Say why the rule changes", max=500)
    step = ChoiceField(
        "What now?",
        choices=[("preview", "Show what it would change"), ("propose", "Propose it for signing")],
        required="Choose whether to see the effect or to propose it",
    )

    def command(self) -> ProposeRule:
        """Return the command."""
        return ProposeRule(
            str(self.name.data),
            self.value.data if self.value.data is not None else -1,
            self.effective_on.data or EARLIEST_BIRTH,
            self.reason.data,
        )


class FindForm(DmasForm):
    """Whom to look for; sent by POST, so that no name stands in an address."""

    words = TextField(
        "Family name, NHS number or pathway",
        hint="The beginning of a family name is enough.",
        required="Enter a family name, an NHS number or a pathway",
        max=60,
        width=20,
        autocomplete="off",
    )
