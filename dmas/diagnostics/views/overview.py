"""The first page of tests: six weeks drawn and listed, and both lists in short; then each list in full."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.arrangements import Pathway
from dmas.core.actors import Actor
from dmas.diagnostics import presenters, queries, rules
from dmas.diagnostics.views.blueprint import blueprint
from dmas.diagnostics.views.lists import OFFERS, REQUESTS, AskedTest, OfferedTest
from dmas.offers import policy as offer_policy
from dmas.offers import queries as offers
from dmas.offers.queries import OfferFilter
from dmas.requests import policy as request_policy
from dmas.requests import queries as requests
from dmas.requests.queries import RequestFilter
from dmas.web import access, pages

_SHOWN = 5
READERS = offer_policy.READERS


@blueprint.get("/diagnostics")
@access.staff(*READERS)
def overview() -> ResponseReturnValue:
    """Show how people who wait for tests stand against six weeks, and what is offered and asked for."""
    actor, today = access.current_actor(), pages.today()
    with pages.transaction() as session:
        waiting = queries.waiting(session, actor)
        offered, offers_in_all = _offered(
            session, actor, OfferFilter(pathway=Pathway.DIAGNOSTIC), limit=_SHOWN
        )
        asked, requests_in_all = _asked(
            session, actor, RequestFilter(pathway=Pathway.DIAGNOSTIC), limit=_SHOWN
        )
    view = rules.six_weeks([(one.since, one.places) for one in waiting], today)
    return pages.render(
        "diagnostics/index.html",
        view=view,
        bars=presenters.bars(view),
        said=presenters.in_short(view),
        band_head=presenters.BAND_HEAD,
        bands=presenters.band_rows(view),
        test_head=presenters.TEST_HEAD,
        tests=presenters.test_rows(waiting, today),
        offer_head=presenters.OFFERS_HEAD,
        offers=[presenters.offer_row(one.row, one.detail) for one in offered],
        offers_in_all=offers_in_all,
        request_head=presenters.REQUESTS_HEAD,
        requests=[presenters.request_row(one.listed, one.detail, today) for one in asked],
        requests_in_all=requests_in_all,
        asks_here=request_policy.may_post(actor),
        offers_here=offer_policy.may_post(actor),
        reads_requests=actor.role in request_policy.READERS,
    )


@blueprint.get("/diagnostics/offers")
@access.staff(*offer_policy.READERS)
def offers_index() -> ResponseReturnValue:
    """List the offers of tests of one's provider, ICB, region or nation."""
    actor, today = access.current_actor(), pages.today()
    with pages.transaction() as session:
        sites = [(site.code, site.name) for site in offers.sites_of(session, actor, today)]
        listing = OFFERS.listing(choices={"site": sites})
        status = listing.value("status")
        wanted = OfferFilter(
            pathway=Pathway.DIAGNOSTIC,
            statuses=(status,) if status else (),
            service=listing.value("service"),
            site=listing.value("site"),
            only_free=bool(listing.value("free")),
            only_unconfirmed=bool(listing.value("fresh")),
        )
        found, total = _offered(session, actor, wanted, **listing.window)
    listing = listing.filled(found, total)
    return pages.show_list(
        listing, "diagnostics/offers.html", file="offers-of-tests", may_post=offer_policy.may_post(actor)
    )


@blueprint.get("/diagnostics/requests")
@access.staff(*request_policy.READERS)
def requests_index() -> ResponseReturnValue:
    """List the requests for tests of one's trust, or of one's area."""
    actor = access.current_actor()
    listing = REQUESTS.listing()
    wanted = RequestFilter(
        pathway=Pathway.DIAGNOSTIC,
        text=listing.value("q"),
        statuses=listing.values("status"),
        services=listing.values("service"),
        provider=listing.value("provider"),
    )
    with pages.transaction() as session:
        found, total = _asked(session, actor, wanted, order=listing.order, **listing.bounds)
    listing = listing.filled(found, total)
    return pages.show_list(
        listing,
        "diagnostics/requests.html",
        file="requests-for-tests",
        may_post=request_policy.may_post(actor),
    )


def _offered(
    session: Session,
    actor: Actor,
    wanted: OfferFilter,
    *,
    sort: str = "ends",
    descending: bool = False,
    limit: int,
    offset: int = 0,
) -> tuple[list[OfferedTest], int]:
    rows, total = offers.listing(
        session,
        actor,
        wanted,
        today=pages.today(),
        sort=sort,
        descending=descending,
        limit=limit,
        offset=offset,
    )
    details = queries.offer_details(session, [row.offer.id for row in rows])
    return [OfferedTest(row, details[row.offer.id]) for row in rows], total


def _asked(
    session: Session,
    actor: Actor,
    wanted: RequestFilter,
    *,
    order: str = "-posted",
    limit: int,
    offset: int = 0,
) -> tuple[list[AskedTest], int]:
    if actor.role not in request_policy.READERS:
        return [], 0
    found, total = requests.find(session, actor, wanted, order=order, limit=limit, offset=offset)
    details = queries.request_details(session, [one.care_request.id for one in found])
    return [AskedTest(one, details[one.care_request.id]) for one in found], total
