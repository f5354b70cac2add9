"""The forms of requests: which service, the request with its lines on one page, the steps after it."""

from dmas.requests.forms.care_request import RequestForm
from dmas.requests.forms.line import LineForm
from dmas.requests.forms.steps import ApproveForm, ReturnForm, ServiceForm, WithdrawForm

__all__ = ["ApproveForm", "LineForm", "RequestForm", "ReturnForm", "ServiceForm", "WithdrawForm"]
