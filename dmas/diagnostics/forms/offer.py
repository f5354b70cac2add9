"""An offer of a test as questions: only those that its test needs are asked."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dmas.catalogue.vocabulary.arrangements import Notice
from dmas.catalogue.vocabulary.diagnostic_tests import diagnostic_test
from dmas.catalogue.vocabulary.reasons import ReasonFor, reasons
from dmas.catalogue.vocabulary.sub_tests import sub_tests_of
from dmas.catalogue.vocabulary.tokens import token
from dmas.diagnostics.commands import OfferDetail
from dmas.diagnostics.vocabulary import (
    ACCESS,
    ACCREDITATIONS,
    CLINICAL,
    HEAVIEST_LIMIT,
    INFORMATION,
    LIGHTEST_LIMIT,
    LONGEST_NAME,
    MOST_REPORT_DAYS,
    MOST_SESSIONS,
    Escort,
    ImagesRoute,
    Place,
    Preparation,
    Side,
    asks_limits,
    asks_weight,
    has_images,
)
from dmas.offers.commands import OfferTerms
from dmas.offers.vocabulary import LONGEST_CONSULTANT, LONGEST_NOTES, MOST_PLACES, OLDEST, Additionality
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

NO_LIMIT = "none"


class TestOfferForm(DmasForm):
    """Everything about an offer of a test that may be amended."""

    __test__ = False  # pytest: the noun is the NHS's

    place = ChoiceField("Where is it given?", choices=Place, required="Choose where it is given.")
    unit_name = TextField(
        "Name of the centre or unit (optional)", called="The name", max=LONGEST_NAME, width=20
    )
    sessions_a_week = WholeNumberField(
        "How many sessions a week?",
        called="Sessions a week",
        hint="Half days with somebody at the machine.",
        low=1,
        high=MOST_SESSIONS,
        required="Enter how many sessions a week.",
    )
    places = WholeNumberField(
        "How many people can you test?",
        called="Number of people",
        hint="In all, from the first date to the last. Each is one place.",
        low=1,
        high=MOST_PLACES,
        width=4,
        required="Enter how many people you can test.",
    )
    window_from = DateField("First date", called="The first date", required="Enter the first date.")
    window_to = DateField(
        "Last date",
        called="The last date",
        hint="The last day on which somebody can come.",
        required="Enter the last date.",
    )
    notice = ChoiceField(
        "How much notice do people get?",
        choices=[
            Choice(Notice.STANDARD, "Standard", "Three weeks, after three weeks to arrange the test."),
            Choice(Notice.SHORT, "Short", "For people who can come soon, D2 among them."),
        ],
        default=Notice.SHORT,
        required="Choose how much notice people get.",
    )
    parts = ChoicesField("Which body parts or sub-tests?", hint="Leave empty for any.")
    tokens = ChoicesField("What can you do?")
    max_weight = WholeNumberField(
        "Heaviest person you can take",
        called="The weight limit",
        hint="Or tick below that there is no limit.",
        low=LIGHTEST_LIMIT,
        high=HEAVIEST_LIMIT,
        suffix="kg",
    )
    no_weight_limit = ConfirmField("There is no weight limit")
    min_age = WholeNumberField(
        "Youngest age",
        hint="18 unless your staff test children.",
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
    limit_reason = SelectField(
        "Reason for an oldest age",
        hint="The law allows such a limit only for a reason like these.",
        choices=[(one.code, one.label) for one in reasons(ReasonFor.LAWFUL_LIMIT)],
        prompt="No such limit",
    )
    max_asa = ChoiceField(
        "Highest ASA grade",
        choices=[("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), (NO_LIMIT, "No limit")],
        inline=True,
        required="Choose the highest ASA grade you take, or no limit.",
    )
    max_bmi = DecimalField("Highest BMI", low=15, high=100, hint="Or tick below that there is no limit.")
    no_bmi_limit = ConfirmField("There is no BMI limit")
    preparation = ChoiceField(
        "Who sends the preparation?", choices=Preparation, required="Choose who sends the preparation."
    )
    escort = ChoiceField(
        "Must somebody come along?", choices=Escort, required="Choose whether an escort is needed."
    )
    report_by = ChoiceField(
        "Who writes the report?",
        choices=[
            Choice(Side.RECEIVER, "We do", "The test and its report."),
            Choice(Side.HOME, "The trust that asks", "The test alone: you send the images or traces."),
        ],
        default=Side.RECEIVER,
        required="Choose who writes the report.",
    )
    report_days = WholeNumberField(
        "When is the report there?",
        called="Working days until the report",
        hint="Working days from the test. The trust that asks waits no longer than you say here.",
        low=1,
        high=MOST_REPORT_DAYS,
        suffix="working days",
        required="Enter the working days until the report.",
    )
    images_route = ChoiceField(
        "How do images or traces reach the trust?",
        called="How images are sent",
        choices=ImagesRoute,
        required="Choose how images are sent.",
    )
    accreditations = ChoicesField("Which accreditation does the service hold?", hint="Leave empty if none.")
    access = ChoicesField(
        "What does the place provide?",
        choices=[Choice(code, token(code).label, token(code).definition) for code in (*ACCESS, *INFORMATION)],
    )
    additionality = ChoiceField(
        "Where does the capacity come from?",
        choices=Additionality,
        required="Choose where the capacity comes from.",
    )
    consultant = TextField("Clinician or team (optional)", called="Clinician", max=LONGEST_CONSULTANT)
    notes = LongTextField(
        "Anything else the other side should know (optional)",
        called="Notes",
        hint="Never anything about a patient.",
        max=LONGEST_NOTES,
        rows=3,
    )

    def __init__(
        self,
        test: str,
        *,
        terms: OfferTerms | None = None,
        detail: OfferDetail | None = None,
        **given: Any,
    ) -> None:
        super().__init__(data=as_answers(terms, detail) if terms and detail else None, **given)
        self.test = diagnostic_test(test)
        for name in _not_asked(test):
            del self[name]
        if "parts" in self:
            self.parts.choices = [(one.code, one.name) for one in sub_tests_of(test)]
        if "tokens" in self:
            self.tokens.choices = _as_choices(code for code in CLINICAL[test] if code != "no_escort")
        self.accreditations.choices = [(one.value, one.label) for one in ACCREDITATIONS[self.test.group]]

    def terms(self) -> OfferTerms:
        """Return the terms, from answers that have been validated."""
        no_asa = self._said("max_asa") == NO_LIMIT
        bmi: Decimal | None = self._said("max_bmi")
        return OfferTerms(
            window_from=self.window_from.data,
            window_to=self.window_to.data,
            places=self.places.data or 0,
            additionality=str(self.additionality.data),
            notice=str(self.notice.data),
            min_age=self.min_age.data,
            max_age=self.max_age.data,
            limit_reason=self.limit_reason.data,
            max_asa=None if no_asa or not self._said("max_asa") else int(self._said("max_asa")),
            no_asa_limit=no_asa,
            max_bmi=None if bmi is None else float(bmi),
            no_bmi_limit=bool(self._said("no_bmi_limit")),
            tokens=(*(self._said("tokens") or ()), *self.access.data),
            consultant=self.consultant.data or "",
            notes=self.notes.data or "",
        )

    def detail(self) -> OfferDetail:
        """Return what stands beside the terms, from answers that have been validated."""
        return OfferDetail(
            place=str(self.place.data),
            unit_name=(self.unit_name.data or "").strip(),
            sessions_a_week=self.sessions_a_week.data or 0,
            parts=tuple(self._said("parts") or ()),
            max_weight=self._said("max_weight"),
            no_weight_limit=bool(self._said("no_weight_limit")),
            report_by=str(self.report_by.data),
            report_days=self.report_days.data or 0,
            images_route=self._said("images_route"),
            preparation=self._said("preparation"),
            escort=self._said("escort"),
            accreditations=tuple(self.accreditations.data),
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check each answer, and those that make sense only together."""
        super().validate(extra_validators)
        first, last = self.window_from.data, self.window_to.data
        if first and last and last < first and not self.window_to.error:
            self.refuse("The last date must not be before the first date.", field="window_to")
        self._one_or_none("max_weight", "no_weight_limit", "Enter the heaviest person, or tick no limit.")
        self._one_or_none("max_bmi", "no_bmi_limit", "Enter the highest BMI you take, or tick no limit.")
        return not self.failed

    def _one_or_none(self, limit: str, none: str, message: str) -> None:
        if limit in self and not self[limit].error and (self[limit].data is None) != bool(self[none].data):
            self.refuse(message, field=limit)

    def _said(self, name: str) -> Any:
        return self[name].data if name in self else None


def as_answers(terms: OfferTerms, detail: OfferDetail) -> dict[str, Any]:
    """Return an offer of a test as the answers that would give it."""
    answers: dict[str, Any] = {name: getattr(terms, name) for name in _TERMS}
    answers |= {name: getattr(detail, name) for name in OfferDetail.__slots__}
    answers["tokens"] = [code for code in terms.tokens if code not in (*ACCESS, *INFORMATION)]
    answers["access"] = [code for code in terms.tokens if code in (*ACCESS, *INFORMATION)]
    answers["max_asa"] = NO_LIMIT if terms.no_asa_limit else str(terms.max_asa) if terms.max_asa else None
    answers["max_bmi"] = None if terms.max_bmi is None else Decimal(f"{terms.max_bmi:g}")
    return answers


_TERMS = (
    "window_from",
    "window_to",
    "places",
    "additionality",
    "notice",
    "min_age",
    "max_age",
    "limit_reason",
    "no_bmi_limit",
    "consultant",
    "notes",
)


def _not_asked(test: str) -> list[str]:
    found: list[str] = []
    if not sub_tests_of(test):
        found.append("parts")
    if not CLINICAL[test]:
        found.append("tokens")
    if not asks_weight(test):
        found += ["max_weight", "no_weight_limit"]
    if not asks_limits(test):
        found += ["max_asa", "max_bmi", "no_bmi_limit", "preparation", "escort"]
    if not has_images(test):
        found.append("images_route")
    return found


def _as_choices(codes: Any) -> Sequence[Choice]:
    return [Choice(code, token(code).label, token(code).definition) for code in codes]
