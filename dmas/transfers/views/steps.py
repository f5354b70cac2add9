"""The steps of a hand-over, each a page of its own, and the messages between the two sides."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from dmas.transfers import policy, presenters, queries, services
from dmas.transfers.forms import (
    CancelForm,
    ConfirmForm,
    DateForm,
    MessageForm,
    ReRegisterForm,
    ReturnForm,
    TreatedForm,
)
from dmas.transfers.views.blueprint import blueprint, opened
from dmas.web import access, pages


@blueprint.route("/transfers/<reference>/confirm", methods=["GET", "POST"])
@access.staff(*policy.HANDS_OVER)
def confirm(reference: str) -> ResponseReturnValue:
    """Confirm that the person is on the receiver's list."""
    actor, row = access.current_actor(), opened(reference, "confirm", policy.may_act_for_receiver)
    form = ConfirmForm(version=row.transfer.version)
    done = pages.act(
        form,
        lambda step: services.confirm(step.session, form.command(reference), actor=actor, now=step.now),
        outcome=presenters.path(reference),
        notice="The transfer is confirmed. Give the patient a date as soon as you can.",
    )
    return done or pages.render("transfers/confirm.html", form, row=row, words=presenters)


@blueprint.route("/transfers/<reference>/date", methods=["GET", "POST"])
@access.staff(*policy.HANDS_OVER)
def date(reference: str) -> ResponseReturnValue:
    """Give the first date at the receiver, or change it."""
    actor, row = access.current_actor(), opened(reference, "date", policy.may_act_for_receiver)
    form = DateForm(version=row.transfer.version, first_date=row.transfer.first_date)
    done = pages.act(
        form,
        lambda step: services.give_date(step.session, form.command(reference), actor=actor, now=step.now),
        outcome=presenters.path(reference),
        notice="The date is given.",
    )
    return done or pages.render("transfers/date.html", form, row=row, words=presenters)


@blueprint.route("/transfers/<reference>/treated", methods=["GET", "POST"])
@access.staff(*policy.HANDS_OVER)
def treated(reference: str) -> ResponseReturnValue:
    """Record the first treatment."""
    actor, row = access.current_actor(), opened(reference, "treat", policy.may_act_for_receiver)
    form = TreatedForm(version=row.transfer.version)
    done = pages.act(
        form,
        lambda step: services.record_treated(
            step.session, form.command(reference), actor=actor, now=step.now
        ),
        outcome=presenters.path(reference),
        notice="The treatment is recorded.",
    )
    return done or pages.render("transfers/treated.html", form, row=row, words=presenters)


@blueprint.route("/transfers/<reference>/return", methods=["GET", "POST"])
@access.staff(*policy.HANDS_OVER)
def return_to_home(reference: str) -> ResponseReturnValue:
    """Send the person back to the home trust, with a reason."""
    actor, row = access.current_actor(), opened(reference, "return", policy.may_act_for_receiver)
    form = ReturnForm(version=row.transfer.version)
    done = pages.act(
        form,
        lambda step: services.return_to_home(
            step.session, form.command(reference), actor=actor, now=step.now
        ),
        outcome=presenters.path(reference),
        notice="The patient goes back to the home trust, with the original clock.",
    )
    return done or pages.render("transfers/return.html", form, row=row, words=presenters)


@blueprint.route("/transfers/<reference>/re-register", methods=["GET", "POST"])
@access.staff(*policy.HANDS_OVER)
def re_register(reference: str) -> ResponseReturnValue:
    """Put the person back on the home list with the original clock."""
    actor, row = access.current_actor(), opened(reference, "re_register", policy.may_act_for_home)
    phoned = row.transfer.patient_phoned_at is not None
    form = ReRegisterForm(version=row.transfer.version, phoned=phoned)
    done = pages.act(
        form,
        lambda step: services.re_register(step.session, form.command(reference), actor=actor, now=step.now),
        outcome=presenters.path(reference),
        notice="The patient is back on your list with the original clock.",
    )
    return done or pages.render("transfers/re_register.html", form, row=row, words=presenters)


@blueprint.route("/transfers/<reference>/cancel", methods=["GET", "POST"])
@access.staff(*policy.HANDS_OVER)
def cancel(reference: str) -> ResponseReturnValue:
    """Stop before the data set is sent, with a reason."""
    actor, row = access.current_actor(), opened(reference, "cancel", policy.may_act_for_home)
    form = CancelForm(version=row.transfer.version)
    done = pages.act(
        form,
        lambda step: services.cancel(step.session, form.command(reference), actor=actor, now=step.now),
        outcome=presenters.path(reference),
        notice="The transfer is cancelled. The patient stays on your list.",
    )
    return done or pages.render("transfers/cancel.html", form, row=row, words=presenters)


@blueprint.post("/transfers/<reference>/messages")
@access.staff(*policy.READS_PEOPLE)
def messages(reference: str) -> ResponseReturnValue:
    """Write to the other side."""
    actor, form = access.current_actor(), MessageForm()
    with pages.transaction() as session:
        row = queries.row(session, actor, reference)
    done = pages.act(
        form,
        lambda step: services.say(step.session, form.command(reference), actor=actor, now=step.now),
        outcome=presenters.path(reference),
        notice="Your message is sent.",
    )
    return done or pages.render("transfers/message.html", form, row=row, words=presenters)
