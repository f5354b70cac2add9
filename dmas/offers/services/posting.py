"""Putting an offer on the exchange, changing its terms, and saying that it is still true."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from dmas.catalogue.vocabulary.arrangements import Pathway
from dmas.core import audit, events
from dmas.core.actors import Actor
from dmas.core.calendar import add_working_days
from dmas.core.clock import london_date
from dmas.core.db import check_version
from dmas.core.errors import Conflict, IllegalTransition, InvalidInput
from dmas.core.references import new_reference
from dmas.core.transitions import advance
from dmas.offers import outbox, policy, queries, rules
from dmas.offers.commands import TERM_NAMES, AmendOffer, ConfirmOffer, OfferKind, OfferTerms, PostOffer
from dmas.offers.events import LimitsTightened
from dmas.offers.models import Offer
from dmas.offers.vocabulary import APPROVAL_WORKING_DAYS, CAN_BE_CONFIRMED, LIVE, OfferStatus
from dmas.providers.models import Organisation, Site
from dmas.providers.vocabulary import OrganisationKind

_NOT_YOURS = "Only the provider's capacity manager can do this."
_LISTS = ("procedure_groups", "excluded_groups", "tokens")
_LISTS_OR_NONE = ("accepts_regions", "accepts_icbs")


def post(
    session: Session,
    command: PostOffer,
    *,
    actor: Actor,
    now: datetime,
    pathway: Pathway = Pathway.ELECTIVE,
) -> Offer:
    """Post an offer: it opens at once with notice to its ICB, or waits where its contract needs approval.

    `pathway` is the one the caller answers for: what a test needs beside this, its own room adds.
    """
    _check_pathway(command.kind, pathway)
    policy.require(policy.may_post(actor), "Only a provider's capacity manager can post offers.")
    today = london_date(now)
    site, provider = _site(session, command.site_code, actor, today)
    rules.check_offer(command.kind, command.terms, today=today)
    _check_areas(session, command.terms)
    verb = rules.opening_verb(command.kind.contract_basis, provider.kind)
    region = site.region_code or provider.region_code
    if region is None:
        raise InvalidInput("This site has no region yet. Ask the national team.", field="site")
    offer = Offer(
        reference=new_reference("OF"),
        status=advance(rules.TRANSITIONS, verb, OfferStatus.DRAFT, noun="offer"),
        provider_code=provider.code,
        site_code=site.code,
        icb_code=site.icb_code or provider.icb_code,
        region_code=region,
        posted_by=actor.id,
        posted_at=now,
        confirmed_on=today,
        approval_due_on=_approval_due(verb, today),
        copied_from=command.copied_from,
        **{name: getattr(command.kind, name) for name in command.kind.__slots__},
    )
    _write(offer, command.terms)
    session.add(offer)
    details = {"places": offer.places, "status": offer.status, "notice_to": offer.icb_code}
    audit.record(session, offer, "offer.posted", actor=actor, now=now, details=details)
    outbox.tell_approver(session, offer, actor=actor, now=now)
    return offer


def amend(
    session: Session,
    command: AmendOffer,
    *,
    actor: Actor,
    now: datetime,
    pathway: Pathway = Pathway.ELECTIVE,
    beside: Mapping[str, Any] | None = None,
) -> Offer:
    """Change an offer's terms as they were at a version; a returned draft goes to its ICB again.

    `beside` tells what the caller's own room changes with them, each as [old, new].
    """
    offer = queries.get_own(session, actor, command.reference)
    policy.require(policy.may_change(actor, offer), _NOT_YOURS)
    check_version(offer, command.version)
    if offer.status not in LIVE:
        raise IllegalTransition("This offer has ended. Post a new one: copy it to keep what you typed.")
    kind, before, today = kind_of(offer), terms_of(offer), london_date(now)
    _check_pathway(kind, pathway)
    rules.check_offer(kind, command.terms, today=today, opened_from=offer.window_from)
    _check_areas(session, command.terms)
    changed = rules.changes(before, command.terms) | dict(beside or {})
    if not changed and offer.status != OfferStatus.DRAFT:
        raise InvalidInput("Nothing was changed. Change an answer, or go back to the offer.")
    if "places" in changed:
        _set_places(session, offer, command.terms.places)
    _write(offer, command.terms)
    returned = offer.status == OfferStatus.DRAFT
    if returned:
        _reopen(session, offer, today)
    offer.confirmed_on = today
    audit.record(session, offer, "offer.amended", actor=actor, now=now, details={"changed": changed})
    if returned:
        outbox.tell_approver(session, offer, actor=actor, now=now)
    published = offer.status in (OfferStatus.OPEN, OfferStatus.SUSPENDED)
    if published and rules.tightened(kind, before, command.terms):
        events.publish(session, LimitsTightened(offer.id), actor=actor, now=now)
    return offer


def confirm_still_true(session: Session, command: ConfirmOffer, *, actor: Actor, now: datetime) -> Offer:
    """Say that an offer stands as it is; its 14 and 28 days begin again."""
    offer = queries.get_own(session, actor, command.reference)
    policy.require(policy.may_change(actor, offer), _NOT_YOURS)
    if command.version is not None:
        check_version(offer, command.version)
    if offer.status not in CAN_BE_CONFIRMED:
        raise IllegalTransition("Only an offer that is open or suspended can be confirmed.")
    offer.confirmed_on = london_date(now)
    audit.record(session, offer, "offer.confirmed", actor=actor, now=now)
    return offer


def kind_of(offer: Offer) -> OfferKind:
    """Return what an offer is, as a value."""
    return OfferKind(**{name: getattr(offer, name) for name in OfferKind.__slots__})


def terms_of(offer: Offer) -> OfferTerms:
    """Return an offer's terms, as a value."""
    values: dict[str, Any] = {name: getattr(offer, name) for name in TERM_NAMES}
    values |= {name: tuple(values[name] or ()) for name in (*_LISTS, *_LISTS_OR_NONE)}
    values["consultant"] = values["consultant"] or ""
    if not kind_of(offer).is_first_appointment:
        values["gives_treatment"] = None
    return OfferTerms(**values)


def _check_pathway(kind: OfferKind, pathway: Pathway) -> None:
    if kind.pathway != pathway:
        raise InvalidInput("Offers of diagnostic tests are not posted here.", field="care")


def _write(offer: Offer, terms: OfferTerms) -> None:
    """Copy the terms to the row, and to the tokens the engine reads."""
    for name in TERM_NAMES:
        value = getattr(terms, name)
        if name in _LISTS:
            value = list(value)
        elif name in _LISTS_OR_NONE:
            value = list(value) or None
        setattr(offer, name, value)
    offer.gives_treatment = bool(terms.gives_treatment)
    offer.provides = rules.provides(kind_of(offer), terms, icb=offer.icb_code, region=offer.region_code)


def _set_places(session: Session, offer: Offer, places: int) -> None:
    """Set the number of places unless more are held or taken: one statement, so no race slips through."""
    statement = (
        update(Offer)
        .where(Offer.id == offer.id, Offer.held + Offer.taken <= places)
        .values(places=places)
        .returning(Offer.held, Offer.taken)
        .execution_options(synchronize_session=False)
    )
    counted = session.execute(statement).first()
    if counted is None:
        session.refresh(offer, ["held", "taken"])
        rules.check_places_kept(places, offer.held, offer.taken)
        raise Conflict("Places were just held or let go. Try again.")
    for name, value in counted._mapping.items():
        set_committed_value(offer, name, value)
    set_committed_value(offer, "places", places)


def _reopen(session: Session, offer: Offer, today: date) -> None:
    provider = session.get_one(Organisation, offer.provider_code)
    verb = rules.opening_verb(offer.contract_basis, provider.kind)
    offer.status = advance(rules.TRANSITIONS, verb, OfferStatus(offer.status), noun="offer")
    offer.approval_due_on = _approval_due(verb, today)
    offer.returned_reason = None


def _approval_due(verb: str, today: date) -> date | None:
    return add_working_days(today, APPROVAL_WORKING_DAYS) if verb == "submit" else None


def _site(session: Session, code: str, actor: Actor, today: date) -> tuple[Site, Organisation]:
    """Return one of the actor's own open sites and its provider; to anybody else's the answer is the same."""
    site = session.get(Site, code)
    own = site is not None and (actor.is_system or site.provider_code == actor.organisation)
    if site is None or not own:
        raise InvalidInput("Choose one of your own sites.", field="site")
    if site.closed_on is not None and site.closed_on <= today:
        raise InvalidInput("This site has closed. Choose another.", field="site")
    return site, session.get_one(Organisation, site.provider_code)


def _check_areas(session: Session, terms: OfferTerms) -> None:
    """Raise InvalidInput where an area that people must come from is none."""
    for field, kind, codes in (
        ("accepts_regions", OrganisationKind.REGION, terms.accepts_regions),
        ("accepts_icbs", OrganisationKind.ICB, terms.accepts_icbs),
    ):
        if not codes:
            continue
        known = session.scalars(
            select(Organisation.code).where(Organisation.kind == kind, Organisation.code.in_(codes))
        )
        if set(codes) - set(known):
            raise InvalidInput("Choose areas from the list.", field=field)
