"""The forms that ask for places by hand, and what if a night had been different."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dmas.catalogue.vocabulary.reasons import ReasonFor, reasons
from dmas.core.references import PATTERN
from dmas.matching.commands import AskNow
from dmas.matching.engine.problem import ProblemError
from dmas.matching.engine.whatif import ANY, Levers, changed, relaxation
from dmas.web.forms import ChoiceField, DmasForm, SelectField, TextField, WholeNumberField

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


_FIELDS = {"radius": "radius", "withdraw": "withdraw", "relax": "value", "add_offer": "more_at"}


class WhatIfForm(DmasForm):
    """Which service, and the four levers; it is sent in the address, for it changes nothing."""

    service = SelectField(
        "Which service?",
        prompt="All services",
        hint="Choose one to see also where one more list would help, and which places are about to lapse.",
    )
    radius = WholeNumberField(
        "If people would travel at least this far",
        low=1,
        high=1000,
        suffix="miles",
        hint="Those who set a smaller limit in miles.",
    )
    limit = SelectField(
        "If every offer gave way on this limit",
        prompt="No limit",
        choices=[
            ("max_bmi", "Highest BMI"),
            ("max_asa", "Highest ASA class"),
            ("min_age", "Youngest age"),
            ("max_age", "Oldest age"),
            ("sex", "One sex only"),
        ],
    )
    value = TextField(
        "To this value", width=5, hint="Such as 45 for the highest BMI. Leave it empty to drop the limit."
    )
    withdraw = TextField(
        "If these offers were withdrawn", hint="References, with spaces between them.", max=400
    )
    more_at = TextField("If there were an offer more like this one", hint="Its reference.", width=10)
    more_places = WholeNumberField("With so many places", low=1, high=500)

    def after(self, problem: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the problem as the levers would have it, or None where they cannot be: the form says why."""
        try:
            return changed(problem, self._levers(problem))
        except ProblemError as error:
            self.refuse(f"{error.message[:1].upper()}{error.message[1:]}.", field=_field_of(error))
            return None

    @property
    def pulls(self) -> bool:
        """Say whether any lever is used."""
        return any((self.radius.data, self.limit.data, self.withdraw.data, self.more_at.data))

    def _levers(self, problem: Mapping[str, Any]) -> Levers:
        relax = {}
        if self.limit.data:
            name, mildest = relaxation(f"{self.limit.data}={self.value.data or ANY}")
            relax[name] = mildest
        return Levers(
            radius=self.radius.data,
            relax=relax,
            withdraw=frozenset(str(self.withdraw.data or "").upper().replace(",", " ").split()),
            offers=self._one_more(problem) if self.more_at.data else (),
        )

    def _one_more(self, problem: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
        like = str(self.more_at.data).strip().upper()
        for offer in problem["offers"]:
            if offer["id"] == like:
                more = self.more_places.data or offer["places"]
                return ({**offer, "id": f"{like} again", "places": more},)
        raise ProblemError("add_offer", f"there is no offer {like} in this night")


def _field_of(error: ProblemError) -> str:
    return _FIELDS[error.path.partition(".")[0]]
