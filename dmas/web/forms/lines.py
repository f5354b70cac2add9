"""A form of lines: each asks for so many alike, and buttons of the page add and remove them."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from wtforms import Form

from dmas.web.forms.base import AnyField
from dmas.web.forms.form import DmasForm
from dmas.web.forms.text import TextField

_REMOVE = re.compile(r"remove-([0-9]{1,4})")


class PressedField(TextField):
    """Which of the page's other buttons was pressed, or ""; never shown as an input."""

    kind = "button"


class AskedLine(Form):  # type: ignore[misc]
    """One line of a form of lines."""

    @property
    def asks(self) -> list[AnyField]:
        """Return the questions of one line, in order."""
        return [field for field in self if isinstance(field, AnyField)]

    @property
    def is_blank(self) -> bool:
        """Say whether the line says nothing, so that it may be left out."""
        return False

    @property
    def like_it(self) -> dict[str, Any]:
        """Return what the next line most likely shares with this one."""
        return {}

    def asked(self, name: str) -> AnyField | None:
        """Return the question under which what a service calls `name` is asked, or None."""
        field = self._fields.get(name)
        return field if isinstance(field, AnyField) else None


class LinesForm(DmasForm):
    """A form with a field list `lines` of asked lines and a pressed field `change`."""

    most_lines: ClassVar[int]

    def fit_lines(self) -> None:
        """Make the lines ask what this form's subject needs; called again when a line is added."""

    @property
    def line_forms(self) -> list[Any]:
        """Return the form of each line on the page."""
        return [entry.form for entry in self.lines.entries]

    @property
    def asks(self) -> list[AnyField]:
        """Return every question in the order of the page, those of the lines among them."""
        found: list[AnyField] = []
        for field in self:
            if field.name == self.lines.name:
                found += [one for line in self.line_forms for one in line.asks]
            elif isinstance(field, AnyField):
                found.append(field)
        return found

    @property
    def may_add(self) -> bool:
        """Say whether there is room for another line."""
        return len(self.lines.entries) < self.most_lines

    def rearrange(self) -> bool:
        """Add or remove a line if one of those buttons was pressed, keeping the rest; say whether."""
        pressed = str(self.change.data or "")
        removed = _REMOVE.fullmatch(pressed)
        if pressed == "add" and self.may_add:
            self.lines.append_entry(self.line_forms[-1].like_it)
            self.fit_lines()
        elif removed and len(self.lines.entries) > 1 and int(removed[1]) < len(self.lines.entries):
            self.lines.entries.pop(int(removed[1]))
        return bool(pressed)

    def validate(self, extra_validators: Any = None) -> bool:
        """Leave out lines that say nothing, then check every answer."""
        said = [entry for entry in self.lines.entries if not entry.form.is_blank]
        self.lines.entries = said or self.lines.entries[:1]
        passed = bool(super().validate(extra_validators))
        passed = self.lines_agree() and passed
        if passed and len(self.lines.entries) > self.most_lines:
            self.refuse(
                f"Ask for at most {self.most_lines} lines at once. Post the rest in a second request."
            )
            passed = False
        return passed

    def lines_agree(self) -> bool:
        """Say whether the lines fit what else was answered; refuse those that do not."""
        return True

    def refuse(
        self, message: str, *, field: str | None = None, status: int = 422, stale: bool = False
    ) -> None:
        """Show an error the service found, also where it belongs to one line (`lines-0-places`)."""
        asked = self._of_line(field or "")
        if asked is None:
            super().refuse(message, field=field, status=status, stale=stale)
            return
        self._refused_status = status
        asked.refuse(message)
        self.lines.errors = [message]

    def problems(self) -> list[dict[str, str]]:
        """Return the error summary; an error of one line says which, where there are several."""
        several = len(self.lines.entries) > 1
        line_of = {
            f"#{field.anchor}": number
            for number, line in enumerate(self.line_forms, start=1)
            for field in line.asks
        }
        return [
            one | {"text": f"Line {line_of[one['href']]}: {one['text']}"}
            if several and one.get("href") in line_of
            else one
            for one in super().problems()
        ]

    def _of_line(self, field: str) -> AnyField | None:
        head, _, rest = field.partition("-")
        number, _, name = rest.partition("-")
        if head != "lines" or not number.isdigit() or int(number) >= len(self.line_forms):
            return None
        found: AnyField | None = self.line_forms[int(number)].asked(name)
        return found
