"""The people named for held places: who they are, what they said, and taking a naming back."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from dmas.catalogue.vocabulary.arrangements import Pathway
from dmas.core.actors import Actor
from dmas.core.errors import NotFound
from dmas.proposals import policy, presenters, queries, services
from dmas.proposals.forms import ConsentForm, PersonForm, ReleaseForm, StepForm
from dmas.proposals.models import NamedPerson
from dmas.proposals.presenters import PersonCard
from dmas.proposals.queries import MatchRow
from dmas.proposals.views.blueprint import blueprint
from dmas.proposals.vocabulary import ProposalStatus
from dmas.web import access, pages

_NAMERS = policy.NAMES_PEOPLE


@blueprint.route("/matches/<reference>/people", methods=["GET", "POST"])
@access.staff(*policy.READS_PEOPLE)
def people(reference: str) -> ResponseReturnValue:
    """Show the people named whom one's side may see, and let the home trust name one more."""
    actor = access.current_actor()
    if request.method == "POST":
        _check_names(actor, reference)
    with pages.transaction() as session:
        test = queries.get(session, actor, reference).pathway == Pathway.DIAGNOSTIC
    form = PersonForm(test=test)
    done = pages.act(
        form,
        lambda step: services.name_person(step.session, form.command(reference), actor=actor, now=step.now),
        outcome=f"{presenters.path(reference)}/people",
        notice="The person is named. Ask them, then record what they say.",
    )
    if done:
        return done
    with pages.transaction() as session:
        row = queries.row(session, actor, reference)
        cards = _seen(session, actor, row)
    waiting = sum(card.waiting for card in cards)
    may = policy.may_name(actor, row.proposal) and row.proposal.status == ProposalStatus.CHOSEN
    return pages.render(
        "proposals/people.html",
        form,
        row=row,
        words=presenters,
        people=[(card, StepForm(version=card.person.version)) for card in cards],
        to_name=row.proposal.held - waiting if may else 0,
        may_name=may,
        releasing=_releasing(actor, row, waiting),
        today=pages.today(),
    )


@blueprint.route("/matches/<reference>/people/<uuid:person_id>/answer", methods=["GET", "POST"])
@access.staff(*_NAMERS)
def consent(reference: str, person_id: UUID) -> ResponseReturnValue:
    """Record a person's yes or no: who asked, how and when."""
    actor, now = access.current_actor(), pages.now()
    with pages.transaction() as session:
        row = queries.row(session, actor, reference)
        policy.require(
            policy.may_name(actor, row.proposal), "Only the home trust records what a person said."
        )
        card = _seen(session, actor, row, person_id)[0]
    form = ConsentForm(version=card.person.version, now=now, asking=actor.name)
    done = pages.act(
        form,
        lambda step: services.record_consent(
            step.session, form.command(reference, person_id, step.now), actor=actor, now=step.now
        ),
        outcome=f"{presenters.path(reference)}/people",
        notice="The answer is recorded.",
    )
    return done or pages.render("proposals/consent.html", form, row=row, card=card, words=presenters)


@blueprint.post("/matches/<reference>/people/<uuid:person_id>/release")
@access.staff(*_NAMERS)
def release_person(reference: str, person_id: UUID) -> ResponseReturnValue:
    """Take back a naming before the person was asked."""
    actor, form = access.current_actor(), StepForm()
    with pages.transaction() as session:
        row = queries.row(session, actor, reference)
    done = pages.act(
        form,
        lambda step: services.release_person(
            step.session, form.release(reference, person_id), actor=actor, now=step.now
        ),
        outcome=f"{presenters.path(reference)}/people",
        notice="The naming is taken back. You can name somebody else.",
    )
    return done or pages.render("proposals/refused.html", form, row=row, words=presenters)


def _check_names(actor: Actor, reference: str) -> None:
    with pages.transaction() as session:
        proposal = queries.get(session, actor, reference)
    policy.require(policy.may_name(actor, proposal), "Only the home trust names people for its places.")


def _seen(session: Session, actor: Actor, row: MatchRow, person_id: UUID | None = None) -> list[PersonCard]:
    """Return the people of a match, or one of them, and record that they were looked at."""
    found: list[NamedPerson] = services.look_at_people(
        session, row.proposal, person_id, actor=actor, now=pages.now()
    )
    if person_id is not None and not found:
        raise NotFound("There is no such person on this match.")
    return [presenters.person_card(person) for person in found]


def _releasing(actor: Actor, row: MatchRow, waiting: int) -> ReleaseForm | None:
    """Return the form that gives places back, where this person may and some are left over."""
    spare = row.proposal.held - waiting
    chosen = row.proposal.status == ProposalStatus.CHOSEN
    if not (chosen and spare and policy.may_decide(actor, row.proposal)):
        return None
    return ReleaseForm(version=row.proposal.version)
