"""Tests stand apart: whoever loads offers, requests or matching does not load the room of diagnostics."""

from __future__ import annotations

import subprocess
import sys

import pytest

ROOMS = (
    "dmas.offers.services",
    "dmas.offers.presenters",
    "dmas.requests.services",
    "dmas.requests.presenters",
    "dmas.matching.loading",
    "dmas.matching.applying",
    "dmas.matching.nightly",
    "dmas.matching.engine",
)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_below_loads_nothing_of_diagnostics(room: str) -> None:
    asked = f"import sys, {room}; print([n for n in sys.modules if n.startswith('dmas.diagnostics')])"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
