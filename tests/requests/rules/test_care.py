"""Who comes first, how far the search reaches, what is refused, and the lifecycle."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmas.catalogue.rules import Taken, offer_tokens, serves
from dmas.catalogue.vocabulary.arrangements import Basis, CriticalCare, Pathway, Setting, Stage
from dmas.catalogue.vocabulary.reasons import ReasonFor
from dmas.catalogue.vocabulary.tokens import token
from dmas.core.errors import IllegalTransition, InvalidInput
from dmas.core.transitions import advance, allowed
from dmas.requests import rules
from dmas.requests.commands import RequestDetails
from dmas.requests.vocabulary import RequestStatus
from tests.factories.requests import details, line

TODAY = date(2026, 11, 23)
NHS_NUMBER = "999 000 0018"


def a_request(**values: Any) -> RequestDetails:
    return RequestDetails(**details(**values))


def refusal(request: RequestDetails) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        rules.check(request, TODAY)
    return caught.value


@pytest.mark.parametrize(
    ("code", "days", "tier"),
    [
        ("P2", 0, 2),
        ("P2", 900, 2),
        ("P3", 10, 3),
        ("p3", 900, 3),
        ("P4", 0, 4),
        ("P4", 364, 4),
        ("P4", 365, 3),
        ("4", 365, 3),
    ],
)
def test_the_tier_follows_the_code_and_lifts_after_364_days(code: str, days: int, tier: int) -> None:
    assert rules.tier_of(code, days) == tier


@pytest.mark.parametrize("code", ["P1", "P1a", "1"])
def test_p1_is_shown_the_local_route(code: str) -> None:
    with pytest.raises(InvalidInput, match="local urgent route") as caught:
        rules.tier_of(code, 0)
    assert caught.value.field == "priority_code"


@pytest.mark.parametrize("code", ["P5", "P6"])
def test_postponed_codes_are_refused_with_the_reason(code: str) -> None:
    with pytest.raises(InvalidInput, match=f"{code} means the patient has asked to postpone"):
        rules.tier_of(code, 500)


@pytest.mark.parametrize("code", ["", "P9", "urgent", "<script>"])
def test_an_unknown_code_is_refused(code: str) -> None:
    with pytest.raises(InvalidInput, match="priority code"):
        rules.tier_of(code, 0)


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_a_longer_wait_never_ranks_worse(one: int, other: int) -> None:
    shorter, longer = sorted((one, other))
    assert rules.tier_of("P4", longer) <= rules.tier_of("P4", shorter)


def test_the_clock_of_a_line_is_that_of_its_shortest_wait() -> None:
    assert rules.waiting_since(40, TODAY) == TODAY - timedelta(days=280)
    assert rules.waiting_since(0, TODAY) == TODAY


@given(st.integers(0, 520), st.integers(0, 20), st.integers(0, 3650))
def test_an_estimate_never_outranks_a_known_person_of_its_line(start: int, span: int, extra: int) -> None:
    somebody = TODAY - timedelta(days=start * 7 + min(extra, span * 7))
    estimate = rules.waiting_since(start, TODAY)
    assert estimate >= somebody
    worst = rules.tier_of("P4", (TODAY - estimate).days), estimate
    assert worst >= (rules.tier_of("P4", (TODAY - somebody).days), somebody)


@pytest.mark.parametrize(
    ("days", "token_of_ring", "widens_after"),
    [
        (0, "icb:QHL", 7),
        (6, "icb:QHL", 7),
        (7, "region:Y60", 21),
        (20, "region:Y60", 21),
        (21, None, None),
        (55, None, None),
    ],
)
def test_rings_widen_by_dated_facts(days: int, token_of_ring: str | None, widens_after: int | None) -> None:
    opened = TODAY - timedelta(days=days)
    assert rules.ring(opened, TODAY, icb="QHL", region="Y60") == token_of_ring
    expected = None if widens_after is None else opened + timedelta(days=widens_after)
    assert rules.ring_widens_on(opened, TODAY) == expected


def test_a_search_lasts_56_days() -> None:
    assert rules.search_ends_on(date(2026, 1, 1)) == date(2026, 2, 26)


def test_p2_binds_the_search_until_its_date_has_passed() -> None:
    given_on = TODAY - timedelta(days=28)
    assert rules.priority_due_on(given_on) == TODAY
    assert rules.needed_by_on(None, given_on, TODAY) == TODAY
    assert not rules.is_overdue(given_on, TODAY)
    assert rules.needed_by_on(TODAY, given_on, TODAY + timedelta(days=1)) is None
    assert rules.is_overdue(given_on, TODAY + timedelta(days=1))
    assert rules.needed_by_on(TODAY, None, TODAY) == TODAY
    assert not rules.is_overdue(None, TODAY)


def test_needs_are_tokens_of_the_vocabulary() -> None:
    asked = a_request(critical_care=CriticalCare.LEVEL_2, tokens=("step_free", "hoist"))
    assert rules.needs(asked) == [
        "basis:whole_pathway",
        "critical_care:2",
        "hoist",
        "stage:decision_to_admit",
        "standard_notice",
        "step_free",
    ]
    assert all(token(code).is_hard for code in rules.needs(asked))


def test_who_is_ready_at_short_notice_needs_no_notice() -> None:
    assert "standard_notice" not in rules.needs(a_request(ready_at_short_notice=True))


def test_a_first_appointment_that_moves_whole_needs_the_treatment_that_follows() -> None:
    first = {"stage": Stage.FIRST_OUTPATIENT, "setting": Setting.OUTPATIENT}
    assert "treatment_follows" in rules.needs(a_request(**first))
    assert "treatment_follows" not in rules.needs(a_request(**first, basis=Basis.SUBCONTRACTED))


def test_a_line_needs_its_procedure_only_once_admission_is_decided() -> None:
    def needs(stage: Stage, age_to: int = 75) -> frozenset[str]:
        return rules.line_needs(service="110", stage=stage, procedure_group="hip_replacement", age_to=age_to)

    assert "opcs:hip_replacement" in needs(Stage.DECISION_TO_ADMIT)
    assert not any(code.startswith("opcs:") for code in needs(Stage.FIRST_OUTPATIENT))
    assert "children" in needs(Stage.FIRST_OUTPATIENT, age_to=17)
    assert "children" not in needs(Stage.FIRST_OUTPATIENT, age_to=18)


def test_what_a_line_needs_is_what_a_serving_offer_provides() -> None:
    offer = Taken("110", any_procedure=True)
    asked = rules.line_needs(
        service="110", stage=Stage.DECISION_TO_ADMIT, procedure_group="hip_replacement", age_to=75
    )
    assert serves(offer, "110", "hip_replacement")
    assert asked <= offer_tokens(offer)


def test_a_sound_request_passes() -> None:
    rules.check(a_request(), TODAY)
    rules.check(a_request(service="410", lines=(line(procedure_group=None),)), TODAY)
    rules.check(a_request(lines=(line(worst_asa=None, worst_bmi=None),), travel_miles=25), TODAY)
    outpatient = a_request(
        stage=Stage.FIRST_OUTPATIENT, setting=Setting.OUTPATIENT, lines=(line(procedure_group=None),)
    )
    rules.check(outpatient, TODAY)


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"service": "999"}, "service", "treatment function"),
        ({"pathway": Pathway.DIAGNOSTIC}, "pathway", "diagnostics"),
        ({"setting": Setting.INPATIENT, "stage": Stage.FIRST_OUTPATIENT}, "setting", "outpatient care"),
        ({"setting": Setting.DIAGNOSTIC}, "setting", "Choose what fits"),
        ({"basis": Basis.TEST_ONLY}, "basis", "whole pathway"),
        ({"basis": Basis.INSOURCED}, "basis", "whole pathway"),
        ({"cancer": True}, "cancer", "local urgent route"),
        ({"reason": "  "}, "reason", "Say why"),
        ({"reason": "x" * 501}, "reason", "500 characters"),
        ({"reason": f"for {NHS_NUMBER}"}, "reason", "NHS number"),
        ({"clinical_lead": ""}, "clinical_lead", "clinical lead"),
        ({"clinical_lead": "x" * 101}, "clinical_lead", "100 characters"),
        ({"notes": "x" * 2001}, "notes", "2,000 characters"),
        ({"notes": NHS_NUMBER.replace(" ", "")}, "notes", "NHS number"),
        ({"tokens": ("teleport",)}, "tokens", "from the list"),
        ({"tokens": ("standard_notice",)}, "tokens", "from the list"),
        ({"tokens": ("parking",)}, "tokens", "from the list"),
        ({"travel_miles": 0}, "travel_miles", "between 1 and 1000"),
        ({"travel_miles": 1001}, "travel_miles", "between 1 and 1000"),
        ({"lines": ()}, "lines", "at least one line"),
        ({"lines": (line(),) * 11}, "lines", "at most 10"),
        ({"needed_by": TODAY}, "needed_by", "in the future"),
        ({"needed_by": TODAY + timedelta(days=731)}, "needed_by", "within 2 years"),
        ({"priority_date": TODAY}, "priority_date", "only where the lines are P2"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(values: dict[str, Any], field: str, words: str) -> None:
    error = refusal(a_request(**values))
    assert error.field == field
    assert words in str(error)


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"places": 0}, "places", "between 1 and 500"),
        ({"places": 10_000}, "places", "between 1 and 500"),
        ({"weeks_from": -1}, "weeks", "between 0 and 520"),
        ({"weeks_to": 521}, "weeks", "between 0 and 520"),
        ({"weeks_from": 45, "weeks_to": 44}, "weeks", "shorter wait first"),
        ({"age_from": -1}, "age_from", "between 0 and 130"),
        ({"age_to": 131}, "age_to", "between 0 and 130"),
        ({"age_from": 80}, "age_to", "must not be below"),
        ({"age_from": 17, "age_to": 18}, "age_from", "mixes children and adults"),
        ({"worst_asa": 0}, "worst_asa", "between 1 and 5"),
        ({"worst_asa": 6}, "worst_asa", "between 1 and 5"),
        ({"worst_bmi": 4.9}, "worst_bmi", "between 5 and 150"),
        ({"procedure_group": None}, "procedure_group", "Choose the procedure"),
        ({"procedure_group": "cataract"}, "procedure_group", "not done under"),
        ({"procedure_group": "spells"}, "procedure_group", "not a procedure group"),
        ({"priority_code": "P1"}, "priority_code", "local urgent route"),
        ({"priority_code": "P6"}, "priority_code", "postpone"),
    ],
)
def test_a_wrong_line_is_named_by_its_place(values: dict[str, Any], field: str, words: str) -> None:
    error = refusal(a_request(lines=(line(), line(**values))))
    assert error.field == f"lines-1-{field}"
    assert words in str(error)


def test_a_line_of_children_is_sound_by_itself() -> None:
    rules.check(a_request(lines=(line(age_from=10, age_to=17), line(age_from=18, age_to=60))), TODAY)


def test_a_childrens_service_takes_no_adults() -> None:
    error = refusal(a_request(service="171", lines=(line(procedure_group="circumcision"),)))
    assert error.field == "lines-0-age_to"
    assert "children's service" in str(error)


def test_p2_is_for_named_people_one_by_one_with_their_date() -> None:
    p2 = line(priority_code="P2", places=1, weeks_from=3, weeks_to=3)
    rules.check(a_request(lines=(p2, p2), priority_date=TODAY), TODAY)
    assert refusal(a_request(lines=(p2,))).field == "priority_date"
    assert refusal(a_request(lines=(p2,), priority_date=TODAY + timedelta(days=1))).field == "priority_date"
    assert refusal(a_request(lines=(line(priority_code="P2"),))).field == "lines-0-places"
    assert refusal(a_request(lines=(p2, line()), priority_date=TODAY)).field == "lines-0-priority_code"


@pytest.mark.parametrize(
    ("code", "note", "words"),
    [
        ("more_detail", "", "More detail needed"),
        ("more_detail", " How many? ", "More detail needed: How many?"),
        ("other", "The list is wrong.", "Another reason (say which): The list is wrong."),
    ],
)
def test_a_coded_reason_is_put_in_words(code: str, note: str, words: str) -> None:
    assert rules.check_note(ReasonFor.ICB_RETURN, code, note) == words


@pytest.mark.parametrize(
    ("code", "note", "field"),
    [
        ("", "", "reason"),
        ("because", "", "reason"),
        ("other", "  ", "note"),
        ("contract", "x" * 1001, "note"),
        ("contract", NHS_NUMBER, "note"),
    ],
)
def test_a_reason_that_says_nothing_or_too_much_is_refused(code: str, note: str, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        rules.check_note(ReasonFor.ICB_RETURN, code, note)
    assert caught.value.field == field


def test_the_lifecycle_ends_and_never_reopens() -> None:
    assert allowed(rules.TRANSITIONS, RequestStatus.CLOSED) == []
    assert allowed(rules.TRANSITIONS, RequestStatus.AWAITING_ICB) == [
        "resubmit",
        "approve",
        "return",
        "withdraw",
    ]
    with pytest.raises(IllegalTransition, match="is now closed"):
        advance(rules.TRANSITIONS, "withdraw", RequestStatus.CLOSED, noun="request")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, None),
        ({"basis": Basis.WHOLE_PATHWAY}, "basis"),
        ({"service": "110"}, "service"),
        ({"lines": (line(priority_code="D3"),)}, "lines-0-procedure_group"),
        ({"lines": (line(procedure_group=None),)}, "lines-0-priority_code"),
        ({"tokens": ("spinal",)}, "tokens"),
    ],
)
def test_a_test_is_asked_for_alone_under_its_own_codes(values: dict[str, Any], field: str | None) -> None:
    scan: dict[str, Any] = {
        "service": "MRI",
        "setting": Setting.DIAGNOSTIC,
        "stage": None,
        "basis": Basis.TEST_ONLY,
        "pathway": Pathway.DIAGNOSTIC,
        "lines": (line(priority_code="D3", procedure_group=None),),
    }
    asked = a_request(**scan | values)
    if field is None:
        rules.check(asked, TODAY, pathway=Pathway.DIAGNOSTIC)
        return
    with pytest.raises(InvalidInput) as refused:
        rules.check(asked, TODAY, pathway=Pathway.DIAGNOSTIC)
    assert refused.value.field == field
