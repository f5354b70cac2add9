"""The checks of pages find what they are for."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse
from werkzeug.wrappers import Request

from tests.page_checks import check
from tests.reading import Page, read

GOOD = (
    '<!DOCTYPE html><html lang="en"><head><title>Offers – dmas</title></head><body><main>'
    '<h1>Offers</h1><form method="post"><input type="hidden" name="csrf_token">'
    '<label for="a">Name</label><input id="a" name="a"><button>Go</button></form>{more}</main></body></html>'
)
POLICY = "default-src 'none'; script-src 'nonce-abc'"


def page(html: str, policy: str = POLICY) -> Page:
    """Return a page of some HTML as if it had been opened."""
    request = Request(
        {"wsgi.url_scheme": "http", "SERVER_NAME": "x", "SERVER_PORT": "80", "REQUEST_METHOD": "GET"}
    )
    headers = [("Content-Type", "text/html"), ("Content-Security-Policy", policy)]
    response = TestResponse([html.encode()], "200 OK", Headers(headers), request)
    return Page("/x", response, read(html))


def test_a_good_page_passes() -> None:
    check(page(GOOD.format(more='<script nonce="abc">1</script>')))


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("<h1>Again</h1>", "has 2 h1"),
        ('<p id="a">x</p>', "ids twice"),
        ('<p id="">x</p>', "an empty id"),
        ('<input name="b">', "no label for 'b'"),
        ('<select name="b"></select>', "no label for 'b'"),
        ('<a href="/x"></a>', "a link without words"),
        ("<button></button>", "a button without words"),
        ('<a href="#gone">x</a>', "#gone leads nowhere"),
        ('<p aria-describedby="gone">x</p>', "names nothing"),
        ('<p style="color:red">x</p>', "has a style"),
        ("<style>p{}</style>", "a style element"),
        ('<p onclick="x()">x</p>', "has ['onclick']"),
        ("<script>1</script>", "without a nonce"),
        ('<script nonce="old">1</script>', "a nonce the policy does not know"),
        ('<a href="javascript:x">x</a>', "leads to javascript:x"),
        ('<form method="post"></form>', "a form without its token"),
        (
            '<label for="r1">R</label><input type="radio" name="r" id="r1">'
            '<label for="r2">S</label><input type="radio" name="r" id="r2">',
            "'r' has no fieldset",
        ),
        (
            '<ul class="nhsuk-error-summary__list"><li><a href="#d">x</a></li></ul><div id="d"></div>',
            "no 'Error: ' in the title",
        ),
    ],
)
def test_a_fault_is_found(more: str, fault: str) -> None:
    with pytest.raises(AssertionError) as found:
        check(page(GOOD.format(more=more)))
    assert fault in str(found.value)


def test_an_error_must_lead_to_an_input() -> None:
    html = GOOD.format(
        more='<ul class="nhsuk-error-summary__list"><li><a href="#d">x</a></li></ul><div id="d"></div>'
    ).replace("Offers –", "Error: Offers –")
    with pytest.raises(AssertionError, match="leads to <div>, not to an input"):
        check(page(html))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<title>Offers – dmas</title>", "", "has no title"),
        ("<title>Offers – dmas</title>", "<title> – dmas</title>", "says nothing about the page"),
        ("<title>Offers – dmas</title>", "<title>Offers</title>", "does not name the site"),
        ("<h1>Offers</h1>", "<h1> </h1>", "an empty h1"),
        (' lang="en"', "", "does not say its language"),
    ],
)
def test_the_frame_of_a_page_is_checked(old: str, new: str, fault: str) -> None:
    with pytest.raises(AssertionError) as found:
        check(page(GOOD.format(more="").replace(old, new)))
    assert fault in str(found.value)


@pytest.mark.parametrize("html", ["<p><b>x</p>", "<p>x", "</p>", '<p id="a" id="b">x</p>'])
def test_broken_html_is_found(html: str) -> None:
    with pytest.raises(AssertionError):
        read(html)
