"""The receiver's steps: accept, decline, ask for information."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from dmas.core.actors import Role
from dmas.proposals import policy, presenters, services
from dmas.proposals.forms import AcceptForm, AskForm, DeclineForm
from dmas.proposals.views.blueprint import blueprint, opened
from dmas.web import access, pages

_MANAGERS = policy.MANAGERS


@blueprint.route("/matches/<reference>/accept", methods=["GET", "POST"])
@access.staff(*_MANAGERS, Role.CLINICAL_REVIEWER)
def accept(reference: str) -> ResponseReturnValue:
    """Accept all places or fewer; a clinical reviewer, subject to assessment."""
    actor, row = access.current_actor(), opened(reference, "accept", policy.may_assess)
    clinical = not policy.may_answer(actor, row.proposal)
    form = AcceptForm(version=row.proposal.version, most=row.proposal.places, clinical=clinical)
    done = pages.act(
        form,
        lambda step: services.accept(step.session, form.command(reference), actor=actor, now=step.now),
        outcome=presenters.path(reference),
        notice="You have accepted. The home trust now decides, within 3 working days.",
    )
    return done or pages.render("proposals/accept.html", form, row=row, words=presenters)


@blueprint.route("/matches/<reference>/decline", methods=["GET", "POST"])
@access.staff(*_MANAGERS)
def decline(reference: str) -> ResponseReturnValue:
    """Decline with a reason; every place is released."""
    actor, row = access.current_actor(), opened(reference, "decline", policy.may_answer)
    form = DeclineForm(version=row.proposal.version)
    done = pages.act(
        form,
        lambda step: services.decline(step.session, form.command(reference), actor=actor, now=step.now),
        outcome=presenters.path(reference),
        notice="You have declined. The places are free again.",
    )
    return done or pages.render("proposals/decline.html", form, row=row, words=presenters)


@blueprint.route("/matches/<reference>/ask", methods=["GET", "POST"])
@access.staff(*_MANAGERS, Role.CLINICAL_REVIEWER)
def ask(reference: str) -> ResponseReturnValue:
    """Ask the home trust before answering."""
    actor, row = access.current_actor(), opened(reference, "ask", policy.may_assess)
    form = AskForm(version=row.proposal.version)
    done = pages.act(
        form,
        lambda step: services.ask(step.session, form.command(reference), actor=actor, now=step.now),
        outcome=presenters.path(reference),
        notice="Your question is with the home trust. The places stay held.",
    )
    return done or pages.render("proposals/ask.html", form, row=row, words=presenters)
