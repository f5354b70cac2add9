"""One line of a request for tests: so many people alike."""

from __future__ import annotations

from typing import Any

from dmas.catalogue.vocabulary.priorities import PRIORITIES, PriorityScale
from dmas.diagnostics.commands import TestLine
from dmas.requests.vocabulary import MOST_PLACES
from dmas.web.forms import AnyField, AskedLine, DateField, DecimalField, SelectField, WholeNumberField

NOT_KNOWN, PLANNED = "unknown", "planned"
PRIORITY_CHOICES = [
    (one.code, one.label) for one in PRIORITIES.values() if one.scale is PriorityScale.TEST and one.tier
]


class TestLineForm(AskedLine):
    """So many people alike, by the clock of the test."""

    __test__ = False  # pytest: the noun is the NHS's

    places = WholeNumberField("People", required="Enter how many people", low=1, high=MOST_PLACES)
    priority_code = SelectField("Priority", choices=PRIORITY_CHOICES, required="Choose a priority")
    dates = SelectField(
        "The dates are",
        choices=[("waiting", "when the test clock started"), (PLANNED, "when a planned test is due")],
        required="Choose what the dates are",
    )
    earliest = DateField("Longest wait: from", called="The first date", required="Enter the first date")
    latest = DateField(
        "Shortest wait: from", called="The last date", hint="Leave empty if it is the same day."
    )
    age_from = WholeNumberField("Youngest", required="Enter the youngest age", low=0, high=130)
    age_to = WholeNumberField("Oldest", required="Enter the oldest age", low=0, high=130)
    worst_asa = SelectField(
        "Worst ASA grade",
        choices=[*((str(grade), f"ASA {grade}") for grade in range(1, 6)), (NOT_KNOWN, "Not known")],
        required="Choose the worst ASA grade, or not known",
    )
    worst_bmi = DecimalField("Worst BMI", low=5, high=150, places=1)

    @property
    def is_blank(self) -> bool:
        """Say whether nobody has said how many or since when, so that the line may be left out."""
        return not (self.places.shown or any(self.earliest.typed.values()))

    @property
    def like_it(self) -> dict[str, Any]:
        """Return what the next line most likely shares with this one."""
        names = ("priority_code", "dates", "age_from", "age_to", "worst_asa", "worst_bmi")
        return {name: self[name].data for name in names if name in self}

    def asked(self, name: str) -> AnyField | None:
        """Return a question; the wait is asked as dates."""
        return super().asked("earliest" if name == "weeks" else name)

    def line(self) -> TestLine:
        """Return the line as data; only after it was validated."""
        asa = self.worst_asa.data if "worst_asa" in self else NOT_KNOWN
        bmi = self.worst_bmi.data if "worst_bmi" in self else None
        return TestLine(
            places=self.places.data or 0,
            priority_code=str(self.priority_code.data),
            earliest=self.earliest.data,
            latest=self.latest.data or self.earliest.data,
            age_from=self.age_from.data or 0,
            age_to=self.age_to.data or 0,
            planned=self.dates.data == PLANNED,
            worst_asa=None if asa == NOT_KNOWN else int(str(asa)),
            worst_bmi=None if bmi is None else float(bmi),
        )
