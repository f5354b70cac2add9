"""A patient's options: cards, side by side, choosing, staying and none of them; the helpline's likewise."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue

from dmas.core.errors import Conflict, StaleEdit
from dmas.proposals import loading, services
from dmas.proposals.commands import ChooseOption, DeclineOptions
from dmas.proposals.forms import ChooseForm, NoneForm, StayForm
from dmas.proposals.loading import Shown
from dmas.proposals.presenters import options as words
from dmas.requests import presenters as requests
from dmas.requests import services as request_services
from dmas.requests.commands import ReverseStay, Stay
from dmas.requests.views_patient.places import Place, Whose, both
from dmas.requests.vocabulary import EndedBecause, TransferStatus
from dmas.web import access, pages
from dmas.web.forms import DmasForm

blueprint = Blueprint("options", __name__, template_folder="templates")

Do = Callable[[pages.Step, Place, Any], object]


@both("/options", on=blueprint)
def options(whose: Whose) -> ResponseReturnValue:
    """Show up to five options as cards, and staying as an equal choice."""
    place, shown = _read(whose)
    if not _to_choose(place, shown):
        return _nothing(place)
    today = pages.today()
    return _render(
        "options",
        place,
        cards=words.cards(shown, today),
        stay=words.home(place.found, shown, today),
        due_on=place.transfer.answer_due_on,
    )


@both("/options/compare", on=blueprint)
def compare(whose: Whose) -> ResponseReturnValue:
    """Show the options side by side, with staying beside them."""
    place, shown = _read(whose)
    if not _to_choose(place, shown):
        return _nothing(place)
    today = pages.today()
    stay = words.home(place.found, shown, today)
    head, rows = words.table(words.cards(shown, today), stay, place.path("options"))
    return _render("compare", place, head=head, rows=rows)


@both("/options/<uuid:option_id>/choose", "GET", "POST", on=blueprint)
def choose(whose: Whose, option_id: uuid.UUID) -> ResponseReturnValue:
    """Ask whether they are sure, and take the place; what has gone leads back to what is left."""
    with pages.transaction() as session:
        place = whose.open(session)
        shown = loading.shown(session, place.transfer)
        reference = loading.option_reference(session, place.transfer, option_id)
    form = ChooseForm(version=place.transfer.version)

    def do(step: pages.Step, place: Place, form: DmasForm) -> None:
        command = ChooseOption(
            reference=place.transfer.reference,
            proposal_reference=reference,
            version=form.version.data or 0,
        )
        services.choose_option(step.session, command, actor=access.current_actor(), now=step.now)

    answer = _act(place, form, do, outcome=place.path("track"), notice="Your choice is made.")
    if answer is not None:
        return answer
    card = next((one for one in words.cards(shown, pages.today()) if one.id == option_id), None)
    if card is None or not _to_choose(place, shown):
        flash("That option has gone. Nothing about your wait has changed.")
        return redirect(place.path("options"), code=303)
    return _render("choose", place, form, card=card)


@both("/options/stay", "GET", "POST", on=blueprint)
def stay(whose: Whose) -> ResponseReturnValue:
    """Stay at one's own hospital: no decline, and no reason is needed."""
    place, shown = _read(whose)
    form = StayForm(version=place.transfer.version)

    def do(step: pages.Step, place: Place, form: Any) -> None:
        command = Stay(reference=place.transfer.reference, version=form.version.data, reason=form.coded())
        request_services.stay(step.session, command, actor=access.current_actor(), now=step.now)

    answer = _act(place, form, do, outcome=place.path("track"), notice="You stay where you are.")
    if answer is not None:
        return answer
    if not _to_choose(place, shown):
        return _nothing(place)
    return _render("stay", place, form, stay=words.home(place.found, shown, pages.today()))


@both("/options/none", "GET", "POST", on=blueprint)
def none(whose: Whose) -> ResponseReturnValue:
    """Take none of the options and go on searching."""
    place, shown = _read(whose)
    form = NoneForm(version=place.transfer.version)

    def do(step: pages.Step, place: Place, form: Any) -> None:
        command = DeclineOptions(
            reference=place.transfer.reference, version=form.version.data or 0, reason=form.coded()
        )
        services.decline_options(step.session, command, actor=access.current_actor(), now=step.now)

    answer = _act(place, form, do, outcome=place.path("track"), notice="We go on searching for you.")
    if answer is not None:
        return answer
    if not _to_choose(place, shown):
        return _nothing(place)
    return _render("none", place, form)


@both("/options/again", "POST", on=blueprint)
def again(whose: Whose) -> ResponseReturnValue:
    """Look at the options again after saying that one stays, while the places are still held."""
    place, _ = _read(whose)
    form = ChooseForm(version=place.transfer.version)

    def do(step: pages.Step, place: Place, form: DmasForm) -> None:
        command = ReverseStay(reference=place.transfer.reference, version=form.version.data)
        request_services.reverse_stay(step.session, command, actor=access.current_actor(), now=step.now)

    answer = _act(place, form, do, outcome=place.path("options"), notice="Here are your options again.")
    return answer or _nothing(place, _TOO_LATE, status=409)


_MEANWHILE = "This has changed meanwhile"
_CHANGED = (
    "Your options have changed",
    "Look at them again before you decide. Nothing about your wait has changed.",
)
_TOO_LATE = (
    "The places have gone back",
    "They were kept for you until the night. You keep your place on the list, and you can ask again today.",
)


def _read(whose: Whose) -> tuple[Place, Shown]:
    with pages.transaction() as session:
        place = whose.open(session)
        return place, loading.shown(session, place.transfer)


def _to_choose(place: Place, shown: Shown) -> bool:
    return place.transfer.status == TransferStatus.OPTIONS_OFFERED and bool(shown.options)


def _act(place: Place, form: DmasForm, do: Do, *, outcome: str, notice: str) -> ResponseReturnValue | None:
    """Act once; where the world has moved on, say so kindly instead of showing the form again."""
    if not form.validate_on_submit():
        return None
    try:
        with pages.once(form) as step:
            do(step, place, form)
            step.outcome, step.notice = outcome, notice
    except StaleEdit:
        return _nothing(place, _CHANGED, status=409)
    except Conflict as moved_on:
        return _nothing(place, (_MEANWHILE, str(moved_on)), status=409)
    return pages.go(step)


def _nothing(place: Place, said: tuple[str, str] | None = None, *, status: int = 200) -> ResponseReturnValue:
    heading, sentence = said or words.nothing_shown(place.transfer)
    stayed = place.transfer.ended_because == EndedBecause.STAYED
    return pages.render(
        "proposals/patient/nothing.html",
        None,
        status,
        place=place,
        safety=requests.safety(place.found),
        heading=heading,
        sentence=sentence,
        stayed=stayed,
    )


def _render(name: str, place: Place, form: DmasForm | None = None, **context: Any) -> ResponseReturnValue:
    return pages.render(
        f"proposals/patient/{name}.html",
        form,
        place=place,
        safety=requests.safety(place.found),
        **context,
    )
