"""The forms of requests: a trust's call for help, a patient's questions, and their review."""

from dmas.requests.forms.care_request import RequestForm
from dmas.requests.forms.journey import (
    QUESTION_FORMS,
    ChangedForm,
    FindPersonForm,
    HomeDateForm,
    InformationForm,
    OtherClinicianForm,
    QuestionForm,
    SureForm,
)
from dmas.requests.forms.line import LineForm
from dmas.requests.forms.review import ChangeForm, ExtendForm, ReviewForm
from dmas.requests.forms.steps import ServiceForm, WithdrawForm

__all__ = [
    "QUESTION_FORMS",
    "ChangeForm",
    "ChangedForm",
    "ExtendForm",
    "FindPersonForm",
    "HomeDateForm",
    "InformationForm",
    "LineForm",
    "OtherClinicianForm",
    "QuestionForm",
    "RequestForm",
    "ReviewForm",
    "ServiceForm",
    "SureForm",
    "WithdrawForm",
]
