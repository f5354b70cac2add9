"""Posting an offer in two pages, and amending one."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from dmas.core.actors import Actor, Role
from dmas.offers import policy, presenters, queries, rules, services
from dmas.offers.commands import AmendOffer, OfferKind, OfferTerms, PostOffer
from dmas.offers.forms import OfferForm, StartForm
from dmas.offers.models import Offer
from dmas.offers.queries import OfferFilter, OfferRow
from dmas.offers.views.blueprint import blueprint
from dmas.offers.vocabulary import OfferStatus
from dmas.providers.vocabulary import OrganisationKind
from dmas.web import access, pages

_RECENT = 5


@dataclass(frozen=True, slots=True)
class Choices:
    """The areas an offer may be limited to."""

    regions: list[tuple[str, str]]
    icbs: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Begun:
    """What the first page settled, or the offer that is copied: kind, site and, from a copy, its terms."""

    kind: OfferKind
    site: str
    site_name: str
    terms: OfferTerms | None = None
    copied: str | None = None


@blueprint.route("/offers/new", methods=["GET", "POST"])
@access.staff(*policy.MANAGERS)
def new() -> ResponseReturnValue:
    """Ask what is offered, then its terms; a copy of an offer begins at its terms."""
    actor = access.current_actor()
    with pages.transaction() as session:
        start, begun = _begin(session, actor)
        areas, recent = _areas(session), _recent(session, actor)
    if begun is None:
        return pages.render("offers/start.html", start, recent=recent, words=presenters)
    form = OfferForm(begun.kind, regions=areas.regions, icbs=areas.icbs, terms=begun.terms)
    if form.validate_on_submit():
        with pages.refusals(form), pages.once(form) as step:
            command = PostOffer(
                site_code=begun.site, kind=begun.kind, terms=form.terms(), copied_from=begun.copied
            )
            offer = services.post(step.session, command, actor=actor, now=step.now)
            step.outcome, step.notice = presenters.path(offer), _posted(offer)
        if not form.failed:
            return pages.go(step)
    return pages.render("offers/new.html", form, begun=begun, words=presenters)


@blueprint.route("/offers/<reference>/amend", methods=["GET", "POST"])
@access.staff(*policy.MANAGERS)
def amend(reference: str) -> ResponseReturnValue:
    """Change the terms of one's own offer, as they were when the page was opened."""
    actor = access.current_actor()
    with pages.transaction() as session:
        offer = queries.get_own(session, actor, reference)
        row, areas = queries.row_of(session, offer), _areas(session)
        kind, terms = services.kind_of(offer), services.terms_of(offer)
    form = OfferForm(kind, regions=areas.regions, icbs=areas.icbs, terms=terms, version=offer.version)
    if form.validate_on_submit():
        with pages.refusals(form), pages.once(form) as step:
            command = AmendOffer(reference=reference, version=form.version.data or 0, terms=form.terms())
            services.amend(step.session, command, actor=actor, now=step.now)
            step.outcome, step.notice = presenters.path(offer), "Your changes are saved."
        if not form.failed:
            return pages.go(step)
    return pages.render("offers/amend.html", form, row=row, words=presenters)


def _begin(session: Session, actor: Actor) -> tuple[StartForm, Begun | None]:
    """Read the address: a copied offer, the answers of the first page, or nothing yet."""
    today = pages.today()
    sites = [(site.code, site.name) for site in queries.sites_of(session, actor, today)]
    names = dict(sites)
    if reference := request.args.get("copy"):
        offer = queries.get_own(session, actor, reference)
        terms = rules.moved_on(services.terms_of(offer), today)
        name = names.get(offer.site_code, offer.site_code)
        begun = Begun(services.kind_of(offer), offer.site_code, name, terms, offer.reference)
        return _start(MultiDict(), sites, actor), begun
    start = _start(request.args, sites, actor)
    if not start.validate():
        return start, None
    return start, Begun(start.kind(), str(start.site.data), names[str(start.site.data)])


def _start(answers: MultiDict[str, str], sites: list[tuple[str, str]], actor: Actor) -> StartForm:
    return StartForm(answers, sites=sites, role=actor.role or Role.CAPACITY_MANAGER)


def _areas(session: Session) -> Choices:
    found = queries.areas(session, pages.today())
    return Choices(
        regions=[(area.code, area.name) for area in found if area.kind == OrganisationKind.REGION],
        icbs=[(area.code, area.name) for area in found if area.kind == OrganisationKind.ICB],
    )


def _recent(session: Session, actor: Actor) -> list[OfferRow]:
    every = OfferFilter(statuses=tuple(OfferStatus))
    return queries.listing(
        session, actor, every, today=pages.today(), sort="posted", descending=True, limit=_RECENT
    )[0]


def _posted(offer: Offer) -> str:
    if offer.status == OfferStatus.AWAITING_ICB:
        return "The offer is posted and waits for your ICB, at most 2 working days."
    if not rules.in_the_night(offer.basis):
        return (
            "The offer is open. Others find it and agree the team’s visit with you: the night leaves it out."
        )
    if not rules.standard_notice(offer.notice, offer.window_to, pages.today()):
        return "The offer is open, on the short notice list: its places are offered by telephone."
    return "The offer is open. The next night matches it."
