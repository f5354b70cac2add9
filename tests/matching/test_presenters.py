"""Runs, reasons and standings in words."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from dmas.matching import presenters
from dmas.matching.engine.feasibility import LIMITS, RULES
from dmas.matching.models import MatchRun
from dmas.matching.services import FAILED_RULES, Standing
from dmas.matching.vocabulary import RunStatus

ON = date(2026, 11, 21)


def a_run(**values: Any) -> MatchRun:
    return MatchRun(**({"service_date": ON, "status": "applied", "counts": {}, "verdict": {}} | values))


def row(code: str | None, served: int = 0, wanted: int = 3, **details: Any) -> Any:
    return SimpleNamespace(
        number=1, service_date=ON, wanted=wanted, served=served, code=code, details=details
    )


@pytest.mark.parametrize("state", list(RunStatus))
def test_every_state_has_its_words_and_colour(state: RunStatus) -> None:
    tag = presenters.status(a_run(status=state))
    assert tag.text == state.label
    assert tag.colour in {"green", "red", "blue"}


def test_every_rule_and_limit_of_the_engine_has_its_words() -> None:
    assert set(presenters.RULES) == set(FAILED_RULES) == set(RULES)
    assert set(presenters.MISSING) == set(LIMITS)
    assert set(presenters.PROVED) == {1, 2, 3, 4}


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ({}, "Not checked yet."),
        (
            {"ok": True, "proved": [1, 2]},
            "Checked independently: nobody was passed over for someone who ranks",
        ),
        ({"ok": True, "proved": [1, 2, 3, 4]}, "none with fewer places outside the home region."),
        (
            {"ok": False, "fault": {"path": "x", "rule": "C5"}},
            "refused the plan (rule C5). Nothing was applied.",
        ),
        ({"ok": False}, "rule unknown"),
    ],
)
def test_the_verdict_in_words(verdict: dict[str, Any], words: str) -> None:
    assert words in presenters.verdict(a_run(verdict=verdict))


def test_the_figures_of_a_night() -> None:
    night = a_run(counts={"places_served": 1_200, "places_wanted": 3_400, "tenths": 240_000})
    assert presenters.served_of_wanted(night) == "1,200 of 3,400"
    assert presenters.average_miles(night) == "20.0 miles in a straight line"
    assert presenters.served_of_wanted(a_run()) == presenters.average_miles(a_run()) == "–"


def test_places_not_found_most_first() -> None:
    night = a_run(counts={"unmatched": {"no_feasible_offer": 3, "outranked": 7, "needs_information": 3}})
    assert presenters.unmatched(night) == [
        ("Every fitting place went to people who rank higher", 7),
        ("A clinical value is missing", 3),
        ("No open offer fits", 3),
    ]
    assert presenters.unmatched(a_run()) == []


def test_a_night_against_the_one_before() -> None:
    tonight, before = a_run(counts={"offers": 1_012, "lines": 5}), a_run(counts={"offers": 1_000, "lines": 9})
    rows = presenters.against(tonight, before)
    assert rows[0] == ("Offers with a free place", "1,012", "1,000", "+12")
    assert rows[1] == ("Request lines looking for places", "5", "9", "-4")
    assert rows[2] == ("Places wanted", "–", "–", "–")
    assert presenters.against(tonight, None)[0][2:] == ("–", "–")


@pytest.mark.parametrize(
    ("outcome", "headline", "sentence"),
    [
        (row(None, served=3), "Matched", "All 3 places it was looking for were proposed."),
        (row(None, served=1, wanted=1), "Matched", "The place it was looking for was proposed."),
        (
            row("outranked", cut_off={"priority": 4, "waiting_since": "2026-01-09"}, feasible_offers=1),
            "Every fitting place went to people who rank higher",
            "1 open offer fits. All places there went to people who rank better; the last went at"
            " tier 4, waiting since 9/1/2026.",
        ),
        (
            row(
                "outranked",
                served=2,
                cut_off={"priority": 3, "waiting_since": "2026-01-09"},
                feasible_offers=2,
                tied=True,
            ),
            "Every fitting place went to people who rank higher",
            "2 open offers fit. All places there went to people who rank better or are tied with it;"
            " the last went at tier 3, waiting since 9/1/2026. 2 of 3 places were proposed.",
        ),
        (
            row("needs_information", missing=["asa", "bmi"]),
            "A clinical value is missing",
            "Offers fit but for a value not known: ASA class and BMI."
            " Add it and the next night can match it.",
        ),
        (
            row(
                "no_feasible_offer",
                funnel={"service_and_setting": 4, "other_provider": 0},
                would_open={"needs": 2},
            ),
            "No open offer fits",
            "No open offer passes every rule. The steps show where they fell out.",
        ),
        (
            row("priority_not_matched"),
            "This priority is not matched here",
            "This priority is arranged locally or postponed; the night does not match it.",
        ),
    ],
)
def test_every_reason_in_words(outcome: Any, headline: str, sentence: str) -> None:
    why = presenters.why(outcome)
    assert (why.headline, why.sentence, why.on) == (headline, sentence, "21 November 2026")


def test_the_steps_behind_a_reason_are_in_words_and_in_order() -> None:
    why = presenters.why(
        row("no_feasible_offer", funnel={"service_and_setting": 4, "travel": 0}, would_open={"travel": 2})
    )
    assert why.funnel == (("same service and setting, with a place free", 4), ("near enough", 0))
    assert why.would_open == (("near enough", 2),)


def test_services_are_named() -> None:
    rows: Any = [SimpleNamespace(service="110", wanted=5, served=2)]
    ((name, wanted, served),) = presenters.services(rows)
    assert (wanted, served) == (5, 2)
    assert "rthopaedic" in name


def standing(**values: Any) -> Standing:
    line: Any = SimpleNamespace(reference="RQ-2345678", number=2, wanted=3, waiting_since=date(2025, 11, 21))
    defaults: dict[str, Any] = {
        "line": line,
        "refusal": None,
        "tenths": 104,
        "distance_approximate": False,
        "tier": 3,
        "overtakes": 0,
    }
    return Standing(**defaults | values)


@pytest.mark.parametrize(
    ("overtakes", "words"),
    [
        (0, "nobody who ranks better could use a place"),
        (1, "passes over 1 place of people who rank better"),
        (1_200, "passes over 1,200 places of people who rank better"),
    ],
)
def test_a_choice_says_rank_and_past_whom(overtakes: int, words: str) -> None:
    ((name, said),) = presenters.choices({"RQ-2345678/2": standing(overtakes=overtakes)}, ON)
    assert name == "RQ-2345678/2"
    assert said == f"RQ-2345678, line 2: 3 to find, tier 3, waiting 52 weeks; {words}"


def test_who_could_not_go_is_told_apart() -> None:
    both = {"a": standing(), "b": standing(refusal="Too far.")}
    assert [name for name, _ in presenters.choices(both, ON)] == ["a"]
    assert presenters.refused(both, ON) == [
        ("RQ-2345678, line 2: 3 to find, tier 3, waiting 52 weeks", "Too far.")
    ]


def test_patients_left_out_are_told_by_reason_most_first() -> None:
    run = MatchRun(counts={"left_out": {"changed": 1, "list_too_old": 12}})
    assert presenters.left_out(run) == [
        ("The home trust's list is too old: it must send a new one or confirm it", 12),
        ("Something has changed in the patient's health: a clinician looks first", 1),
    ]
    assert presenters.left_out(MatchRun(counts={})) == []
