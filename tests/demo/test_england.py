"""The invented England is true to life: real boards and regions, real degrees, no real codes."""

from __future__ import annotations

from dmas.demo.england import INDEPENDENTS, PROVIDERS, TRUSTS
from dmas.providers.vocabulary import CURRENT_ICBS, REGIONS


def test_forty_providers_a_third_independent_in_all_regions() -> None:
    assert (len(PROVIDERS), len(TRUSTS), len(INDEPENDENTS)) == (40, 27, 13)
    assert {provider.region for provider in PROVIDERS} == set(REGIONS)
    assert (
        len({provider.code for provider in PROVIDERS}) == len({provider.name for provider in PROVIDERS}) == 40
    )


def test_every_board_is_real_and_in_its_region() -> None:
    regions = {board.code: board.region_code for board in CURRENT_ICBS}
    assert all(regions[provider.icb] == provider.region for provider in PROVIDERS)


def test_every_site_is_in_england() -> None:
    for provider in PROVIDERS:
        for _, north, east in provider.sites:
            assert 49.9 < north < 55.8, provider.name
            assert -6.0 < east < 1.8, provider.name
