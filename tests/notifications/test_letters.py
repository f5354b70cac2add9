"""Letters as PDF: the right words on A4, any name, the same bytes each time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fpdf import FPDF

from dmas.core.errors import Misconfigured
from dmas.notifications import letters
from dmas.notifications.commands import Sheet
from dmas.notifications.vocabulary import LetterFormat

SHEET = Sheet(
    home_code="RX1",
    home_name="Exampleton University Hospitals",
    home_phone="01632 960123",
    name="Robin Wołkowyska-Ní Dhomhnaill",
    postal_lines=("1 Example Street", "Exampleton", "ZZ99 3VZ"),
    format=LetterFormat.STANDARD,
    written_on=date(2026, 11, 21),
    heading="You can ask about being treated sooner",
    paragraphs=("You have waited.", "You need this code:", "7K3M-9QTC-DFGH", "Keep it to yourself."),
    code="7K3M-9QTC-DFGH",
    link="https://dmas.example/transfer",
    safety=("Exampleton University Hospitals is responsible for your care today.", "Call 111 or 999."),
    help=("Call us.",),
)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Everything a letter says, in its order."""
    said: list[str] = []
    within: list[str] = []  # fpdf calls itself, and measures by writing nothing

    def note(method: str) -> None:
        before = getattr(FPDF, method)

        def noted(self: FPDF, w: float, h: float, text: str = "", *rest: object, **more: object) -> object:
            if ", page " in text or not (within or more.get("dry_run")):
                said.append(text)
            within.append(method)
            try:
                return before(self, w, h, text, *rest, **more)
            finally:
                within.pop()

        monkeypatch.setattr(FPDF, method, noted)

    note("cell")
    note("multi_cell")
    return said


def test_a_letter_says_everything_once_with_safety_beside_the_news(written: list[str]) -> None:
    letters.set_letter(SHEET)
    said = [text for text in written if "page " not in text]
    assert said == [
        "Exampleton University Hospitals",
        "Telephone 01632 960123",
        "21 November 2026",
        "Robin Wołkowyska-Ní Dhomhnaill\n1 Example Street\nExampleton\nZZ99 3VZ",
        "Dear Robin Wołkowyska-Ní Dhomhnaill",
        "You can ask about being treated sooner",
        "You have waited.",
        "Your safety",
        *SHEET.safety,
        "You need this code:",
        "7K3M-9QTC-DFGH",
        "Keep it to yourself.",
        "Your page",
        "https://dmas.example/transfer",
        "Help",
        "Call us.",
    ]


def test_the_same_letter_has_the_same_bytes_and_no_name_in_its_properties() -> None:
    pdf = letters.set_letter(SHEET)
    assert pdf == letters.set_letter(SHEET)
    assert pdf.startswith(b"%PDF-")
    assert b"Robin" not in pdf
    assert b"/Lang (en-GB)" in pdf


def test_a_trust_without_a_number_leaves_its_line_out(written: list[str]) -> None:
    letters.set_letter(replace(SHEET, home_phone=""))
    assert not [text for text in written if text.startswith("Telephone")]


@pytest.mark.parametrize("form", LetterFormat)
def test_large_print_is_large_and_a_long_letter_breaks_between_parts(
    form: LetterFormat, written: list[str]
) -> None:
    long = replace(SHEET, format=form, paragraphs=("One.",) * 40, safety=("Two lines of words. " * 12,) * 4)
    letters.set_letter(long)
    pages = len([text for text in written if "page " in text])
    assert pages == (3 if form is LetterFormat.STANDARD else 4)


@pytest.mark.parametrize("paragraphs", range(16, 28, 2))
def test_no_page_ends_in_a_heading_and_none_cuts_the_box(paragraphs: int, written: list[str]) -> None:
    long = ("Long words here. " * 4 * paragraphs, *("One.",) * paragraphs)
    letters.set_letter(replace(SHEET, paragraphs=long))
    before = [written[number - 1] for number, text in enumerate(written) if ", page " in text]
    assert not {"Your page", "Help", "Your safety", SHEET.safety[0]} & set(before)


def test_without_its_fonts_no_letter_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(letters, "FONTS", tmp_path)
    letters._faces.cache_clear()
    with pytest.raises(Misconfigured, match="make setup"):
        letters.set_letter(SHEET)
    letters._faces.cache_clear()
