"""The picture of the house is the house."""

from __future__ import annotations

from tests.architecture import house


def test_the_picture_shows_the_rooms_of_the_import_contract() -> None:
    drawn = house.PICTURE.read_text(encoding="utf-8")
    assert drawn == house.draw(), "run: python -m tests.architecture.house"


def test_every_room_has_its_words() -> None:
    assert {name for names in house.layers() for name in names} <= set(house.SAYS)
