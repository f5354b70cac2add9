"""The data set's form follows the data set."""

from __future__ import annotations

from datetime import date

from flask import Flask
from werkzeug.datastructures import MultiDict

from dmas.transfers.forms import TYPED, DataSetForm, data_set_values
from dmas.transfers.vocabulary.data_set import FIXED


def test_every_element_is_asked_except_what_the_case_knows(app: Flask) -> None:
    with app.test_request_context("/"):
        form = DataSetForm(MultiDict(), meta={"csrf": False})
        asked = {field.name for _, fields in form.groups() for field in fields}
    assert asked == {element.key for element in TYPED}
    assert not asked & FIXED


def test_stored_values_fill_it_and_typed_ones_come_back(app: Flask) -> None:
    stored = {"birth_date": "1960-02-01", "title": "Mx", "nhs_number": "9990000018"}
    filled = data_set_values(stored)
    assert filled == {"birth_date": date(1960, 2, 1), "title": "Mx"}
    with app.test_request_context("/"):
        form = DataSetForm(meta={"csrf": False}, version=3, **filled)
        assert form.typed()["birth_date"] == "1960-02-01"
        assert form.typed()["email"] == ""
        assert form.command("TR-7K3M9QT").version == 3
