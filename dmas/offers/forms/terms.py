"""The terms of an offer as questions: only those that its kind of care needs are asked."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dmas.catalogue.vocabulary.arrangements import Notice, Pathway
from dmas.catalogue.vocabulary.procedures import offerable_groups
from dmas.catalogue.vocabulary.reasons import ReasonFor, reasons
from dmas.catalogue.vocabulary.tokens import form_tokens
from dmas.offers.commands import TERM_NAMES, OfferKind, OfferTerms
from dmas.offers.vocabulary import (
    DERIVED_TOKENS,
    LONGEST_CONSULTANT,
    LONGEST_NOTES,
    MOST_FOLLOW_ON_WEEKS,
    MOST_LISTS,
    MOST_PLACES,
    OLDEST,
    Additionality,
    DoneBy,
    Procedures,
)
from dmas.web.forms import (
    Choice,
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

NO_LIMIT, ANYONE = "none", "any"
_YES, _NO = "yes", "no"
_ONLY_FIRST = ("gives_treatment", "follow_on_weeks")
_ONLY_DECIDED = (
    "procedures",
    "procedure_groups",
    "max_asa",
    "max_bmi",
    "no_bmi_limit",
    "critical_care",
    "pre_assessment_by",
)
_TOKENS = tuple(
    Choice(token.code, token.label, token.definition)
    for token in form_tokens(Pathway.ELECTIVE)
    if token.code not in DERIVED_TOKENS
)


class OfferForm(DmasForm):
    """Everything about an offer that may be amended."""

    places = WholeNumberField(
        "How many places?",
        called="Number of places",
        hint="A place is one patient seen or treated.",
        low=1,
        high=MOST_PLACES,
        width=4,
        required="Enter how many places you can offer.",
    )
    lists = WholeNumberField(
        "How many lists or clinics is that? (optional)",
        called="Number of lists",
        low=1,
        high=MOST_LISTS,
        width=3,
    )
    window_from = DateField("First date", called="The first date", required="Enter the first date.")
    window_to = DateField(
        "Last date",
        called="The last date",
        hint="The last day on which a patient can come.",
        required="Enter the last date.",
    )
    notice = ChoiceField(
        "How much notice do patients get?",
        choices=[
            Choice(Notice.STANDARD, "Standard", "Three weeks, after three weeks to arrange the move."),
            Choice(Notice.SHORT, "Short", "Offered by telephone to people who can come soon."),
        ],
        default=Notice.STANDARD,
        required="Choose how much notice patients get.",
    )
    gives_treatment = ChoiceField(
        "Do you also give the treatment that follows?",
        hint="If not, only patients who need no more than this appointment can be matched.",
        choices=[(_YES, "Yes"), (_NO, "No")],
        inline=True,
        required="Say whether you also give the treatment that follows.",
    )
    follow_on_weeks = WholeNumberField(
        "Your usual wait for that treatment",
        hint="From the first appointment. Leave empty if you do not give it.",
        high=MOST_FOLLOW_ON_WEEKS,
        suffix="weeks",
    )
    min_age = WholeNumberField(
        "Youngest age",
        hint="18 for adult services.",
        high=OLDEST,
        default=18,
        suffix="years",
        required="Enter the youngest age you take.",
    )
    max_age = WholeNumberField(
        "Oldest age (optional)",
        called="Oldest age",
        hint="Leave empty for no oldest age. Needed if you take people under 18.",
        high=OLDEST,
        suffix="years",
    )
    max_asa = ChoiceField(
        "Highest ASA grade",
        choices=[("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), (NO_LIMIT, "No limit")],
        inline=True,
        required="Choose the highest ASA grade you take, or no limit.",
    )
    max_bmi = DecimalField("Highest BMI", low=15, high=100, hint="Or tick below that there is no limit.")
    no_bmi_limit = ConfirmField("There is no BMI limit")
    critical_care = ChoiceField(
        "Critical care on the site",
        choices=[
            ("none", "None"),
            ("2", "Level 2 (high dependency)"),
            ("3", "Level 3 (intensive care)"),
        ],
        required="Choose the critical care on the site.",
    )
    sex = ChoiceField(
        "Who is it for?",
        choices=[(ANYONE, "Anyone"), ("F", "Female patients only"), ("M", "Male patients only")],
        default=ANYONE,
        inline=True,
        required="Choose who it is for.",
    )
    limit_reason = SelectField(
        "Reason for a limit by sex or by oldest age",
        hint="The law allows such a limit only for a reason like these.",
        choices=[(one.code, one.label) for one in reasons(ReasonFor.LAWFUL_LIMIT)],
        prompt="No such limit",
    )
    procedures = ChoiceField(
        "Which operations?",
        choices=Procedures,
        default=Procedures.ANY,
        required="Choose which operations you take.",
    )
    procedure_groups = ChoicesField("Operations")
    tokens = ChoicesField("What can the site provide?", choices=_TOKENS)
    accepts_regions = ChoicesField("Only patients of these regions")
    accepts_icbs = ChoicesField("Only patients of these ICBs")
    accepts_reason = SelectField(
        "Reason for taking people from some areas only",
        hint="Needed unless this is mutual aid between NHS trusts.",
        choices=[(one.code, one.label) for one in reasons(ReasonFor.ACCEPTS_FROM)],
        prompt="From anywhere, or mutual aid",
    )
    additionality = ChoiceField(
        "Where does the capacity come from?",
        choices=Additionality,
        required="Choose where the capacity comes from.",
    )
    pre_assessment_by = ChoiceField(
        "Who does the pre-assessment?",
        choices=DoneBy,
        default=DoneBy.RECEIVER,
        inline=True,
        required="Choose who does the pre-assessment.",
    )
    follow_up_by = ChoiceField(
        "Who does the follow-up?",
        choices=DoneBy,
        default=DoneBy.RECEIVER,
        inline=True,
        required="Choose who does the follow-up.",
    )
    consultant = TextField("Consultant or team (optional)", called="Consultant", max=LONGEST_CONSULTANT)
    notes = LongTextField(
        "Anything else the other side should know (optional)",
        called="Notes",
        hint="Never anything about a patient.",
        max=LONGEST_NOTES,
        rows=3,
    )

    def __init__(
        self,
        kind: OfferKind,
        *,
        regions: Sequence[tuple[str, str]] = (),
        icbs: Sequence[tuple[str, str]] = (),
        terms: OfferTerms | None = None,
        **given: Any,
    ) -> None:
        super().__init__(data=as_answers(terms) if terms else None, **given)
        self.kind = kind
        for name in _ONLY_DECIDED if kind.is_first_appointment else _ONLY_FIRST:
            del self[name]
        self.accepts_regions.choices, self.accepts_icbs.choices = regions, icbs
        groups = offerable_groups(kind.service)
        if "procedure_groups" in self and groups:
            self.procedure_groups.choices = [(group.code, group.name) for group in groups]
        elif "procedure_groups" in self:
            del self["procedures"], self["procedure_groups"]

    def terms(self) -> OfferTerms:
        """Return the terms, from answers that have been validated."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in self.data.items()
            if name in TERM_NAMES
        }
        values |= self._procedures()
        values["sex"] = None if self.sex.data == ANYONE else self.sex.data
        if "max_asa" in self:
            no_limit = self.max_asa.data == NO_LIMIT
            values |= {"no_asa_limit": no_limit, "max_asa": None if no_limit else int(self.max_asa.data or 0)}
            values["max_bmi"] = None if self.max_bmi.data is None else float(self.max_bmi.data)
        if "gives_treatment" in self:
            values["gives_treatment"] = self.gives_treatment.data == _YES
            if not values["gives_treatment"]:
                values["follow_on_weeks"] = None
        return OfferTerms(**values)

    def _procedures(self) -> dict[str, Any]:
        if "procedures" not in self:
            return {"any_procedure": True}
        ticked, answer = tuple(self.procedure_groups.data), self.procedures.data
        return {
            "any_procedure": answer != Procedures.ONLY,
            "procedure_groups": ticked if answer == Procedures.ONLY else (),
            "excluded_groups": ticked if answer == Procedures.EXCEPT else (),
        }

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each answer, and those that make sense only together."""
        super().validate(extra_validators)
        first, last = self.window_from.data, self.window_to.data
        if first and last and last < first and not self.window_to.error:
            self.refuse("The last date must not be before the first date.", field="window_to")
        if "procedures" in self:
            self._check_procedures()
        if (
            "max_bmi" in self
            and not self.max_bmi.error
            and (self.max_bmi.data is None) != bool(self.no_bmi_limit.data)
        ):
            self.refuse("Enter the highest BMI you take, or tick that there is no limit.", field="max_bmi")
        return not self.failed

    def _check_procedures(self) -> None:
        if self.procedures.error or self.procedure_groups.error:
            return
        ticked = bool(self.procedure_groups.data)
        if ticked and self.procedures.data == Procedures.ANY:
            question = "You ticked operations: choose whether only those, or all except those."
            self.refuse(question, field="procedures")
        elif not ticked and self.procedures.data != Procedures.ANY:
            self.refuse("Tick at least one operation.", field="procedure_groups")


def as_answers(terms: OfferTerms) -> dict[str, Any]:
    """Return terms as the answers that would give them."""
    answers = {name: getattr(terms, name) for name in TERM_NAMES}
    scope = Procedures.EXCEPT if terms.excluded_groups else Procedures.ANY
    answers["procedures"] = scope if terms.any_procedure else Procedures.ONLY
    answers["procedure_groups"] = terms.excluded_groups if terms.any_procedure else terms.procedure_groups
    answers["sex"] = terms.sex or ANYONE
    answers["max_asa"] = NO_LIMIT if terms.no_asa_limit else str(terms.max_asa) if terms.max_asa else None
    answers["max_bmi"] = None if terms.max_bmi is None else Decimal(f"{terms.max_bmi:g}")
    if terms.gives_treatment is not None:
        answers["gives_treatment"] = _YES if terms.gives_treatment else _NO
    return answers
