"""The people of the demo."""

from __future__ import annotations

from dmas.core.actors import Role
from dmas.demo.england import PROVIDERS
from dmas.demo.personas import PERSONAS, coordinator_of, everybody, invented_name, manager_of
from dmas.providers.vocabulary import REGIONS


def test_there_is_a_persona_for_every_role() -> None:
    assert {persona.role for persona in PERSONAS} == set(Role)
    assert len({persona.key for persona in PERSONAS}) == len(PERSONAS)
    assert all(persona.what_to_try for persona in PERSONAS)


def test_every_provider_board_and_region_has_somebody() -> None:
    keys = {person.key for person in everybody()}
    assert {manager_of(provider.code) for provider in PROVIDERS} <= keys
    assert {coordinator_of(provider.icb) for provider in PROVIDERS} <= keys
    assert {coordinator_of(code) for code in REGIONS} <= keys
    assert len(keys) == len(everybody())


def test_480_names_differ() -> None:
    assert len({invented_name(number) for number in range(480)}) == 480
