"""Fields of numbers: plain digits only, in a stated range."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dmas.web.forms.base import AnyField


class WholeNumberField(AnyField):
    """A whole number from low to high; `data` is an int, or None when left empty."""

    input_type = "text"
    autocomplete: str | None = None
    inputmode = "numeric"
    spellcheck = False

    def __init__(
        self,
        label: str,
        validators: Sequence[Any] | None = None,
        *,
        low: int = 0,
        high: int = 100_000,
        width: int | None = None,
        prefix: str | None = None,
        suffix: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.low, self.high = low, high
        self.width = width or min(5, max(2, len(str(high))))
        self.prefix, self.suffix = prefix, suffix

    @property
    def empty(self) -> bool:
        """Say whether nothing was typed; zero is an answer."""
        return self.data is None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read plain digits."""
        if not valuelist:
            return
        self.data = None
        typed = str(valuelist[0]).strip()
        if typed:
            self.data = self._read(typed)

    def _read(self, typed: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,15}", typed):
            raise ValueError(
                f"{self.called} must be a whole number, like {min(max(12, self.low), self.high)}."
            )
        number = int(typed)
        if not self.low <= number <= self.high:
            raise ValueError(f"{self.called} must be between {self.low:,} and {self.high:,}.")
        return number


class DecimalField(AnyField):
    """A number with at most `places` decimals; `data` is a Decimal, or None when left empty."""

    input_type = "text"
    autocomplete: str | None = None
    inputmode = "decimal"
    spellcheck = False

    def __init__(
        self,
        label: str,
        validators: Sequence[Any] | None = None,
        *,
        low: Decimal | int = 0,
        high: Decimal | int = 100_000,
        places: int = 1,
        width: int = 5,
        prefix: str | None = None,
        suffix: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.low, self.high, self.places = Decimal(low), Decimal(high), places
        self.width = width
        self.prefix, self.suffix = prefix, suffix

    @property
    def empty(self) -> bool:
        """Say whether nothing was typed; zero is an answer."""
        return self.data is None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read plain digits and one point."""
        if not valuelist:
            return
        self.data = None
        typed = str(valuelist[0]).strip()
        if typed:
            self.data = self._read(typed)

    def _read(self, typed: str) -> Decimal:
        match = re.fullmatch(r"-?[0-9]{1,12}(?:\.([0-9]{1,12}))?", typed)
        if not match:
            raise ValueError(f"{self.called} must be a number, like {self.low + Decimal('1.5')}.")
        if len(match[1] or "") > self.places:
            decimals = "1 decimal place" if self.places == 1 else f"{self.places} decimal places"
            raise ValueError(f"{self.called} must have no more than {decimals}.")
        number = Decimal(typed)
        if not self.low <= number <= self.high:
            raise ValueError(f"{self.called} must be between {self.low:,} and {self.high:,}.")
        return number
