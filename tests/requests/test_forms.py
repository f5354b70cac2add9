"""The forms that other rooms show: an ICB's yes, and its return with a reason."""

from __future__ import annotations

from flask import Flask

from dmas.requests.commands import ApproveRequest, ReturnRequest
from dmas.requests.forms import ApproveForm, RequestForm, ReturnForm

REFERENCE = "RQ-2222222"


def test_an_icbs_yes_carries_the_version_it_saw(app: Flask) -> None:
    with app.test_request_context():
        command = ApproveForm(version=3).command(REFERENCE)
    assert command == ApproveRequest(reference=REFERENCE, version=3)


def test_a_return_carries_its_reason_and_note(app: Flask) -> None:
    with app.test_request_context():
        form = ReturnForm(version=3, reason="more_detail", note="How many?")
        command = form.command(REFERENCE)
        assert "contract" in [choice.value for choice in form.reason.choices]
    expected = ReturnRequest(reference=REFERENCE, version=3, reason="more_detail", note="How many?")
    assert command == expected


def test_procedures_are_those_of_the_service(app: Flask) -> None:
    with app.test_request_context():
        hips = {choice.value for choice in RequestForm(service="110").line_forms[0].procedure_group.choices}
        none = RequestForm(service="410").line_forms[0].procedure_group.choices
    assert "hip_replacement" in hips
    assert "cataract" not in hips
    assert none == ()


def test_needs_asked_elsewhere_are_not_asked_twice(app: Flask) -> None:
    with app.test_request_context():
        ticks = {choice.value for choice in RequestForm(service="110").tokens.choices}
    assert {"step_free", "hoist"} <= ticks
    assert not ticks & {"children", "critical_care:2", "standard_notice", "treatment_follows", "parking"}
