"""Details of a test as tokens: whatever an offer can do it provides, whatever people need is needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from dmas.catalogue.vocabulary.arrangements import Pathway
from dmas.catalogue.vocabulary.diagnostic_tests import DIAGNOSTIC_TESTS
from dmas.catalogue.vocabulary.tokens import label, token
from dmas.diagnostics import rules
from dmas.diagnostics.commands import PostTestRequest
from dmas.diagnostics.vocabulary import CLINICAL
from tests.factories import diagnostics as make

TODAY = date(2026, 11, 21)


def provided(test: str = "MRI", tokens: tuple[str, ...] = (), **values: Any) -> set[str]:
    return set(rules.offer_tokens(test, make.terms(TODAY, tokens=tokens), make.detail(**values)))


def needed(**values: Any) -> set[str]:
    return set(rules.request_tokens(PostTestRequest(**make.request_values(TODAY, **values)), TODAY))


def test_an_offer_without_parts_gives_every_part_and_a_limited_one_its_own() -> None:
    assert {"part:MRI:head", "part:MRI:heart"} <= provided()
    limited = provided(parts=("MRI:head",))
    assert "part:MRI:head" in limited
    assert "part:MRI:heart" not in limited


def test_a_weight_limit_provides_every_step_up_to_it() -> None:
    assert {one for one in provided(max_weight=190) if one.startswith("weight:")} == {
        "weight:120",
        "weight:150",
        "weight:180",
    }
    assert "weight:300" in provided(max_weight=None, no_weight_limit=True)


@pytest.mark.parametrize(
    ("heaviest", "need"), [(80, "weight:120"), (120, "weight:120"), (181, "weight:200"), (None, None)]
)
def test_the_heaviest_person_needs_the_next_step(heaviest: int | None, need: str | None) -> None:
    found = {one for one in needed(detail=make.asked(heaviest=heaviest)) if one.startswith("weight:")}
    assert found == ({need} if need else set())


@pytest.mark.parametrize(
    ("promised", "wanted", "fits"), [(5, 5, True), (5, 7, True), (7, 5, False), (4, 4, True), (12, 14, False)]
)
def test_a_report_is_promised_within_the_time_that_is_wanted(promised: int, wanted: int, fits: bool) -> None:
    needs = needed(detail=make.asked(report_within=wanted))
    assert (needs <= provided(report_days=promised)) is fits


def test_a_scan_alone_never_meets_a_wish_for_a_report() -> None:
    alone = provided(report_by="home")
    assert "report_included" not in alone
    assert not needed(detail=make.asked(report_within=30)) <= alone


@pytest.mark.parametrize(
    ("known_on", "check"),
    [(None, True), (TODAY - timedelta(days=90), False), (TODAY - timedelta(days=91), True)],
)
def test_contrast_needs_a_fresh_kidney_function_or_a_check_on_the_day(
    known_on: date | None, check: bool
) -> None:
    found = needed(tokens=("contrast",), detail=make.asked(kidney_function_on=known_on))
    assert ("kidney_check" in found) is check
    assert "kidney_check" not in needed(detail=make.asked(kidney_function_on=known_on))


def test_what_follows_from_details_is_never_ticked_by_hand() -> None:
    forged = provided(tokens=("jag_accredited", "part:MRI:heart", "contrast"), parts=("MRI:head",))
    assert "contrast" in forged
    assert not {"jag_accredited", "part:MRI:heart"} & forged


def test_place_escort_images_and_accreditation_are_provided() -> None:
    scope = {"preparation": "none", "escort": "not_needed", "accreditations": ("jag",), "images_route": None}
    found = provided("COLONOSCOPY", place="hospital", **scope)
    assert {"hospital_site", "no_escort", "jag_accredited"} <= found
    assert "image_transfer" not in found
    assert "image_transfer" in provided()
    assert "image_transfer" not in provided(images_route="disc")
    assert "hospital_site" not in provided(place="community_diagnostic_centre")


@pytest.mark.parametrize("test", DIAGNOSTIC_TESTS)
def test_every_token_of_every_test_has_words_and_belongs_to_tests(test: str) -> None:
    for code in {*provided(test), *CLINICAL[test]}:
        assert label(code)
        assert Pathway.DIAGNOSTIC in token(code).pathways


def test_a_line_is_ranked_by_its_shortest_wait() -> None:
    line = make.line(TODAY, earliest=TODAY - timedelta(days=60), latest=TODAY - timedelta(days=41))
    spec = rules.line_spec(line, TODAY)
    assert (spec.waiting_since, spec.weeks_from, spec.weeks_to) == (line.latest, 5, 8)
    early = replace(line, latest=TODAY + timedelta(days=9), earliest=TODAY + timedelta(days=2), planned=True)
    assert rules.line_spec(early, TODAY).weeks_from == 0


def test_d2_is_always_matched_at_short_notice() -> None:
    assert rules.short_notice([make.line(TODAY, priority_code="D2")], ready=False)
    assert not rules.short_notice([make.line(TODAY)], ready=False)
    assert rules.short_notice([make.line(TODAY)], ready=True)


def test_changed_details_are_told_as_old_and_new() -> None:
    before = make.detail()
    assert rules.changes(before, replace(before, sessions_a_week=8, parts=("MRI:head",))) == {
        "sessions_a_week": [6, 8],
        "parts": [[], ["MRI:head"]],
    }
    assert rules.changes(before, before) == {}


def test_ticked_are_only_the_tokens_somebody_ticks() -> None:
    found = provided(tokens=("contrast", "parking"))
    assert set(rules.ticked("MRI", tuple(found))) >= {"contrast", "parking"}
    assert not any(":" in code for code in rules.ticked("MRI", tuple(found)))
