"""The list of requests, of one's trust or of one's area."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from dmas.catalogue.vocabulary.arrangements import Setting
from dmas.catalogue.vocabulary.treatment_functions import treatment_function
from dmas.core.actors import Reach
from dmas.requests import policy, presenters, queries
from dmas.requests.queries import RequestFilter
from dmas.requests.views.blueprint import blueprint
from dmas.requests.vocabulary import RequestStatus
from dmas.web import access, lists, pages

_Column = lists.Column[presenters.Row]
_REFERENCE: _Column = lists.Column(
    "Reference", lambda row: lists.Link(row.reference, row.path), export=lambda row: row.reference
)
_TRUST: _Column = lists.Column("Trust", lambda row: row.provider, "provider")
_SERVICE: _Column = lists.Column("Service", lambda row: row.service, "service")
_PLACES: _Column = lists.Column("Places", lambda row: row.places, "places", numeric=True)
_WAITED: _Column = lists.Column("Waited", lambda row: row.waits)
_STATE: _Column = lists.Column("State", lambda row: row.status, "status")
_NEXT: _Column = lists.Column("What happens next", lambda row: row.due)

_STATES = [status for status in RequestStatus if status is not RequestStatus.DRAFT]
_FILTERS = (
    lists.TextFilter("q", "Reference, reason or clinical lead"),
    lists.MultiFilter("status", "State", _STATES),
    lists.SelectFilter("service", "Service"),
    lists.SelectFilter("setting", "Setting", [one for one in Setting if one is not Setting.DIAGNOSTIC]),
)
OWN = lists.Furniture[presenters.Row](
    caption="Requests for help",
    one="request",
    many="requests",
    columns=(_REFERENCE, _SERVICE, _PLACES, _WAITED, _STATE, _NEXT),
    filters=_FILTERS,
    sort="-posted",
    empty="Your trust has asked for nothing yet. Ask for help, and your ICB decides within 2 working days.",
)
AREA = lists.Furniture[presenters.Row](
    caption="Requests for help",
    one="request",
    many="requests",
    columns=(_REFERENCE, _TRUST, _SERVICE, _PLACES, _STATE, _NEXT),
    filters=(*_FILTERS, lists.TextFilter("provider", "Trust", hint="Its name or code")),
    sort="-posted",
    empty="No trust in your area has asked for help yet.",
)


@blueprint.get("/requests")
@access.staff(*policy.READERS)
def index() -> ResponseReturnValue:
    """List the requests of one's trust, or of one's area."""
    actor = access.current_actor()
    furniture = OWN if actor.reach is Reach.ORGANISATION else AREA
    with pages.transaction() as session:
        asked = queries.services_asked(session, actor)
        services_known = [(code, treatment_function(code).label) for code in asked]
        listing = furniture.listing(choices={"service": services_known})
        wanted = RequestFilter(
            text=listing.value("q"),
            statuses=listing.values("status"),
            services=listing.values("service"),
            setting=listing.value("setting"),
            provider=listing.value("provider") if furniture is AREA else "",
        )
        found, total = queries.find(session, actor, wanted, order=listing.order, **listing.bounds)
        counted = queries.counts(session, actor)
    listing = listing.filled([presenters.row(one, pages.today()) for one in found], total)
    return pages.show_list(
        listing, "requests/index.html", file="requests", counted=counted, may_post=policy.may_post(actor)
    )
