"""Forms on their own, without a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from dmas.web.forms import AnyField, DmasForm

Ask = Callable[..., AnyField]


@pytest.fixture
def ask(app: Flask) -> Iterator[Ask]:
    """A way to put one question and answer it: `ask(TextField("Name"), "x")`, or with names and values."""

    def ask(question: Any, *answers: Any, **named: str) -> AnyField:
        class OneForm(DmasForm):
            """One question."""

            class Meta(DmasForm.Meta):
                """Without a token: there is no page."""

                csrf = False

            asked = question

        sent = MultiDict([("asked", answer) for answer in answers])
        sent.update({name.replace("_", "-"): value for name, value in named.items()})
        form = OneForm(formdata=sent)
        form.validate()
        field = form.asked
        assert isinstance(field, AnyField)
        return field

    with app.test_request_context("/", method="POST"):
        yield ask
