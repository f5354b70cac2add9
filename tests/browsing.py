"""A browser without a window: it opens pages as a person would and checks each one as it goes.

Every HTML page opened has one h1, a title, a language, unique ids, a label for each input, error links that
lead to an input, scripts with a nonce, and nothing inline.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from dmas.core.actors import Actor
from dmas.web.access import Membership, SignedIn
from tests.page_checks import check
from tests.reading import Page, read


class Browsing:
    """One person at one browser."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.signed_in: dict[str, SignedIn] = {}
        self.token: list[str] = []  # of the forms, for a test that sends many
        self._accounts_loader = app.config["LOAD_SIGN_IN"]
        app.config["LOAD_SIGN_IN"] = self._load

    def get(self, url: str, status: int = 200) -> Page:
        """Open a page, check it, and return it."""
        return self._read(url, self.client.get(url), status)

    def post(
        self,
        url: str,
        data: Mapping[str, Any] | None = None,
        status: int = 303,
        *,
        fetch: bool = True,
        page: str | None = None,
    ) -> Page:
        """Fill in and send a form: what the page already holds, and then the data given.

        The page is fetched first for its token and key (from `page` where the form is shown elsewhere);
        with `fetch=False` only the data is sent. A value may be a list; None leaves a field out.
        """
        sent: dict[str, Any] = {}
        if fetch:
            shown = self.get(page or url)
            sent |= shown.form(url) or shown.form()
        sent |= data or {}
        sent = {name: value for name, value in sent.items() if value is not None}
        return self._read(url, self.client.post(url, data=sent), status)

    def press(self, page: str, action: str, data: Mapping[str, Any] | None = None, status: int = 303) -> Page:
        """Press a button on a page: send the form there that leads to an action."""
        sent = self.get(page).form(action)
        assert sent, f"{page} has no form that leads to {action}"
        return self._read(action, self.client.post(action, data={**sent, **(data or {})}), status)

    def follow(self, page: Page, status: int = 200) -> Page:
        """Go where a redirect leads."""
        assert page.location, f"{page.url} led nowhere"
        return self.get(page.location, status)

    def sign_in(
        self,
        staff: Any,
        *,
        memberships: Sequence[Membership] = (),
        organisation_name: str = "",
        complete: bool = True,
    ) -> Browsing:
        """Sit down as somebody: an Actor, or anything with an `actor`."""
        actor: Actor = staff if isinstance(staff, Actor) else staff.actor
        secret = secrets.token_urlsafe(8)
        self.signed_in[secret] = SignedIn(
            actor, secret, memberships=memberships, organisation_name=organisation_name, complete=complete
        )
        with self.client.session_transaction() as session:
            session["_user_id"] = secret
        return self

    def sign_out(self) -> Browsing:
        """Leave the browser with nobody signed in."""
        with self.client.session_transaction() as session:
            session.pop("_user_id", None)
        return self

    def _load(self, cookie: str) -> SignedIn | None:
        if cookie in self.signed_in:
            return self.signed_in[cookie]
        found: SignedIn | None = self._accounts_loader(cookie)
        return found

    def _read(self, url: str, response: TestResponse, status: int) -> Page:
        page = Page(url, response)
        assert response.status_code == status, (
            f"{url} answered {response.status_code}, not {status}; it led to {page.location!r} and said:"
            f" {_summary(page)}"
        )
        if response.mimetype == "text/html" and not 300 <= status < 400:
            page.elements = read(page.html)
            check(page)
        return page


def _summary(page: Page) -> str:
    if page.response.mimetype != "text/html":
        return page.html[:500]
    page.elements = read(page.html)
    mains = page.all("main")
    return " ".join((mains[0].text if mains else page.html).split())[:800]
