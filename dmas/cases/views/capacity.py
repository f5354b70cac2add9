"""The page of an offer, the page of a request, and the way to any case by its reference."""

from __future__ import annotations

from flask import redirect, request
from flask.typing import ResponseReturnValue

from dmas.cases import policy, queries, rules
from dmas.cases.forms import StepForm
from dmas.cases.presenters import matches, steps, timeline, turns
from dmas.cases.presenters import requests as words
from dmas.cases.presenters import transfers as moves
from dmas.cases.views.blueprint import blueprint
from dmas.core.errors import NotFound
from dmas.offers import presenters as offers
from dmas.proposals.models import Proposal
from dmas.requests import presenters as requests
from dmas.web import access, pages


@blueprint.get("/offers/<reference>")
@access.staff(*policy.OFFER_READERS)
def offer(reference: str) -> ResponseReturnValue:
    """Show one offer: who has it, what may be done, the matches that draw on it, and its history."""
    actor, today = access.current_actor(), pages.today()
    with pages.transaction() as session:
        case = queries.offer(session, actor, reference)
    found, names = case.row.offer, case.story.names
    return pages.render(
        "cases/offer.html",
        step_form=StepForm(version=found.version),
        reads=policy.reads_facts(actor),
        row=case.row,
        offer=found,
        words=offers,
        facts=_facts(offers.summary(case.row, today)) if policy.reads_facts(actor) else [],
        turn=turns.with_matches(turns.of_offer(found, names, today), _proposals(case), names, today),
        steps=steps.steps(steps.OFFER, policy.offer_steps(actor, found, today), reference=reference),
        match_head=matches.LISTED_HEAD,
        matches=matches.listed(case.matches, actor),
        counted=moves.counted(case.transfers),
        timeline=timeline.timeline(case.story.events, names, about=reference),
    )


@blueprint.get("/requests/<reference>")
@access.staff(*policy.REQUEST_READERS)
def care_request(reference: str) -> ResponseReturnValue:
    """Show one request: what is found, line by line, why the rest is not, and its history."""
    actor, today = access.current_actor(), pages.today()
    with pages.transaction() as session:
        case = queries.care_request(session, actor, reference)
    found, names, reads = case.care_request, case.story.names, policy.reads_facts(actor)
    lines = words.progress(case)
    return pages.render(
        "cases/request.html",
        step_form=StepForm(version=found.version),
        reads=reads,
        heading=requests.heading(found),
        area=words.area(found, names),
        turn=turns.with_matches(
            turns.of_request(found, names, today),
            _proposals(case),
            names,
            today,
            searching=any(line.left for line in lines),
        ),
        steps=steps.steps(
            steps.REQUEST,
            policy.request_steps(actor, found, today),
            reference=reference,
            service=found.service,
        ),
        figures=words.figures(lines),
        line_head=words.LINES_HEAD,
        lines=words.line_rows(lines),
        reasons=words.reasons(case),
        match_head=matches.LISTED_HEAD,
        matches=matches.listed(case.matches, actor),
        move_head=moves.LISTED_HEAD,
        moves=moves.listed(case.transfers),
        facts=requests.facts(found, today) if reads else [],
        detail_head=requests.LINE_HEAD,
        detail_numbers=requests.LINE_NUMBERS,
        details=requests.lines(found) if reads else [],
        timeline=timeline.timeline(case.story.events, names, about=reference),
    )


@blueprint.get("/cases")
@access.signed_in
def find() -> ResponseReturnValue:
    """Go to the case of a reference; whether it may be seen, its own page says."""
    path = rules.path_of(request.args.get("reference", "")[:40])
    if path is None:
        raise NotFound("No case has a reference like this.")
    return redirect(path, code=303)


def _proposals(case: queries.OfferCase | queries.RequestCase) -> list[Proposal]:
    return [row.proposal for row in case.matches]


def _facts(said: list[tuple[str, object]]) -> list[tuple[str, object]]:
    """Leave out what the page says above its facts already."""
    return [pair for pair in said if pair[0] not in ("State", "Site")]
