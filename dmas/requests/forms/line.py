"""One line of a request: so many people alike."""

from __future__ import annotations

import re
from typing import Any

from dmas.catalogue.vocabulary.arrangements import Sex
from dmas.catalogue.vocabulary.priorities import PRIORITIES, PriorityScale
from dmas.core.errors import InvalidInput
from dmas.requests.commands import RequestLineSpec
from dmas.requests.vocabulary import LONGEST_WEEKS, MOST_PLACES
from dmas.web.forms import AnyField, AskedLine, DecimalField, SelectField, TextField, WholeNumberField

OWN_WEEKS = "own"
NOT_KNOWN = "unknown"
WEEK_BANDS = ("18-26", "26-40", "40-44", "44-48", "48-52", "52-65", "65-78", "78-104", "104-156")
_WEEKS = re.compile(r"([0-9]{1,4})(?:\s*(?:-|–|to)\s*([0-9]{1,4}))?", re.IGNORECASE)
PRIORITY_CHOICES = [
    (one.code, one.label) for one in PRIORITIES.values() if one.scale is PriorityScale.PROCEDURE
]


class LineForm(AskedLine):
    """So many people alike."""

    procedure_group = SelectField("Procedure")
    places = WholeNumberField("Places", required="Enter how many places", low=1, high=MOST_PLACES)
    priority_code = SelectField("Priority", choices=PRIORITY_CHOICES, required="Choose a priority")
    weeks = SelectField(
        "Weeks waited",
        choices=[
            *((band, f"{band.replace('-', ' to ')} weeks") for band in WEEK_BANDS),
            (OWN_WEEKS, "Other"),
        ],
    )
    weeks_own = TextField("Other weeks", max=20, width=10, hint="Like 41-43")
    age_from = WholeNumberField("Youngest", required="Enter the youngest age", low=0, high=130)
    age_to = WholeNumberField("Oldest", required="Enter the oldest age", low=0, high=130)
    worst_asa = SelectField(
        "Worst ASA grade",
        choices=[*((str(grade), f"ASA {grade}") for grade in range(1, 6)), (NOT_KNOWN, "Not known")],
        required="Choose the worst ASA grade, or not known",
    )
    worst_bmi = DecimalField("Worst BMI", low=5, high=150, places=1)
    sex = SelectField(
        "Only one sex?",
        choices=[(Sex.FEMALE.value, "All female"), (Sex.MALE.value, "All male")],
        prompt="No, or mixed",
    )

    @property
    def is_blank(self) -> bool:
        """Say whether nobody has said how many or how long, so that the line may be left out."""
        return not (self.places.shown or self.weeks.shown or self.weeks_own.shown)

    @property
    def like_it(self) -> dict[str, Any]:
        """Return what the next line most likely shares with this one."""
        shared = ("procedure_group", "priority_code", "age_from", "age_to", "worst_asa", "worst_bmi", "sex")
        return {name: self[name].data for name in shared}

    def asked(self, name: str) -> AnyField | None:
        """Return a question; the weeks are asked twice, and once in their own words."""
        return super().asked("weeks_own" if name == "weeks" and self.weeks_own.data else name)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each answer, and that the weeks are said once."""
        passed = bool(super().validate(extra_validators))
        if not (self.weeks.error or self.weeks_own.error):
            try:
                self.waited()
            except InvalidInput as error:
                self[error.field or "weeks"].refuse(str(error))
                passed = False
        return passed

    def waited(self) -> tuple[int, int]:
        """Return the shortest and the longest wait in weeks; raise InvalidInput naming the field."""
        band, own = self.weeks.data or "", str(self.weeks_own.data or "")
        if not band and not own:
            raise InvalidInput("Choose how many weeks they have waited", field="weeks")
        if band and band != OWN_WEEKS:
            if own:
                raise InvalidInput("Leave this empty, or choose “Other”", field="weeks_own")
            own = str(band)
        read = _WEEKS.fullmatch(own)
        if read is None or int(read[2] or read[1]) > LONGEST_WEEKS:
            raise InvalidInput(f"Enter weeks up to {LONGEST_WEEKS}, like 41-43", field="weeks_own")
        return int(read[1]), int(read[2] or read[1])

    def spec(self) -> RequestLineSpec:
        """Return the line as data; only after it was validated."""
        weeks_from, weeks_to = self.waited()
        asa = self.worst_asa.data
        return RequestLineSpec(
            places=self.places.data or 0,
            procedure_group=self.procedure_group.data or None,
            priority_code=str(self.priority_code.data),
            weeks_from=weeks_from,
            weeks_to=weeks_to,
            age_from=self.age_from.data or 0,
            age_to=self.age_to.data or 0,
            worst_asa=None if asa == NOT_KNOWN else int(str(asa)),
            worst_bmi=None if self.worst_bmi.data is None else float(self.worst_bmi.data),
            sex=Sex(self.sex.data) if self.sex.data else None,
        )
