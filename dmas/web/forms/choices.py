"""Fields of choice: radios, a list, checkboxes and one box to confirm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from wtforms.validators import StopValidation

from dmas.web.forms.base import AnyField


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: its value in the form, its words, a hint; `alone` for "none of these"."""

    value: str
    label: str
    hint: str | None = None
    alone: bool = False


Choices = type[StrEnum] | Iterable[Choice | tuple[str, str] | tuple[str, str, str] | str]


def as_choices(given: Choices) -> tuple[Choice, ...]:
    """Return choices from an enum with labels, from Choice values, pairs, triples or plain words."""
    return tuple(_as_choice(one) for one in given)


def _as_choice(one: Any) -> Choice:
    if isinstance(one, Choice):
        return one
    if isinstance(one, StrEnum):
        return Choice(one.value, getattr(one, "label", None) or one.value.replace("_", " ").capitalize())
    if isinstance(one, tuple):
        return Choice(str(one[0]), *one[1:])
    return Choice(one, one)


class _Choosing(AnyField):
    """What the three fields of choice share; `choices` may be set again by the view."""

    def __init__(
        self,
        label: str,
        validators: Sequence[Any] | None = None,
        *,
        choices: Choices = (),
        inline: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.enum = choices if isinstance(choices, type) else None
        self._choices = as_choices(choices)
        self.inline = inline

    @property
    def choices(self) -> tuple[Choice, ...]:
        """Return the answers on offer."""
        return self._choices

    @choices.setter
    def choices(self, given: Choices) -> None:
        self.enum = given if isinstance(given, type) else None
        self._choices = as_choices(given)

    def _known(self, value: str) -> bool:
        return any(choice.value == value for choice in self._choices)

    def _as_data(self, value: str) -> str:
        return self.enum(value) if self.enum is not None and self._known(value) else value


class ChoiceField(_Choosing):
    """One of a few, as radios; `data` is the value (a member where an enum was given) or None."""

    kind: ClassVar[str] = "radios"

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep the first value."""
        if valuelist:
            value = valuelist[0] if isinstance(valuelist[0], str) else ""
            self.data = self._as_data(value) if value else None

    def pre_validate(self, form: Any) -> None:
        """Refuse an answer that was not on offer."""
        super().pre_validate(form)
        if not self._known(str(self.data)):
            raise StopValidation(self.required or f"{self.called}: choose one of the answers.")
        self.data = self._as_data(str(self.data))


class SelectField(ChoiceField):
    """One of many, as a list; `prompt` is the first, empty line."""

    kind: ClassVar[str] = "select"

    def __init__(
        self, label: str, validators: Sequence[Any] | None = None, *, prompt: str = "Choose", **kwargs: Any
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.prompt = prompt


class ChoicesField(_Choosing):
    """Any number of answers, as checkboxes; `data` is a list of values, or of an enum's members."""

    kind: ClassVar[str] = "checkboxes"

    def process_data(self, value: Any) -> None:
        """Take the answers already given."""
        self.data = list(value or [])

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep each value once, in the order sent."""
        self.data = [self._as_data(value) for value in dict.fromkeys(valuelist) if value]

    def pre_validate(self, form: Any) -> None:
        """Refuse answers that were not on offer, and "none of these" beside others."""
        super().pre_validate(form)
        if not all(self._known(str(value)) for value in self.data):
            raise StopValidation(self.required or f"{self.called}: choose from the answers.")
        self.data = [self._as_data(str(value)) for value in self.data]
        alone = {choice.value: choice.label for choice in self._choices if choice.alone}
        chosen = [alone[str(value)] for value in self.data if str(value) in alone]
        if chosen and len(self.data) > 1:
            raise StopValidation(f"Choose “{chosen[0]}” or other answers, not both.")


class ConfirmField(AnyField):
    """One box to tick; `data` is a bool. `required` is the message when it must be ticked and is not."""

    kind: ClassVar[str] = "confirm"

    def process_data(self, value: Any) -> None:
        """Take the answer already given."""
        self.data = bool(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read a tick."""
        self.data = valuelist[:1] == ["yes"]
