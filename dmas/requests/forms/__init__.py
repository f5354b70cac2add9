"""The forms of requests: which service, the request with its lines on one page, its withdrawal."""

from dmas.requests.forms.care_request import RequestForm
from dmas.requests.forms.line import LineForm
from dmas.requests.forms.steps import ServiceForm, WithdrawForm

__all__ = ["LineForm", "RequestForm", "ServiceForm", "WithdrawForm"]
