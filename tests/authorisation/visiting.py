"""Opening pages of the world as somebody who is really signed in, with nothing of it staying."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from dmas.app import create_app
from dmas.settings import Environment, Settings
from dmas.web import headers
from tests.authorisation.sandbox import Sandbox
from tests.authorisation.world import Desk, World

SECRET_KEY = "a-secret-of-the-tests-with-many-letters-0123456789"
HEADERS = {*headers.ALWAYS, "Content-Security-Policy", "Cache-Control"}


def make_app(sandbox: Sandbox, now: datetime) -> Flask:
    """Build the app with the demo's pages, on a world's database, at its time."""
    app = create_app(Settings(environment=Environment.TEST, secret_key=SECRET_KEY, demo=True))
    app.config["CLOCK"] = lambda: now
    app.extensions["dmas_database"] = sandbox
    return app


class Visiting:
    """One browser after another, each with a sign-in's real secret in its cookie and a form's real token."""

    def __init__(self, app: Flask, sandbox: Sandbox, world: World) -> None:
        self.app, self.sandbox, self.world = app, sandbox, world
        self._load, self._known = app.config["LOAD_SIGN_IN"], dict[str, Any]()
        app.config["LOAD_SIGN_IN"] = self._load_sign_in
        self._remembering = False
        with app.test_request_context():
            self.token = generate_csrf()
            self._kept = session["csrf_token"]

    def open(
        self,
        method: str,
        path: str,
        desk: Desk | None,
        data: Mapping[str, Any] | None = None,
        *,
        token: bool = True,
        query: Mapping[str, str] | None = None,
        remembered: bool = False,
    ) -> TestResponse:
        """Open a page or send a form, empty but for its token unless said otherwise, and read the answer.

        `remembered` spares a second look-up of who holds a sign-in: for thousands of visits in one world.
        """
        self._remembering = remembered
        client = self.app.test_client()
        cookie = {"csrf_token": self._kept} | ({"_user_id": desk.secret} if desk else {})
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], serializer.dumps(cookie))
        sent = dict(data or {}) | ({"csrf_token": self.token} if token else {})
        answer = client.open(path, method=method, data=sent if method == "POST" else None, query_string=query)
        answer.get_data()
        answer.close()
        return answer

    def _load_sign_in(self, cookie: str) -> Any:
        if not self._remembering:
            return self._load(cookie)
        if cookie not in self._known:
            self._known[cookie] = self._load(cookie)
        return self._known[cookie]
