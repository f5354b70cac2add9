"""Switching off the program's own scopes, to see what the database alone holds back."""

from __future__ import annotations

import sys

import pytest
from sqlalchemy import true

SCOPES = ("visible_to", "belongs_to", "offers_seen_by", "requests_seen_by")
ROOMS = {"accounts", "offers", "requests", "proposals", "transfers", "matching", "cases"}


def switch_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every room's queries look at everything, wherever a scope is used under its name."""
    switched = set()
    for name, module in list(sys.modules.items()):
        for scope in SCOPES:
            if name.startswith("dmas.") and callable(getattr(module, scope, None)):
                monkeypatch.setattr(module, scope, lambda _actor: true())
                switched.add(name.split(".")[1])
    assert switched >= ROOMS
