"""After sending: where it stands, changing, withdrawing, telling, answering, and asking again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import redirect
from flask.typing import ResponseReturnValue

from dmas.requests import presenters, services
from dmas.requests.commands import (
    AnswerHomeDate,
    AskForOtherClinician,
    SayChanged,
    SearchAgain,
    SupplyInformation,
    WithdrawTransfer,
)
from dmas.requests.forms import (
    ChangedForm,
    HomeDateForm,
    InformationForm,
    OtherClinicianForm,
    SureForm,
)
from dmas.requests.views_patient.places import Place, Whose, both, read
from dmas.requests.vocabulary import TransferStatus
from dmas.web import access, pages
from dmas.web.forms import DmasForm

_ENDS = (TransferStatus.ENDED, TransferStatus.TRANSFERRED)


@both("/sent")
def sent(whose: Whose) -> ResponseReturnValue:
    """Show the reference, where the request stands, what happens next and by when."""
    place = read(whose)
    if place.transfer.status in _SHOWN_ELSEWHERE:
        return redirect(place.path("request"), code=303)
    return _render(
        "sent",
        place,
        standing=presenters.standing(place.found),
        may_ask_again=presenters.may_ask_again(place.found),
        home_date=presenters.home_date(place.found, pages.today()),
    )


@both("/change")
def change(whose: Whose) -> ResponseReturnValue:
    """Show the answers, what may still change, and how to withdraw."""
    place = read(whose)
    if place.transfer.status in _SHOWN_ELSEWHERE:
        return redirect(place.path("request"), code=303)
    return _render(
        "change",
        place,
        rows=presenters.answered(place.found.answers),
        changeable=services.CHANGEABLE if place.transfer.status not in _CLOSED_TO_ANSWERS else (),
        over=place.transfer.status in _ENDS,
    )


@both("/withdraw", "GET", "POST")
def withdraw(whose: Whose) -> ResponseReturnValue:
    """Take the request back."""

    def do(step: pages.Step, place: Place, form: Any) -> None:
        command = WithdrawTransfer(reference=place.transfer.reference, version=form.version.data)
        services.withdraw_transfer(step.session, command, actor=access.current_actor(), now=step.now)

    return _act("withdraw", read(whose), SureForm, do, while_in=_OPEN)


@both("/changed", "GET", "POST")
def changed(whose: Whose) -> ResponseReturnValue:
    """Tell the hospital that something has changed."""

    def do(step: pages.Step, place: Place, form: Any) -> None:
        command = SayChanged(
            reference=place.transfer.reference, version=form.version.data, what=form.what.data
        )
        services.say_changed(step.session, command, actor=access.current_actor(), now=step.now)
        step.notice = "Thank you. A clinician looks at this by the next working day."

    return _act("changed", read(whose), ChangedForm, do, while_in=_SENT)


@both("/information", "GET", "POST")
def information(whose: Whose) -> ResponseReturnValue:
    """Answer a clinician's question."""
    place = read(whose)

    def do(step: pages.Step, place: Place, form: Any) -> None:
        command = SupplyInformation(
            reference=place.transfer.reference, version=form.version.data, text=form.text.data
        )
        services.supply_information(step.session, command, actor=access.current_actor(), now=step.now)
        step.notice = "Thank you. Your answer is with the clinicians."

    asked = presenters.question(place.found.reviews)
    wanted = (TransferStatus.NEEDS_INFORMATION,)
    return _act("information", place, InformationForm, do, while_in=wanted, asked=asked)


@both("/reconsider", "GET", "POST")
def reconsider(whose: Whose) -> ResponseReturnValue:
    """Ask for another clinician."""
    place = read(whose)
    if not presenters.may_ask_again(place.found):
        return redirect(place.tracked, code=303)

    def do(step: pages.Step, place: Place, form: Any) -> None:
        command = AskForOtherClinician(
            reference=place.transfer.reference, version=form.version.data, why=form.why.data or ""
        )
        services.ask_for_other_clinician(step.session, command, actor=access.current_actor(), now=step.now)
        step.notice = "Another clinician at your hospital now looks at your request."

    why = presenters.refusal(place.found.reviews)
    return _act("reconsider", place, OtherClinicianForm, do, while_in=_ENDS, why=why)


@both("/home-date", "GET", "POST")
def home_date(whose: Whose) -> ResponseReturnValue:
    """Take the date at one's own hospital, or go on searching."""

    def do(step: pages.Step, place: Place, form: Any) -> None:
        command = AnswerHomeDate(
            reference=place.transfer.reference,
            version=form.version.data,
            takes_it=form.takes.data == "yes",
        )
        services.answer_home_date(step.session, command, actor=access.current_actor(), now=step.now)

    place = read(whose)
    dated_on = presenters.home_date(place.found, pages.today())
    return _act("home_date", place, HomeDateForm, do, while_in=_OPEN, dated_on=dated_on)


@both("/search-again", "GET", "POST")
def search_again(whose: Whose) -> ResponseReturnValue:
    """Wake a request that rests."""

    def do(step: pages.Step, place: Place, form: Any) -> None:
        command = SearchAgain(reference=place.transfer.reference, version=form.version.data)
        services.search_again(step.session, command, actor=access.current_actor(), now=step.now)

    return _act("search_again", read(whose), SureForm, do, while_in=(TransferStatus.RESTING,))


_SHOWN_ELSEWHERE = (TransferStatus.STARTED, TransferStatus.TRANSFERRED)
_SENT = tuple(one for one in TransferStatus if one not in (*_ENDS, TransferStatus.STARTED))
_OPEN = (TransferStatus.STARTED, *_SENT)
_CLOSED_TO_ANSWERS = (*_ENDS, TransferStatus.ACCEPTED)

Do = Callable[[pages.Step, Place, Any], None]


def _act(
    name: str,
    place: Place,
    form_of: type[DmasForm],
    do: Do,
    *,
    while_in: tuple[TransferStatus, ...],
    **context: Any,
) -> ResponseReturnValue:
    """Show one form, act on it once, and go to where the request stands."""
    form = form_of(version=place.transfer.version)
    answer = pages.act(form, lambda step: do(step, place, form), outcome=place.tracked, notice="")
    if answer is not None:
        return answer
    if place.transfer.status not in while_in and not form.failed:
        return redirect(place.tracked, code=303)
    return _render(name, place, form, **context)


def _render(name: str, place: Place, form: DmasForm | None = None, **context: Any) -> ResponseReturnValue:
    return pages.render(
        f"requests/journey/{name}.html",
        form,
        place=place,
        safety=presenters.safety(place.found),
        **context,
    )
