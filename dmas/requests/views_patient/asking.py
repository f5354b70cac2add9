"""Asking: one question a page, the answers to check, and sending them."""

from __future__ import annotations

from flask import redirect
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from dmas.core.clock import london_date
from dmas.core.errors import NotFound
from dmas.requests import loading, presenters, rules, services
from dmas.requests.commands import AnswerStep, StartTransfer, SubmitTransfer
from dmas.requests.forms import QUESTION_FORMS, QuestionForm, SureForm
from dmas.requests.models import TransferRequest
from dmas.requests.views_patient.places import Place, Whose, both, read
from dmas.requests.vocabulary import QUESTIONS, TransferStatus, TransferStep
from dmas.web import access, pages
from dmas.web.forms import Choice

_FIRST = QUESTIONS[0]


@both("/request")
def begin(whose: Whose) -> ResponseReturnValue:
    """Go on where the person stopped: the first open question, the answers to check, or where it stands."""
    place = read(whose)
    return redirect(_goes_on(place), code=303)


@both("/request/<step>", "GET", "POST")
def question(whose: Whose, step: str) -> ResponseReturnValue:
    """Ask one question, or show the answers to check."""
    asked = _step(step)
    with pages.transaction() as session:
        place = whose.open(session)
        refused = _refused(session, place)
        nearby = (
            loading.nearby(session, place.found, pages.today()) if asked is TransferStep.DISTANCE else None
        )
    if refused:
        return pages.render("requests/journey/not_now.html", place=place, safety=_safety(place), why=refused)
    if asked is TransferStep.CHECK:
        return _check(place)
    if place.found.open_transfer is None and asked is not _FIRST:
        return redirect(place.path(f"request/{_FIRST.value}"), code=303)
    form = QUESTION_FORMS[asked](
        version=place.version, data=presenters.as_question(asked, place.found.answers)
    )
    if nearby is not None:
        form["miles"].choices = [Choice(*one) for one in presenters.distances(nearby)]
    if form.validate_on_submit():
        with pages.refusals(form), pages.once(form) as sent:
            transfer = _keep(sent, place, asked, form)
            sent.outcome = _next(sent.session, place, transfer)
        if not form.failed:
            return pages.go(sent)
    return _show(place, asked, form)


def _show(place: Place, asked: TransferStep, form: QuestionForm) -> ResponseReturnValue:
    return pages.render(
        f"requests/journey/{asked.value}.html",
        form,
        place=place,
        safety=_safety(place),
        caption=presenters.number_of(asked),
        title=presenters.title(asked),
        back=_back(place, asked),
        wait=presenters.wait(place.found, pages.today()),
    )


def _check(place: Place) -> ResponseReturnValue:
    transfer = place.found.open_transfer
    if transfer is None or transfer.status != TransferStatus.STARTED:
        return redirect(place.tracked if place.found.transfer else _goes_on(place), code=303)
    missing = rules.unanswered(place.found.answers)
    if missing is not None:
        return redirect(place.path(f"request/{missing.value}"), code=303)
    form = SureForm(version=transfer.version)
    if form.validate_on_submit():
        send = SubmitTransfer(reference=transfer.reference, version=form.version.data)
        with pages.refusals(form), pages.once(form) as sent:
            services.submit(sent.session, send, actor=access.current_actor(), now=sent.now)
            sent.outcome = place.tracked
        if not form.failed:
            return pages.go(sent)
    return pages.render(
        "requests/journey/check.html",
        form,
        place=place,
        safety=_safety(place),
        rows=presenters.answered(place.found.answers),
        back=place.path(f"request/{QUESTIONS[-1].value}"),
    )


def _keep(sent: pages.Step, place: Place, asked: TransferStep, form: QuestionForm) -> TransferRequest:
    actor, transfer = access.current_actor(), place.found.open_transfer
    if transfer is None:
        start = StartTransfer(pathway_id=place.found.pathway.id)
        transfer = services.start(sent.session, start, actor=actor, now=sent.now)
    answer = AnswerStep(
        reference=transfer.reference, version=form.version.data, step=asked, values=form.values()
    )
    return services.answer(sent.session, answer, actor=actor, now=sent.now)


def _next(session: Session, place: Place, transfer: TransferRequest) -> str:
    place = place.about(transfer)
    if transfer.submitted_on is not None:
        return place.path("change")
    missing = rules.unanswered(services.answers_of(session, transfer, actor=access.current_actor()))
    return place.path(f"request/{(missing or TransferStep.CHECK).value}")


def _goes_on(place: Place) -> str:
    transfer = place.found.open_transfer
    if place.found.transfer is not None and place.found.transfer.status == TransferStatus.TRANSFERRED:
        return place.tracked
    if transfer is None:
        return place.path(f"request/{_FIRST.value}")
    if transfer.status != TransferStatus.STARTED:
        return place.tracked
    missing = rules.unanswered(place.found.answers)
    return place.path(f"request/{(missing or TransferStep.CHECK).value}")


def _back(place: Place, asked: TransferStep) -> str:
    transfer = place.found.open_transfer
    if transfer is not None and transfer.submitted_on is not None:
        return place.path("change")
    if transfer is not None and rules.unanswered(place.found.answers) is None:
        return place.path(f"request/{TransferStep.CHECK.value}")
    before = QUESTIONS.index(asked) - 1
    if before >= 0:
        return place.path(f"request/{QUESTIONS[before].value}")
    return "/on-behalf" if place.on_behalf else "/transfer"


def _refused(session: Session, place: Place) -> list[str]:
    """Return why the wait cannot move today; asked only until the request is sent."""
    transfer = place.found.open_transfer
    if transfer is not None and transfer.status != TransferStatus.STARTED:
        return []
    today = london_date(pages.now())
    because = services.why_no_move(session, place.found.pathway.id, actor=access.current_actor(), today=today)
    return presenters.why_not([one.value for one in because]) if because else []


def _safety(place: Place) -> presenters.Safety:
    return presenters.safety(place.found)


def _step(text: str) -> TransferStep:
    try:
        return TransferStep(text)
    except ValueError:
        raise NotFound("There is no such question.") from None
