"""The page of personas: one click signs in as each of them. It is there in demo mode only."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from dmas.accounts import services as accounts
from dmas.accounts.models import Membership, Staff
from dmas.accounts.views import browser
from dmas.core.errors import InvalidInput, NotFound
from dmas.demo.personas import PERSONAS
from dmas.demo.stage import DEMO
from dmas.providers import queries as providers
from dmas.web import access, pages

blueprint = Blueprint("demo", __name__, template_folder="templates")


@blueprint.get("/demo")
@access.public
def index() -> ResponseReturnValue:
    """Show who a visitor can be, and what to try as each of them."""
    with pages.database().unit_of_work(DEMO) as session:
        names = providers.names(session, [persona.organisation for persona in PERSONAS])
    return pages.render("demo/index.html", personas=PERSONAS, organisations=names)


@blueprint.post("/demo/sign-in")
@access.public
def sign_in() -> ResponseReturnValue:
    """Sign in as a persona of the demo; nobody else can be signed in this way."""
    persona = next((p for p in PERSONAS if p.key == request.form.get("persona")), None)
    if persona is None:
        raise InvalidInput("There is no such person in the demo. Choose one from the list.")
    with pages.database().unit_of_work(DEMO) as session:
        staff = session.scalar(select(Staff).where(Staff.email == persona.email, Staff.is_persona))
        if staff is None or staff.disabled_at is not None:
            raise NotFound("This person cannot be signed in: run `dmas demo`, or choose another.")
        membership = session.scalars(
            select(Membership)
            .where(Membership.staff_id == staff.id, Membership.ended_at.is_(None))
            .order_by(Membership.granted_at, Membership.id)
        ).first()
        secret = accounts.start_sign_in(session, staff, membership, actor=DEMO, now=pages.now())
    browser.enter(secret)
    return redirect(url_for("home.index"), code=303)
