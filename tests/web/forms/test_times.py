"""Times as people type them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from dmas.web.forms import DmasForm, TimeField, in_london


class Asked(DmasForm):
    at = TimeField("What time?", called="The time")


def _form(app: Flask, typed: str) -> Asked:
    with app.test_request_context("/"):
        form = Asked(MultiDict({"at": typed}), meta={"csrf": False})
        form.validate()
        return form


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("14:30", time(14, 30)),
        ("9.05", time(9, 5)),
        ("2:30pm", time(14, 30)),
        ("12am", time(0, 0)),
        ("12 PM", time(12, 0)),
        ("0:00", time(0, 0)),
        ("", None),
    ],
)
def test_times_are_read(app: Flask, typed: str, read: time | None) -> None:
    form = _form(app, typed)
    assert not form.failed
    assert form.at.data == read
    assert form.at.shown == ("" if read is None else f"{read:%H:%M}")


@pytest.mark.parametrize("typed", ["25:00", "9:60", "noon", "14", "13pm", "0am"])
def test_what_is_no_time_is_shown_as_typed(app: Flask, typed: str) -> None:
    form = _form(app, typed)
    assert form.at.error == "The time must be a time, like 14:30 or 2:30pm."
    assert form.at.shown == typed


def test_a_moment_in_london_is_an_hour_ahead_in_summer() -> None:
    assert in_london(date(2026, 7, 1), time(9, 0)) == datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
    assert in_london(date(2026, 7, 1), None) is None
    assert in_london(None, time(9, 0)) is None
