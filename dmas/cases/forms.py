"""An ICB's decision on an offer or a request, and steps that only say which version was looked at."""

from __future__ import annotations

from typing import Any

from dmas.catalogue.vocabulary.reasons import ReasonFor, reasons
from dmas.offers.commands import ApproveOffer, ReturnOffer
from dmas.requests.commands import ApproveRequest, ReturnRequest
from dmas.web.forms import ChoiceField, DmasForm, HiddenField, LongTextField

APPROVE, RETURN = "approve", "return"
LONGEST_NOTE = 500


class StepForm(DmasForm):
    """A step that asks nothing: it carries the version that was looked at to the room that takes it."""


class ApproveForm(DmasForm):
    """The ICB's yes."""

    decision = HiddenField("Decision", default=APPROVE)

    def about_offer(self, reference: str) -> ApproveOffer:
        """Return the wish to open an offer."""
        return ApproveOffer(reference=reference, version=self.version.data or 0)

    def about_request(self, reference: str) -> ApproveRequest:
        """Return the wish to let a search begin."""
        return ApproveRequest(reference=reference, version=self.version.data or 0)


class ReturnForm(DmasForm):
    """The ICB gives it back, with a reason."""

    decision = HiddenField("Decision", default=RETURN)
    reason = ChoiceField(
        "Why do you return it?",
        called="Reason",
        choices=[(one.code, one.label) for one in reasons(ReasonFor.ICB_RETURN)],
        required="Choose why you return it.",
    )
    note = LongTextField(
        "What should they do? (optional)",
        called="The note",
        hint="They see these words. Never anything about a patient.",
        max=LONGEST_NOTE,
        rows=3,
    )

    def about_offer(self, reference: str) -> ReturnOffer:
        """Return the wish to give an offer back."""
        return ReturnOffer(reference=reference, **self._said())

    def about_request(self, reference: str) -> ReturnRequest:
        """Return the wish to give a request back."""
        return ReturnRequest(reference=reference, **self._said())

    def _said(self) -> dict[str, Any]:
        return {
            "version": self.version.data or 0,
            "reason": str(self.reason.data),
            "note": self.note.data or "",
        }
