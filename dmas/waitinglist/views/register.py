"""The ICB's register of people over 18 weeks who asked for a choice of provider."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from dmas.providers import queries as providers
from dmas.waitinglist import policy, presenters, queries, services
from dmas.waitinglist.forms import AnswerForm
from dmas.waitinglist.queries import ChoiceRow
from dmas.waitinglist.views.blueprint import blueprint
from dmas.waitinglist.vocabulary import ChoiceStatus
from dmas.web import access, pages
from dmas.web.filters import day
from dmas.web.lists import Column, Furniture, Link, SelectFilter, Tag

REGISTER: Furniture[ChoiceRow] = Furniture(
    caption="Requests for a choice of provider",
    one="request",
    many="requests",
    sort="due",
    empty="Nobody in your area has asked for a choice. People who have waited over 18 weeks can ask online.",
    columns=(
        Column(
            "Request",
            lambda row: Link(row.choice.reference, presenters.choice_path(row.choice)),
            export=lambda row: row.choice.reference,
        ),
        Column("Service", lambda row: presenters.service(row.choice.service), sort="service"),
        Column("Waits at", lambda row: row.provider_name, sort="provider"),
        Column("Asked", lambda row: day(row.choice.asked_at), sort="asked"),
        Column("Answer by", lambda row: _due(row), sort="due"),
        Column("State", lambda row: presenters.choice_status(row.choice)),
    ),
    filters=(
        SelectFilter("status", "State", [(one.value, one.label) for one in ChoiceStatus], any_label="All"),
    ),
)


def _due(row: ChoiceRow) -> Tag | str:
    late = row.choice.status == ChoiceStatus.RECEIVED and row.choice.due_on < pages.today()
    return Tag(f"{day(row.choice.due_on)}: late", "red") if late else day(row.choice.due_on)


@blueprint.get("/choice-requests")
@access.staff(*policy.CHOICE_READERS)
def choices() -> ResponseReturnValue:
    """List who of one's area asked for a choice, what is due first."""
    actor, listing = access.current_actor(), REGISTER.listing()
    with pages.transaction() as session:
        rows, total = queries.choice_listing(session, actor, listing.value("status"), **listing.window)
        waiting = queries.choices_to_answer(session, actor)
    listing = listing.filled(rows, total)
    return pages.show_list(listing, "waitinglist/choices.html", file="choice-requests", waiting=waiting)


@blueprint.get("/choice-requests/<reference>")
@access.staff(*policy.CHOICE_READERS)
def choice(reference: str) -> ResponseReturnValue:
    """Show one request, without anybody's name, and the question for the ICB."""
    return _show(reference, None)


@blueprint.post("/choice-requests/<reference>/answer")
@access.staff(*policy.CHOICE_ANSWERERS)
def answer_choice(reference: str) -> ResponseReturnValue:
    """Answer a request of one's own area."""
    actor, form = access.current_actor(), AnswerForm()
    with pages.transaction() as session:
        queries.choice_request(session, actor, reference)
    done = pages.act(
        form,
        lambda step: services.answer_choice(step.session, form.command(reference), actor=actor, now=step.now),
        outcome=f"/choice-requests/{reference}",
        notice="Your answer is on its way to the person.",
    )
    return done or _show(reference, form)


def _show(reference: str, form: AnswerForm | None) -> ResponseReturnValue:
    actor = access.current_actor()
    with pages.transaction() as session:
        found = queries.choice_request(session, actor, reference)
        name = providers.organisation(session, found.provider_code).name
    form = form or AnswerForm(version=found.version)
    return pages.render(
        "waitinglist/choice.html",
        form,
        choice=found,
        provider_name=name,
        words=presenters,
        may_answer=policy.may_answer(actor, found) and found.status == ChoiceStatus.RECEIVED,
    )
