"""Where a patient's own request stands: its steps, who has it, the next date, and why or why not yet."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from dmas.cases import loading
from dmas.cases.presenters import tracking as words
from dmas.proposals.forms import ChooseForm
from dmas.requests import presenters as requests
from dmas.requests.views_patient.places import Whose, both
from dmas.web import pages

blueprint = Blueprint("tracking", __name__, template_folder="templates")


@both("/track", on=blueprint)
def track(whose: Whose) -> ResponseReturnValue:
    """Show each step so far, whose turn it is, and why this or why not yet, in plain words."""
    today = pages.today()
    with pages.transaction() as session:
        place = whose.open(session)
        tracked = loading.tracked(session, place.transfer, today)
    home = place.found.home_name
    return pages.render(
        "cases/patient/track.html",
        place=place,
        safety=words.safety(tracked, requests.safety(place.found)),
        standing=requests.standing(place.found),
        steps=words.steps(tracked),
        turn=words.who_has_it(tracked, home, today),
        why=words.why(tracked),
        take_back=words.may_take_back(tracked, today),
        again=ChooseForm(version=place.transfer.version),
    )
