"""What a patient may answer, and what each answer becomes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from dmas.core.errors import InvalidInput
from dmas.requests import rules
from dmas.requests.vocabulary import QUESTIONS, TransferStep

DAY = date(2026, 11, 21)
_S = TransferStep


def refused(step: TransferStep, **values: Any) -> str:
    """Return the field of the refusal of an answer."""
    with pytest.raises(InvalidInput) as caught:
        rules.checked_answer(step, values, DAY)
    return caught.value.field or ""


def kept(step: TransferStep, **values: Any) -> dict[str, Any]:
    return rules.checked_answer(step, values, DAY)


def test_every_question_has_a_check_and_the_last_page_asks_nothing() -> None:
    for step in QUESTIONS:
        with pytest.raises(InvalidInput) as caught:
            rules.checked_answer(step, {"needs": ["x"]}, DAY)
        assert caught.value.field
    assert refused(_S.CHECK) == ""


def test_the_first_unanswered_question_is_found() -> None:
    assert rules.unanswered({}) is _S.STILL_YOUR_WAIT
    given = {step.value: {} for step in QUESTIONS}
    assert rules.unanswered(given) is None
    del given[_S.DATES.value]
    assert rules.unanswered(given) is _S.DATES


def test_a_wait_is_right_or_what_is_wrong_is_said() -> None:
    assert kept(_S.STILL_YOUR_WAIT, right="yes", wrong="typed and taken back") == {"right": "yes"}
    assert kept(_S.STILL_YOUR_WAIT, right="no", wrong=" Wrong knee. ")["wrong"] == "Wrong knee."
    assert refused(_S.STILL_YOUR_WAIT, right="no", wrong=" ") == "wrong"
    assert refused(_S.STILL_YOUR_WAIT, right="no", wrong="x" * 1001) == "wrong"


def test_a_change_in_health_is_said() -> None:
    assert kept(_S.HEALTH, changed="no", what="nothing") == {"changed": "no"}
    assert kept(_S.HEALTH, changed="yes", what="A fall.") == {"changed": "yes", "what": "A fall."}
    assert refused(_S.HEALTH, changed="yes") == "what"


@pytest.mark.parametrize(
    ("miles", "travel"), [("25", (25, False)), ("100", (100, False)), ("england", (None, True))]
)
def test_distance_becomes_miles_or_the_nation(miles: str, travel: tuple[int | None, bool]) -> None:
    assert rules.travel_of(kept(_S.DISTANCE, miles=miles)) == travel


def test_another_distance_is_refused() -> None:
    assert refused(_S.DISTANCE, miles="26") == "miles"


def test_times_away_are_kept_as_dates() -> None:
    one = {"from": DAY, "to": DAY + timedelta(days=3)}
    assert kept(_S.DATES, any="yes", periods=[one])["periods"] == [{"from": "2026-11-21", "to": "2026-11-24"}]
    assert kept(_S.DATES, any="no", periods=[one])["periods"] == []


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (None, DAY, "from_1"),
        (DAY, None, "to_1"),
        (DAY, DAY - timedelta(days=1), "to_1"),
        (DAY - timedelta(days=9), DAY - timedelta(days=1), "to_1"),
        (DAY, DAY + timedelta(days=366), "to_1"),
    ],
)
def test_times_away_that_cannot_be_are_refused(start: date | None, end: date | None, field: str) -> None:
    assert refused(_S.DATES, any="yes", periods=[{"from": start, "to": end}]) == field


def test_times_away_are_some_and_at_most_three() -> None:
    one = {"from": DAY, "to": DAY}
    assert refused(_S.DATES, any="yes", periods=[]) == "from_1"
    assert refused(_S.DATES, any="yes", periods=[one] * 4) == "from_1"


def test_needs_are_of_the_list_and_an_interpreter_has_a_language() -> None:
    assert kept(_S.NEEDS, needs=["hoist", "bsl"])["needs"] == ["bsl", "hoist"]
    assert refused(_S.NEEDS, needs=["general_anaesthetic"]) == "needs"
    assert refused(_S.NEEDS, needs=["interpreter"]) == "language"


def test_contact_has_what_its_channel_needs() -> None:
    assert kept(_S.CONTACT, channel="letter")["channel"] == "letter"
    assert refused(_S.CONTACT, channel="pigeon") == "channel"
    assert refused(_S.CONTACT, channel="phone") == "phone"
    assert refused(_S.CONTACT, channel="email") == "email"


def test_who_acts_for_a_patient_says_by_what_right() -> None:
    who = {"acting": "yes", "helper": "Sam Example"}
    assert kept(_S.ACTING, acting="no", helper="typed and taken back") == {"acting": "no"}
    assert refused(_S.ACTING, **{**who, "helper": ""}) == "helper"
    assert refused(_S.ACTING, **who) == "basis"
    assert kept(_S.ACTING, **who, basis="Lasting power of attorney")["helper"] == "Sam Example"


def test_consents_are_given_by_a_tick() -> None:
    assert kept(_S.WHOLE_PATHWAY, understood="yes") == {"understood": "yes"}
    assert refused(_S.WHOLE_PATHWAY, understood="") == "understood"
    assert kept(_S.SHARING, shared="yes") == {"shared": "yes"}
    assert refused(_S.SHARING) == "shared"


def test_notice_is_one_of_two() -> None:
    assert kept(_S.SHORT_NOTICE, short_notice="no") == {"short_notice": "no"}
    assert refused(_S.SHORT_NOTICE, short_notice="perhaps") == "short_notice"
