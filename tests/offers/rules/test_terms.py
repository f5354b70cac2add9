"""The tokens of an offer, what has changed, whether limits grew tighter, and a copy's dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmas.catalogue.rules import Taken, request_tokens, serves
from dmas.catalogue.vocabulary.arrangements import Notice, Setting, Stage
from dmas.catalogue.vocabulary.procedures import offerable_groups
from dmas.catalogue.vocabulary.tokens import token
from dmas.offers import rules
from tests.factories.offers import kind, terms

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("notice", "days", "standard"),
    [(Notice.STANDARD, 42, True), (Notice.STANDARD, 41, False), (Notice.SHORT, 300, False)],
)
def test_standard_notice_needs_six_weeks(notice: Notice, days: int, standard: bool) -> None:
    assert rules.standard_notice(notice, TODAY + timedelta(days=days), TODAY) is standard


def provided(what: dict[str, Any] | None = None, **changed: Any) -> set[str]:
    tokens = rules.provides(kind(**what or {}), terms(TODAY, **changed), icb="QHL", region="Y60")
    assert tokens == sorted(set(tokens))
    for code in tokens:
        assert token(code).is_hard
    return set(tokens)


def test_tokens_follow_from_the_answers() -> None:
    plain = provided(pre_assessment_by=None)
    assert {"icb:QHL", "region:Y60", "stage:decision_to_admit", "opcs:hip_replacement"} <= plain
    assert (
        not {"children", "critical_care:2", "pre_assessment", "treatment_follows", "standard_notice"} & plain
    )
    assert provided(critical_care="2") - plain == {"critical_care:2", "pre_assessment"}
    assert {"critical_care:2", "critical_care:3"} <= provided(critical_care="3")
    assert "children" in provided(min_age=5, max_age=17)
    assert provided(tokens=("hoist", "parking"), pre_assessment_by=None) - plain == {"hoist"}


def test_an_outpatient_offer_provides_the_treatment_that_follows_only_if_it_says_so() -> None:
    clinic = {"setting": Setting.OUTPATIENT, "stage": Stage.FIRST_OUTPATIENT}
    assert "treatment_follows" in provided(clinic, gives_treatment=True, follow_on_weeks=4)
    assert "treatment_follows" not in provided(clinic, gives_treatment=False)


def test_a_site_without_an_icb_provides_its_region() -> None:
    tokens = rules.provides(kind(), terms(TODAY), icb=None, region="Y60")
    assert [code for code in tokens if code.startswith(("icb:", "region:"))] == ["region:Y60"]


@given(st.data())
def test_tokens_decide_as_the_catalogue_does(data: st.DataObject) -> None:
    offered = data.draw(st.sampled_from(["100", "104", "106", "110", "111", "130"]))
    groups = [group.code for group in offerable_groups(offered)]
    scope = data.draw(st.lists(st.sampled_from(groups), max_size=4, unique=True))
    anything = data.draw(st.booleans())
    changed: dict[str, Any] = {"any_procedure": anything}
    changed["excluded_groups" if anything else "procedure_groups"] = tuple(scope)
    tokens = rules.provides(kind(service=offered), terms(TODAY, **changed), icb=None, region="Y60")
    wanted, group = (
        data.draw(st.sampled_from(["100", "104", "110", "111"])),
        data.draw(st.sampled_from(groups)),
    )
    taken = Taken(
        offered,
        anything,
        frozenset(changed.get("procedure_groups", ())),
        frozenset(changed.get("excluded_groups", ())),
    )
    assert (request_tokens(wanted, group) <= set(tokens)) == serves(taken, wanted, group)


def test_changes_name_old_and_new_and_never_quote_free_text() -> None:
    before = terms(TODAY, notes="A", tokens=("hoist",))
    after = replace(before, places=9, window_to=before.window_to + timedelta(days=1), notes="B", tokens=())
    assert rules.changes(before, after) == {
        "places": [2, 9],
        "window_to": ["2027-01-23", "2027-01-24"],
        "notes": "changed",
        "tokens": [["hoist"], []],
    }
    assert rules.changes(before, before) == {}


@pytest.mark.parametrize(
    "change",
    [
        {"min_age": 40},
        {"max_age": 90},
        {"max_asa": 3, "no_asa_limit": False},
        {"max_bmi": 40.0, "no_bmi_limit": False},
        {"sex": "F"},
        {"critical_care": "none"},
        {"accepts_icbs": ("QHL",)},
        {"accepts_regions": ("Y60",)},
        {"excluded_groups": ("hip_revision",)},
        {"tokens": ()},
        {"window_to": TODAY + timedelta(days=50)},
        {"window_from": TODAY + timedelta(days=20)},
    ],
)
def test_tighter_one_way_is_looser_the_other(change: dict[str, Any]) -> None:
    wide = terms(TODAY, tokens=("hoist",), critical_care="2")
    narrow = replace(wide, **change)
    assert rules.tightened(kind(), wide, narrow)
    assert not rules.tightened(kind(), narrow, wide)


def test_only_some_operations_is_tighter_than_any() -> None:
    some = terms(TODAY, any_procedure=False, procedure_groups=("hip_replacement",))
    assert rules.tightened(kind(), terms(TODAY), some)


def test_more_or_fewer_places_and_other_words_are_not_tighter() -> None:
    before = terms(TODAY, accepts_icbs=("QHL", "QUA"))
    for change in ({"places": 1}, {"notes": "new"}, {"accepts_icbs": ("QHL", "QUA", "QWU")}):
        assert not rules.tightened(kind(), before, replace(before, **change))
    assert rules.tightened(kind(), before, replace(before, accepts_icbs=("QHL",)))


@pytest.mark.parametrize(("ago", "later"), [(-3, 7), (0, 7), (7, 7), (8, 14), (30, 35)])
def test_a_copy_moves_on_a_week_or_as_many_as_it_takes(ago: int, later: int) -> None:
    first = TODAY - timedelta(days=ago)
    old = terms(TODAY, window_from=first, window_to=first + timedelta(days=20))
    new = rules.moved_on(old, TODAY)
    assert (new.window_from - old.window_from).days == later
    assert (new.window_to - new.window_from).days == 20
    assert new.window_from >= TODAY
