"""What people type about a match: the receiver's answer, the trust's decision, people and what they said."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from dmas.catalogue.vocabulary.priorities import PRIORITIES
from dmas.catalogue.vocabulary.reasons import ReasonFor, reasons
from dmas.core.clock import LONDON
from dmas.proposals.commands import (
    AcceptProposal,
    AnswerQuestion,
    AskForInformation,
    ChooseCapacity,
    DeclineCapacity,
    DeclineProposal,
    NamePerson,
    RecordConsent,
    ReleasePerson,
    ReleasePlaces,
)
from dmas.proposals.vocabulary import UNASKED_TRAVEL_MILES, AskedHow, Consent
from dmas.web.forms import (
    ChoiceField,
    ConfirmField,
    DateField,
    DecimalField,
    DmasForm,
    LongTextField,
    SelectField,
    TextField,
    TimeField,
    WholeNumberField,
    in_london,
)

AS_IT_IS, SUBJECT = "as_it_is", "subject"
_NO_NAMES = "The other side can read this. Never anything that tells who a patient is."


def _choices(step: ReasonFor) -> list[tuple[str, str]]:
    return [(one.code, one.label) for one in reasons(step)]


class AcceptForm(DmasForm):
    """The receiver accepts all places or fewer, as they are or subject to assessment."""

    places = WholeNumberField(
        "How many of these places do you accept?",
        called="Places",
        hint="Places you do not accept are released at once.",
        low=1,
        required="Enter how many places you accept.",
    )
    how = ChoiceField(
        "Do you accept them as described?",
        choices=[
            (AS_IT_IS, "Yes"),
            (SUBJECT, "Yes, subject to assessment", "Say below what must be assessed first."),
        ],
        required="Choose whether you accept them as described.",
    )
    subject_to = LongTextField("What must be assessed first?", hint=_NO_NAMES, max=2000, rows=3)

    def __init__(self, *args: Any, most: int, clinical: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **({"places": most} | kwargs))
        self.places.high = most
        if clinical:
            self.how.choices = [choice for choice in self.how.choices if choice.value == SUBJECT]
            self.how.data = self.how.data or SUBJECT

    def command(self, reference: str) -> AcceptProposal:
        """Return the wish to accept."""
        subject = self.how.data == SUBJECT
        return AcceptProposal(
            reference=reference,
            version=self.version.data or 0,
            places=self.places.data or 0,
            subject_to=(self.subject_to.data or "") if subject else None,
        )


class DeclineForm(DmasForm):
    """The receiver declines."""

    reason = ChoiceField(
        "Why do you decline?",
        called="Reason",
        choices=_choices(ReasonFor.DECLINE),
        required="Choose the reason.",
    )
    note = LongTextField("More about the reason (optional)", called="The note", hint=_NO_NAMES, rows=3)

    def command(self, reference: str) -> DeclineProposal:
        """Return the wish to decline."""
        return DeclineProposal(
            reference=reference,
            version=self.version.data or 0,
            reason=str(self.reason.data),
            note=self.note.data or "",
        )


class AskForm(DmasForm):
    """The receiver asks before it answers."""

    question = LongTextField(
        "What do you need to know?", hint=_NO_NAMES, required="Write what you need to know.", rows=4
    )

    def command(self, reference: str) -> AskForInformation:
        """Return the question."""
        return AskForInformation(
            reference=reference, version=self.version.data or 0, question=self.question.data or ""
        )


class AnswerForm(DmasForm):
    """The home trust answers the receiver's question."""

    answer = LongTextField("Your answer", hint=_NO_NAMES, required="Write your answer.", rows=4)

    def command(self, reference: str) -> AnswerQuestion:
        """Return the answer."""
        return AnswerQuestion(
            reference=reference, version=self.version.data or 0, answer=self.answer.data or ""
        )


class StepForm(DmasForm):
    """A step that asks nothing: only the version that was looked at."""

    def choose(self, reference: str) -> ChooseCapacity:
        """Return the wish to take the places."""
        return ChooseCapacity(reference=reference, version=self.version.data or 0)

    def release(self, reference: str, person_id: UUID) -> ReleasePerson:
        """Return the wish to take a naming back."""
        return ReleasePerson(reference=reference, person_id=person_id, version=self.version.data or 0)


class DeclineCapacityForm(DmasForm):
    """The home trust leaves the places."""

    reason = ChoiceField(
        "Why do you not take these places?",
        called="Reason",
        choices=_choices(ReasonFor.TRUST_DECLINE),
        required="Choose the reason.",
    )
    note = LongTextField("More about the reason (optional)", called="The note", hint=_NO_NAMES, rows=3)

    def command(self, reference: str) -> DeclineCapacity:
        """Return the wish to leave the places."""
        return DeclineCapacity(
            reference=reference,
            version=self.version.data or 0,
            reason=str(self.reason.data),
            note=self.note.data or "",
        )


class ReleaseForm(DmasForm):
    """The home trust gives back places it does not need."""

    places = WholeNumberField(
        "How many places do you give back?",
        called="Places",
        low=1,
        required="Enter how many places you give back.",
    )

    def command(self, reference: str) -> ReleasePlaces:
        """Return the wish to give places back."""
        return ReleasePlaces(
            reference=reference, version=self.version.data or 0, places=self.places.data or 0
        )


class PersonForm(DmasForm):
    """Somebody named for a held place."""

    pathway_id = TextField("Pathway identifier", max=20, width=20, required="Enter the pathway identifier.")
    nhs_number = TextField(
        "NHS number",
        hint="10 digits, like 999 000 0018.",
        max=14,
        width=20,
        inputmode="numeric",
        required="Enter the NHS number.",
    )
    given_name = TextField("Given name", max=70, required="Enter the given name.")
    family_name = TextField("Family name", max=70, required="Enter the family name.")
    date_of_birth = DateField("Date of birth", required="Enter the date of birth.")
    sex = ChoiceField(
        "Sex on the record",
        choices=[("F", "Female"), ("M", "Male")],
        inline=True,
        required="Choose female or male, as on the patient's record.",
    )
    postcode = TextField("Postcode", max=10, width=10, required="Enter the postcode.")
    phone = TextField("Phone number", max=35, width=20, inputmode="tel", required="Enter a phone number.")
    clock_start = DateField(
        "Clock start",
        hint="The original start of the wait. It never changes here.",
        required="Enter the clock start.",
    )
    priority_code = SelectField(
        "Priority",
        choices=[(one.code, one.label) for one in PRIORITIES.values() if one.code in ("P2", "P3", "P4")],
        required="Choose the priority.",
    )
    asa = WholeNumberField("ASA grade", hint="1 to 5. Leave empty if not known.", low=1, high=5)
    bmi = DecimalField("BMI", hint="Leave empty if not known.", low=5, high=150)
    travel_miles = WholeNumberField(
        "How far could they travel?",
        called="Miles",
        hint=f"Leave empty if nobody has asked yet: {UNASKED_TRAVEL_MILES} miles counts until then.",
        low=0,
        high=1000,
        suffix="miles",
    )
    communication_needs = LongTextField(
        "What do they need to be understood and to get there? (optional)",
        called="The needs",
        max=500,
        rows=2,
    )

    def __init__(self, *args: Any, test: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if test:
            codes = [(one.code, one.label) for one in PRIORITIES.values() if one.code in ("D2", "D3", "D4")]
            self.priority_code.choices = codes
            self.clock_start.hint = "The day the clock of this test began. It never changes here."

    def command(self, reference: str) -> NamePerson:
        """Return the naming."""
        bmi: Decimal | None = self.bmi.data
        return NamePerson(
            reference=reference,
            pathway_id=self.pathway_id.data or "",
            nhs_number=self.nhs_number.data or "",
            given_name=self.given_name.data or "",
            family_name=self.family_name.data or "",
            date_of_birth=self.date_of_birth.data,
            sex=str(self.sex.data),
            postcode=self.postcode.data or "",
            phone=self.phone.data or "",
            clock_start=self.clock_start.data,
            priority_code=str(self.priority_code.data),
            asa=self.asa.data,
            bmi=float(bmi) if bmi is not None else None,
            travel_miles=self.travel_miles.data,
            communication_needs=self.communication_needs.data or "",
        )


class ConsentForm(DmasForm):
    """What a named person said: who asked them, how and when."""

    said = ChoiceField(
        "What did they say?",
        choices=[
            (Consent.YES.value, "Yes, they want to move", "The receiver then sees who they are."),
            (Consent.NO.value, "No", "They keep their place on your list. Nothing else changes."),
        ],
        required="Choose what the person said.",
    )
    travel_ok = ConfirmField(
        "They know how far it is and agree to the journey",
        hint="Needed for a yes where it is farther than their limit, or not known.",
    )
    how = ChoiceField("How were they asked?", choices=AskedHow, required="Choose how they were asked.")
    asked_on = DateField("On which day?", called="The day", required="Enter the day they were asked.")
    asked_clock = TimeField("At what time?", called="The time", required="Enter the time they were asked.")
    asked_by = TextField("Who asked them?", max=100, required="Enter who asked the person.")

    def __init__(self, *args: Any, now: datetime, asking: str, **kwargs: Any) -> None:
        local = now.astimezone(LONDON)
        filled = {"asked_on": local.date(), "asked_clock": local.time(), "asked_by": asking}
        super().__init__(*args, **(filled | kwargs))

    def command(self, reference: str, person_id: UUID, now: datetime) -> RecordConsent:
        """Return what is to be recorded."""
        day: date = self.asked_on.data
        asked_at = in_london(day, self.asked_clock.data) or now
        return RecordConsent(
            reference=reference,
            person_id=person_id,
            version=self.version.data or 0,
            said=Consent(str(self.said.data)),
            how=AskedHow(str(self.how.data)),
            asked_at=asked_at,
            asked_by=self.asked_by.data or "",
            travel_ok=bool(self.travel_ok.data),
        )

    def refuse(self, message: str, *, field: str | None = None, **kwargs: Any) -> None:
        """Show an error about the moment at its time."""
        super().refuse(message, field="asked_clock" if field == "asked_at" else field, **kwargs)
