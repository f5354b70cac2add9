"""The form that asks for places by hand."""

from __future__ import annotations

from dmas.catalogue.vocabulary.reasons import ReasonFor, reasons
from dmas.matching.commands import AskNow
from dmas.web.forms import ChoiceField, DmasForm, SelectField, WholeNumberField


class AskForm(DmasForm):
    """Which line of which request, how many places, and why now."""

    line = SelectField(
        "Which of your requests needs these places?",
        hint="Each says how many places of people who rank better it would pass over.",
        required="Choose the line of a request these places are for.",
    )
    places = WholeNumberField(
        "How many places?", low=1, high=500, required="Enter how many places you ask for."
    )
    reason = ChoiceField(
        "Why can this not wait for the night?",
        hint="Your ICB reads this.",
        choices=[(one.code, one.label) for one in reasons(ReasonFor.BY_HAND)],
        required="Say why these places cannot wait for the night.",
    )

    def command(self, offer_reference: str) -> AskNow:
        """Return what is asked for."""
        request_reference, _, number = str(self.line.data).partition("/")
        return AskNow(
            offer_reference=offer_reference,
            request_reference=request_reference,
            line_number=int(number),
            places=self.places.data or 0,
            reason=self.reason.data or "",
        )
