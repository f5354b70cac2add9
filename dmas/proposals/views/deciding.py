"""The home trust's steps: answer a question, take the places or leave them, give some back."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from dmas.core.actors import Role
from dmas.proposals import policy, presenters, services
from dmas.proposals.forms import AnswerForm, DeclineCapacityForm, ReleaseForm, StepForm
from dmas.proposals.views.blueprint import blueprint, opened
from dmas.web import access, pages


@blueprint.route("/matches/<reference>/answer", methods=["GET", "POST"])
@access.staff(Role.CAPACITY_MANAGER, Role.CLINICAL_REVIEWER)
def answer(reference: str) -> ResponseReturnValue:
    """Answer the receiver's question; its time to answer starts again."""
    actor, row = access.current_actor(), opened(reference, "answer", policy.may_inform)
    form = AnswerForm(version=row.proposal.version)
    done = pages.act(
        form,
        lambda step: services.answer_question(
            step.session, form.command(reference), actor=actor, now=step.now
        ),
        outcome=presenters.path(reference),
        notice="Your answer is with the receiver.",
    )
    return done or pages.render("proposals/answer.html", form, row=row, words=presenters)


@blueprint.route("/matches/<reference>/choose", methods=["GET", "POST"])
@access.staff(Role.CAPACITY_MANAGER)
def choose(reference: str) -> ResponseReturnValue:
    """Take the places the receiver accepted, then name people for them."""
    actor, row = access.current_actor(), opened(reference, "choose", policy.may_decide)
    form = StepForm(version=row.proposal.version)
    done = pages.act(
        form,
        lambda step: services.choose(step.session, form.choose(reference), actor=actor, now=step.now),
        outcome=f"{presenters.path(reference)}/people",
        notice="The places are yours. Name people within 3 working days.",
    )
    return done or pages.render("proposals/choose.html", form, row=row, words=presenters)


@blueprint.route("/matches/<reference>/decline-capacity", methods=["GET", "POST"])
@access.staff(Role.CAPACITY_MANAGER)
def decline_capacity(reference: str) -> ResponseReturnValue:
    """Leave the places, with a reason."""
    actor, row = access.current_actor(), opened(reference, "decline_capacity", policy.may_decide)
    form = DeclineCapacityForm(version=row.proposal.version)
    done = pages.act(
        form,
        lambda step: services.decline_capacity(
            step.session, form.command(reference), actor=actor, now=step.now
        ),
        outcome=presenters.path(reference),
        notice="You have not taken these places. They are free again.",
    )
    return done or pages.render("proposals/decline_capacity.html", form, row=row, words=presenters)


@blueprint.post("/matches/<reference>/release")
@access.staff(Role.CAPACITY_MANAGER)
def release(reference: str) -> ResponseReturnValue:
    """Give back places that are not needed."""
    actor, row = access.current_actor(), opened(reference, "settle", policy.may_decide)
    form = ReleaseForm(version=row.proposal.version)
    done = pages.act(
        form,
        lambda step: services.release_places(
            step.session, form.command(reference), actor=actor, now=step.now
        ),
        outcome=presenters.path(reference),
        notice="Thank you. The places you gave back are free for others.",
    )
    return done or pages.render("proposals/release.html", form, row=row, words=presenters)
