"""Two lists: one's own offers, and open capacity across England."""

from __future__ import annotations

import re
from datetime import date

from flask.typing import ResponseReturnValue

from dmas.catalogue.vocabulary.arrangements import Basis, Pathway, Setting, Stage
from dmas.catalogue.vocabulary.diagnostic_tests import DIAGNOSTIC_TESTS
from dmas.catalogue.vocabulary.procedures import PROCEDURE_GROUPS
from dmas.catalogue.vocabulary.treatment_functions import TREATMENT_FUNCTIONS
from dmas.core.actors import Role
from dmas.offers import policy, presenters, queries
from dmas.offers.forms import StepForm
from dmas.offers.queries import CapacityFilter, OfferFilter, OfferRow
from dmas.offers.views.blueprint import blueprint
from dmas.offers.vocabulary import OfferStatus
from dmas.providers.vocabulary import OrganisationKind
from dmas.published import presenters as figures
from dmas.web import access, pages
from dmas.web.filters import miles
from dmas.web.lists import Column, Furniture, Link, Listing, SelectFilter, Tag, TextFilter

_SERVICES = tuple((one.code, one.label) for one in TREATMENT_FUNCTIONS.values())
_TESTS = tuple((one.code, one.name) for one in DIAGNOSTIC_TESTS.values())
_PATHWAYS = [(Pathway.ELECTIVE.value, "Operations and clinics"), (Pathway.DIAGNOSTIC.value, "Tests")]
_SETTINGS = [(one.value, one.label) for one in (Setting.OUTPATIENT, Setting.DAY_CASE, Setting.INPATIENT)]
_BASES = [(one.value, one.label) for one in (Basis.WHOLE_PATHWAY, Basis.SUBCONTRACTED, Basis.INSOURCED)]
_WITHIN = [(str(far), f"{far} miles") for far in (10, 25, 50, 75, 100, 150)]
_MOST_TO_CONFIRM = 10
_DATES = {"first": "Usable on or after", "last": "Starts on or before"}

_REFERENCE: Column[OfferRow] = Column(
    "Offer",
    lambda row: Link(row.offer.reference, presenters.path(row.offer)),
    sort="posted",
    export=lambda row: row.offer.reference,
)

OWN: Furniture[OfferRow] = Furniture(
    caption="Offers",
    one="offer",
    many="offers",
    sort="ends",
    empty="There are no offers here. Post one when you have a list or clinic you cannot fill.",
    columns=(
        _REFERENCE,
        Column("Care", lambda row: presenters.what(row.offer), sort="service"),
        Column("Site", lambda row: row.site_name, sort="site"),
        Column("Dates", lambda row: presenters.short_dates(row.offer), sort="ends"),
        Column("Free", lambda row: presenters.free_of(row.offer), sort="free", numeric=True),
        Column("State", lambda row: presenters.status(row.offer), sort="status"),
        Column(
            "Still true?",
            lambda row: presenters.freshness(row.offer, pages.today()),
            sort="confirmed",
        ),
    ),
    filters=(
        SelectFilter("status", "State", OfferStatus, any_label="Not ended"),
        SelectFilter("service", "Service", _SERVICES),
        SelectFilter("setting", "Setting", _SETTINGS),
        SelectFilter("stage", "Stage", Stage),
        SelectFilter("site", "Site"),
        SelectFilter("free", "Places", [("yes", "With places free")]),
        SelectFilter("fresh", "Confirmed", [("no", "Not in the last 14 days")]),
    ),
)


def _elsewhere(row: OfferRow) -> Tag | str:
    if not presenters.takes_from(row.offer, access.current_actor()):
        return Tag("Not from your area", "grey")
    return presenters.short_limits(row.offer)


def _when(row: OfferRow) -> str:
    short = "" if presenters.notice(row.offer, pages.today()) == "Standard notice" else ", short notice"
    return f"{presenters.short_dates(row.offer)}{short}"


def _ask(row: OfferRow) -> Link | str:
    if access.current_actor().role is not Role.CAPACITY_MANAGER or row.offer.basis == Basis.INSOURCED:
        return ""
    return Link("Ask now", f"{presenters.path(row.offer)}/ask")


CAPACITY: Furniture[OfferRow] = Furniture(
    caption="Open capacity",
    one="offer",
    many="offers",
    sort="distance",
    empty="Nobody offers capacity just now. Post a request: the night looks again every day.",
    columns=(
        _REFERENCE,
        Column("Care", lambda row: presenters.what(row.offer), sort="service"),
        Column("Where", lambda row: f"{row.site_name}, {row.provider_name}"),
        Column(
            "Miles",
            lambda row: miles(row.tenths).removesuffix(" miles in a straight line"),
            sort="distance",
            numeric=True,
        ),
        Column("Dates", _when, sort="ends"),
        Column("Usual wait", lambda row: figures.short(row.wait)),
        Column("Free", lambda row: row.offer.free, sort="free", numeric=True),
        Column("Takes", _elsewhere),
        Column("Ask", _ask, export=lambda row: ""),
    ),
    filters=(
        SelectFilter("pathway", "What", _PATHWAYS, any_label="Operations, unless a test is chosen"),
        SelectFilter("service", "Service or test", (*_SERVICES, *_TESTS)),
        SelectFilter("setting", "Setting", _SETTINGS),
        SelectFilter("stage", "Stage", Stage),
        SelectFilter("group", "Operation", [(one.code, one.name) for one in PROCEDURE_GROUPS.values()]),
        SelectFilter("area", "Region or ICB"),
        SelectFilter("near", "Distance from"),
        SelectFilter("within", "Within", _WITHIN),
        TextFilter("first", _DATES["first"], hint="Like 3/12/2026"),
        TextFilter("last", _DATES["last"], hint="Like 3/12/2026"),
        SelectFilter("basis", "Arrangement", _BASES),
    ),
)


@blueprint.get("/offers")
@access.staff(*policy.READERS)
def index() -> ResponseReturnValue:
    """List the offers of one's provider, ICB, region or nation, what needs a word first."""
    actor, today = access.current_actor(), pages.today()
    with pages.transaction() as session:
        sites = [(site.code, site.name) for site in queries.sites_of(session, actor, today)]
        listing = OWN.listing(choices={"site": sites})
        rows, total = queries.listing(session, actor, _own(listing), today=today, **listing.window)
        listing = listing.filled(rows, total)
        if listing.wants_csv:
            return listing.csv("offers")
        weeks = queries.weeks(session, actor, today=today)
        stale = OfferFilter(only_unconfirmed=True)
        to_confirm = queries.listing(session, actor, stale, today=today, sort="confirmed")[0]
    confirming = to_confirm[:_MOST_TO_CONFIRM] if policy.may_post(actor) else []
    return pages.render(
        "offers/index.html",
        listing=listing,
        weeks=presenters.week_columns(weeks),
        week_rows=presenters.week_rows(weeks),
        to_confirm=[(row, StepForm(version=row.offer.version)) for row in confirming],
        words=presenters,
        may_post=policy.may_post(actor),
    )


@blueprint.get("/find-capacity")
@access.staff(*policy.BROWSERS)
def find_capacity() -> ResponseReturnValue:
    """List open offers of others by service, place and date, the distance counted from one's own site."""
    actor, today = access.current_actor(), pages.today()
    with pages.transaction() as session:
        sites = [(site.code, site.name) for site in queries.sites_of(session, actor, today)]
        areas = [(f"{area.kind}:{area.code}", area.name) for area in queries.areas(session, today)]
        listing = CAPACITY.listing(choices={"near": sites, "area": areas})
        wanted = _wanted(listing, sites)
        rows, total = queries.find(session, actor, wanted, today=today, **listing.window)
        listing = listing.filled(rows, total)
    if listing.wants_csv:
        return listing.csv("capacity")
    unread = [
        words for name, words in _DATES.items() if listing.value(name) and not _date(listing.value(name))
    ]
    return pages.render(
        "offers/find_capacity.html", listing=listing, unread=unread, near=dict(sites).get(wanted.near)
    )


def _own(listing: Listing[OfferRow]) -> OfferFilter:
    status = listing.value("status")
    return OfferFilter(
        statuses=(status,) if status else (),
        service=listing.value("service"),
        setting=listing.value("setting"),
        stage=listing.value("stage"),
        site=listing.value("site"),
        only_free=bool(listing.value("free")),
        only_unconfirmed=bool(listing.value("fresh")),
    )


def _wanted(listing: Listing[OfferRow], sites: list[tuple[str, str]]) -> CapacityFilter:
    kind, _, code = listing.value("area").partition(":")
    within = listing.value("within")
    tests = listing.value("pathway") == Pathway.DIAGNOSTIC or listing.value("service") in DIAGNOSTIC_TESTS
    return CapacityFilter(
        pathway=Pathway.DIAGNOSTIC if tests else Pathway.ELECTIVE,
        service=listing.value("service"),
        setting=listing.value("setting"),
        stage=listing.value("stage"),
        group=listing.value("group"),
        icb=code if kind == OrganisationKind.ICB else "",
        region=code if kind == OrganisationKind.REGION else "",
        basis=listing.value("basis"),
        near=listing.value("near") or (sites[0][0] if sites else ""),
        within=int(within) if within else None,
        first=_date(listing.value("first")),
        last=_date(listing.value("last")),
    )


def _date(typed: str) -> date | None:
    """Return a date typed as day, month and year, or None where it is none."""
    match = re.fullmatch(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})", typed)
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else None
    except ValueError:
        return None
