"""Parts of tests: each belongs to one test, and each is a token with words."""

from __future__ import annotations

import pytest

from dmas.catalogue.rules import (
    ages_of,
    report_promised,
    reported_by,
    service_in_text,
    service_label,
)
from dmas.catalogue.vocabulary.arrangements import ContractBasis, Pathway
from dmas.catalogue.vocabulary.diagnostic_tests import DIAGNOSTIC_TESTS
from dmas.catalogue.vocabulary.sub_tests import SUB_TESTS, sub_test, sub_tests_of
from dmas.catalogue.vocabulary.tokens import TokenTopic, label, token
from dmas.catalogue.vocabulary.treatment_functions import AgeGroup
from dmas.core.errors import InvalidInput


def test_every_part_is_of_a_test_and_has_words() -> None:
    assert {one.test for one in SUB_TESTS.values()} <= set(DIAGNOSTIC_TESTS)
    for code, part in SUB_TESTS.items():
        assert token(f"part:{code}").label == part.name
        assert token(f"part:{code}").topic is TokenTopic.TEST
    assert [one.name for one in sub_tests_of("URODYNAMICS")] == ["Standard", "Video"]
    assert sub_tests_of("COLONOSCOPY") == ()


def test_weights_reporting_times_and_tests_are_tokens() -> None:
    assert label("weight:150") == "Up to 150 kg"
    assert label("report_within:1") == "Reported within 1 working day"
    assert label("report_within:5") == "Reported within 5 working days"
    assert label("function:MRI") == "MRI scan"
    assert token("function:MRI").pathways == frozenset({Pathway.DIAGNOSTIC})


@pytest.mark.parametrize("code", ["part:MRI:tail", "weight:heavy", "weight:1000", "report_within:"])
def test_a_code_of_none_of_them_is_refused(code: str) -> None:
    with pytest.raises(InvalidInput):
        token(code)
    with pytest.raises(InvalidInput):
        sub_test("MRI:tail")


@pytest.mark.parametrize(
    ("contract", "side"),
    [
        (ContractBasis.NHS_PROVIDER, "home"),
        (ContractBasis.SUBCONTRACT, "home"),
        (ContractBasis.STANDARD_CONTRACT, "receiver"),
        (ContractBasis.NEW_CONTRACT, "receiver"),
    ],
)
def test_the_contract_says_who_counts_a_test(contract: str, side: str) -> None:
    assert reported_by(contract) == side


def test_an_offer_promises_its_shortest_reporting_time() -> None:
    assert report_promised({"report_included", "report_within:7", "report_within:5"}) == ("receiver", 5)
    assert report_promised(set()) == ("home", 10)


def test_tests_have_names_and_no_age_of_their_own() -> None:
    assert (service_label("MRI"), service_in_text("MRI")) == ("MRI scan", "MRI scan")
    assert service_in_text("ECHOCARDIOGRAPHY") == "echocardiography"
    assert (ages_of("MRI"), ages_of("110")) == (None, AgeGroup.ADULT)
