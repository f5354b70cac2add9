"""A sample of pages without their rule, or open to everybody; `make score` tries them all."""

from __future__ import annotations

from tests.authorisation import mutants
from tests.authorisation.visiting import Visiting

SAMPLE = [
    "offers.withdraw",
    "proposals.people",
    "transfers.data_set_csv",
    "accounts.invite",
    "cases.decide_request",
]


def test_a_sample_of_mutants_is_noticed(visiting: Visiting) -> None:
    assert set(SAMPLE) <= set(mutants.endpoints(visiting))
    assert mutants.survivors(visiting, SAMPLE) == []


def test_the_rules_are_back_afterwards(visiting: Visiting) -> None:
    assert mutants.notices_no_rule(visiting, "home.index")
    assert visiting.app.view_functions["home.index"].access is not None  # type: ignore[attr-defined]
