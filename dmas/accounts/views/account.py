"""One's own account: who one works as, one's password, and where one is signed in."""

from __future__ import annotations

import uuid

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from dmas.accounts import presenters, queries, services
from dmas.accounts.commands import ChangePassword
from dmas.accounts.forms import ActForm, ChangePasswordForm, SwitchForm
from dmas.accounts.views import browser
from dmas.accounts.views.blueprint import blueprint
from dmas.web import access, pages

WRONG = "This is not the password you have now, or too many tries have failed. Check it, or wait 15 minutes."
CHANGED = "Your password is changed, and you are signed out everywhere else."
ENDED = "The sign-in is ended."


@blueprint.get("/account")
@access.signed_in
def account() -> ResponseReturnValue:
    """Show the person their account."""
    actor, moment = access.current_actor(), pages.now()
    with pages.transaction() as session:
        staff = queries.get(session, actor, uuid.UUID(actor.id))
        desks = queries.desks(session, staff.id)
        found = queries.live_sign_ins(session, staff.id, moment)
    shown = presenters.shown_sign_ins(found, desks, secret=current_user.sign_in_id, now=moment)
    return pages.render("accounts/account.html", staff=staff, desks=desks, sign_ins=shown, act=ActForm())


@blueprint.post("/account/sign-ins/<uuid:sign_in_id>/end")
@access.signed_in
def end_one_sign_in(sign_in_id: uuid.UUID) -> ResponseReturnValue:
    """End one of one's own sign-ins."""
    with pages.once(ActForm()) as step:
        services.end_own_sign_in(step.session, sign_in_id, actor=access.current_actor(), now=step.now)
        step.outcome, step.notice = url_for("accounts.account"), ENDED
    return pages.go(step)


@blueprint.route("/account/password", methods=["GET", "POST"])
@access.signed_in
def password() -> ResponseReturnValue:
    """Change one's own password: prove the old one, then set the new one and begin a new sign-in."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        if not _proved(form.current.data):
            form.refuse(WRONG, field="current")
        else:
            with pages.refusals(form), pages.database().unit_of_work(services.JOB) as session:
                command = ChangePassword(password=form.password.data)
                secret = services.change_password(
                    session,
                    command,
                    secret=current_user.sign_in_id,
                    actor=access.current_actor(),
                    now=pages.now(),
                )
            if not form.failed:
                browser.enter(secret)
                flash(CHANGED)
                return redirect(url_for("accounts.account"), code=303)
    return pages.render("accounts/password.html", form)


@blueprint.route(access.CHOOSE_MEMBERSHIP, methods=["GET", "POST"])
@blueprint.route("/account/switch", methods=["GET", "POST"])
@access.half_signed_in
def switch() -> ResponseReturnValue:
    """Choose in which role, and for which organisation, to go on."""
    loaded = browser.read(current_user.sign_in_id)
    desks = loaded.desks if loaded else ()
    form = SwitchForm()
    form.membership.choices = presenters.desk_choices(desks)
    if form.validate_on_submit():
        with pages.database().unit_of_work(services.JOB) as session:
            chosen = uuid.UUID(form.membership.data)
            secret = services.switch_membership(session, current_user.sign_in_id, chosen, now=pages.now())
        browser.enter(secret)
        return redirect(access.safe_next(request.args.get("next")), code=303)
    if request.method == "GET" and loaded and loaded.membership_id:
        form.membership.data = str(loaded.membership_id)
    return pages.render("accounts/switch.html", form, desks=desks)


def _proved(typed: str) -> bool:
    """Say whether a password is the person's own; each try is counted as when signing in."""
    database, moment = pages.database(), pages.now()
    staff_id = uuid.UUID(access.current_actor().id)
    with database.unit_of_work(services.JOB) as session:
        attempt = services.count_own_attempt(session, staff_id, source=browser.source(), now=moment)
    matched = services.matches(attempt.hash_to_check, typed)
    with database.unit_of_work(services.JOB) as session:
        return services.accept_attempt(session, attempt, matched=matched, now=moment) is not None
