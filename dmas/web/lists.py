"""The furniture of every list: filters and sort and page in the address, chips, a table, and its CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import Flask, Response, request
from werkzeug.datastructures import MultiDict

from dmas.web.cells import FORMULA, Column, Link, Tag, guarded
from dmas.web.forms.base import clean
from dmas.web.forms.choices import Choice, Choices, as_choices

__all__ = [
    "FORMULA",
    "Column",
    "Furniture",
    "Link",
    "Listing",
    "MultiFilter",
    "SelectFilter",
    "Tag",
    "TextFilter",
    "guarded",
]

Row = TypeVar("Row")

# A table with more columns has the whole width, and its filters folded above it.
MOST_BESIDE_FILTERS = 6

PAGE_SIZE, LARGEST_PAGE, LARGEST_EXPORT = 25, 100, 10_000


@dataclass(frozen=True, slots=True)
class TextFilter:
    """Words to look for; `listing.value(name)` is the text or ""."""

    name: str
    label: str
    hint: str | None = None
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class SelectFilter:
    """One of several; `listing.value(name)` is the choice's value or ""."""

    name: str
    label: str
    choices: Choices = ()
    any_label: str = "Any"
    kind: str = "select"


@dataclass(frozen=True, slots=True)
class MultiFilter:
    """Any of several; `listing.values(name)` is a tuple of values, empty for no limit."""

    name: str
    label: str
    choices: Choices = ()
    kind: str = "multi"


Filter = TextFilter | SelectFilter | MultiFilter


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in force, and the address without it."""

    text: str
    href: str


@dataclass(frozen=True, kw_only=True)
class Furniture(Generic[Row]):
    """A list as it is declared once in a views file: what it is called, filters, columns and first order.

    `sort` is the first order, a column's sort key, with a minus before it for descending.
    """

    caption: str
    one: str
    many: str
    columns: Sequence[Column[Row]]
    filters: Sequence[Filter] = ()
    sort: str
    empty: str = "There is nothing here yet."
    keep: Sequence[str] = ()

    @property
    def on_page(self) -> list[Column[Row]]:
        """Return the columns of the page; the file has all of them."""
        return [column for column in self.columns if not column.only_in_file]

    @property
    def is_wide(self) -> bool:
        """Say whether the table needs the page's whole width."""
        return len(self.on_page) > MOST_BESIDE_FILTERS

    def listing(
        self,
        args: MultiDict[str, str] | None = None,
        *,
        path: str | None = None,
        choices: Mapping[str, Choices] | None = None,
    ) -> Listing[Row]:
        """Read one view of the list from the address; `choices` fills filters only the database knows."""
        args = request.args if args is None else args
        answers = {one.name: as_choices(_choices_of(one, choices or {})) for one in self.filters}
        chosen = {one.name: _read(one, args, answers[one.name]) for one in self.filters}
        order = args.get("sort", "")
        known = {column.sort for column in self.columns if column.sort}
        return Listing(
            furniture=self,
            path=path or request.path,
            choices=answers,
            chosen=chosen,
            order=order if order.removeprefix("-") in known else self.sort,
            page=_whole(args.get("page"), 1, 1_000_000, 1),
            size=_whole(args.get("size"), 1, LARGEST_PAGE, PAGE_SIZE),
            wants_csv=args.get("format") == "csv",
            kept={name: args[name] for name in self.keep if args.get(name)},
        )


@dataclass(frozen=True, kw_only=True)
class Listing(Generic[Row]):
    """One view of a list: ask its values and bounds of the query, then give it rows and the total."""

    furniture: Furniture[Row]
    path: str
    choices: Mapping[str, tuple[Choice, ...]]
    chosen: Mapping[str, tuple[str, ...]]
    order: str
    page: int
    size: int
    wants_csv: bool
    kept: Mapping[str, str] = field(default_factory=dict)
    rows: Sequence[Row] = ()
    total: int = 0

    def value(self, name: str) -> str:
        """Return what one text or select filter asks for, or ""."""
        return (self.chosen[name] or ("",))[0]

    def values(self, name: str) -> tuple[str, ...]:
        """Return what a filter of several asks for; empty for no limit."""
        return self.chosen[name]

    @property
    def sort_key(self) -> str:
        """Return the key of the column it is sorted by."""
        return self.order.removeprefix("-")

    @property
    def descending(self) -> bool:
        """Say whether the order runs from the largest."""
        return self.order.startswith("-")

    @property
    def limit(self) -> int:
        """Return how many rows to ask the query for."""
        return LARGEST_EXPORT if self.wants_csv else self.size

    @property
    def offset(self) -> int:
        """Return how many rows come before this page."""
        return 0 if self.wants_csv else (self.page - 1) * self.size

    @property
    def bounds(self) -> dict[str, Any]:
        """Return what a query that has an order of its own is asked for, by name."""
        return {"limit": self.limit, "offset": self.offset}

    @property
    def window(self) -> dict[str, Any]:
        """Return what a query that sorts is asked for, by name."""
        return {"sort": self.sort_key, "descending": self.descending, **self.bounds}

    def filled(self, rows: Iterable[Row], total: int) -> Listing[Row]:
        """Return this view with its rows and how many there are on all pages."""
        return replace(self, rows=tuple(rows), total=total)

    @property
    def filtered(self) -> bool:
        """Say whether any filter is in force."""
        return any(self.chosen.values())

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least 1."""
        return max(1, -(-self.total // self.size))

    @property
    def chips(self) -> list[Chip]:
        """Return the filters in force, each with the address that drops it."""
        return [
            Chip(f"{one.label}: {self._words(one.name, value)}", self._without(one.name, value))
            for one in self.furniture.filters
            for value in self.chosen[one.name]
        ]

    @property
    def counted(self) -> str:
        """Return how many there are and which are shown, in words."""
        noun = self.furniture.one if self.total == 1 else self.furniture.many
        if self.total <= len(self.rows):
            return f"{self.total:,} {noun}"
        if not self.rows:
            return f"None of {self.total:,} {noun} on this page"
        return f"{self.offset + 1:,} to {self.offset + len(self.rows):,} of {self.total:,} {noun}"

    @property
    def page_links(self) -> list[int | None]:
        """Return the numbers to show below the table; None where some are left out."""
        near = {1, self.pages, *range(max(1, self.page - 1), min(self.pages, self.page + 1) + 1)}
        shown: list[int | None] = []
        for number in sorted(near):
            if shown and shown[-1] is not None and number - shown[-1] > 1:
                shown.append(None)
            shown.append(number)
        return shown

    def url(self, **changes: str | int | None) -> str:
        """Return the address of this view with some of sort, page, size or format changed."""
        pairs: list[tuple[str, str | int]] = list(self.kept.items())
        pairs += [(name, value) for name, values in self.chosen.items() for value in values]
        settled: dict[str, str | int | None] = {
            "sort": None if self.order == self.furniture.sort else self.order,
            "size": None if self.size == PAGE_SIZE else self.size,
            "page": None,
        } | changes
        pairs += [(name, value) for name, value in settled.items() if value is not None]
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    def sort_url(self, key: str) -> str:
        """Return the address sorted by a key, the other way round where it already is."""
        return self.url(sort=f"-{key}" if self.order == key else key)

    def clear_url(self) -> str:
        """Return the address without any filter."""
        return f"{self.path}?{urlencode(self.kept)}" if self.kept else self.path

    def csv(self, file_name: str) -> Response:
        """Return this view as a CSV file: the same filters and order, every page."""
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow([guarded(column.heading) for column in self.furniture.columns])
        for row in self.rows:
            writer.writerow([guarded((c.export or c.cell)(row)) for c in self.furniture.columns])
        return Response(
            "\ufeff" + out.getvalue(),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{file_name}.csv"'},
        )

    def _words(self, name: str, value: str) -> str:
        return next((choice.label for choice in self.choices[name] if choice.value == value), value)

    def _without(self, name: str, value: str) -> str:
        left = tuple(one for one in self.chosen[name] if one != value)
        return replace(self, chosen={**self.chosen, name: left}).url()


def init_app(app: Flask) -> None:
    """Let templates tell a link and a status from plain text."""
    app.jinja_env.tests["link_cell"] = lambda value: isinstance(value, Link)
    app.jinja_env.tests["tag_cell"] = lambda value: isinstance(value, Tag)


def _choices_of(one: Filter, given: Mapping[str, Choices]) -> Choices:
    if isinstance(one, TextFilter):
        return ()
    return given.get(one.name, one.choices)


def _read(one: Filter, args: MultiDict[str, str], choices: Sequence[Choice]) -> tuple[str, ...]:
    sent = list(dict.fromkeys(args.getlist(one.name)))
    if isinstance(one, TextFilter):
        try:
            text = clean(sent[0] if sent else "", called=one.label, most=100)
        except ValueError:
            return ()
        return (text,) if text else ()
    known = {choice.value for choice in choices}
    found = tuple(value for value in sent if value in known)
    return found if isinstance(one, MultiFilter) else found[:1]


def _whole(sent: str | None, low: int, high: int, otherwise: int) -> int:
    if sent is None or not (sent.isascii() and sent.isdigit() and len(sent) < 12):
        return otherwise
    return min(high, max(low, int(sent)))
