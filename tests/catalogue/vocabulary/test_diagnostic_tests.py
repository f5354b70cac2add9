"""The closed list of fifteen."""

from __future__ import annotations

from collections import Counter

import pytest

from dmas.catalogue.vocabulary.diagnostic_tests import DIAGNOSTIC_TESTS, TestGroup, diagnostic_test
from dmas.core.errors import InvalidInput


def test_fifteen_tests_in_three_groups_in_the_order_of_the_return() -> None:
    assert Counter(test.group for test in DIAGNOSTIC_TESTS.values()) == {
        TestGroup.IMAGING: 5,
        TestGroup.PHYSIOLOGICAL: 6,
        TestGroup.ENDOSCOPY: 4,
    }
    assert [test.order for test in DIAGNOSTIC_TESTS.values()] == list(range(1, 16))
    assert TestGroup.PHYSIOLOGICAL.label == "Physiological measurement"


def test_a_test_is_found_by_its_published_code() -> None:
    assert diagnostic_test("colonoscopy ").name == "Colonoscopy"


@pytest.mark.parametrize("code", ["", "TOTAL", "X-RAY"])
def test_anything_else_is_refused(code: str) -> None:
    with pytest.raises(InvalidInput, match="not one of the 15"):
        diagnostic_test(code)
