"""The steps with an offer that is posted: still true, close, withdraw, suspend, resume."""

from __future__ import annotations

from flask import request, url_for
from flask.typing import ResponseReturnValue

from dmas.offers import policy, presenters, queries, services
from dmas.offers.forms import StepForm, SuspendForm, WithdrawForm
from dmas.offers.models import Offer
from dmas.offers.views.blueprint import blueprint
from dmas.offers.vocabulary import OfferStatus
from dmas.web import access, pages


def _own(reference: str) -> Offer:
    with pages.transaction() as session:
        return queries.get_own(session, access.current_actor(), reference)


@blueprint.post("/offers/<reference>/still-true")
@access.staff(*policy.MANAGERS)
def still_true(reference: str) -> ResponseReturnValue:
    """Say that an offer stands; from the list, go on there to the next one."""
    offer, form = _own(reference), StepForm()
    if form.validate_on_submit():
        with pages.refusals(form), pages.once(form) as step:
            services.confirm_still_true(
                step.session, form.confirm(reference), actor=access.current_actor(), now=step.now
            )
            from_list = request.form.get("back") == "list"
            step.outcome = url_for("offers.index") if from_list else presenters.path(offer)
            step.notice = "Thank you. The offer stands for another 28 days."
        if not form.failed:
            return pages.go(step)
    return pages.render("offers/refused.html", form, offer=offer, words=presenters)


@blueprint.route("/offers/<reference>/close", methods=["GET", "POST"])
@access.staff(*policy.MANAGERS)
def close(reference: str) -> ResponseReturnValue:
    """Take nothing more on an offer; what is held or taken goes on."""
    offer = _own(reference)
    form = StepForm(version=offer.version)
    if form.validate_on_submit():
        with pages.refusals(form), pages.once(form) as step:
            services.close(step.session, form.close(reference), actor=access.current_actor(), now=step.now)
            step.outcome, step.notice = presenters.path(offer), "The offer is closed."
        if not form.failed:
            return pages.go(step)
    return pages.render("offers/close.html", form, offer=offer, words=presenters)


@blueprint.route("/offers/<reference>/withdraw", methods=["GET", "POST"])
@access.staff(*policy.MANAGERS)
def withdraw(reference: str) -> ResponseReturnValue:
    """Take an offer back, with a reason; held places are released."""
    offer = _own(reference)
    form = WithdrawForm(version=offer.version)
    if form.validate_on_submit():
        with pages.refusals(form), pages.once(form) as step:
            services.withdraw(
                step.session, form.command(reference), actor=access.current_actor(), now=step.now
            )
            step.outcome, step.notice = presenters.path(offer), "The offer is withdrawn."
        if not form.failed:
            return pages.go(step)
    return pages.render("offers/withdraw.html", form, offer=offer, words=presenters)


@blueprint.route("/offers/<reference>/suspend", methods=["GET", "POST"])
@access.staff(*policy.SUSPENDERS)
def suspend(reference: str) -> ResponseReturnValue:
    """Pause an offer, with a reason."""
    offer = _own(reference)
    form = SuspendForm(version=offer.version)
    if form.validate_on_submit():
        with pages.refusals(form), pages.once(form) as step:
            services.suspend(
                step.session, form.command(reference), actor=access.current_actor(), now=step.now
            )
            step.outcome, step.notice = presenters.path(offer), "The offer is paused."
        if not form.failed:
            return pages.go(step)
    return pages.render("offers/suspend.html", form, offer=offer, words=presenters)


@blueprint.post("/offers/<reference>/resume")
@access.staff(*policy.SUSPENDERS)
def resume(reference: str) -> ResponseReturnValue:
    """Let a paused offer run again."""
    offer, form, actor = _own(reference), StepForm(), access.current_actor()
    if offer.status == OfferStatus.SUSPENDED:
        policy.require(policy.may_resume(actor, offer), "Only the side that paused this offer can resume it.")
    if form.validate_on_submit():
        with pages.refusals(form), pages.once(form) as step:
            services.resume(step.session, form.resume(reference), actor=actor, now=step.now)
            step.outcome, step.notice = presenters.path(offer), "The offer runs again."
        if not form.failed:
            return pages.go(step)
    return pages.render("offers/refused.html", form, offer=offer, words=presenters)
