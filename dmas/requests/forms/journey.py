"""The questions a patient is asked about their own request, one form a page."""

from __future__ import annotations

from typing import Any

from dmas.requests.rules import ACCESS_NEEDS, ENGLAND
from dmas.requests.vocabulary import (
    CHANNEL_LABELS,
    LONGEST_ANSWER,
    MOST_PERIODS,
    NEEDS_FOR_PATIENTS,
    TransferStep,
)
from dmas.web.forms import (
    Choice,
    ChoiceField,
    ChoicesField,
    ConfirmField,
    DateField,
    DmasForm,
    EmailField,
    LongTextField,
    TextField,
)

_YES_NO = (("yes", "Yes"), ("no", "No"))
_NO_SYMPTOMS = "Nobody reads this today. If you feel worse now, call 111, or 999 in an emergency."


class QuestionForm(DmasForm):
    """One question; its names are those of the answer that is kept."""

    def values(self) -> dict[str, Any]:
        """Return what was answered, as the rules read it."""
        return {one.name: one.data for one in self.asks}


class StillYourWaitForm(QuestionForm):
    """Is what the hospital's list says still right?"""

    right = ChoiceField(
        "Is this right?",
        choices=(("yes", "Yes, this is right"), ("no", "No, something is wrong")),
        required="Say if this is still right.",
    )
    wrong = LongTextField(
        "If something is wrong, tell us what",
        max=LONGEST_ANSWER,
        rows=3,
        hint="Your hospital reads it when it looks at your request.",
    )


class HealthForm(QuestionForm):
    """Has anything changed since the person was put on the list?"""

    changed = ChoiceField(
        "Has anything changed in your health since you were put on the waiting list?",
        choices=_YES_NO,
        required="Say if anything has changed.",
        hint="Such as a new illness, new medicine, a fall, more pain, or a stay in hospital.",
    )
    what = LongTextField("If yes, tell us what has changed", max=LONGEST_ANSWER, rows=4, hint=_NO_SYMPTOMS)


class DistanceForm(QuestionForm):
    """How far could the person travel? The view adds what lies within each distance today."""

    miles = ChoiceField(
        "How far could you travel?",
        choices=(("25", "25 miles"), ("50", "50 miles"), ("100", "100 miles"), (ENGLAND, "Anywhere")),
        required="Choose how far you could travel.",
        hint="In a straight line from your home. You decide about each hospital later, when you see it.",
    )


class DatesForm(QuestionForm):
    """When can the person not come?"""

    any = ChoiceField(
        "In the next year, are there days when you cannot come?",
        choices=(("no", "No, I can come on any day"), ("yes", "Yes, I cannot come on some days")),
        required="Say if there are days when you cannot come.",
    )
    from_1 = DateField("First day you cannot come", hint="For example, 27 3 2027")
    to_1 = DateField("Last day you cannot come")
    from_2 = DateField("First day, a second time")
    to_2 = DateField("Last day, a second time")
    from_3 = DateField("First day, a third time")
    to_3 = DateField("Last day, a third time")

    def values(self) -> dict[str, Any]:
        """Return the times that were given, those left empty taken out."""
        pairs = [
            {"from": self[f"from_{number}"].data, "to": self[f"to_{number}"].data}
            for number in range(1, MOST_PERIODS + 1)
        ]
        given = [pair for pair in pairs if pair["from"] or pair["to"]]
        return {"any": self.any.data, "periods": given if self.any.data == "yes" else []}


class ShortNoticeForm(QuestionForm):
    """Could the person come with less than three weeks' notice?"""

    short_notice = ChoiceField(
        "Could you come with less than 3 weeks' notice?",
        choices=_YES_NO,
        required="Say if you could come with less notice.",
        hint="You would need to be ready, and have somebody to go with you if you need it.",
    )


class NeedsForm(QuestionForm):
    """What does the person need to get there and be understood?"""

    needs = ChoicesField(
        "What do you need to get there, and to be understood?",
        choices=[
            Choice(item.code, *NEEDS_FOR_PATIENTS.get(item.code, (item.label, item.definition)))
            for item in ACCESS_NEEDS
        ],
        hint="Choose all that you need. You can leave it empty.",
    )
    language = TextField("Language of your interpreter", max=60, width=20)
    other = LongTextField("Anything else you need", max=LONGEST_ANSWER, rows=3)


class ContactForm(QuestionForm):
    """How does the person like to hear from us?"""

    channel = ChoiceField(
        "How would you like to hear from us?",
        choices=[(one.value, label) for one, label in CHANNEL_LABELS.items()],
        required="Choose how you would like to hear from us.",
        hint="Letters go to the address that your hospital has.",
    )
    phone = TextField("Phone number", max=30, width=20, inputmode="tel", autocomplete="tel")
    email = EmailField("Email address")


class ActingForm(QuestionForm):
    """Does somebody act for the person, and by what right?"""

    acting = ChoiceField(
        "Does somebody else act for you?",
        choices=(("no", "No"), ("yes", "Yes, somebody else may decide or speak for me")),
        required="Say if somebody else acts for you.",
        hint="Such as somebody with a lasting power of attorney for health and welfare.",
    )
    helper = TextField("Their name", max=100)
    basis = TextField("Why they may act for you", max=200)


class WholePathwayForm(QuestionForm):
    """All of the care for this moves."""

    understood = ConfirmField("Yes, I understand that all of my care for this would move")

    def values(self) -> dict[str, Any]:
        """Return a tick as yes."""
        return {"understood": "yes" if self.understood.data else ""}


class SharingForm(QuestionForm):
    """May details be shared?"""

    shared = ConfirmField("Yes, you may share my details in this way")

    def values(self) -> dict[str, Any]:
        """Return a tick as yes."""
        return {"shared": "yes" if self.shared.data else ""}


QUESTION_FORMS: dict[TransferStep, type[QuestionForm]] = {
    TransferStep.STILL_YOUR_WAIT: StillYourWaitForm,
    TransferStep.HEALTH: HealthForm,
    TransferStep.DISTANCE: DistanceForm,
    TransferStep.DATES: DatesForm,
    TransferStep.SHORT_NOTICE: ShortNoticeForm,
    TransferStep.NEEDS: NeedsForm,
    TransferStep.CONTACT: ContactForm,
    TransferStep.ACTING: ActingForm,
    TransferStep.WHOLE_PATHWAY: WholePathwayForm,
    TransferStep.SHARING: SharingForm,
}


class ChangedForm(DmasForm):
    """Something has changed, said after sending."""

    what = LongTextField(
        "What has changed?",
        max=LONGEST_ANSWER,
        rows=5,
        required="Say what has changed.",
        hint=_NO_SYMPTOMS,
    )


class InformationForm(DmasForm):
    """The answer to a clinician's question."""

    text = LongTextField("Your answer", max=LONGEST_ANSWER, rows=6, required="Write your answer.")


class OtherClinicianForm(DmasForm):
    """Why another clinician should look."""

    why = LongTextField(
        "What should they know?", max=LONGEST_ANSWER, rows=4, hint="You can leave this empty."
    )


class HomeDateForm(DmasForm):
    """Take the date at home, or go on searching."""

    takes = ChoiceField(
        "What would you like?",
        choices=(
            ("yes", "I take the date at my hospital", "The search ends."),
            ("no", "Keep searching for me", "You keep your date at your hospital as well."),
        ),
        required="Choose what you would like.",
    )


class SureForm(DmasForm):
    """Nothing but a button."""


class FindPersonForm(DmasForm):
    """Who is on the phone: the code of their letter or their NHS number, and always their date of birth."""

    code = TextField(
        "Code from their letter",
        max=40,
        width=20,
        hint="12 letters and numbers. Leave empty if they have none.",
    )
    nhs_number = TextField(
        "NHS number", max=20, width=20, inputmode="numeric", hint="If they have no code. 10 numbers."
    )
    date_of_birth = DateField("Date of birth", required="Ask for their date of birth.")
