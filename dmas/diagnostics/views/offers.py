"""Posting an offer of a test in two pages, and amending one."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from dmas.catalogue.vocabulary.arrangements import Pathway
from dmas.core.actors import Actor, Role
from dmas.diagnostics import presenters, queries, services
from dmas.diagnostics.commands import AmendTestOffer, OfferDetail, PostTestOffer
from dmas.diagnostics.forms import StartOfferForm, TestOfferForm
from dmas.diagnostics.views.blueprint import blueprint
from dmas.offers import policy, rules
from dmas.offers import presenters as words
from dmas.offers import queries as offers
from dmas.offers import services as offer_services
from dmas.offers.commands import AmendOffer, OfferKind, OfferTerms, PostOffer
from dmas.offers.models import Offer
from dmas.offers.queries import OfferFilter
from dmas.offers.vocabulary import OfferStatus
from dmas.web import access, pages

_RECENT = 5


@dataclass(frozen=True, slots=True)
class Begun:
    """What the first page settled, or the offer that is copied with its terms and details."""

    kind: OfferKind
    site: str
    site_name: str
    terms: OfferTerms | None = None
    detail: OfferDetail | None = None
    copied: str | None = None


@blueprint.route("/diagnostics/offers/new", methods=["GET", "POST"])
@access.staff(*policy.MANAGERS)
def new_offer() -> ResponseReturnValue:
    """Ask which test, then its terms; a copy of an offer begins at its terms."""
    actor = access.current_actor()
    with pages.transaction() as session:
        start, begun = _begin(session, actor)
        every = OfferFilter(pathway=Pathway.DIAGNOSTIC, statuses=tuple(OfferStatus))
        recent = offers.listing(
            session, actor, every, today=pages.today(), sort="posted", descending=True, limit=_RECENT
        )[0]
    if begun is None:
        return pages.render("diagnostics/start_offer.html", start, recent=recent, words=words)
    form = TestOfferForm(begun.kind.service, terms=begun.terms, detail=begun.detail)
    if form.validate_on_submit():
        with pages.refusals(form), pages.once(form) as step:
            posted = PostOffer(
                site_code=begun.site, kind=begun.kind, terms=form.terms(), copied_from=begun.copied
            )
            offer = services.post_offer(
                step.session, PostTestOffer(offer=posted, detail=form.detail()), actor=actor, now=step.now
            )
            step.outcome, step.notice = words.path(offer), _posted(offer)
        if not form.failed:
            return pages.go(step)
    return pages.render("diagnostics/new_offer.html", form, begun=begun, words=presenters)


@blueprint.route("/diagnostics/offers/<reference>/amend", methods=["GET", "POST"])
@access.staff(*policy.MANAGERS)
def amend_offer(reference: str) -> ResponseReturnValue:
    """Change one's own offer of a test, as it was when the page was opened."""
    actor = access.current_actor()
    with pages.transaction() as session:
        offer = offers.get_own(session, actor, reference)
        detail = services.detail_of(offer, queries.offer_detail(session, offer.id))
        row, terms = offers.row_of(session, offer), services.terms_of(offer)
    form = TestOfferForm(offer.service, terms=terms, detail=detail, version=offer.version)
    if form.validate_on_submit():
        with pages.refusals(form), pages.once(form) as step:
            amended = AmendOffer(reference=reference, version=form.version.data or 0, terms=form.terms())
            services.amend_offer(
                step.session, AmendTestOffer(offer=amended, detail=form.detail()), actor=actor, now=step.now
            )
            step.outcome, step.notice = words.path(offer), "Your changes are saved."
        if not form.failed:
            return pages.go(step)
    return pages.render("diagnostics/amend_offer.html", form, row=row, words=words)


def _begin(session: Session, actor: Actor) -> tuple[StartOfferForm, Begun | None]:
    """Read the address: a copied offer, the answers of the first page, or nothing yet."""
    today = pages.today()
    names = {site.code: site.name for site in offers.sites_of(session, actor, today)}
    if reference := request.args.get("copy"):
        offer = offers.get_own(session, actor, reference)
        detail = services.detail_of(offer, queries.offer_detail(session, offer.id))
        terms = rules.moved_on(services.terms_of(offer), today)
        name = names.get(offer.site_code, offer.site_code)
        kind = offer_services.kind_of(offer)
        begun = Begun(kind, offer.site_code, name, terms, detail, offer.reference)
        return _start(MultiDict(), names, actor), begun
    start = _start(request.args, names, actor)
    if not start.validate():
        return start, None
    return start, Begun(start.kind(), str(start.site.data), names[str(start.site.data)])


def _start(answers: MultiDict[str, str], names: dict[str, str], actor: Actor) -> StartOfferForm:
    return StartOfferForm(answers, sites=list(names.items()), role=actor.role or Role.CAPACITY_MANAGER)


def _posted(offer: Offer) -> str:
    if offer.status == OfferStatus.AWAITING_ICB:
        return "The offer is posted and waits for your ICB, at most 2 working days."
    if not rules.standard_notice(offer.notice, offer.window_to, pages.today()):
        return "The offer is open, at short notice. The next night matches it with people who can come soon."
    return "The offer is open. The next night matches it."
