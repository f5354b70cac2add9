"""Where a patient's request stands in words: who is responsible today."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from dmas.cases.presenters import tracking
from dmas.requests.presenters import Safety
from dmas.requests.vocabulary import TransferStatus

AT_HOME = Safety("Exampleton Hospitals", "01632 960123", "Call the nurses.")


@pytest.mark.parametrize("status", TransferStatus)
def test_the_old_hospital_is_responsible_until_care_has_moved(status: TransferStatus) -> None:
    found = SimpleNamespace(transfer=SimpleNamespace(status=status.value), receiver_name="Farrowby Clinic")
    shown = tracking.safety(cast(Any, found), AT_HOME)
    moved = status is TransferStatus.TRANSFERRED
    assert shown == (Safety("Farrowby Clinic", "", "") if moved else AT_HOME)
