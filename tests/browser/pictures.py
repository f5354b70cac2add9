"""The pictures of the documents, made from the demo on a fixed morning: `make pictures`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from sqlalchemy.engine import make_url

from dmas.core.db import migrate
from dmas.core.embedded import database_server
from tests.browser import chromium
from tests.browser.conftest import ARGUMENTS
from tests.browser.demo import demo_served

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
DESK, PHONE = (1200, 1360), (390, 1180)
SMALLER = 0.75  # a picture shows more of its page than it could at full size
HEAVIEST = 200_000

Way = Callable[[Page], object]


def first_row(page: Page) -> None:
    """Open the first case of a list."""
    page.locator("tbody tr a").first.click()
    page.wait_for_load_state()


def fullest_row(page: Page) -> None:
    """Open the case of a list that has a match, so that there is something to see."""
    for link in [row.get_attribute("href") for row in page.locator("tbody tr td:first-child a").all()]:
        page.goto(str(link))
        if page.get_by_role("heading", name="Matches").or_(page.get_by_text("held, ")).count():
            return


# file: who looks, at which size, from which page, and the way on from there
PICTURES: dict[str, tuple[str, tuple[int, int], str, Way]] = {
    "home": ("home-manager", DESK, "/home", lambda page: None),
    "match": ("receiving-manager", DESK, "/matches?status=proposed&side=receiver", first_row),
    "offer": ("receiving-manager", DESK, "/offers", fullest_row),
    "request": ("home-manager", DESK, "/requests?sort=-places", fullest_row),
    "run-phone": ("icb-coordinator", PHONE, "/runs", first_row),
    "options-phone": ("patient-choosing", PHONE, "/transfer/options", lambda page: None),
}


def take(browser: Browser, address: str, name: str) -> None:
    """Take one picture as a visitor of the demo sees the page."""
    persona, (width, height), path, way = PICTURES[name]
    size: ViewportSize = {"width": width, "height": height}
    page = browser.new_page(base_url=address, viewport=size, device_scale_factor=SMALLER)
    page.goto("/demo")
    page.locator(f"form:has(input[value='{persona}']) button").click()
    page.goto(path)
    way(page)
    file = IMAGES / f"{name}.png"
    page.screenshot(path=file)
    page.close()
    weight = file.stat().st_size
    print(f"{file.relative_to(IMAGES.parents[1])}: {weight // 1000} KB")
    assert weight < HEAVIEST, "too heavy for a page that people read on a phone"


def main() -> None:
    """Load the demo into a database of its own, serve it and take every picture."""
    path = chromium.ensure()
    with (
        tempfile.TemporaryDirectory(prefix="dmas-pictures-") as var,
        database_server({"DMAS_VAR": var}) as url,
    ):
        migrate(url)
        with demo_served(make_url(url)) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            for name in PICTURES:
                take(browser, address, name)
            browser.close()


if __name__ == "__main__":
    main()
