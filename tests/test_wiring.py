"""Who hears what: every event of every room is listed."""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest

from dmas import wiring
from dmas.core import events
from dmas.offers import events as offers
from dmas.requests import events as requests
from dmas.transfers import events as transfers


@pytest.mark.parametrize("room", [offers, requests, transfers])
def test_every_event_has_its_place_in_the_list(room: ModuleType) -> None:
    told = {one for _, one in inspect.getmembers(room, inspect.isclass) if one.__module__ == room.__name__}
    assert told
    assert told <= set(wiring.LISTENERS)


def test_installing_lets_everybody_listed_hear() -> None:
    events.install({})
    wiring.install()
    assert {event: tuple(heard) for event, heard in wiring.LISTENERS.items()} == events._installed
