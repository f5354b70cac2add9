"""Signing in and out, and the page a one-time link leads to."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from dmas.accounts import queries, services
from dmas.accounts.commands import SetPassword
from dmas.accounts.forms import NewPasswordForm, SignInForm
from dmas.accounts.rules import sign_ins
from dmas.accounts.views import browser
from dmas.accounts.views.blueprint import blueprint
from dmas.core.errors import NotFound
from dmas.web import access, pages

SIGNED_OUT = "You have signed out."
PASSWORD_SET = "Your password is set. Sign in with it."  # noqa: S105 a notice, not a secret
TOO_MANY = "Too many tries from your network have failed. Wait 15 minutes, then try again."


@blueprint.route("/sign-in", methods=["GET", "POST"])
@access.public
def sign_in() -> ResponseReturnValue:
    """Ask for email address and password; every refusal is the same page with the same words."""
    target = access.safe_next(request.args.get("next"))
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(target)
    form = SignInForm()
    if form.validate_on_submit():
        attempt, secret = _try(form.email.data, form.password.data)
        if secret is not None:
            browser.enter(secret)
            return redirect(target, code=303)
        if attempt.source_exhausted:
            form.refuse(TOO_MANY, status=429)
        else:
            form.refuse(sign_ins.REFUSED)
    return pages.render("accounts/sign_in.html", form)


@blueprint.get(access.SECOND_FACTOR)
@access.half_signed_in
def second_factor() -> ResponseReturnValue:
    """Say what is missing where the settings ask for a second step and the person has none set up."""
    if current_user.complete:
        return redirect(access.safe_next(request.args.get("next")))
    return pages.render("accounts/second_factor.html")


@blueprint.post("/sign-out")
@access.public
def sign_out() -> ResponseReturnValue:
    """End the sign-in on the server and empty the cookie."""
    if current_user.is_authenticated:
        with pages.database().unit_of_work(services.JOB) as session:
            services.end_sign_in(
                session,
                current_user.sign_in_id,
                actor=access.current_actor(),
                now=pages.now(),
                reason="signed out",
            )
    browser.leave()
    flash(SIGNED_OUT)
    return redirect(url_for("accounts.sign_in"), code=303)


@blueprint.route("/welcome/<secret>", methods=["GET", "POST"])
@access.public
def welcome(secret: str) -> ResponseReturnValue:
    """Set a password by a one-time link: opening it shows a page, only sending it acts."""
    form = NewPasswordForm()
    try:
        with pages.database().unit_of_work(services.JOB) as session:
            link, staff = queries.link(session, secret, pages.now())
        if form.validate_on_submit():
            with pages.refusals(form), pages.database().unit_of_work(services.JOB) as session:
                command = SetPassword(secret=secret, password=form.password.data)
                services.set_password(session, command, now=pages.now())
            if not form.failed:
                browser.leave()
                flash(PASSWORD_SET)
                return redirect(url_for("accounts.sign_in"), code=303)
    except NotFound:
        return pages.render("accounts/link_over.html", status=404)
    return pages.render("accounts/welcome.html", form, staff=staff, purpose=link.purpose)


def _try(email: str, password: str) -> tuple[services.Attempt, str | None]:
    """Count a try, check the password without holding a transaction, and settle it."""
    database, moment = pages.database(), pages.now()
    with database.unit_of_work(services.JOB) as session:
        attempt = services.count_attempt(session, email=email, source=browser.source(), now=moment)
    matched = services.matches(attempt.hash_to_check, password)
    with database.unit_of_work(services.JOB) as session:
        before = browser.secret()
        return attempt, services.settle_attempt(
            session, attempt, matched=matched, now=moment, replacing=before
        )
