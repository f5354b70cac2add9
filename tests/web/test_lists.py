"""The furniture of a list: everything is in the address, and the file holds exactly this view."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from werkzeug.datastructures import MultiDict

from dmas.web import lists
from tests.browsing import Browsing
from tests.web.shop import FURNITURE, LOAVES


def _listing(query: list[tuple[str, str]], total: int = 130) -> lists.Listing:
    listing = FURNITURE.listing(MultiDict(query), path="/l", choices={"shelf": [("a", "A"), ("b", "B")]})
    return listing.filled(LOAVES[listing.offset : listing.offset + listing.limit], total)


def test_an_address_reads_into_filters_sort_and_page() -> None:
    listing = _listing(
        [("q", " 12 "), ("kind", "rye"), ("shelf", "b"), ("shelf", "a"), ("sort", "-places"), ("page", "2")]
    )
    assert listing.value("q") == "12"
    assert listing.value("kind") == "rye"
    assert listing.values("shelf") == ("b", "a")
    assert (listing.sort_key, listing.descending) == ("places", True)
    assert (listing.limit, listing.offset) == (25, 25)
    assert listing.filtered


def test_an_address_that_makes_no_sense_is_the_plain_list() -> None:
    listing = _listing(
        [("kind", "cake"), ("shelf", "z"), ("sort", "secret"), ("page", "-1"), ("size", "x"), ("q", "a\x1bb")]
    )
    assert not listing.filtered
    assert listing.order == "ref"
    assert (listing.page, listing.size) == (1, 25)
    assert listing.url() == "/l"


@pytest.mark.parametrize(
    ("size", "used"), [("1000000000", 100), ("0", 1), ("50", 50), ("9" * 400, 25), ("٣", 25)]
)
def test_a_page_is_never_large(size: str, used: int) -> None:
    assert _listing([("size", size)]).limit == used


def test_the_address_of_a_view_is_that_view() -> None:
    query = [
        ("q", "a b&c"),
        ("kind", "oat"),
        ("shelf", "a"),
        ("shelf", "b"),
        ("sort", "-ref"),
        ("size", "50"),
    ]
    listing = _listing([*query, ("pathway", "elective"), ("page", "3")])
    assert (
        listing.url(page=3)
        == "/l?pathway=elective&q=a+b%26c&kind=oat&shelf=a&shelf=b&sort=-ref&size=50&page=3"
    )


def test_sorting_again_turns_the_order_round() -> None:
    assert _listing([]).sort_url("ref") == "/l?sort=-ref"
    assert _listing([("sort", "-ref")]).sort_url("ref") == "/l?sort=ref"
    assert _listing([("page", "4")]).sort_url("places") == "/l?sort=places"


def test_each_chip_drops_its_own_filter() -> None:
    chips = _listing([("shelf", "a"), ("shelf", "b"), ("kind", "rye"), ("page", "3")]).chips
    assert [(chip.text, chip.href) for chip in chips] == [
        ("Kind: Rye", "/l?shelf=a&shelf=b"),
        ("Shelf: A", "/l?kind=rye&shelf=b"),
        ("Shelf: B", "/l?kind=rye&shelf=a"),
    ]


def test_clearing_keeps_which_list_it_is() -> None:
    assert _listing([("pathway", "diagnostic"), ("kind", "rye")]).clear_url() == "/l?pathway=diagnostic"
    assert _listing([("kind", "rye")]).clear_url() == "/l"


@pytest.mark.parametrize(
    ("page", "links"),
    [(1, [1, 2, None, 6]), (3, [1, 2, 3, 4, None, 6]), (4, [1, None, 3, 4, 5, 6]), (6, [1, None, 5, 6])],
)
def test_pages_near_this_one_are_linked(page: int, links: list[int | None]) -> None:
    assert _listing([("page", str(page))]).page_links == links


def test_the_count_is_in_words() -> None:
    assert _listing([]).counted == "1 to 25 of 130 loaves"
    assert _listing([("page", "6")]).counted == "126 to 130 of 130 loaves"
    assert _listing([("page", "99")]).counted == "None of 130 loaves on this page"
    assert _listing([], 1).filled(LOAVES[:1], 1).counted == "1 loaf"
    assert _listing([], 0).filled([], 0).counted == "0 loaves"


def test_the_page_shows_the_list(browsing: Browsing) -> None:
    page = browsing.get("/shop/loaves?kind=rye&sort=-places")
    assert "1 to 25 of 65 loaves" in page.text
    head, first, *_ = page.tables()[0]
    assert head == ["Reference", "Kind", "Places ▼", "Price"]
    assert first == ["Reference LF-129", "Kind rye", "Places 129", "Price 2.00"]
    assert [th.get("aria-sort") for th in page.all("th")] == ["", "", "descending", ""]
    assert page.links()["Next page"] == "/shop/loaves?kind=rye&sort=-places&page=2"
    assert "Previous page" in browsing.get("/shop/loaves?page=3").links()


def test_a_list_says_why_it_is_empty(browsing: Browsing) -> None:
    page = browsing.get("/shop/loaves?q=nothing")
    assert page.links()["Clear all filters"] == "/shop/loaves"


def test_a_page_past_the_end_leads_back(browsing: Browsing) -> None:
    page = browsing.get("/shop/loaves?page=999")
    assert page.links()["Go to the first page"] == "/shop/loaves"


def test_the_file_is_this_view_on_every_page(browsing: Browsing) -> None:
    response = browsing.client.get("/shop/loaves?kind=rye&page=2&format=csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="loaves.csv"'
    rows = list(csv.reader(io.StringIO(response.text.removeprefix("\ufeff"))))
    assert rows[0] == ["Reference", "Kind", "Places", "Price"]
    assert rows[1] == ["LF-001", "rye", "1", "'=1+1"]
    assert len(rows) == 66


def test_a_column_only_of_the_file_is_not_on_the_page() -> None:
    spare = lists.Column("Spare", lambda loaf: loaf.kind, only_in_file=True)
    furniture = replace(FURNITURE, columns=(*FURNITURE.columns, spare))
    assert furniture.on_page == list(FURNITURE.columns)
    listing = furniture.listing(MultiDict(), path="/l").filled(LOAVES[:1], 1)
    assert listing.csv("loaves").get_data(as_text=True).splitlines()[0].endswith("Price,Spare")


def test_a_table_with_many_columns_has_the_whole_width() -> None:
    assert not FURNITURE.is_wide
    assert replace(FURNITURE, columns=FURNITURE.columns * 2).is_wide
