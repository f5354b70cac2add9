"""A request for tests on one page: what is tested, for whom in lines, what they need, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import FieldList, FormField

from dmas.catalogue.vocabulary.diagnostic_tests import diagnostic_test
from dmas.catalogue.vocabulary.sub_tests import sub_tests_of
from dmas.catalogue.vocabulary.tokens import token
from dmas.diagnostics.commands import PostTestRequest, RequestDetail, ResubmitTestRequest
from dmas.diagnostics.forms.line import TestLineForm
from dmas.diagnostics.vocabulary import (
    ACCESS,
    CLINICAL,
    FOLLOWING,
    LONGEST_NAME,
    LONGEST_PHONE,
    MOST_REPORT_DAYS,
    WEIGHTS,
    ImagesRoute,
    asks_limits,
    asks_weight,
    has_images,
)
from dmas.requests.vocabulary import MOST_LINES
from dmas.web.forms import (
    Choice,
    ChoiceField,
    ChoicesField,
    ConfirmField,
    DateField,
    LinesForm,
    LongTextField,
    PressedField,
    SelectField,
    TextField,
    WholeNumberField,
)


class TestRequestForm(LinesForm):
    """A call for tests: what is tested, for whom in lines, what they need, where and until when, and why."""

    __test__ = False  # pytest: the noun is the NHS's

    most_lines = MOST_LINES
    parts = ChoicesField(
        "What is to be tested?",
        hint="Everybody here needs all that is ticked. Ask for other parts in a request of their own.",
        required="Choose what is to be tested",
    )
    lines = FieldList(FormField(TestLineForm), min_entries=1, max_entries=MOST_LINES + 1)
    change = PressedField("", max=20)
    cancer = ChoiceField(
        "Is anyone in these lines on a cancer pathway?",
        choices=[("no", "No"), ("yes", "Yes")],
        hint="Urgent suspected cancer (formerly two-week wait) counts too.",
        required="Say whether anyone is on a cancer pathway",
        inline=True,
    )
    tokens = ChoicesField(
        "What must the other provider be able to do?",
        hint="Tick what some of these people need. Each tick rules out every offer without it.",
    )
    kidney_function_on = DateField(
        "For contrast: when was the oldest kidney-function test?",
        called="The date of the kidney-function test",
        hint="Leave empty if somebody has none. Older than 90 days, the scan must do one.",
    )
    heaviest = WholeNumberField(
        "Weight of the heaviest person",
        called="The heaviest weight",
        low=2,
        high=WEIGHTS[-1],
        suffix="kg",
        hint="Leave empty if it is not known.",
    )
    report_within = WholeNumberField(
        "Within how many working days must the report be there?",
        called="Working days until the report",
        low=1,
        high=MOST_REPORT_DAYS,
        suffix="working days",
        hint="Leave empty if you report yourselves, or if it does not matter.",
    )
    images_route = ChoiceField(
        "How should images or traces reach you?",
        called="How images are sent",
        choices=[*((one.value, one.label) for one in ImagesRoute), ("any", "Any of these")],
        default="any",
        required="Choose how images should reach you",
    )
    ready_at_short_notice = ConfirmField(
        "Everyone could come within days", hint="D2 is always matched at short notice."
    )
    site_code = SelectField(
        "Which site are they waiting at?",
        prompt="The trust as a whole",
        hint="Distances are counted from here.",
    )
    travel_miles = WholeNumberField(
        "How far could they travel?",
        low=1,
        high=1000,
        suffix="miles",
        called="Miles",
        hint="In a straight line. Leave empty for anywhere in England. Each person is still asked.",
    )
    needed_by = DateField(
        "Needed by", hint="Only if a test after this date would be no use.", called="The date needed by"
    )
    transport_offered = ConfirmField("We can arrange transport")
    reason = LongTextField(
        "Why do you need help?",
        max=500,
        rows=3,
        required="Say why you need help",
        hint="Your ICB reads this first. Say nothing that could identify a patient.",
    )
    clinical_lead = TextField(
        "Which clinician reads the reports?",
        called="The clinician",
        max=LONGEST_NAME,
        width=20,
        required="Name the clinician who reads the reports",
    )
    critical_contact = TextField(
        "Who is told of a critical finding?",
        called="The contact",
        hint="A person or a desk that answers the same day.",
        max=LONGEST_NAME,
        width=20,
        required="Name who is told of a critical finding",
    )
    critical_phone = TextField(
        "On which telephone number?",
        called="The number",
        max=LONGEST_PHONE,
        width=20,
        inputmode="tel",
        required="Enter a telephone number",
    )
    rtt_start = DateField(
        "Earliest referral-to-treatment clock start among them (optional)",
        called="The clock start",
        hint="Shown beside the test clock. Tests are ranked by their own clock.",
    )
    notes = LongTextField("Anything else?", max=2000, rows=3, hint="Never name or describe a patient.")

    def __init__(self, *args: Any, test: str, sites: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        self.test = diagnostic_test(test)
        super().__init__(*args, **kwargs)
        for name in _not_asked(test):
            del self[name]
        if "parts" in self:
            self.parts.choices = [(one.code, one.name) for one in sub_tests_of(test)]
        self.tokens.choices = [Choice(code, token(code).label) for code in _may_need(test)]
        self.site_code.choices = sites
        self.fit_lines()

    def post(self) -> PostTestRequest:
        """Return the command to post what was asked for."""
        return PostTestRequest(**self._details())

    def resubmit(self, reference: str) -> ResubmitTestRequest:
        """Return the command to send a request again as it now reads."""
        return ResubmitTestRequest(reference=reference, version=self.version.data or 0, **self._details())

    def _details(self) -> dict[str, Any]:
        return {
            "service": self.test.code,
            "lines": tuple(line.line() for line in self.line_forms),
            "detail": self._detail(),
            "cancer": self.cancer.data == "yes",
            "tokens": tuple(str(code) for code in self.tokens.data),
            "site_code": self.site_code.data or None,
            "travel_miles": self.travel_miles.data,
            "needed_by": self.needed_by.data,
            "ready_at_short_notice": self.ready_at_short_notice.data,
            "transport_offered": self.transport_offered.data,
            "reason": self.reason.data or "",
            "clinical_lead": self.clinical_lead.data or "",
            "notes": self.notes.data or "",
        }

    def _detail(self) -> RequestDetail:
        route = self.images_route.data if "images_route" in self else "any"
        return RequestDetail(
            critical_contact=self.critical_contact.data or "",
            critical_phone=self.critical_phone.data or "",
            parts=tuple(self.parts.data) if "parts" in self else (),
            rtt_start=self.rtt_start.data,
            kidney_function_on=self.kidney_function_on.data if "kidney_function_on" in self else None,
            heaviest=self.heaviest.data if "heaviest" in self else None,
            report_within=self.report_within.data,
            images_route=None if route == "any" else str(route),
        )

    def fit_lines(self) -> None:
        """Ask for limits only where the test has them."""
        if asks_limits(self.test.code):
            return
        for line in self.line_forms:
            for name in ("worst_asa", "worst_bmi"):
                if name in line:
                    del line[name]


def _may_need(test: str) -> list[str]:
    following = [code for code in FOLLOWING if code != "jag_accredited" or asks_limits(test)]
    if not has_images(test):
        following.remove("image_transfer")
    return [code for code in (*CLINICAL[test], *ACCESS, *following) if code != "kidney_check"]


def _not_asked(test: str) -> list[str]:
    found: list[str] = []
    if not sub_tests_of(test):
        found.append("parts")
    if "contrast" not in CLINICAL[test]:
        found.append("kidney_function_on")
    if not asks_weight(test):
        found.append("heaviest")
    if not has_images(test):
        found.append("images_route")
    return found
