"""Compare waits: every provider of a specialty or test near a postcode, open to everybody.

The postcode itself is sent in a form and forgotten; its district stays in the browser's session, and the
address holds the rest.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, request, session
from flask.typing import ResponseReturnValue

from dmas.catalogue.vocabulary.diagnostic_tests import DIAGNOSTIC_TESTS
from dmas.core.errors import InvalidInput
from dmas.published import queries, rules
from dmas.published.forms import NOT_KNOWN_HERE, CompareForm
from dmas.published.presenters import compare as words
from dmas.published.presenters import grouped
from dmas.published.presenters.drawing import drawing
from dmas.published.queries import Compared, Comparison
from dmas.published.vocabulary import Counted
from dmas.web import access, pages
from dmas.web.lists import Column, Furniture, Listing, SelectFilter

blueprint = Blueprint("published", __name__, template_folder="templates")

NEAR = "near"  # the district somebody looks from, in their session
FIRST_REACH = "50"
_REACHES = [(str(far), f"{far} miles") for far in (10, 25, 50, 100)]
_CARE = [(one.value, one.label) for one in (Counted.ADMITTED, Counted.OUTPATIENT)]
_WITHIN = SelectFilter("within", "Within", _REACHES, any_label="Any distance")
_SECTOR = SelectFilter("sector", "Kind of provider", words.SECTORS, any_label="NHS and independent")

_COLUMNS: tuple[Column[Compared], ...] = (
    Column("Provider", words.who, sort="name", export=lambda row: words.proper(row.name)),
    Column("Nearest place", words.where),
    Column("Miles", words.distance, sort="distance", numeric=True),
    Column("Half within", words.half, sort="wait", numeric=True),
    Column("Nine in ten within", words.nine_in_ten, numeric=True),
    Column("People counted", words.sample, numeric=True),
    Column("CQC rating", words.quality, sort="rating"),
    Column("Sector", words.sector, only_in_file=True),
    Column("Code", lambda row: row.code, only_in_file=True),
    Column("Waiting now", lambda row: row.waiting, only_in_file=True),
    Column("Rated on", lambda row: row.rating.rated_on if row.rating else "", only_in_file=True),
    Column("Month", lambda row: f"{row.wait.period:%Y-%m}" if row.wait else "", only_in_file=True),
)


def _furniture(*filters: SelectFilter) -> Furniture[Compared]:
    return Furniture(
        caption="Providers and their usual waits",
        one="provider",
        many="providers",
        sort="wait",
        columns=_COLUMNS,
        filters=filters,
        keep=("service",),
    )


TREATMENT = _furniture(_WITHIN, SelectFilter("care", "Care", _CARE, any_label="All treatment"), _SECTOR)
TESTS = _furniture(_WITHIN, _SECTOR)


@blueprint.get("/compare")
@access.public
def compare() -> ResponseReturnValue:
    """List who gives a service, with waits, distance and quality, or ask where to look from."""
    service, outcode = _service(request.args.get("service", "")), session.get(NEAR)
    if service is None or not isinstance(outcode, str):
        return _ask(CompareForm(data={"service": service, "postcode": outcode}))
    listing = (TESTS if service in DIAGNOSTIC_TESTS else TREATMENT).listing()
    with pages.transaction() as reading:
        near = queries.district(reading, outcode)
        if near is None:
            return _ask(CompareForm(data={"service": service}))
        found = queries.compare(reading, service, _counted(service, listing), near=near, today=pages.today())
    return _show(service, outcode, found, listing)


@blueprint.post("/compare")
@access.public
def choose() -> ResponseReturnValue:
    """Keep the district of the postcode that was typed, and show who is near."""
    form = CompareForm()
    if not form.validate_on_submit():
        return _ask(form)
    outcode = rules.outcode_typed(form.postcode.data)
    with pages.transaction() as reading:
        if outcode is None or queries.district(reading, outcode) is None:
            form.refuse(NOT_KNOWN_HERE, field="postcode")
            return _ask(form)
    session[NEAR] = outcode
    query = urlencode({"service": form.service.data, "within": FIRST_REACH})
    return redirect(f"/compare?{query}", code=303)


def _show(service: str, outcode: str, found: Comparison, listing: Listing[Compared]) -> ResponseReturnValue:
    wanted: dict[str, Any] = {"within": listing.value("within"), "chosen": listing.value("sector")}
    rows = words.narrowed(found.rows, **wanted)
    rows = words.ordered(rows, listing.sort_key, descending=listing.descending)
    listing = listing.filled(rows[listing.offset : listing.offset + listing.limit], len(rows))
    return pages.show_list(
        listing,
        "published/compare.html",
        CompareForm(formdata=None, data={"service": service, "postcode": outcode}),
        heading=words.heading(service),
        asked=request.args.get("service", ""),
        together=grouped(request.args.get("service", "")),
        outcode=outcode,
        counted=_counted(service, listing),
        period=found.period,
        file="compare-waits",
        sorts=words.SORTS,
        drawing=drawing(rows),
        nothing=None if rows else words.nothing(found.rows, **wanted),
        wider=replace(listing, chosen={**listing.chosen, "within": ()}).url(),
        least=rules.MIN_SAMPLE,
    )


def _ask(form: CompareForm) -> ResponseReturnValue:
    return pages.render("published/start.html", form)


def _service(asked: str) -> str | None:
    """Return the row of the figures for a service of any kind, or None where there is no such service."""
    try:
        return rules.counted_under(asked)
    except InvalidInput:
        return None


def _counted(service: str, listing: Listing[Compared]) -> Counted:
    if service in DIAGNOSTIC_TESTS:
        return Counted.TEST
    return Counted(listing.value("care") or Counted.TREATED)
