"""The page of an offer, the page of a request, and the way to any case by its reference."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue

from dmas.cases import policy, queries, rules
from dmas.cases.forms import StepForm
from dmas.cases.presenters import matches, steps, timeline, turns
from dmas.cases.presenters import requests as words
from dmas.cases.presenters import transfers as moves
from dmas.cases.views.blueprint import blueprint
from dmas.core.errors import NotFound
from dmas.diagnostics import presenters as tests
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
        facts=offer_facts(case, today) if policy.reads_facts(actor) else [],
        turn=turns.with_matches(turns.of_offer(found, names, today), _proposals(case), names, today),
        steps=steps.steps(
            steps.OFFER,
            policy.offer_steps(actor, found, today),
            test=case.test is not None,
            reference=reference,
        ),
        match_head=matches.LISTED_HEAD,
        matches=matches.listed(case.matches, of_offer=True),
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
        looked = "nearly" in request.args and policy.reads_facts(actor)
        nearly = queries.nearly(session, case) if looked else {}
    found = case.care_request
    verbs = policy.request_steps(actor, found, today)
    return pages.render(
        "cases/request.html",
        reads=policy.reads_facts(actor),
        step_form=StepForm(version=found.version),
        heading=requests.heading(found),
        area=words.area(found, case.story.names),
        steps=steps.steps(
            steps.REQUEST, verbs, test=case.test is not None, reference=reference, service=found.service
        ),
        match_head=matches.LISTED_HEAD,
        matches=matches.listed(case.matches, of_offer=False),
        move_head=moves.LISTED_HEAD,
        moves=moves.listed(case.transfers),
        timeline=timeline.timeline(case.story.events, case.story.names, about=reference),
        nearly=words.nearly(nearly),
        looked=looked,
        **_progress(case, today),
        **(asked(case, today) if policy.reads_facts(actor) else {}),
    )


@blueprint.get("/cases")
@access.signed_in
def find() -> ResponseReturnValue:
    """Go to the case of a reference; whether it may be seen, its own page says."""
    path = rules.path_of(request.args.get("reference", "")[:40])
    if path is None:
        raise NotFound("No case has a reference like this.")
    return redirect(path, code=303)


def _progress(case: queries.RequestCase, today: date) -> dict[str, Any]:
    """Return how far a request is, why not farther, and whose turn it is."""
    lines, names = words.progress(case), case.story.names
    return {
        "turn": turns.with_matches(
            turns.of_request(case.care_request, names, today),
            _proposals(case),
            names,
            today,
            searching=any(line.left for line in lines),
        ),
        "searched": case.care_request.opened_on is not None,
        "figures": words.figures(lines),
        "line_head": words.LINES_HEAD,
        "lines": words.line_rows(lines),
        "reasons": words.reasons(case),
    }


def asked(
    case: queries.RequestCase, today: date, *, before: Sequence[tuple[str, object]] = ()
) -> dict[str, Any]:
    """Return what was asked for, with the clinical details of each line."""
    care_request = case.care_request
    if case.test is not None:
        return {
            "facts": [
                *before,
                *_with_test(
                    requests.facts(care_request, today),
                    tests.request_facts(care_request, case.test, today),
                ),
            ],
            "detail_head": tests.LINE_HEAD,
            "detail_numbers": tests.LINE_NUMBERS,
            "details": tests.lines(care_request, case.test, today),
        }
    return {
        "facts": [*before, *requests.facts(care_request, today)],
        "detail_head": requests.LINE_HEAD,
        "detail_numbers": requests.LINE_NUMBERS,
        "details": requests.lines(care_request),
    }


def _proposals(case: queries.OfferCase | queries.RequestCase) -> list[Proposal]:
    return [row.proposal for row in case.matches]


def offer_facts(case: queries.OfferCase, today: date) -> list[tuple[str, object]]:
    """Return what an offer says, that of its test among it."""
    said = _facts(offers.summary(case.row, today))
    return said if case.test is None else _with_test(said, tests.offer_facts(case.row.offer, case.test))


def _with_test(
    said: Sequence[tuple[str, object]], test: Sequence[tuple[str, object]]
) -> list[tuple[str, object]]:
    """Put what only tests say right after the name of the test."""
    place = next((at for at, (question, _) in enumerate(said, start=1) if question == "Service"), 0)
    renamed = [("Test" if question == "Service" else question, answer) for question, answer in said]
    return [*renamed[:place], *test, *renamed[place:]]


def _facts(said: list[tuple[str, object]]) -> list[tuple[str, object]]:
    """Leave out what the page says above its facts already."""
    return [pair for pair in said if pair[0] not in ("State", "Site")]
