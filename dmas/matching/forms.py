"""The form that asks for places by hand."""

from __future__ import annotations

import re

from dmas.catalogue.vocabulary.reasons import ReasonFor, reasons
from dmas.core.references import PATTERN
from dmas.matching.commands import AskNow
from dmas.web.forms import ChoiceField, DmasForm, SelectField, WholeNumberField

_LINE = re.compile(rf"{PATTERN.pattern.removeprefix('^').removesuffix('$')}/[1-9][0-9]{{0,2}}")


class LineField(SelectField):
    """A line of a request by its id: shown are those that could go, judged is whatever is sent.

    A line that has just found its last place is shown no more, yet a form sent twice must be known again.
    """

    def _known(self, value: str) -> bool:
        return _LINE.fullmatch(value) is not None


class AskForm(DmasForm):
    """Which line of which request, how many places, and why now."""

    line = LineField(
        "Which of your requests needs these places?",
        prompt="Choose a request",
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
