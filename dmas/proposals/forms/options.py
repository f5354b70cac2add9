"""What a patient says about their options, and the call that comes before they lapse."""

from __future__ import annotations

from dmas.catalogue.vocabulary.reasons import ReasonFor, reasons
from dmas.web.forms import Choice, ChoiceField, DmasForm

_WHY = [Choice(one.code, one.label) for one in reasons(ReasonFor.STAY) if one.code != "not_said"]
_HINT = "You do not have to say. It helps us to find better options."


class ChooseForm(DmasForm):
    """Nothing but a button: the page says what it does."""


class StayForm(DmasForm):
    """Stay where one is, with a reason if one likes to give it."""

    reason = ChoiceField("Why would you rather stay?", choices=_WHY, hint=_HINT)

    def coded(self) -> str:
        """Return the reason's code; none is as good as any."""
        return self.reason.data or "not_said"


class NoneForm(StayForm):
    """Take none of the options and go on looking."""

    reason = ChoiceField("Why do these not suit you?", choices=_WHY, hint=_HINT)


class CallForm(DmasForm):
    """Whether the patient was reached on the phone."""

    reached = ChoiceField(
        "Did you speak to the patient, or to whoever acts for them?",
        choices=[
            ("yes", "Yes, and they know until when they can choose"),
            ("no", "No, nobody answered"),
        ],
        required="Say whether you spoke to the patient.",
    )
