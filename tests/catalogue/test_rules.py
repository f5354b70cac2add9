"""Which offer serves which request, and that the tokens decide exactly as the rule does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmas.catalogue.rules import (
    Taken,
    check_taken,
    expand,
    market,
    offer_tokens,
    request_tokens,
    serves,
    service,
    service_name,
)
from dmas.catalogue.vocabulary.arrangements import Pathway
from dmas.catalogue.vocabulary.procedures import PROCEDURE_GROUPS, offerable_groups
from dmas.catalogue.vocabulary.tokens import token
from dmas.catalogue.vocabulary.treatment_functions import TREATMENT_FUNCTIONS, family
from dmas.core.errors import InvalidInput


def taken(function: str, *groups: str, any_procedure: bool = False, excluded: tuple[str, ...] = ()) -> Taken:
    return Taken(function, any_procedure, frozenset(groups), frozenset(excluded))


@pytest.mark.parametrize(
    ("offer", "function", "group", "expected"),
    [
        (taken("110", any_procedure=True), "110", "hip_replacement", True),
        (taken("110", any_procedure=True, excluded=("hip_replacement",)), "110", "hip_replacement", False),
        (taken("110", "knee_replacement"), "110", "hip_replacement", False),
        (taken("100", any_procedure=True), "104", "haemorrhoids", False),
        (taken("100", "haemorrhoids"), "104", "haemorrhoids", True),
        (taken("100", "haemorrhoids", excluded=("haemorrhoids",)), "104", "haemorrhoids", False),
        (taken("100", any_procedure=True), "106", "cholecystectomy", False),
        (taken("110", any_procedure=True), "111", "hip_replacement", False),
        (taken("110", "hip_replacement"), "111", "hip_replacement", True),
        (taken("110", any_procedure=True), "108", "spinal_fusion", False),
        (taken("110", "spinal_fusion"), "108", "spinal_fusion", True),
        (taken("130", any_procedure=True), "460", "eye_injection", False),
        (taken("130", "eye_injection"), "460", "eye_injection", True),
        (taken("160", "carpal_tunnel"), "110", "carpal_tunnel", False),
        (taken("110", "carpal_tunnel"), "104", "carpal_tunnel", False),
        (taken("400", any_procedure=True), "400", None, True),
        (taken("100", "haemorrhoids"), "104", None, False),
    ],
)
def test_a_sub_specialty_needs_the_very_group(
    offer: Taken, function: str, group: str | None, expected: bool
) -> None:
    assert serves(offer, function, group) is expected


FUNCTIONS = ["100", "104", "106", "108", "110", "111", "120", "130", "460", "502", "410"]


@st.composite
def offers(draw: st.DrawFn) -> Taken:
    function = draw(st.sampled_from(FUNCTIONS))
    groups = sorted(group.code for group in offerable_groups(function))
    some = st.sets(st.sampled_from(groups), max_size=6) if groups else st.just(set())
    return Taken(function, draw(st.booleans()), frozenset(draw(some)), frozenset(draw(some)))


@given(offers(), st.sampled_from(FUNCTIONS), st.none() | st.sampled_from(sorted(PROCEDURE_GROUPS)))
def test_tokens_decide_as_the_rule_does(offer: Taken, function: str, group: str | None) -> None:
    matched = service(offer.function) == service(function) and request_tokens(
        function, group
    ) <= offer_tokens(offer)
    assert matched == serves(offer, function, group)


@given(offers())
def test_every_token_an_offer_gives_has_words(offer: Taken) -> None:
    assert all(token(code).label for code in offer_tokens(offer))


def test_any_procedure_is_the_functions_own_less_exclusions() -> None:
    groups = expand(taken("110", "spinal_fusion", any_procedure=True, excluded=("bunion",)))
    assert {"hip_replacement", "spinal_fusion"} <= groups
    assert "bunion" not in groups
    assert "disc_surgery" not in groups


@pytest.mark.parametrize(
    ("offer", "said"),
    [
        (taken("110", "cataract"), "does not belong to trauma and orthopaedics"),
        (taken("110", "hip"), "not a procedure group"),
        (taken("110", "bunion", "hip_replacement", excluded=("bunion",)), "both taken and left out"),
        (taken("110"), "at least one procedure"),
    ],
)
def test_an_offer_whose_procedures_make_no_sense_is_refused(offer: Taken, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        check_taken(offer)


def test_an_offer_that_makes_sense_passes() -> None:
    check_taken(taken("110", "spinal_fusion", any_procedure=True))
    check_taken(taken("410", any_procedure=True))


def test_a_family_shares_one_market_and_a_test_is_its_own() -> None:
    assert {service(function.code) for function in family("104")} == {"100"}
    assert {market(Pathway.ELECTIVE, code) for code in TREATMENT_FUNCTIONS} <= set(TREATMENT_FUNCTIONS)
    assert market(Pathway.DIAGNOSTIC, "MRI") == "MRI"
    assert market(Pathway.ELECTIVE, "X05") == "X05"


@pytest.mark.parametrize(
    ("code", "name"), [("MRI", "MRI scan"), ("X05", "Other surgical services"), ("104", "Colorectal surgery")]
)
def test_a_service_has_a_name(code: str, name: str) -> None:
    assert service_name(code) == name
