"""The forms of matches, and of a patient's options."""

from dmas.proposals.forms.matches import (
    AcceptForm,
    AnswerForm,
    AskForm,
    ConsentForm,
    DeclineCapacityForm,
    DeclineForm,
    PersonForm,
    ReleaseForm,
    StepForm,
)
from dmas.proposals.forms.options import CallForm, ChooseForm, NoneForm, StayForm

__all__ = [
    "AcceptForm",
    "AnswerForm",
    "AskForm",
    "CallForm",
    "ChooseForm",
    "ConsentForm",
    "DeclineCapacityForm",
    "DeclineForm",
    "NoneForm",
    "PersonForm",
    "ReleaseForm",
    "StayForm",
    "StepForm",
]
