"""Rows of the NHS website's list of hospitals."""

from __future__ import annotations

import pytest

from dmas.core.errors import InvalidInput
from dmas.providers.rules import hospital_columns, read_hospital
from tests.factories.publishers import HOSPITAL_HEADER, hospital_row

COLUMNS = hospital_columns(HOSPITAL_HEADER)


def test_a_row_is_read() -> None:
    row = read_hospital(hospital_row(), COLUMNS)
    assert (row.code, row.name, row.parent_code) == ("RRK02", "Example Hospital", "RRK")
    assert (row.latitude, row.longitude) == (52.45, -1.94)
    assert row.postcode == "B15 2GW"
    assert row.parent_is_nhs
    assert not read_hospital(hospital_row(parent_name="Valley Healthcare"), COLUMNS).parent_is_nhs


def test_coordinates_near_nought_stand_in_scientific_notation() -> None:
    assert read_hospital(hospital_row(longitude="-8.8975E-2"), COLUMNS).longitude == -0.088975


def test_a_hospital_without_coordinates_has_none() -> None:
    row = read_hospital(hospital_row(latitude="", longitude=""), COLUMNS)
    assert (row.latitude, row.longitude) == (None, None)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"code": "no code"}, "is not a site code"),
        ({"parent": ""}, "does not say whose it is"),
        ({"name": " "}, "has no name"),
        ({"latitude": "north"}, "no latitude and longitude"),
        ({"latitude": ""}, "no latitude and longitude"),
        ({"latitude": "nan"}, "does not lie in the United Kingdom"),
        ({"latitude": "40.7", "longitude": "-74.0"}, "does not lie in the United Kingdom"),
    ],
)
def test_rows_that_cannot_be_taken(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_hospital(hospital_row(**wrong), COLUMNS)


def test_a_short_row_and_another_file() -> None:
    with pytest.raises(InvalidInput, match="only 3 columns"):
        read_hospital(hospital_row()[:3], COLUMNS)
    with pytest.raises(InvalidInput, match="OrganisationCode, OrganisationName"):
        hospital_columns(["code", "name"])
