"""The page of personas: one click signs in as each of them. It is there in demo mode only."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from dmas.accounts import services as accounts
from dmas.accounts.models import Membership, Staff
from dmas.accounts.views import browser
from dmas.core.errors import InvalidInput, NotFound
from dmas.demo.personas import HOME, PATIENTS, PERSONAS, PatientPersona, Persona
from dmas.demo.stage import DEMO
from dmas.providers import queries as providers
from dmas.settings import Settings
from dmas.waitinglist import services as waitinglist
from dmas.waitinglist.commands import SignIn
from dmas.waitinglist.models import Invitation, Pathway, Patient
from dmas.web import access, pages
from dmas.web.filters import day

blueprint = Blueprint("demo", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True)
class Card:
    """A patient whom a visitor can be; `code` is empty where nobody invited them, and they cannot sign in."""

    persona: PatientPersona
    code: str
    born: str


@blueprint.get("/demo")
@access.public
def index() -> ResponseReturnValue:
    """Show who a visitor can be, and what to try as each of them."""
    with pages.database().unit_of_work(DEMO) as stored:
        codes = [persona.organisation for persona in PERSONAS]
        names = providers.names(stored, [*codes, HOME])
        cards = [Card(one, _code(stored, one), day(one.born)) for one in PATIENTS]
    return pages.render(
        "demo/index.html", personas=PERSONAS, patients=cards, organisations=names, home=names.get(HOME, HOME)
    )


@blueprint.post("/demo/sign-in")
@access.public
def sign_in() -> ResponseReturnValue:
    """Sign in as a persona of the demo; nobody else can be signed in this way."""
    key = request.form.get("persona")
    patient = next((one for one in PATIENTS if one.key == key), None)
    if patient is not None:
        return _be_patient(patient)
    persona = next((one for one in PERSONAS if one.key == key), None)
    if persona is None:
        raise InvalidInput("There is no such person in the demo. Choose one from the list.")
    return _be_staff(persona)


def _be_staff(persona: Persona) -> ResponseReturnValue:
    with pages.database().unit_of_work(DEMO) as stored:
        staff = stored.scalar(select(Staff).where(Staff.email == persona.email, Staff.is_persona))
        if staff is None or staff.disabled_at is not None:
            raise NotFound("This person cannot be signed in: run `dmas demo`, or choose another.")
        membership = stored.scalars(
            select(Membership)
            .where(Membership.staff_id == staff.id, Membership.ended_at.is_(None))
            .order_by(Membership.granted_at, Membership.id)
        ).first()
        secret = accounts.start_sign_in(stored, staff, membership, actor=DEMO, now=pages.now())
    browser.enter(secret)
    return redirect(url_for("home.index"), code=303)


def _be_patient(persona: PatientPersona) -> ResponseReturnValue:
    """Sign in with the persona's own code and date of birth, as they would themselves."""
    with pages.database().unit_of_work(waitinglist.JOB) as stored:
        command = SignIn(_code(stored, persona), persona.born)
        secret = waitinglist.sign_in(stored, command, now=pages.now())
    if secret is None:
        raise NotFound("This person cannot be signed in: run `dmas demo`, or choose another.")
    session.clear()
    found: access.SignedIn | None = current_app.config["LOAD_SIGN_IN"](access.PATIENT_COOKIE + secret)
    if found is None:
        raise LookupError("A visit that was just started is not there.")
    login_user(found)
    return redirect(persona.begins_at, code=303)


def _code(stored: Session, persona: PatientPersona) -> str:
    """Return the code of a persona's letter, or nothing where there is none."""
    settings: Settings = current_app.config["SETTINGS"]
    invitation = stored.scalar(
        select(Invitation.id)
        .join(Patient, Patient.id == Invitation.patient_id)
        .join(Pathway, Pathway.id == Invitation.pathway_id)
        .where(
            Pathway.provider_code == HOME,
            Patient.given_name == persona.given,
            Patient.family_name == persona.family,
            Patient.date_of_birth == persona.born,
            Invitation.replaced_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .order_by(Invitation.invited_at.desc(), Invitation.id)
        .limit(1)
    )
    return waitinglist.code_of(invitation, settings.secret_key) if invitation else ""
