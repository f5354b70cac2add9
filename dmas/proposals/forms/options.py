"""What a patient says about their options, and the call that comes before they lapse."""

from __future__ import annotations

from dmas.web.forms import Choice, ChoiceField, DmasForm

# The coded reasons for staying, as the patient says them.
_WHY = [
    Choice("too_far", "It is too far"),
    Choice("cost_of_travel", "The journey would cost too much"),
    Choice("nobody_to_help", "I have nobody to go with me or to help me afterwards"),
    Choice("prefers_team", "I prefer the team I know"),
    Choice("dates_unsuitable", "The dates do not suit me"),
    Choice("prefers_to_wait", "I prefer to wait"),
]
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
