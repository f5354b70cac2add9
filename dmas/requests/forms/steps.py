"""The question before a request, and its withdrawal."""

from __future__ import annotations

from dmas.catalogue.vocabulary.reasons import ReasonFor, reasons
from dmas.catalogue.vocabulary.treatment_functions import TREATMENT_FUNCTIONS
from dmas.requests.commands import WithdrawRequest
from dmas.requests.vocabulary import LONGEST_NOTE
from dmas.web.forms import ChoiceField, DmasForm, LongTextField, SelectField

SERVICES = sorted(((one.code, one.label) for one in TREATMENT_FUNCTIONS.values()), key=lambda pair: pair[1])


class ServiceForm(DmasForm):
    """Which service the people wait for; its procedures are asked for on the next page."""

    service = SelectField(
        "Which service are they waiting for?", choices=SERVICES, required="Choose a service from the list"
    )


class WithdrawForm(DmasForm):
    """Why a request is taken back."""

    reason = ChoiceField(
        "Why are you withdrawing it?",
        choices=[(one.code, one.label) for one in reasons(ReasonFor.WITHDRAW_REQUEST)],
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
