"""What waits for an ICB's or a region's decision, and deciding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from dmas.cases import forms, policy, queries
from dmas.cases.forms import ApproveForm, ReturnForm
from dmas.cases.presenters import approvals as words
from dmas.cases.presenters import requests as request_words
from dmas.cases.presenters import turns
from dmas.cases.views import capacity
from dmas.cases.views.blueprint import blueprint
from dmas.core.errors import IllegalTransition, NotAllowed
from dmas.offers import presenters as offers
from dmas.offers import services as offer_services
from dmas.offers.vocabulary import OfferStatus
from dmas.requests import presenters as requests
from dmas.requests import services as request_services
from dmas.requests.vocabulary import RequestStatus
from dmas.web import access, pages

_DECIDED = "Somebody has decided about this already. Open it to see how it stands."
_NOT_YOURS = (
    "This decision is for the ICB, for its region once the ICB is late, and never for whoever posted it."
)


_Form = ApproveForm | ReturnForm
_Act = Callable[[_Form, str, pages.Step], None]


@blueprint.get("/approvals")
@access.staff(*policy.APPROVERS)
def approvals() -> ResponseReturnValue:
    """List what waits for one's decision, what is overdue first, never one's own."""
    actor, today = access.current_actor(), pages.today()
    with pages.transaction() as session:
        waiting = queries.approvals(session, actor, today)
    return pages.render(
        "cases/approvals.html",
        head=words.HEAD,
        rows=[words.row(one, today) for one in waiting],
        counted=words.counted(waiting, today),
    )


@blueprint.route("/approvals/offers/<reference>", methods=["GET", "POST"])
@access.staff(*policy.APPROVERS)
def decide_offer(reference: str) -> ResponseReturnValue:
    """Open an offer, or return it with a reason."""
    actor, today = access.current_actor(), pages.today()
    with pages.transaction() as session:
        case = queries.offer(session, actor, reference)
    offer = case.row.offer
    decision = _Decision.asked(offer.version)
    if (answer := decision.taken(_decide_offer, reference)) is not None:
        return answer
    if decision.sent is None and "decide" not in policy.offer_steps(actor, offer, today):
        _refuse(offer.status == OfferStatus.AWAITING_ICB)
    return decision.page(
        back=offers.path(offer),
        title=offers.heading(offer),
        what="offer",
        turn=turns.of_offer(offer, case.story.names, today),
        facts=capacity.offer_facts(case, today),
    )


@blueprint.route("/approvals/requests/<reference>", methods=["GET", "POST"])
@access.staff(*policy.APPROVERS)
def decide_request(reference: str) -> ResponseReturnValue:
    """Let a search begin, or return the request with a reason."""
    actor, today = access.current_actor(), pages.today()
    with pages.transaction() as session:
        case = queries.care_request(session, actor, reference)
    care_request, names = case.care_request, case.story.names
    decision = _Decision.asked(care_request.version)
    if (answer := decision.taken(_decide_request, reference)) is not None:
        return answer
    if decision.sent is None and "decide" not in policy.request_steps(actor, care_request, today):
        _refuse(care_request.status == RequestStatus.AWAITING_ICB)
    return decision.page(
        back=requests.path(reference),
        title=requests.heading(care_request).title,
        what="request",
        turn=turns.of_request(care_request, names, today),
        **capacity.asked(case, today, before=request_words.area(care_request, names)),
    )


@dataclass(frozen=True, slots=True)
class _Decision:
    """The page's two forms, and which of them was sent."""

    approve: ApproveForm
    give_back: ReturnForm
    sent: _Form | None

    @classmethod
    def asked(cls, version: int) -> _Decision:
        """Read which form was sent; the other one stays as it is first shown."""
        said = request.form.get("decision", forms.APPROVE) if request.method == "POST" else ""
        approve = ApproveForm(version=version, **({} if said == forms.APPROVE else _UNSENT))
        give_back = ReturnForm(version=version, **({} if said == forms.RETURN else _UNSENT))
        sent = {forms.APPROVE: approve, forms.RETURN: give_back}.get(said)
        return cls(approve, give_back, sent)

    def taken(self, act: _Act, reference: str) -> ResponseReturnValue | None:
        """Act once on the form that was sent; None where the page is to be shown."""
        if self.sent is None:
            return None
        decide = partial(act, self.sent, reference)
        return pages.act(self.sent, decide, outcome=url_for("cases.approvals"), notice="Thank you.")

    def page(self, **context: Any) -> ResponseReturnValue:
        """Show what is to be decided with both forms."""
        return pages.render(
            "cases/decide.html", self.sent, approve=self.approve, give_back=self.give_back, **context
        )


_UNSENT: dict[str, Any] = {"formdata": None}


def _decide_offer(form: _Form, reference: str, step: pages.Step) -> None:
    actor = access.current_actor()
    if isinstance(form, ReturnForm):
        command = form.about_offer(reference)
        offer_services.return_to_provider(step.session, command, actor=actor, now=step.now)
        step.notice = "The offer is returned to its provider."
        return
    offer_services.approve(step.session, form.about_offer(reference), actor=actor, now=step.now)
    step.notice = "The offer is open. The next night can match it."


def _decide_request(form: _Form, reference: str, step: pages.Step) -> None:
    actor = access.current_actor()
    if isinstance(form, ReturnForm):
        command = form.about_request(reference)
        request_services.return_to_provider(step.session, command, actor=actor, now=step.now)
        step.notice = "The request is returned to its trust."
        return
    request_services.approve(step.session, form.about_request(reference), actor=actor, now=step.now)
    step.notice = "The request is approved. Its search begins tonight."


def _refuse(waiting: bool) -> None:
    if not waiting:
        raise IllegalTransition(_DECIDED)
    raise NotAllowed(_NOT_YOURS)
