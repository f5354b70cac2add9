"""The request on one page: what care, for whom in lines, what they need, where and until when, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import FieldList, FormField

from dmas.catalogue.vocabulary.arrangements import Basis, Care, CriticalCare, Pathway, Stage
from dmas.catalogue.vocabulary.procedures import groups_of
from dmas.catalogue.vocabulary.tokens import TokenKind, TokenTopic, form_tokens
from dmas.catalogue.vocabulary.treatment_functions import treatment_function
from dmas.requests.commands import PostRequest, ResubmitRequest
from dmas.requests.forms.line import LineForm
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

BASES = (
    Choice(
        Basis.WHOLE_PATHWAY,
        Basis.WHOLE_PATHWAY.label,
        "Everything moves: appointments, treatment and follow-up. The original clock goes with each person.",
    ),
    Choice(
        Basis.SUBCONTRACTED,
        Basis.SUBCONTRACTED.label,
        "One operation or clinic moves. Your trust stays responsible and reports the wait.",
    ),
)
CRITICAL_CARE = (
    (CriticalCare.NONE.value, "No"),
    (CriticalCare.LEVEL_2.value, "Yes, level 2 (high dependency)"),
    (CriticalCare.LEVEL_3.value, "Yes, level 3 (intensive care)"),
)
# Asked elsewhere on the form: critical care by itself, children by the ages of a line.
TOKENS = tuple(
    (token.code, token.label)
    for token in form_tokens(Pathway.ELECTIVE, TokenKind.HARD)
    if token.topic is not TokenTopic.MATCHING
    and not token.code.startswith("critical_care:")
    and token.code != "children"
)


class RequestForm(LinesForm):
    """A call for help: what care, for whom in lines, what they need, where and until when, and why."""

    most_lines = MOST_LINES
    care = ChoiceField("What care do they need?", choices=Care, required="Choose what care they need")
    basis = ChoiceField("What moves?", choices=BASES, required="Choose what moves")
    lines = FieldList(FormField(LineForm), min_entries=1, max_entries=MOST_LINES + 1)
    change = PressedField("", max=20)
    cancer = ChoiceField(
        "Is anyone in these lines on a cancer pathway?",
        choices=[("no", "No"), ("yes", "Yes")],
        hint="Urgent suspected cancer (formerly two-week wait) counts too.",
        required="Say whether anyone is on a cancer pathway",
        inline=True,
    )
    priority_date = DateField(
        "If they are P2: when was P2 decided?",
        called="The date P2 was decided",
        hint="The earliest date if there are several. Leave empty for P3 and P4.",
    )
    critical_care = ChoiceField(
        "Might they need critical care afterwards?",
        choices=CRITICAL_CARE,
        required="Say whether they might need critical care",
    )
    tokens = ChoicesField(
        "What else must the other provider have?",
        choices=TOKENS,
        hint="Each tick rules out every offer without it. Leave empty if nothing is essential.",
    )
    ready_at_short_notice = ConfirmField(
        "Everyone is ready at short notice",
        hint="Pre-assessment is done, an escort is arranged, and they could come within days.",
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
        "Needed by",
        hint="Only if help after this date would be no use. For P2 we count four weeks ourselves.",
        called="The date needed by",
    )
    transport_offered = ConfirmField("We can arrange transport")
    insourcing_acceptable = ConfirmField(
        "A visiting team would help too", hint="We have a theatre or room that a team could use."
    )
    reason = LongTextField(
        "Why do you need help?",
        max=500,
        rows=3,
        required="Say why you need help",
        hint="Your ICB reads this first. Say nothing that could identify a patient.",
    )
    clinical_lead = TextField(
        "Clinical lead for these people", max=100, width=20, required="Name the clinical lead"
    )
    notes = LongTextField("Anything else?", max=2000, rows=3, hint="Never name or describe a patient.")

    def __init__(
        self, *args: Any, service: str, sites: Sequence[tuple[str, str]] = (), **kwargs: Any
    ) -> None:
        self.service = treatment_function(service)
        self.groups = [(group.code, group.name) for group in groups_of(service)]
        super().__init__(*args, **kwargs)
        self.site_code.choices = sites
        self.fit_lines()

    def refuse(
        self, message: str, *, field: str | None = None, status: int = 422, stale: bool = False
    ) -> None:
        """Show an error the service found; setting and stage are asked as one."""
        named = "care" if field in ("setting", "stage") else field
        super().refuse(message, field=named, status=status, stale=stale)

    def post(self) -> PostRequest:
        """Return the command to post what was asked for."""
        return PostRequest(**self._details())

    def resubmit(self, reference: str) -> ResubmitRequest:
        """Return the command to send a request again as it now reads."""
        return ResubmitRequest(reference=reference, version=self.version.data, **self._details())

    def _details(self) -> dict[str, Any]:
        care = Care(str(self.care.data))
        return {
            "service": self.service.code,
            "setting": care.setting,
            "stage": care.stage,
            "basis": Basis(str(self.basis.data)),
            "lines": tuple(line.spec() for line in self.line_forms),
            "cancer": self.cancer.data == "yes",
            "priority_date": self.priority_date.data,
            "critical_care": CriticalCare(str(self.critical_care.data)),
            "tokens": tuple(str(code) for code in self.tokens.data),
            "ready_at_short_notice": self.ready_at_short_notice.data,
            "site_code": self.site_code.data or None,
            "travel_miles": self.travel_miles.data,
            "needed_by": self.needed_by.data,
            "transport_offered": self.transport_offered.data,
            "insourcing_acceptable": self.insourcing_acceptable.data,
            "reason": self.reason.data,
            "clinical_lead": self.clinical_lead.data,
            "notes": self.notes.data or "",
        }

    def fit_lines(self) -> None:
        """Offer the procedures of the service."""
        for line in self.line_forms:
            line.procedure_group.choices = self.groups

    def lines_agree(self) -> bool:
        """Say whether each line names its procedure, once admission is decided and the service has any."""
        decided = self.care.data in list(Care) and Care(str(self.care.data)).stage is Stage.DECISION_TO_ADMIT
        missing = [line for line in self.line_forms if not line.procedure_group.data]
        if not (decided and self.groups and missing):
            return True
        for line in missing:
            line.procedure_group.refuse("Choose the procedure they are waiting for")
        self.lines.errors = ["Choose the procedure they are waiting for"]
        return False
