"""What every page must pass wherever it is looked at: its width, its headings, axe, a quiet console."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT as AXE
from playwright.sync_api import ConsoleMessage, Page, Response

DESK, PHONE = "desktop", "phone"
SIZES = {DESK: (1280, 900), PHONE: (360, 740)}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]

# What the browser itself says about the status of a page; the statuses are judged on their own.
_ABOUT_STATUS = "Failed to load resource"


class Troubles:
    """What went wrong in a page without being seen: script errors, refused files, faults of the server."""

    def __init__(self, page: Page) -> None:
        self.found: list[str] = []
        page.on("pageerror", lambda error: self.found.append(f"script error: {error}"))
        page.on("console", self._console)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_ABOUT_STATUS):
            self.found.append(f"console: {message.text}")

    def _response(self, response: Response) -> None:
        is_page = response.request.is_navigation_request()
        if response.status >= 500 or (response.status >= 400 and not is_page):
            self.found.append(f"{response.status} for {response.url}")


def misfits(page: Page) -> list[str]:
    """List what is too wide for the page as it is shown now, and headings missing or too many."""
    wide: list[str] = page.evaluate(
        """() => {
            const root = document.documentElement;
            if (root.scrollWidth <= root.clientWidth) return [];
            return [...document.querySelectorAll("body *")]
                .filter(one => one.getBoundingClientRect().right > root.clientWidth + 1)
                .slice(0, 5)
                .map(one => `${one.tagName.toLowerCase()}.${one.className} is too wide: `
                    + (one.textContent || "").trim().slice(0, 60));
        }"""
    )
    headings = page.locator("h1").count()
    return wide + ([] if headings == 1 else [f"{headings} headings of the first level"])


def barriers(page: Page) -> list[str]:
    """List what axe finds that WCAG 2.2 AA does not allow."""
    options: dict[str, Any] = {
        "runOnly": {"type": "tag", "values": RULES},
        "resultTypes": ["violations"],
    }
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("options => axe.run(options)", options)
    return [
        f"{one['id']}: {one['help']}: {node['html'][:200]} {node.get('failureSummary', '')}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
