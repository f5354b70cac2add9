"""The web application: settings and rooms put together."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from threading import Thread

from flask import Flask, current_app
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChainableUndefined, ChoiceLoader, PackageLoader
from werkzeug.middleware.proxy_fix import ProxyFix

from dmas import settings as installation
from dmas import wiring
from dmas.accounts import loading
from dmas.accounts.queries import Desk
from dmas.accounts.rules.sign_ins import needs_touch
from dmas.accounts.services import sign_ins
from dmas.accounts.vocabulary import SignInStep
from dmas.core import logs
from dmas.core.actors import Role
from dmas.core.db import Database
from dmas.core.embedded import database_server
from dmas.demo import loading as demo
from dmas.settings import Environment, Settings
from dmas.waitinglist import loading as visits
from dmas.waitinglist import services as waitinglist
from dmas.waitinglist.rules import codes
from dmas.web import access, errors, filters, headers, health, layout, lists, pages, tracing

# Each room's view module; it has a `blueprint`. A room joins the site by one line here.
VIEWS = (
    "dmas.web.health",
    "dmas.web.views",
    "dmas.notifications.views",
    "dmas.published.views",
    "dmas.accounts.views",
    "dmas.waitinglist.views",
    "dmas.offers.views",
    "dmas.requests.views",
    "dmas.diagnostics.views",
    "dmas.requests.views_patient",
    "dmas.proposals.views",
    "dmas.proposals.views_patient",
    "dmas.transfers.views",
    "dmas.matching.views",
    "dmas.cases.views",
    "dmas.cases.views_patient",
    "dmas.home.views",
)
DEMO_VIEWS = ("dmas.demo.views",)

# Where somebody goes who has begun to sign in and still owes something.
STEPS = {
    SignInStep.SECOND_FACTOR: access.SECOND_FACTOR,
    SignInStep.MEMBERSHIP: access.CHOOSE_MEMBERSHIP,
}

MEBIBYTE = 1024 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application; without settings they are read from the environment."""
    settings = settings or installation.load()
    logs.configure(as_json=settings.production, level=settings.log_level)
    app = Flask("dmas.web", static_url_path="/static")
    app.config.from_mapping(_configuration(settings))
    app.config["LOAD_SIGN_IN"] = load_sign_in
    app.config["OPEN_DATABASE"] = partial(_open_database, settings)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    _set_up_templates(app)
    tracing.init_app(app)
    app.before_request(pages.allow_files)
    CSRFProtect(app)
    _set_up_sign_in(app)
    app.before_request(access.check)
    for part in (headers, errors, filters, layout, lists):
        part.init_app(app)
    for name in VIEWS + (DEMO_VIEWS if settings.demo else ()):
        app.register_blueprint(import_module(name).blueprint)
    if settings.demo:
        health.add_check(app, "demo_not_loaded", demo.is_loaded)
    wiring.install()
    return app


def _configuration(settings: Settings) -> dict[str, object]:
    secure = settings.base_url.startswith("https://")
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "DEBUG": settings.debug,
        "TESTING": settings.environment is Environment.TEST,
        "SESSION_COOKIE_NAME": "__Host-dmas" if secure else "dmas",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "MAX_CONTENT_LENGTH": 10 * MEBIBYTE,
        "MAX_FORM_PARTS": 1000,
        "RUN_LATER": _run_at_once if settings.environment is Environment.TEST else _run_beside,
        "WTF_CSRF_TIME_LIMIT": None,  # a page may stay open as long as its sign-in lasts
    }


def _run_at_once(do: Callable[[], None]) -> None:
    do()


def _run_beside(do: Callable[[], None]) -> None:
    Thread(target=do, daemon=True).start()


def _open_database(settings: Settings) -> Database:
    """Open the database that is named, else our own embedded one, which ends with this process."""
    environ = {"DMAS_VAR": str(settings.var)}
    if settings.database_url:
        environ["DATABASE_URL"] = settings.database_url
    stack = ExitStack()
    url = stack.enter_context(database_server(environ))
    atexit.register(stack.close)
    return Database(url)


def _set_up_templates(app: Flask) -> None:
    app.jinja_options = {
        "autoescape": True,  # Flask's own choice leaves out the library's .jinja files
        "trim_blocks": True,
        "lstrip_blocks": True,
        "undefined": ChainableUndefined,
    }
    app.jinja_env.loader = ChoiceLoader(
        [app.jinja_env.loader, PackageLoader("nhsuk_frontend_jinja")]  # type: ignore[list-item]
    )


def _set_up_sign_in(app: Flask) -> None:
    manager = LoginManager()
    manager.init_app(app, add_context_processor=False)  # theirs asks the database even for a page of trouble
    manager.anonymous_user = access.SignedOut
    manager.session_protection = None  # a sign-in is a row of ours: ended there, not by a change of network
    manager.user_loader(_load_sign_in)


def _load_sign_in(cookie: str) -> access.SignedIn | None:
    """Return who holds a sign-in cookie; tests may replace LOAD_SIGN_IN."""
    load: Callable[[str], access.SignedIn | None] = current_app.config["LOAD_SIGN_IN"]
    return load(cookie)


def load_sign_in(cookie: str) -> access.SignedIn | None:
    """Return the living sign-in of a cookie's secret as the web knows people, and note that it is in use."""
    if cookie.startswith(access.PATIENT_COOKIE):
        return load_visit(cookie)
    settings: Settings = current_app.config["SETTINGS"]
    now = pages.now()
    with pages.database().unit_of_work(sign_ins.JOB) as session:
        loaded = loading.load_sign_in(session, cookie, now=now, second_factor=settings.second_factor)
        if loaded is None:
            return None
        if needs_touch(loaded.last_seen_at, now):
            sign_ins.touch(session, loaded.id, now=now)
    return access.SignedIn(
        loaded.actor,
        cookie,
        organisation_name=loaded.organisation_name,
        memberships=[_as_membership(desk) for desk in loaded.desks],
        complete=loaded.lacks is None,
        next_step=STEPS[loaded.lacks or SignInStep.SECOND_FACTOR],
    )


def load_visit(cookie: str) -> access.SignedIn | None:
    """Return the living visit of a patient's cookie, and note that it is in use."""
    now = pages.now()
    with pages.database().unit_of_work(waitinglist.JOB) as session:
        loaded = visits.load_visit(session, cookie.removeprefix(access.PATIENT_COOKIE), now=now)
        if loaded is None:
            return None
        if codes.needs_touch(loaded.last_seen_at, now):
            waitinglist.touch(session, loaded.visit_id, now=now)
    return access.SignedIn(loaded.actor, cookie, about=str(loaded.pathway_id))


def _as_membership(desk: Desk) -> access.Membership:
    return access.Membership(
        id=str(desk.membership.id),
        organisation=desk.organisation.code,
        organisation_name=desk.organisation.name,
        role=Role(desk.membership.role),
    )
