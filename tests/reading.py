"""Reading a page as a browser would: elements, forms as they would be sent, tables, errors."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from werkzeug.test import TestResponse

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "path", "circle", "rect"}
APART = {"br", "dd", "dt", "td", "th", "li", "p", "div", "option", "h2"}


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
        if tag in APART:
            self.handle_data(" ")
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
            ticks = kind in {"checkbox", "radio"}
            ticked = not ticks or "checked" in one.attributes
            if one.tag == "input" and name and ticked and kind not in {"file", "submit"}:
                answers.setdefault(name, []).append(one.get("value", "on" if ticks else ""))
            elif one.tag == "textarea":
                answers.setdefault(name, []).append(one.text.removeprefix("\n"))
            elif one.tag == "option" and "selected" in one.attributes:
                around = one.inside("select")
                assert around is not None
                answers.setdefault(around["name"], []).append(one.get("value", one.text))
        return answers


def read(html: str) -> list[Element]:
    """Return every element of a page; fail where tags do not close each other."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open, f"<{reader.open[-1].tag}> is never closed"
    return reader.elements
