"""Opens the demo's page, signs in as one of its people, and prints the heading of their first page.

It knows nothing of dmas and needs no package: `python3 visitor.py PORT PERSONA [BASE [TIMES]]`.
"""

from __future__ import annotations

import re
import ssl
import sys
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPSHandler, Request, build_opener


def main(port: str, persona: str, base: str = "", times: str = "1") -> None:
    """Walk from the page of personas to the first page, and open that so many times."""
    base = base or f"http://localhost:{port}"
    anybody = HTTPSHandler(context=ssl._create_unverified_context())  # a certificate of this minute's making
    browser = build_opener(HTTPCookieProcessor(CookieJar()), anybody)
    page = browser.open(f"{base}/demo", timeout=60).read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token, "the page of personas has no form"
    style = re.search(r'<link[^>]+href="([^"]+\.css[^"]*)"', page)
    assert style, "the page names no style sheet"
    assert len(browser.open(base + style[1], timeout=60).read()) > 10_000, "the style sheet is empty"
    form = urlencode({"csrf_token": token[1], "persona": persona}).encode()
    sent = Request(f"{base}/demo/sign-in", form, {"Referer": f"{base}/demo"})
    answer = browser.open(sent, timeout=60)
    for _ in range(int(times) - 1):
        answer.read()
        answer = browser.open(f"{base}/home", timeout=60)
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", answer.read().decode(), re.S)
    assert answer.url == f"{base}/home", answer.url
    assert heading, "the first page has no heading"
    print(" ".join(re.sub(r"<[^>]+>", " ", heading[1]).split()))


if __name__ == "__main__":
    main(*sys.argv[1:])
