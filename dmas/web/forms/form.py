"""The form: it knows its key, the version it was opened at, and everything that is wrong with it."""

from __future__ import annotations

import re
import secrets
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict
from wtforms import Field
from wtforms.utils import unset_value

from dmas.web.forms.base import AnyField

KEY = re.compile(r"[A-Za-z0-9_-]{20,64}")
SENT_METHODS = {"POST", "PUT", "PATCH", "DELETE"}


class FormKeyField(Field):  # type: ignore[misc]
    """The random key by which a form acts once; kept while the page shows the same form again."""

    kind = "machinery"

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Keep the key that was sent if it has the shape of one, else draw a new one."""
        self.process_errors: list[str] = []
        sent = formdata.get(self.name) if formdata is not None else None
        good = isinstance(sent, str) and KEY.fullmatch(sent) is not None
        self.data = sent if good else secrets.token_urlsafe(24)


class VersionField(Field):  # type: ignore[misc]
    """The version of the record as the person saw it; `data` is an int, or None where there is none."""

    kind = "machinery"

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read plain digits; anything else is version 0, which no record has."""
        if valuelist:
            sent = valuelist[0] if isinstance(valuelist[0], str) else ""
            self.data = int(sent) if re.fullmatch(r"[0-9]{1,9}", sent) else 0


class DmasForm(FlaskForm):  # type: ignore[misc]
    """Every form of dmas. `failed` once something was refused, and then `status` is the answer's status."""

    form_key = FormKeyField()
    version = VersionField()

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Read what a browser's form sends, and nothing else."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Return the fields and files sent, or None when nothing was."""
            if formdata is None or hasattr(formdata, "getlist"):
                return formdata
            if request and request.method in SENT_METHODS:
                return CombinedMultiDict([request.files, request.form])
            return None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.refused: list[dict[str, str]] = []
        self._refused_status = 0
        super().__init__(*args, **kwargs)

    @property
    def failed(self) -> bool:
        """Say whether anything was refused."""
        return bool(self.refused or self.errors)

    @failed.setter
    def failed(self, value: bool) -> None:
        if value and not self.failed:
            self.refuse("This could not be saved. Check the answers and try again.")

    @property
    def status(self) -> int:
        """Return the status of the page that shows this form."""
        return self._refused_status or (422 if self.failed else 200)

    @property
    def asks(self) -> list[AnyField]:
        """Return the questions, without the machinery."""
        return [field for field in self if isinstance(field, AnyField)]

    @property
    def has_file(self) -> bool:
        """Say whether the form sends a file."""
        return any(field.kind == "file" for field in self.asks)

    def refuse(
        self, message: str, *, field: str | None = None, status: int = 422, stale: bool = False
    ) -> None:
        """Show an error the service found: at its field where the form has it, else at the top."""
        self._refused_status = status
        asked = self._fields.get(field or "")
        if isinstance(asked, AnyField):
            asked.refuse(message)
            return
        self.refused.append({"text": message})
        if stale:
            self.refused.append({"text": "Open the latest version", "href": request.path})

    def problems(self) -> list[dict[str, str]]:
        """Return the error summary: every refusal, then each field's error with a link to its input."""
        listed = list(self.refused)
        listed += [{"text": text} for text in self.form_errors]
        for field in self.asks:
            if field.error and field.kind == "hidden":
                listed.append({"text": field.error})
            elif field.error:
                listed.append({"text": field.error, "href": f"#{field.anchor}"})
        return listed
