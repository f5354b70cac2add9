"""Somebody at a browser of their own: they read words and press what they see, as people do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.looking import DESK, PHONE, SIZES, Troubles, barriers, misfits

PROJECT = Path(__file__).resolve().parents[2]
SCREENSHOTS = PROJECT / "var" / "screenshots"
SOON = 20_000
expect.set_options(timeout=SOON)


class Person:
    """One person at one browser, on a desk or a phone, with or without scripts."""

    def __init__(
        self, browser: Browser, address: str, journey: str, *, device: str = DESK, scripts: bool = True
    ) -> None:
        self.address, self.journey, self.device, self.scripts = address, journey, device, scripts
        width, height = SIZES[device]
        self.context = browser.new_context(
            base_url=address,
            viewport={"width": width, "height": height},
            has_touch=device == PHONE,
            java_script_enabled=scripts,
            locale="en-GB",
            timezone_id="Europe/London",
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(SOON)
        self.page: Page = self.context.new_page()
        self.troubles = Troubles(self.page)

    # Going somewhere

    def opens(self, path: str) -> Person:
        """Type an address."""
        self.page.goto(path)
        return self

    def follows(self, words: str) -> Person:
        """Follow a link by its words."""
        link = self.page.get_by_role("link", name=words)
        with self.page.expect_navigation():
            link.or_(self.page.get_by_role("button", name=words)).first.click()
        return self

    def presses(self, words: str) -> Person:
        """Press a button by its words, or a link that looks like one."""
        with self.page.expect_navigation():
            self.page.get_by_role("main").get_by_role("button", name=words, exact=True).first.click()
        return self

    def signs_in(self, email: str, password: str) -> Person:
        """Sign in by the page for it."""
        self.opens("/sign-in")
        self.page.get_by_label("Email address").fill(email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("button", name="Sign out")).to_be_visible()
        return self

    # Filling in

    def enters(self, label: str, text: object, *, within: Locator | None = None) -> Person:
        """Type into an input by its label."""
        (within or self.page.get_by_role("main")).get_by_label(label, exact=True).fill(str(text))
        return self

    def selects(self, label: str, choice: str, *, within: Locator | None = None) -> Person:
        """Choose from a drop-down list."""
        field = (within or self.page.get_by_role("main")).get_by_label(label, exact=True)
        field.select_option(label=choice)
        return self

    def ticks(self, question: str, answer: str) -> Person:
        """Choose one answer of a question, by radio button or tick box."""
        self.group(question).get_by_label(answer, exact=True).check()
        return self

    def ticks_alone(self, label: str) -> Person:
        """Tick a box that stands alone."""
        self.page.get_by_role("main").get_by_label(label, exact=True).check()
        return self

    def dates(self, question: str, day: date) -> Person:
        """Type a date in its three parts."""
        group = self.group(question)
        for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            group.get_by_label(part, exact=True).fill(str(value))
        return self

    def unfolds(self, summary: str) -> Person:
        """Open a part of the page that is folded away."""
        self.page.locator("summary", has_text=summary).click()
        return self

    def group(self, question: str) -> Locator:
        """Return the answers that belong to a question."""
        return self.page.get_by_role("group", name=question)

    # Reading

    @property
    def path(self) -> str:
        """Return where they are."""
        return self.page.url.removeprefix(self.address)

    def reads(self, *texts: str) -> Person:
        """Find each text on the page."""
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text)
        return self

    def does_not_read(self, *texts: str) -> Person:
        """Find none of the texts on the page."""
        for text in texts:
            expect(self.page.locator("body")).not_to_contain_text(text)
        return self

    def row(self, text: str) -> Locator:
        """Return the row of a table or of a list of facts that holds a text."""
        return self.page.locator("tr, .nhsuk-summary-list__row").filter(has_text=text).first

    def looks(self, step: str, *, closely: bool = False) -> Person:
        """Look at the page at both widths, keep a picture of each, and find nothing wrong.

        Accessibility is tried at their own device's width, or `closely` at both.
        """
        wrong: list[str] = []
        for device, (width, height) in SIZES.items():
            self.page.set_viewport_size({"width": width, "height": height})
            wrong += [f"{device}: {fault}" for fault in misfits(self.page)]
            if self.scripts and (closely or device == self.device):
                wrong += [f"{device}: {fault}" for fault in barriers(self.page)]
            self._keep(step, device)
        width, height = SIZES[self.device]
        self.page.set_viewport_size({"width": width, "height": height})
        wrong += self.troubles.found
        assert not wrong, f"{self.path} ({self.journey}/{step}):\n" + "\n".join(wrong)
        return self

    def _keep(self, step: str, device: str) -> None:
        folder = SCREENSHOTS / self.journey
        folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=folder / f"{step}-{device}.jpeg", type="jpeg", quality=75, full_page=True)

    def leaves(self) -> None:
        """Close the browser; nothing may have gone wrong unseen."""
        self.context.close()
        assert not self.troubles.found, self.troubles.found
