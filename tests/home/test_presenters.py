"""A first page in words."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from dmas.core.actors import Role
from dmas.home import presenters
from dmas.home.loading import Night
from dmas.home.queries import Area, National
from dmas.home.rules import ORDER, Task
from dmas.matching.models import MatchRun
from dmas.web import navigation

RUN = MatchRun(service_date=date(2026, 11, 20))


@pytest.mark.parametrize("kind", ORDER)
def test_every_task_has_words_for_one_and_for_many(app: Flask, kind: str) -> None:
    one, many = presenters.tasks([Task(kind, 1, 1), Task(kind, 1200)])
    assert "1 " in one.text
    assert "1,200 " in many.text
    assert (one.tag is not None, many.tag) == (True, None)
    with app.test_request_context():
        assert navigation.exists(one.href.partition("?")[0])


def test_how_many_are_due_is_said() -> None:
    (item,) = presenters.tasks([Task("answer", 4, 3)])
    assert item.tag is not None
    assert item.tag.text == "3 due"


@pytest.mark.parametrize("role", Role)
def test_every_role_is_told_something_and_led_somewhere(app: Flask, role: Role) -> None:
    assert presenters.no_tasks(role)
    with app.test_request_context():
        assert all(navigation.exists(href) for _, href in presenters.starts(role))


def test_nobody_is_led_nowhere() -> None:
    assert presenters.starts(None) == ()
    assert presenters.no_tasks(None).startswith("Nothing waits")


def test_a_night_in_rows() -> None:
    found = Night(run=RUN, found=[(None, 3, 3), ("outranked", 4, 1), ("needs_information", 2, 2)])
    assert presenters.night_rows(found, 0) == [
        ("Found", 6),
        ("Every fitting place went to people who rank higher", 3),
    ]
    assert presenters.night_rows(Night(run=RUN, drawn=2), 5) == [
        ("Proposed to trusts", 2),
        ("Still free now", 5),
    ]
    assert presenters.night_rows(Night(run=RUN, drawn=0), 0) == []


def test_figures_are_written_with_their_meaning() -> None:
    shown = presenters.area_figures(Area(2, 1200, 3, 4, 1))
    assert [(one.number, one.label) for one in shown] == [
        ("2", "Open offers"),
        ("1,200", "Places free"),
        ("3", "Places held"),
        ("4", "Open requests"),
    ]
    assert shown[3].meaning == "For 1 place"
    night = presenters.national_figures(National(1, 2, 3, 4, date(2026, 11, 20)))[3]
    assert (night.number, night.meaning) == ("4", "Places, in the night of 20 November 2026")
    assert presenters.national_figures(National(1, 2, 3, None, None))[3].meaning == "No night has run yet"
