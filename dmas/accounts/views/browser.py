"""The browser's side of a sign-in: what its cookie holds, and from where it comes."""

from __future__ import annotations

import hashlib
import hmac

from flask import current_app, request, session
from flask_login import login_user

from dmas.accounts import loading, services
from dmas.accounts.loading import LoadedSignIn
from dmas.settings import Settings
from dmas.web import access, pages

COOKIE_ENTRY = "_user_id"  # where Flask-Login keeps what `SignedIn.get_id` returns


def read(secret: str) -> LoadedSignIn | None:
    """Return the living sign-in of a secret."""
    with pages.database().unit_of_work(services.JOB) as stored:
        return loading.load_sign_in(
            stored, secret, now=pages.now(), second_factor=installation().second_factor
        )


def enter(secret: str) -> None:
    """Let this browser go on as a new sign-in; nothing of what its cookie held before is kept."""
    session.clear()
    found: access.SignedIn | None = current_app.config["LOAD_SIGN_IN"](secret)
    if found is None:
        raise LookupError("A sign-in that was just started is not there.")
    login_user(found)


def leave() -> None:
    """Empty this browser's cookie."""
    session.clear()


def secret() -> str | None:
    """Return the secret this browser's cookie holds, living or not."""
    held = session.get(COOKIE_ENTRY)
    return held if isinstance(held, str) else None


def source() -> str:
    """Return from where the request comes, as a keyed hash: equal for equal addresses and no address."""
    key = installation().secret_key.encode()
    return hmac.new(key, (request.remote_addr or "unknown").encode(), hashlib.sha256).hexdigest()


def installation() -> Settings:
    """Return the settings of this app."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings
