"""An ICB's decision as a command."""

from __future__ import annotations

from flask import Flask
from werkzeug.datastructures import MultiDict

from dmas.cases.forms import ApproveForm, ReturnForm
from dmas.offers.commands import ApproveOffer, ReturnOffer
from dmas.requests.commands import ApproveRequest, ReturnRequest


def test_a_yes_names_the_version_that_was_read(app: Flask) -> None:
    with app.test_request_context():
        form = ApproveForm(MultiDict({"version": "3"}))
        assert form.about_offer("OF-1") == ApproveOffer(reference="OF-1", version=3)
        assert form.about_request("RQ-1") == ApproveRequest(reference="RQ-1", version=3)
        assert form.decision.data == "approve"


def test_a_return_carries_its_reason(app: Flask) -> None:
    sent = {"version": "3", "reason": "more_detail", "note": "Which ward?"}
    said = {"version": 3, "reason": "more_detail", "note": "Which ward?"}
    with app.test_request_context():
        form = ReturnForm(MultiDict(sent))
        assert form.about_offer("OF-1") == ReturnOffer(reference="OF-1", **said)
        assert form.about_request("RQ-1") == ReturnRequest(reference="RQ-1", **said)
