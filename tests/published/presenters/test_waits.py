"""A usual wait in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dmas.published import presenters
from dmas.published.rules import UsualWait
from dmas.published.vocabulary import Counted

WAIT = UsualWait(
    counted=Counted.ADMITTED,
    period=date(2026, 4, 30),
    half=12,
    nine_in_ten=105,
    sample=1_234,
    longest=104,
)


def test_a_wait_is_said_with_its_people_and_month() -> None:
    assert presenters.said(WAIT) == (
        "Half of people were treated within 12 weeks, nine in ten in more than 104 weeks"
        " (1,234 people admitted, April 2026)"
    )
    assert "; published for other surgical services together)" in presenters.said(WAIT, "104")
    assert presenters.said(replace(WAIT, half=1), "110").startswith(
        "Half of people were treated within 1 week,"
    )
    assert presenters.said(None) == "Not known: nothing is published, or of fewer than 10 people"


def test_a_test_is_said_of_those_who_wait() -> None:
    scan = replace(WAIT, counted=Counted.TEST, half=2, nine_in_ten=14, longest=13)
    assert presenters.said(scan, "MRI") == (
        "Half of those waiting had waited within 2 weeks, nine in ten in more than 13 weeks"
        " (1,234 waiting at the end of April 2026)"
    )


def test_a_narrow_column_has_the_numbers_alone() -> None:
    assert presenters.short(WAIT) == "12 weeks, 9 in 10: over 104"
    assert presenters.short(None) == ""


def test_what_is_published_alone_is_not_grouped() -> None:
    assert presenters.grouped("110") == presenters.grouped("MRI") == presenters.grouped("X05") == ""
