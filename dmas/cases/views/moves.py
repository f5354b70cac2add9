"""The page of a match and the page of a transfer; each look at who is named or moves is recorded."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from dmas.cases import policy, queries
from dmas.cases.presenters import matches, steps, timeline, turns
from dmas.cases.presenters import transfers as words
from dmas.cases.views.blueprint import blueprint
from dmas.proposals import policy as match_policy
from dmas.proposals import presenters as match_words
from dmas.proposals import services as proposals
from dmas.transfers import policy as transfer_policy
from dmas.transfers import presenters as transfer_words
from dmas.transfers import services as transfers
from dmas.transfers.forms import MessageForm
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
    turn = turns.of_match(proposal, names, today)
    return pages.render(
        "cases/match.html",
        reads=reads,
        proposal=proposal,
        title=matches.title(case.row),
        state=match_words.status(proposal),
        turn=turns.with_question(turn, proposal) if reads else turn,
        steps=steps.of_match(proposal, actor),
        facts=matches.facts(case, actor, today) if reads else [],
        fitting=matches.fitting(case.row) if reads else None,
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
    """Show one transfer: who is responsible today, what is missing, the conversation, and its history."""
    actor, today = access.current_actor(), pages.today()
    with pages.transaction() as session:
        case = queries.transfer(session, actor, reference)
        found = case.row.transfer
        sees_person = transfer_policy.may_see_person(actor, found)
        values = transfers.look_at_person(session, found, actor=actor, now=pages.now()) if sees_person else {}
    names = case.story.names
    return pages.render(
        "cases/transfer.html",
        reads=policy.reads_facts(actor),
        transfer=found,
        title=words.title(case),
        state=transfer_words.status(found),
        turn=turns.of_transfer(found, names, today),
        responsible=turns.responsible(found, names),
        steps=steps.of_transfer(found, actor),
        sees_person=sees_person,
        person=words.person(values, found),
        data_set=words.completeness(values),
        facts=words.facts(case, actor, today) if policy.reads_facts(actor) else [],
        said=transfer_words.conversation(case.messages, case.row),
        message_form=MessageForm(),
        timeline=timeline.timeline(case.story.events, names, about=reference),
    )
