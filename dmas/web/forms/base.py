"""What every field shares: a label, a hint, one error at a time, and what was typed kept as typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, ClassVar

from wtforms import Field
from wtforms.validators import StopValidation

# Characters that turn the reading direction, and characters nobody can see.
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
UNSEEN = re.compile("[\u200b\u2060\ufeff]")
LINE_ENDS = re.compile("\r\n?")


class AnyField(Field):  # type: ignore[misc]
    """A question: `required` is the message when it is left empty, or None when it may be.

    `called` is how error messages name it; without it, the label.
    """

    kind: ClassVar[str] = "text"

    def __init__(
        self,
        label: str,
        validators: Sequence[Any] | None = None,
        *,
        hint: str | None = None,
        required: str | None = None,
        called: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators or [], **kwargs)
        self.hint = hint
        self.required = required
        self.called = called or label.rstrip("?")
        self.errors: Sequence[str] = ()

    @property
    def error(self) -> str | None:
        """Return the one error to show."""
        return self.errors[0] if self.errors else None

    @property
    def anchor(self) -> str:
        """Return the id of the input an error summary leads to."""
        return str(self.id)

    @property
    def shown(self) -> str:
        """Return what the input holds when the page is shown: as typed, else the data."""
        if self.process_errors and self.raw_data and isinstance(self.raw_data[0], str):
            return visible(self.raw_data[0])
        return "" if self.data is None else str(self.data)

    @property
    def empty(self) -> bool:
        """Say whether the question was left unanswered."""
        return self.data in (None, "", [], (), False)

    def validate(self, form: Any, extra_validators: Sequence[Any] = ()) -> bool:
        """Check the answer and keep the first error only."""
        if self.process_errors:
            self.errors = list(self.process_errors[:1])
            return False
        super().validate(form, extra_validators)
        self.errors = list(self.errors[:1])
        return not self.errors

    def pre_validate(self, form: Any) -> None:
        """Stop at an empty answer: with the required message, or contentedly where none is needed."""
        if self.empty:
            raise StopValidation(self.required) if self.required else StopValidation()

    def refuse(self, message: str) -> None:
        """Show an error that only the service could find."""
        self.errors = [message]


def clean(text: str, *, called: str, lines: bool = False, most: int) -> str:
    """Return typed text in one canonical form; raise ValueError, in words, for what cannot be kept.

    Composed (NFC), trimmed, without unseen characters; control and direction-turning characters are
    refused; on one line, runs of white space become one space.
    """
    text = UNSEEN.sub("", unicodedata.normalize("NFC", LINE_ENDS.sub("\n", text)))
    text = _trimmed_lines(text) if lines else _one_line(text)
    if TURNING.search(text) or any(_control(character, lines=lines) for character in text):
        raise ValueError(f"{called} has hidden characters. Type it again instead of pasting it.")
    if len(text) > most:
        raise ValueError(f"{called} must be {most:,} characters or fewer.")
    return text


def visible(text: str) -> str:
    """Return refused text without what cannot be shown, so that the rest is not lost."""
    return "".join(character for character in text if not _control(character, lines=True))


def _one_line(text: str) -> str:
    return re.sub(r"[^\S\x00-\x1f\x7f-\x9f]+", " ", text).strip(" ")


def _trimmed_lines(text: str) -> str:
    return "\n".join(line.rstrip(" \u00a0") for line in text.split("\n")).strip("\n ")


def _control(character: str, *, lines: bool) -> bool:
    if lines and character in "\n\t":
        return False
    return unicodedata.category(character) in {"Cc", "Cs"}
