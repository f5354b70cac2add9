"""The question before a request, and the steps after it: withdraw, approve, return."""

from __future__ import annotations

from collections.abc import Iterable

from dmas.catalogue.vocabulary.reasons import ReasonFor, reasons
from dmas.catalogue.vocabulary.treatment_functions import TREATMENT_FUNCTIONS
from dmas.requests.commands import ApproveRequest, ReturnRequest, WithdrawRequest
from dmas.requests.vocabulary import LONGEST_NOTE
from dmas.web.forms import ChoiceField, DmasForm, LongTextField, SelectField

SERVICES = sorted(((one.code, one.label) for one in TREATMENT_FUNCTIONS.values()), key=lambda pair: pair[1])


class ServiceForm(DmasForm):
    """Which service the people wait for; its procedures are asked for on the next page."""

    service = SelectField(
        "Which service are they waiting for?", choices=SERVICES, required="Choose a service from the list"
    )


def _reason_choices(step: ReasonFor) -> Iterable[tuple[str, str]]:
    return [(one.code, one.label) for one in reasons(step)]


class WithdrawForm(DmasForm):
    """Why a request is taken back."""

    reason = ChoiceField(
        "Why are you withdrawing it?",
        choices=_reason_choices(ReasonFor.WITHDRAW_REQUEST),
        required="Choose why you are withdrawing it",
    )
    note = LongTextField(
        "Anything to add?", max=LONGEST_NOTE, rows=3, hint="Say which, if it is another reason."
    )

    def command(self, reference: str) -> WithdrawRequest:
        """Return what was asked for."""
        return WithdrawRequest(
            reference=reference,
            version=self.version.data,
            reason=str(self.reason.data),
            note=self.note.data or "",
        )


class ApproveForm(DmasForm):
    """An ICB's yes."""

    def command(self, reference: str) -> ApproveRequest:
        """Return what was asked for."""
        return ApproveRequest(reference=reference, version=self.version.data)


class ReturnForm(DmasForm):
    """Why an ICB gives a request back."""

    reason = ChoiceField(
        "Why are you returning it?",
        choices=_reason_choices(ReasonFor.ICB_RETURN),
        required="Choose why you are returning it",
    )
    note = LongTextField(
        "What should the trust do?", max=LONGEST_NOTE, rows=3, hint="The trust sees these words."
    )

    def command(self, reference: str) -> ReturnRequest:
        """Return what was asked for."""
        return ReturnRequest(
            reference=reference,
            version=self.version.data,
            reason=str(self.reason.data),
            note=self.note.data or "",
        )
