"""When a message is tried again, and which way it goes to a patient."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmas.notifications import rules
from dmas.notifications.commands import PatientAddress
from dmas.notifications.vocabulary import Channel, LetterFormat


@pytest.mark.parametrize(
    ("tries", "minutes"),
    [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 60), (8, 60), (12, 60), (500, 60)],
)
def test_each_wait_is_twice_the_last_up_to_an_hour(tries: int, minutes: int) -> None:
    assert rules.wait_seconds(tries, 0) == minutes * 60


@given(st.integers(1, 12), st.floats(-1, 1))
def test_a_wait_is_moved_by_a_fifth_at_most(tries: int, spread: float) -> None:
    middle = rules.wait_seconds(tries, 0)
    assert middle * 0.8 - 1e-6 <= rules.wait_seconds(tries, spread) <= middle * 1.2 + 1e-6


@pytest.mark.parametrize(("tries", "spread"), [(0, 0), (1, 1.01), (1, -2)])
def test_senseless_waits_are_refused(tries: int, spread: float) -> None:
    with pytest.raises(ValueError, match="at least one try"):
        rules.wait_seconds(tries, spread)


def test_the_twelfth_try_is_the_last() -> None:
    assert not rules.is_given_up(11)
    assert rules.is_given_up(12)


PERSON = PatientAddress(
    channel=Channel.SMS,
    others=(Channel.EMAIL, Channel.LETTER),
    home_code="RX1",
    home_name="Exampleton",
    emails=("robin@example.org",),
    mobile="07700 900123",
    name="Robin Example",
    postal_lines=("ZZ99 3VZ",),
)


@pytest.mark.parametrize(
    ("changes", "texts", "channel"),
    [
        ({}, True, Channel.SMS),
        ({}, False, Channel.EMAIL),
        ({"mobile": "", "emails": ()}, True, Channel.LETTER),
        ({"others": ()}, False, None),
        ({"channel": Channel.LETTER, "name": ""}, True, Channel.EMAIL),
        ({"channel": Channel.EMAIL, "others": (), "emails": ()}, True, None),
    ],
)
def test_the_first_way_that_is_allowed_and_possible_is_taken(
    changes: dict[str, Any], texts: bool, channel: Channel | None
) -> None:
    assert rules.way(replace(PERSON, **changes), texts=texts) is channel


@pytest.mark.parametrize(
    ("needs", "form"),
    [
        ("", LetterFormat.STANDARD),
        ("Step-free access", LetterFormat.STANDARD),
        ("Please use LARGE PRINT", LetterFormat.LARGE_PRINT),
        ("large-print letters", LetterFormat.LARGE_PRINT),
        ("Large print or braille", LetterFormat.OTHER),
        ("Easy Read", LetterFormat.OTHER),
        ("on CD", LetterFormat.OTHER),
    ],
)
def test_a_letter_is_set_for_what_somebody_needs(needs: str, form: LetterFormat) -> None:
    assert rules.letter_format(needs) is form
