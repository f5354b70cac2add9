"""The forms of offers: what is offered, its terms, and the steps that end or pause it."""

from dmas.offers.forms.kind import StartForm
from dmas.offers.forms.steps import ReasonForm, StepForm, SuspendForm, WithdrawForm
from dmas.offers.forms.terms import OfferForm

__all__ = ["OfferForm", "ReasonForm", "StartForm", "StepForm", "SuspendForm", "WithdrawForm"]
