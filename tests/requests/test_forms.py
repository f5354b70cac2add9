"""What the forms of requests ask, by service."""

from __future__ import annotations

from flask import Flask

from dmas.requests.forms import RequestForm


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
