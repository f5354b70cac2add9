"""Fields of words: a line, a paragraph, an e-mail address, a password, a file, and what is carried unseen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, ClassVar

from flask_wtf.file import FileField as UploadedFile
from werkzeug.datastructures import FileStorage
from wtforms.validators import StopValidation

from dmas.web.forms.base import AnyField, clean

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


class TextField(AnyField):
    """One line of text; `data` is the cleaned text, or "" when left empty."""

    input_type: ClassVar[str] = "text"

    def __init__(
        self,
        label: str,
        validators: Sequence[Any] | None = None,
        *,
        max: int = 200,
        width: int | None = None,
        autocomplete: str | None = None,
        inputmode: str | None = None,
        spellcheck: bool = False,
        prefix: str | None = None,
        suffix: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.max = max
        self.width = width
        self.autocomplete = autocomplete
        self.inputmode = inputmode
        self.spellcheck = spellcheck
        self.prefix = prefix
        self.suffix = suffix

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep the first value, cleaned."""
        if valuelist:
            self.data = valuelist[0] if isinstance(valuelist[0], str) else ""
            self.data = clean(self.data, called=self.called, most=self.max)


class LongTextField(AnyField):
    """A paragraph or several; `data` is the cleaned text with line ends as they were meant."""

    kind: ClassVar[str] = "long_text"

    def __init__(
        self,
        label: str,
        validators: Sequence[Any] | None = None,
        *,
        max: int = 2000,
        rows: int = 5,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.max = max
        self.rows = rows

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep the first value, cleaned, with its lines."""
        if valuelist:
            self.data = valuelist[0] if isinstance(valuelist[0], str) else ""
            self.data = clean(self.data, called=self.called, lines=True, most=self.max)


class EmailField(TextField):
    """An e-mail address, checked for its shape only."""

    input_type: ClassVar[str] = "email"

    def __init__(self, label: str, validators: Sequence[Any] | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("max", 254)
        kwargs.setdefault("autocomplete", "email")
        super().__init__(label, validators, inputmode="email", **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Refuse what cannot be an address."""
        super().pre_validate(form)
        if not EMAIL.fullmatch(self.data):
            raise StopValidation("Enter an email address in the correct format, like name@example.com.")


class PasswordField(AnyField):
    """A password: never trimmed, never shown again."""

    kind: ClassVar[str] = "password"

    def __init__(
        self,
        label: str,
        validators: Sequence[Any] | None = None,
        *,
        max: int = 128,
        autocomplete: str = "current-password",
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.max = max
        self.autocomplete = autocomplete

    @property
    def shown(self) -> str:
        """Return nothing: a password is typed again."""
        return ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep the first value, composed, whole."""
        if not valuelist or not isinstance(valuelist[0], str):
            return
        self.data = unicodedata.normalize("NFC", valuelist[0])
        if any(unicodedata.category(character) in {"Cc", "Cs"} for character in self.data):
            raise ValueError(f"{self.called} must not have control characters.")
        if len(self.data) > self.max:
            raise ValueError(f"{self.called} must be {self.max} characters or fewer.")


class FileField(UploadedFile, AnyField):  # type: ignore[misc]
    """One file; `data` is a FileStorage, or None. `accept` lists extensions such as (".csv", ".xlsx")."""

    kind: ClassVar[str] = "file"

    def __init__(
        self,
        label: str,
        validators: Sequence[Any] | None = None,
        *,
        accept: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        AnyField.__init__(self, label, validators, **kwargs)
        self.accept = tuple(accept)

    @property
    def empty(self) -> bool:
        """Say whether no file was chosen."""
        return not isinstance(self.data, FileStorage)

    @property
    def shown(self) -> str:
        """Return nothing: a browser never fills in a file."""
        return ""

    def pre_validate(self, form: Any) -> None:
        """Refuse a file whose name does not end as asked."""
        AnyField.pre_validate(self, form)
        name = (self.data.filename or "").lower()
        if self.accept and not name.endswith(self.accept):
            raise StopValidation(f"The file must be {' or '.join(self.accept)}.")


class HiddenField(TextField):
    """A value carried along unseen; checked like any text."""

    kind: ClassVar[str] = "hidden"
