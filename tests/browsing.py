"""A browser without a window: it opens pages as a person would and checks each one as it goes.

Every HTML page opened has one h1, a title, a language, unique ids, a label for each input, error links that
lead to an input, scripts with a nonce, and nothing inline.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from dmas.core.actors import Actor
from dmas.web.access import Membership, SignedIn

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "path", "circle", "rect"}
FOCUSABLE = {"a", "button", "input", "select", "textarea", "summary"}
UNLABELLED = {"hidden", "submit", "button", "image", "reset"}


@dataclass
class Element:
    """One element: its tag, attributes, the text inside it, and what it lies in."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    text: str = ""

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str, default: str = "") -> str:
        """Return an attribute, or the default where it is missing."""
        return self.attributes.get(name, default)

    def inside(self, tag: str) -> Element | None:
        """Return the nearest element around this one with that tag."""
        around = self.parent
        while around is not None and around.tag != tag:
            around = around.parent
        return around


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        parent = self.open[-1] if self.open else None
        element = Element(tag, {name: value or "" for name, value in attrs}, parent)
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1].tag == "script":
            return
        for element in self.open:
            element.text += data


@dataclass
class Page:
    """One answer: its status and address, and its HTML read into elements."""

    url: str
    response: TestResponse
    elements: list[Element] = field(default_factory=list)

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.response.status_code

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.response.headers.get("Location", "")

    @property
    def html(self) -> str:
        """The page as it was sent."""
        return self.response.get_data(as_text=True)

    @property
    def text(self) -> str:
        """Every word of the page, in order, white space made single."""
        body = self.all("body")
        return " ".join((body[0].text if body else self.html).split())

    @property
    def title(self) -> str:
        """The title."""
        return self.all("title")[0].text

    @property
    def heading(self) -> str:
        """The h1."""
        return " ".join(self.all("h1")[0].text.split())

    def all(self, tag: str) -> list[Element]:
        """Return every element with a tag."""
        return [element for element in self.elements if element.tag == tag]

    def links(self) -> dict[str, str]:
        """Return each link's words and where it leads."""
        return {" ".join(link.text.split()): link.get("href") for link in self.all("a")}

    def errors(self) -> list[str]:
        """Return the lines of the error summary."""
        return [
            " ".join(item.text.split())
            for item in self.all("li")
            if (around := item.inside("ul")) is not None
            and "nhsuk-error-summary__list" in around.get("class")
        ]

    def form(self, action: str | None = None) -> dict[str, list[str]]:
        """Return what a browser would send for the page's form in `main`, or for the form with an action."""
        for one in self.all("form"):
            in_main = one.inside("main") is not None and one.get("method") == "post"
            if one.get("action") == action if action else in_main:
                return self._answers(one)
        return {}

    def tables(self) -> list[list[list[str]]]:
        """Return every table as rows of cells, heads included."""
        return [
            [
                [
                    " ".join(cell.text.split())
                    for cell in self.elements
                    if cell.tag in {"td", "th"} and cell.inside("tr") is row
                ]
                for row in self.all("tr")
                if row.inside("table") is table
            ]
            for table in self.all("table")
        ]

    def _answers(self, form: Element) -> dict[str, list[str]]:
        answers: dict[str, list[str]] = {}
        for one in self.elements:
            if one.tag not in {"input", "textarea", "select", "option"} or one.inside("form") is not form:
                continue
            kind, name = one.get("type", "text"), one.get("name")
            ticked = kind not in {"checkbox", "radio"} or "checked" in one.attributes
            if one.tag == "input" and name and ticked and kind not in {"file", "submit"}:
                answers.setdefault(name, []).append(one.get("value", "on"))
            elif one.tag == "textarea":
                answers.setdefault(name, []).append(one.text.removeprefix("\n"))
            elif one.tag == "option" and "selected" in one.attributes:
                around = one.inside("select")
                assert around is not None
                answers.setdefault(around["name"], []).append(one.get("value", one.text))
        return answers


class Browsing:
    """One person at one browser."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.signed_in: dict[str, SignedIn] = {}
        self._accounts_loader = app.config.get("LOAD_SIGN_IN")
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
        return self._accounts_loader(cookie) if self._accounts_loader else None

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


def read(html: str) -> list[Element]:
    """Return every element of a page; fail where tags do not close each other."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open, f"<{reader.open[-1].tag}> is never closed"
    return reader.elements


def check(page: Page) -> None:
    """Fail where a page breaks one of the rules every page keeps."""
    for rule in (_one_heading, _unique_ids, _labels, _references, _nothing_inline, _forms):
        rule(page)


def _one_heading(page: Page) -> None:
    assert len(page.all("h1")) == 1, f"{page.url} has {len(page.all('h1'))} h1"
    assert page.heading, f"{page.url} has an empty h1"
    assert len(page.all("title")) >= 1, f"{page.url} has no title"
    assert page.title.strip(" –"), f"{page.url} has an empty title"
    assert page.title.count("dmas") >= 1, f"{page.url}: the title does not name the site"
    assert not page.title.startswith(" –"), f"{page.url}: the title says nothing about the page"
    assert page.all("html")[0].get("lang") == "en", f"{page.url} does not say its language"
    assert page.errors() == [] or page.title.startswith("Error: "), f"{page.url}: no 'Error: ' in the title"


def _unique_ids(page: Page) -> None:
    ids = [element["id"] for element in page.elements if "id" in element.attributes]
    twice = {one for one in ids if ids.count(one) > 1}
    assert not twice, f"{page.url} has ids twice: {sorted(twice)}"
    assert "" not in ids, f"{page.url} has an empty id"


def _labels(page: Page) -> None:
    labelled = {label.get("for") for label in page.all("label") if label.text.strip()}
    for one in page.elements:
        if one.tag not in {"input", "select", "textarea"} or one.get("type") in UNLABELLED:
            continue
        named = one.get("id") in labelled or one.get("aria-label") or one.inside("label")
        assert named, f"{page.url}: no label for {one.get('name')!r}"
        if one.get("type") in {"radio", "checkbox"} and not one.get("id").startswith("filter-"):
            alone = sum(other.get("name") == one["name"] for other in page.all("input")) == 1
            assert alone or one.inside("fieldset"), f"{page.url}: {one['name']!r} has no fieldset"
    for button in page.all("button"):
        assert button.text.strip() or button.get("aria-label"), f"{page.url} has a button without words"
    for link in page.all("a"):
        assert link.text.strip() or link.get("aria-label"), f"{page.url} has a link without words"


def _references(page: Page) -> None:
    by_id = {element["id"]: element for element in page.elements if "id" in element.attributes}
    for link in page.all("a"):
        href = link.get("href")
        if not href.startswith("#") or "nhsuk-skip-link" in link.get("class"):
            continue
        target = by_id.get(href[1:])
        assert target is not None, f"{page.url}: {href} leads nowhere"
        summary = link.inside("ul")
        if summary is not None and "nhsuk-error-summary__list" in summary.get("class"):
            assert target.tag in FOCUSABLE, f"{page.url}: {href} leads to <{target.tag}>, not to an input"
    for element in page.elements:
        for name in ("aria-describedby", "aria-labelledby", "aria-controls"):
            for one in element.get(name).split():
                assert one in by_id, f"{page.url}: {name}={one!r} names nothing"


def _nothing_inline(page: Page) -> None:
    policy = page.response.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    for element in page.elements:
        assert element.tag != "style", f"{page.url} has a style element"
        assert "style" not in element.attributes, f"{page.url}: <{element.tag}> has a style"
        handlers = [name for name in element.attributes if name.startswith("on")]
        assert not handlers, f"{page.url}: <{element.tag}> has {handlers}"
        if element.tag == "script":
            nonce = element.get("nonce")
            assert nonce and f"'nonce-{nonce}'" in policy, f"{page.url} has a script without its nonce"
        address = element.get("href") or element.get("src")
        assert not address.startswith(("http:", "//", "javascript:")), f"{page.url} leads to {address}"


def _forms(page: Page) -> None:
    for form in page.all("form"):
        if form.get("method", "get") != "post":
            continue
        names = [one.get("name") for one in page.all("input") if one.inside("form") is form]
        assert "csrf_token" in names, f"{page.url}: a form without its token"


def _summary(page: Page) -> str:
    if page.response.mimetype != "text/html":
        return page.html[:500]
    page.elements = read(page.html)
    mains = page.all("main")
    return " ".join((mains[0].text if mains else page.html).split())[:800]
