"""The page of a match and the page of a hand-over; each look at who is named or moves is recorded."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from dmas.cases import policy, queries
from dmas.cases.forms import StepForm
from dmas.cases.presenters import matches, steps, timeline, turns
from dmas.cases.presenters import transfers as words
from dmas.cases.views.blueprint import blueprint
from dmas.proposals import policy as match_policy
from dmas.proposals import presenters as match_words
from dmas.proposals import services as proposals
from dmas.transfers import policy as transfer_policy
from dmas.transfers import services as transfers
from dmas.web import access, pages


@blueprint.get("/matches/<reference>")
@access.staff(*policy.MATCH_READERS)
def match(reference: str) -> ResponseReturnValue:
    """Show one match: its fit field by field, its people for those who may see them, and its history."""
    actor, today = access.current_actor(), pages.today()
    with pages.transaction() as session:
        case = queries.match(session, actor, reference)
        proposal = case.row.proposal
        sees_people = match_policy.may_see_people(actor, proposal)
        people = (
            proposals.look_at_people(session, proposal, actor=actor, now=pages.now()) if sees_people else []
        )
    names, reads = case.story.names, policy.reads_facts(actor)
    return pages.render(
        "cases/match.html",
        step_form=StepForm(version=proposal.version),
        proposal=proposal,
        title=matches.title(case.row),
        state=match_words.status(proposal),
        turn=turns.of_match(proposal, names, today),
        steps=steps.of_match(proposal, actor),
        facts=matches.facts(case.row, actor, today) if reads else [],
        fit_head=matches.FIT_HEAD,
        fit=match_words.fit(case.row) if reads else [],
        at_home=match_policy.at_home(actor, proposal),
        sees_people=sees_people,
        people_head=matches.PEOPLE_HEAD,
        people=matches.people(people, today),
        move_head=words.LISTED_HEAD,
        moves=words.listed(case.transfers),
        timeline=timeline.timeline(case.story.events, names, about=reference),
    )


@blueprint.get("/transfers/<reference>")
@access.staff(*policy.TRANSFER_READERS)
def transfer(reference: str) -> ResponseReturnValue:
    """Show one hand-over: who is responsible today, what is missing, dates, conversation, and its history."""
    actor, today = access.current_actor(), pages.today()
    with pages.transaction() as session:
        case = queries.transfer(session, actor, reference)
        found = case.transfer
        sees_person = transfer_policy.may_see_person(actor, found)
        values = transfers.look_at_person(session, found, actor=actor, now=pages.now()) if sees_person else {}
    names, data_set = case.story.names, words.completeness(values)
    verbs = policy.transfer_steps(actor, found, complete=data_set.complete)
    return pages.render(
        "cases/transfer.html",
        step_form=StepForm(version=found.version),
        transfer=found,
        title=words.title(case),
        state=words.status(found),
        turn=turns.of_transfer(found, names, today),
        responsible=turns.responsible(found, names),
        steps=steps.steps(steps.TRANSFER, verbs, reference=reference),
        sees_person=sees_person,
        person=words.person(values, found),
        data_set=data_set,
        facts=words.facts(case, actor, today) if policy.reads_facts(actor) else [],
        conversation=words.conversation(case.messages, names, actor) if sees_person else [],
        timeline=timeline.timeline(case.story.events, names, about=reference),
    )
