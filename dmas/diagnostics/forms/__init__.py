"""The forms of tests: which test, an offer, a request with its lines."""

from dmas.diagnostics.forms.line import TestLineForm
from dmas.diagnostics.forms.offer import TestOfferForm
from dmas.diagnostics.forms.request import TestRequestForm
from dmas.diagnostics.forms.start import StartOfferForm, TestForm

__all__ = ["StartOfferForm", "TestForm", "TestLineForm", "TestOfferForm", "TestRequestForm"]
