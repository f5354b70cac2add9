"""The parts of the return in words."""

from __future__ import annotations

from dmas.published.vocabulary import BAND_COLUMNS, BANDS, COLUMNS, Part


def test_every_part_has_words_and_only_new_periods_have_no_bands() -> None:
    assert len({part.label for part in Part}) == 5
    assert [part for part in Part if not part.has_bands] == [Part.NEW_PERIODS]


def test_no_column_is_read_twice() -> None:
    assert len(BAND_COLUMNS) == BANDS
    assert len(set(COLUMNS)) == len(COLUMNS)
