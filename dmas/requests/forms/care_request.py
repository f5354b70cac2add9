"""The request on one page: what care, for whom in lines, what they need, where and until when, and why."""

from __future__ import annotations

import re
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
    AnyField,
    Choice,
    ChoiceField,
    ChoicesField,
    ConfirmField,
    DateField,
    DmasForm,
    LongTextField,
    SelectField,
    TextField,
    WholeNumberField,
)

_REMOVE = re.compile(r"remove-([0-9]{1,4})")
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


class PressedField(TextField):
    """Which of the page's other buttons was pressed, or ""; never shown as an input."""

    kind = "button"


class RequestForm(DmasForm):
    """A call for help: what care, for whom in lines, what they need, where and until when, and why."""

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
        self._offer_groups()

    @property
    def line_forms(self) -> list[LineForm]:
        """Return the form of each line on the page."""
        return [entry.form for entry in self.lines.entries]

    @property
    def asks(self) -> list[AnyField]:
        """Return every question in the order of the page, those of the lines among them."""
        found: list[AnyField] = []
        for field in self:
            if field.name == self.lines.name:
                found += [one for line in self.line_forms for one in line.asks]
            elif isinstance(field, AnyField):
                found.append(field)
        return found

    @property
    def may_add(self) -> bool:
        """Say whether there is room for another line."""
        return len(self.lines.entries) < MOST_LINES

    def rearrange(self) -> bool:
        """Add or remove a line if one of those buttons was pressed, keeping the rest; say whether."""
        pressed = str(self.change.data or "")
        removed = _REMOVE.fullmatch(pressed)
        if pressed == "add" and self.may_add:
            self.lines.append_entry(self.line_forms[-1].like_it)
            self._offer_groups()
        elif removed and len(self.lines.entries) > 1 and int(removed[1]) < len(self.lines.entries):
            self.lines.entries.pop(int(removed[1]))
        return bool(pressed)

    def validate(self, extra_validators: Any = None) -> bool:
        """Leave out lines that say nothing, then check every answer."""
        said = [entry for entry in self.lines.entries if not entry.form.is_blank]
        self.lines.entries = said or self.lines.entries[:1]
        passed = bool(super().validate(extra_validators))
        passed = self._procedures_chosen() and passed
        if passed and len(self.lines.entries) > MOST_LINES:
            self.refuse(f"Ask for at most {MOST_LINES} lines at once. Post the rest in a second request.")
            passed = False
        return passed

    def refuse(
        self, message: str, *, field: str | None = None, status: int = 422, stale: bool = False
    ) -> None:
        """Show an error the service found, also where it belongs to one line (`lines-0-places`)."""
        asked = self._of_line(field or "")
        if asked is None:
            named = "care" if field in ("setting", "stage") else field
            super().refuse(message, field=named, status=status, stale=stale)
            return
        self._refused_status = status
        asked.refuse(message)
        self.lines.errors = [message]

    def problems(self) -> list[dict[str, str]]:
        """Return the error summary; an error of one line says which, where there are several."""
        several = len(self.lines.entries) > 1
        line_of = {
            f"#{field.anchor}": number
            for number, line in enumerate(self.line_forms, start=1)
            for field in line.asks
        }
        return [
            one | {"text": f"Line {line_of[one['href']]}: {one['text']}"}
            if several and one.get("href") in line_of
            else one
            for one in super().problems()
        ]

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

    def _offer_groups(self) -> None:
        for line in self.line_forms:
            line.procedure_group.choices = self.groups

    def _procedures_chosen(self) -> bool:
        """Say whether each line names its procedure, once admission is decided and the service has any."""
        decided = self.care.data in list(Care) and Care(str(self.care.data)).stage is Stage.DECISION_TO_ADMIT
        missing = [line for line in self.line_forms if not line.procedure_group.data]
        if not (decided and self.groups and missing):
            return True
        for line in missing:
            line.procedure_group.refuse("Choose the procedure they are waiting for")
        self.lines.errors = ["Choose the procedure they are waiting for"]
        return False

    def _of_line(self, field: str) -> AnyField | None:
        head, _, rest = field.partition("-")
        number, _, name = rest.partition("-")
        if head != "lines" or not number.isdigit() or int(number) >= len(self.line_forms):
            return None
        line = self.line_forms[int(number)]
        if name == "weeks" and line.weeks_own.data:
            name = "weeks_own"
        asked = line._fields.get(name)
        return asked if isinstance(asked, AnyField) else None
