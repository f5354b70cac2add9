"""Who may open a page: every view declares it, and a view that does not is closed to all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import unquote, urlencode, urlsplit

from flask import Flask, current_app, has_request_context, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import RequestRedirect

from dmas.core.actors import NOBODY, Actor, Role
from dmas.core.errors import NotAllowed

View = TypeVar("View", bound=Callable[..., Any])

HOME = "/home"
SIGN_IN = "/sign-in"
PATIENT_SIGN_IN = "/transfer/sign-in"
SECOND_FACTOR = "/sign-in/second-factor"
CHOOSE_MEMBERSHIP = "/sign-in/organisation"
PATIENT_COOKIE = "patient:"  # before the secret of a patient's visit, to tell it from a sign-in's
MACHINERY = frozenset({"csrf_token", "form_key", "version"})
PUBLIC_STATIC = frozenset({"static"})


class Who(StrEnum):
    """The four kinds of door."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    STAFF = "staff"
    PATIENT = "patient"


WHO_LABELS = {
    Who.PUBLIC: "Everybody",
    Who.SIGNED_IN: "All staff who are signed in",
    Who.STAFF: "Staff in the named roles",
    Who.PATIENT: "Patients who are signed in with their code",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may open a view; `second_factor` asks for a complete sign-in."""

    who: Who
    roles: frozenset[Role] = field(default_factory=frozenset)
    second_factor: bool = True

    def __str__(self) -> str:
        """Return the rule as people say it."""
        return ", ".join(sorted(role.label for role in self.roles)) or WHO_LABELS[self.who]


class UndeclaredAccess(RuntimeError):
    """A view without a rule was asked for: a fault of ours, never the visitor's."""


@dataclass(frozen=True, slots=True)
class Membership:
    """One desk a person may sit at: a role for an organisation."""

    id: str
    organisation: str
    organisation_name: str
    role: Role


class SignedIn:
    """The person behind a request, as Flask-Login knows them; until `complete` they get `next_step` only."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(
        self,
        actor: Actor,
        sign_in_id: str,
        *,
        organisation_name: str = "",
        memberships: Sequence[Membership] = (),
        complete: bool = True,
        next_step: str = SECOND_FACTOR,
        about: str = "",
    ) -> None:
        self.actor = actor
        self.sign_in_id = sign_in_id
        self.organisation_name = organisation_name
        self.memberships = tuple(memberships)
        self.complete = complete
        self.next_step = next_step
        self.about = about  # of a patient: the wait that their visit is about

    def get_id(self) -> str:
        """Return what the cookie carries: the sign-in's secret, never a person's id."""
        return self.sign_in_id


class SignedOut:
    """Nobody, in the same shape."""

    is_authenticated = False
    is_active = False
    is_anonymous = True
    actor = NOBODY
    organisation_name = ""
    memberships: tuple[Membership, ...] = ()
    complete = False

    def get_id(self) -> None:
        """Return None: nobody has no cookie."""


def public(view: View) -> View:
    """Let anybody open this view."""
    return _declare(view, Rule(Who.PUBLIC, second_factor=False))


def signed_in(view: View) -> View:
    """Let every signed-in member of staff open this view."""
    return _declare(view, Rule(Who.SIGNED_IN))


def half_signed_in(view: View) -> View:
    """Let somebody who still owes the second factor open this view, to give it."""
    return _declare(view, Rule(Who.SIGNED_IN, second_factor=False))


def staff(*roles: Role) -> Callable[[View], View]:
    """Let signed-in people in these roles open this view."""
    if not roles:
        raise ValueError("Name at least one role, or use signed_in.")

    def decorate(view: View) -> View:
        return _declare(view, Rule(Who.STAFF, frozenset(roles)))

    return decorate


def patient(view: View) -> View:
    """Let patients who are signed in with their code open this view, for themselves only."""
    return _declare(view, Rule(Who.PATIENT, second_factor=False))


def current_actor() -> Actor:
    """Return who acts in this request: NOBODY when not signed in."""
    if not has_request_context():
        return NOBODY
    actor: Actor = current_user.actor
    return actor


def rule_of(app: Flask, endpoint: str) -> Rule | None:
    """Return the declared rule of an endpoint, or None. Static files are public by their list."""
    if endpoint in PUBLIC_STATIC:
        return Rule(Who.PUBLIC, second_factor=False)
    rule: Rule | None = getattr(app.view_functions.get(endpoint), "access", None)
    return rule


def check() -> ResponseReturnValue | None:
    """Refuse the request unless the view's rule lets this person in; run before every request."""
    if request.endpoint is None:
        return None  # no such page or method: the routing error follows
    rule = rule_of(current_app, request.endpoint)
    if rule is None:
        if current_app.debug or current_app.testing:
            raise UndeclaredAccess(
                f"{request.endpoint} has no access rule: put @access.public, @access.signed_in or"
                " @access.staff(...) directly under its route."
            )
        raise NotFound
    if rule.who is Who.PUBLIC:
        return None
    if not current_user.is_authenticated:
        door = PATIENT_SIGN_IN if rule.who is Who.PATIENT else SIGN_IN
        way_in = f"{door}?{urlencode({'next': _way_back()})}"
        typed = _typed() if rule.who is Who.PATIENT else []
        if typed:
            return render_template("web/signed_out.html", typed=typed, way_in=way_in), 401
        return redirect(way_in)
    if current_user.actor.is_patient is not (rule.who is Who.PATIENT):
        raise NotAllowed("This page is not part of what you are signed in to.")
    if rule.second_factor and not current_user.complete:
        return redirect(f"{current_user.next_step}?{urlencode({'next': _way_back()})}")
    if rule.roles and current_user.actor.role not in rule.roles:
        raise NotAllowed("Your role does not open this page.")
    return None


def safe_next(target: str | None) -> str:
    """Return a page of ours to go to after signing in: the target if it is one, else the home page."""
    if not target or not target.startswith("/") or len(target) > 2000 or not target.isprintable():
        return HOME
    decoded = unquote(target)
    if decoded.startswith(("//", "/\\")) or "\\" in decoded or not decoded.isprintable():
        return HOME
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not _is_page(parts.path):
        return HOME
    return target


def _declare(view: View, rule: Rule) -> View:
    view.access = rule  # type: ignore[attr-defined]
    return view


def _is_page(path: str) -> bool:
    adapter = current_app.create_url_adapter(request if has_request_context() else None)
    if adapter is None:
        return False
    try:
        adapter.match(unquote(path), method="GET")
    except (HTTPException, RequestRedirect):
        return False
    return True


def _typed() -> list[str]:
    """Return the words somebody typed into a form that came after they were signed out, to give them back."""
    sent = request.form.items(multi=True) if request.method == "POST" else ()
    return [value for name, value in sent if name not in MACHINERY and " " in value.strip()]


def _way_back() -> str:
    """Return the page to come back to: where they were going, or the page a form was sent from."""
    if request.method in {"GET", "HEAD"}:
        return request.full_path.rstrip("?")
    if _is_page(request.path):
        return request.path
    return HOME
