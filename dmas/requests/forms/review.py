"""A clinician's decision about a patient's own request, and about what has changed."""

from __future__ import annotations

from typing import Any

from dmas.catalogue.vocabulary.arrangements import Care, CriticalCare, Pathway
from dmas.catalogue.vocabulary.procedures import PROCEDURE_GROUPS, groups_of
from dmas.catalogue.vocabulary.reasons import ReasonFor, reasons
from dmas.catalogue.vocabulary.tokens import TokenKind, TokenTopic, form_tokens
from dmas.catalogue.vocabulary.treatment_functions import TREATMENT_FUNCTIONS, AgeGroup, family
from dmas.requests.commands import ClearChange, ExtendSearch, ReviewTransfer
from dmas.requests.vocabulary import LONGEST_ANSWER, LONGEST_EXTENSION_DAYS, ReviewOutcome
from dmas.web.forms import (
    ChoiceField,
    ChoicesField,
    ConfirmField,
    DateField,
    DecimalField,
    DmasForm,
    LongTextField,
    SelectField,
    TextField,
    WholeNumberField,
)

_ADULT = [one for one in TREATMENT_FUNCTIONS.values() if one.ages is not AgeGroup.CHILD]
_CLINICAL = [
    (item.code, item.label)
    for item in form_tokens(Pathway.ELECTIVE, TokenKind.HARD)
    if item.topic in (TokenTopic.ANAESTHETIC, TokenTopic.CLINICAL)
    and not item.code.startswith("critical_care:")
    and item.code != "children"
]
_UNKNOWN = "unknown"


class ReviewForm(DmasForm):
    """Suitable with what to match, not suitable with why, or a question to the patient."""

    outcome = ChoiceField(
        "Is a move suitable for this patient?",
        choices=(
            ("suitable", "Suitable", "Fill in what to match. The search begins tonight."),
            ("not_suitable", "Not suitable", "Choose the reason. The patient reads it in plain words."),
            ("more_information", "I need to know more", "Write a question. The patient answers it."),
        ),
        required="Choose what you have decided.",
    )
    service = SelectField(
        "Treatment function to match",
        choices=sorted(((one.code, one.label) for one in _ADULT), key=lambda pair: pair[1]),
        hint="Confirm the sub-specialty: a request for one never matches an offer for its parent.",
    )
    care = ChoiceField("Care", choices=[one for one in Care if one is not Care.OUTPATIENT_PROCEDURE])
    procedure_group = SelectField("Procedure", prompt="None: a first appointment")
    priority_code = ChoiceField(
        "Priority",
        choices=(("P3", "P3: within 3 months"), ("P4", "P4: more than 3 months")),
        inline=True,
        hint="P1 and P2 are not matched here: arrange them now, and find them not suitable.",
    )
    asa = ChoiceField(
        "ASA grade",
        choices=(*((str(grade), str(grade)) for grade in range(1, 6)), (_UNKNOWN, "Not known")),
        inline=True,
    )
    asa_on = DateField("Date of the ASA grade", called="The date of the ASA grade")
    bmi = DecimalField("BMI", low=5, high=150, hint="Leave empty if it is not known.")
    bmi_on = DateField("Date of the BMI", called="The date of the BMI")
    critical_care = ChoiceField(
        "Critical care that may be needed",
        choices=(
            (CriticalCare.NONE.value, "None"),
            (CriticalCare.LEVEL_2.value, "Level 2"),
            (CriticalCare.LEVEL_3.value, "Level 3"),
        ),
        inline=True,
    )
    tokens = ChoicesField("What the receiving site must have", choices=_CLINICAL)
    reason = ChoiceField(
        "Why is a move not suitable?",
        choices=[(one.code, one.label, f"They read: {one.plain}") for one in reasons(ReasonFor.REVIEW)],
    )
    question = LongTextField("Your question to the patient", max=LONGEST_ANSWER, rows=4)

    def __init__(self, *args: Any, service: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        related = {member.code for member in family(service)} if service in TREATMENT_FUNCTIONS else set()
        chosen = str(self.service.data or "")
        groups = {
            group.code: group for code in sorted({*related, service, chosen}) for group in groups_of(code)
        }
        known = PROCEDURE_GROUPS.get(str(self.procedure_group.data))
        found = {**groups, known.code: known} if known else groups
        self.procedure_group.choices = [
            (one.code, one.name) for one in sorted(found.values(), key=lambda one: one.name)
        ]

    def command(self, reference: str) -> ReviewTransfer:
        """Return what was decided; what belongs to another decision is left out."""
        outcome = ReviewOutcome(str(self.outcome.data))
        here: dict[str, Any] = {"reference": reference, "version": self.version.data, "outcome": outcome}
        if outcome is ReviewOutcome.NOT_SUITABLE:
            return ReviewTransfer(**here, reason=self.reason.data or "")
        if outcome is ReviewOutcome.MORE_INFORMATION:
            return ReviewTransfer(**here, question=self.question.data or "")
        care = Care(str(self.care.data)) if self.care.data else None
        asa = None if self.asa.data in (None, "", _UNKNOWN) else int(self.asa.data)
        bmi = None if self.bmi.data is None else float(self.bmi.data)
        return ReviewTransfer(
            **here,
            service=self.service.data,
            stage=care.stage if care else None,
            setting=care.setting if care else None,
            procedure_group=self.procedure_group.data,
            priority_code=self.priority_code.data,
            asa=asa,
            asa_on=self.asa_on.data if asa is not None else None,
            bmi=bmi,
            bmi_on=self.bmi_on.data if bmi is not None else None,
            critical_care=CriticalCare(self.critical_care.data or CriticalCare.NONE.value),
            tokens=tuple(str(code) for code in self.tokens.data),
        )


class ExtendForm(DmasForm):
    """How many more days, why, and does the patient agree?"""

    days = WholeNumberField(
        "How many more days?",
        called="Days",
        low=1,
        high=LONGEST_EXTENSION_DAYS,
        suffix="days",
        required="Enter how many more days",
    )
    why = TextField(
        "Why should the search go on?",
        max=200,
        required="Say why the search should go on",
        hint="No names or numbers of patients.",
    )
    agrees = ConfirmField("The patient was asked and agrees")

    def command(self, reference: str) -> ExtendSearch:
        """Return what was decided."""
        return ExtendSearch(
            reference=reference,
            version=self.version.data,
            days=self.days.data or 0,
            why=self.why.data or "",
            patient_agrees=self.agrees.data,
        )


class ChangeForm(DmasForm):
    """May the search go on after a change?"""

    goes_on = ChoiceField(
        "May the search go on?",
        choices=(
            ("yes", "Yes, as it is", "What you decided before still holds."),
            ("no", "No, end it", "The patient keeps their place on your list and is told."),
        ),
        required="Choose if the search may go on.",
    )
    note = TextField("Note for the record", max=200, hint="No names or numbers of patients.")

    def command(self, reference: str) -> ClearChange:
        """Return what was decided."""
        return ClearChange(reference=reference, version=self.version.data, note=self.note.data or "")
