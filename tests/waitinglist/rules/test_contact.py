"""Which numbers can be texted."""

from __future__ import annotations

import pytest

from dmas.waitinglist.rules.contact import is_mobile


@pytest.mark.parametrize("phone", ["07700 900123", "+447700900123", "(07700)-900-123"])
def test_a_british_mobile_number_can_be_texted(phone: str) -> None:
    assert is_mobile(phone)


@pytest.mark.parametrize("phone", ["", "0121 496 0123", "07700 90012", "+33 6 12 34 56 78", "call me"])
def test_any_other_number_cannot(phone: str) -> None:
    assert not is_mobile(phone)
