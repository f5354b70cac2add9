"""The patient's door: what this is, the code and date of birth, a lost code, and 18 weeks.

Every page here answers alike for whoever is known, unknown, eligible or not; nothing acts on GET.
"""

from __future__ import annotations

from flask import current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user

from dmas.accounts import services as accounts
from dmas.accounts.views import browser
from dmas.settings import Settings
from dmas.waitinglist import services
from dmas.waitinglist.forms import CodeForm, PersonForm
from dmas.waitinglist.rules import codes
from dmas.waitinglist.services import register
from dmas.waitinglist.views.blueprint import blueprint
from dmas.web import access, pages
from dmas.web.forms import DmasForm

SIGNED_OUT = "You have signed out."
TOO_MANY = "Too many tries have come from your network. Wait 15 minutes, or call your hospital."
MY_REQUEST = "/transfer/request"
_COOKIE_ENTRY = "_user_id"  # where Flask-Login keeps what `SignedIn.get_id` returns


@blueprint.get("/transfer")
@access.public
def start() -> ResponseReturnValue:
    """Say what a move is and what it is not, and lead to the code."""
    return pages.render("waitinglist/start.html", signed_in=_is_patient())


@blueprint.route(access.PATIENT_SIGN_IN, methods=["GET", "POST"])
@access.public
def sign_in() -> ResponseReturnValue:
    """Ask for code and date of birth; every refusal is the same page with the same words."""
    target = access.safe_next(request.args.get("next"))
    target = MY_REQUEST if target == access.HOME else target
    if request.method == "GET" and _is_patient():
        return redirect(target)
    form = CodeForm()
    form.date_of_birth.latest = pages.today()
    if form.validate_on_submit() and _may_try(form):
        with pages.database().unit_of_work(services.JOB) as stored:
            secret = services.sign_in(stored, form.command(), now=pages.now(), replacing=_secret())
        if secret is not None:
            _enter(secret)
            return redirect(target, code=303)
        form.refuse(codes.REFUSED)
    return pages.render("waitinglist/sign_in.html", form)


@blueprint.post("/transfer/sign-out")
@access.public
def sign_out() -> ResponseReturnValue:
    """End the visit on the server and empty the cookie."""
    held = _secret()
    if held is not None:
        with pages.database().unit_of_work(services.JOB) as stored:
            services.end_visit(stored, held, now=pages.now())
    session.clear()
    flash(SIGNED_OUT)
    return redirect(url_for("waitinglist.start"), code=303)


@blueprint.route("/transfer/lost-code", methods=["GET", "POST"])
@access.public
def lost_code() -> ResponseReturnValue:
    """Send a new code to the address the hospital has, if anybody is found; the answer never differs."""
    form = PersonForm()
    form.date_of_birth.latest = pages.today()
    if form.validate_on_submit() and _may_try(form):
        with pages.refusals(form), pages.database().unit_of_work(services.JOB) as stored:
            services.send_lost_code(
                stored, form.lost_code(), secret_key=secret_key(), actor=services.JOB, now=pages.now()
            )
        if not form.failed:
            return redirect(url_for("waitinglist.code_sent"), code=303)
    return pages.render("waitinglist/lost_code.html", form)


@blueprint.get("/transfer/lost-code/sent")
@access.public
def code_sent() -> ResponseReturnValue:
    """Say what happens now, to everybody."""
    return pages.render("waitinglist/code_sent.html")


@blueprint.route("/transfer/18-weeks", methods=["GET", "POST"])
@access.public
def eighteen_weeks() -> ResponseReturnValue:
    """Ask one's ICB for a choice after 18 weeks; the answer is the same whether or not anybody was found."""
    form = PersonForm()
    form.date_of_birth.latest = pages.today()
    if form.validate_on_submit() and _may_try(form):
        with pages.refusals(form), pages.database().unit_of_work(register.JOB) as stored:
            services.ask_for_choice(stored, form.choice(), now=pages.now())
        if not form.failed:
            return redirect(url_for("waitinglist.choice_sent"), code=303)
    return pages.render("waitinglist/eighteen_weeks.html", form)


@blueprint.get("/transfer/18-weeks/sent")
@access.public
def choice_sent() -> ResponseReturnValue:
    """Say what happens now, to everybody."""
    return pages.render("waitinglist/choice_sent.html")


def _may_try(form: DmasForm) -> bool:
    """Count a try, and refuse it where too many have come from one address lately."""
    with pages.database().unit_of_work(services.JOB) as stored:
        if not accounts.source_is_exhausted(stored, source=browser.source(), now=pages.now()):
            return True
    form.refuse(TOO_MANY, status=429)
    return False


def secret_key() -> str:
    """Return the key that codes are made with."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.secret_key


def _is_patient() -> bool:
    return bool(current_user.is_authenticated and current_user.actor.is_patient)


def _secret() -> str | None:
    """Return the secret of the visit this browser's cookie holds, living or not."""
    held = session.get(_COOKIE_ENTRY)
    if not isinstance(held, str) or not held.startswith(access.PATIENT_COOKIE):
        return None
    return held.removeprefix(access.PATIENT_COOKIE)


def _enter(secret: str) -> None:
    """Let this browser go on as a new visit; nothing of what its cookie held before is kept."""
    session.clear()
    found = current_app.config["LOAD_SIGN_IN"](access.PATIENT_COOKIE + secret)
    if found is None:
        raise LookupError("A visit that was just started is not there.")
    login_user(found)
