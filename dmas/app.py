"""The web application: settings and rooms put together."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from importlib.util import find_spec

from flask import Flask, current_app
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChainableUndefined, ChoiceLoader, PackageLoader
from werkzeug.middleware.proxy_fix import ProxyFix

from dmas import settings as installation
from dmas.core import events, logs
from dmas.core.db import Database
from dmas.core.embedded import database_server
from dmas.settings import Environment, Settings
from dmas.web import access, errors, filters, headers, layout, lists, tracing

# Each room's view module; it has a `blueprint`. A room joins the site by one line here.
VIEWS = (
    "dmas.web.health",
    "dmas.web.views",
)

MEBIBYTE = 1024 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application; without settings they are read from the environment."""
    settings = settings or installation.load()
    logs.configure(as_json=settings.production, level=settings.log_level)
    app = Flask("dmas.web", static_url_path="/static")
    app.config.from_mapping(_configuration(settings))
    app.config["OPEN_DATABASE"] = partial(_open_database, settings)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    _set_up_templates(app)
    tracing.init_app(app)
    CSRFProtect(app)
    _set_up_sign_in(app)
    app.before_request(access.check)
    for part in (headers, errors, filters, layout, lists):
        part.init_app(app)
    for name in VIEWS:
        app.register_blueprint(import_module(name).blueprint)
    if find_spec("dmas.wiring"):
        events.install(import_module("dmas.wiring").LISTENERS)
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
        "WTF_CSRF_TIME_LIMIT": None,  # a page may stay open as long as its sign-in lasts
    }


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
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True, "undefined": ChainableUndefined}
    app.jinja_env.loader = ChoiceLoader(
        [app.jinja_env.loader, PackageLoader("nhsuk_frontend_jinja")]  # type: ignore[list-item]
    )


def _set_up_sign_in(app: Flask) -> None:
    manager = LoginManager(app)
    manager.anonymous_user = access.SignedOut
    manager.session_protection = None  # a sign-in is a row of ours: ended there, not by a change of network
    manager.user_loader(_load_sign_in)


def _load_sign_in(cookie: str) -> access.SignedIn | None:
    """Return who holds a sign-in cookie; LOAD_SIGN_IN is the accounts room's, and a test's to replace."""
    load: Callable[[str], access.SignedIn | None] | None = current_app.config.get("LOAD_SIGN_IN")
    return load(cookie) if load else None
