"""Opens the demo's page, signs in as one of its people, and prints the heading of their first page.

It knows nothing of dmas and needs no package: `python3 visitor.py PORT PERSONA`.
"""

from __future__ import annotations

import re
import sys
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener


def main(port: str, persona: str) -> None:
    """Walk from the page of personas to the first page."""
    base = f"http://localhost:{port}"
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    page = browser.open(f"{base}/demo", timeout=60).read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token, "the page of personas has no form"
    style = re.search(r'<link[^>]+href="([^"]+\.css[^"]*)"', page)
    assert style, "the page names no style sheet"
    assert len(browser.open(base + style[1], timeout=60).read()) > 10_000, "the style sheet is empty"
    form = urlencode({"csrf_token": token[1], "persona": persona}).encode()
    answer = browser.open(f"{base}/demo/sign-in", form, timeout=60)
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", answer.read().decode(), re.S)
    assert answer.url == f"{base}/home", answer.url
    assert heading, "the first page has no heading"
    print(" ".join(re.sub(r"<[^>]+>", " ", heading[1]).split()))


if __name__ == "__main__":
    main(*sys.argv[1:])
