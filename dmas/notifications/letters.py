"""Letters as PDF: for a window envelope, in plain large letters, safety beside the news on the first page.

Set in DejaVu, which has the letters of every name; it is copied out of its package at set-up.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import cast

from fpdf import FPDF, XPos, YPos

from dmas.core.errors import Misconfigured
from dmas.notifications.commands import Sheet
from dmas.notifications.vocabulary import LetterFormat

FONTS = Path(__file__).parent / "built"
FAMILY = "DejaVu"
FACES = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}

# Millimetres on A4: the address stands where a DL window envelope shows it.
MARGIN, WINDOW_TOP, WINDOW_BOTTOM, WINDOW_WIDTH = 22, 47, 84, 85
BODY_POINTS = {LetterFormat.STANDARD: 12.0, LetterFormat.LARGE_PRINT: 18.0, LetterFormat.OTHER: 18.0}
MILLIMETRES_A_POINT = 0.3528
LINE = 1.38  # lines this many times as far apart as the letters are high
GREY = 90


class _Page(FPDF):
    """A4 with the margins of a letter, and a foot that names no person."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(format="A4")
        self.points = BODY_POINTS[sheet.format]
        self.sender = sheet.home_name
        self.set_margins(MARGIN, 18, MARGIN)
        self.set_auto_page_break(True, margin=22)
        for style, data in _faces().items():
            self.add_font(FAMILY, style, data)
        self.set_lang("en-GB")
        self.set_title("Letter")
        self.set_author(sheet.home_name)
        self.set_creation_date(datetime.combine(sheet.written_on, time(), UTC))
        self.set_display_mode("default")

    def footer(self) -> None:
        """Write whose letter it is and which page."""
        self.set_y(-15)
        self.set_font(FAMILY, "", 9)
        self.set_text_color(GREY)
        self.cell(0, 5, f"{self.sender}, page {self.page_no()} of {{nb}}")
        self.set_text_color(0)

    def say(self, text: str, *, bold: bool = False, size: float = 1.0, after: float = 0.6) -> None:
        """Write a paragraph over the whole width; `size` and `after` in body letters."""
        points = self.points * size
        self.set_font(FAMILY, "B" if bold else "", points)
        self.multi_cell(
            0, points * MILLIMETRES_A_POINT * LINE, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )
        self.ln(self.points * MILLIMETRES_A_POINT * after)

    def head(self, text: str) -> None:
        """Write a heading, on the next page where nothing below it would fit on this one."""
        if self.will_page_break(self.points * MILLIMETRES_A_POINT * LINE * 3.5):
            self.add_page()
        self.say(text, bold=True, size=1.1, after=0.3)


def set_letter(sheet: Sheet) -> bytes:
    """Return a letter as PDF; the same sheet gives the same bytes."""
    page = _Page(sheet)
    page.add_page()
    _head(page, sheet)
    page.say(f"Dear {sheet.name}")
    page.say(sheet.heading, bold=True, size=1.25)
    first, *rest = sheet.paragraphs
    page.say(first)
    _safety(page, sheet)
    for paragraph in rest:
        if paragraph == sheet.code:
            _code(page, paragraph)
        else:
            page.say(paragraph)
    page.head("Your page")
    page.say(sheet.link)
    page.head("Help")
    for line in sheet.help:
        page.say(line)
    return bytes(page.output())


def _head(page: _Page, sheet: Sheet) -> None:
    """Write the sender at the top right and the address in the envelope's window."""
    page.set_font(FAMILY, "B", 12)
    page.multi_cell(0, 6, sheet.home_name, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.set_font(FAMILY, "", 11)
    if sheet.home_phone:
        page.cell(0, 6, f"Telephone {sheet.home_phone}", align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    written = f"{sheet.written_on.day} {sheet.written_on:%B %Y}"
    page.cell(0, 6, written, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.set_xy(MARGIN, WINDOW_TOP)
    page.set_font(FAMILY, "", 11)
    page.multi_cell(
        WINDOW_WIDTH, 5, "\n".join((sheet.name, *sheet.postal_lines)), align="L", new_x=XPos.LMARGIN
    )
    page.set_y(max(page.get_y() + 6, WINDOW_BOTTOM + 6))


def _safety(page: _Page, sheet: Sheet) -> None:
    """Write what to do when somebody gets worse, in a box that no page break cuts."""
    points = page.points
    line = points * MILLIMETRES_A_POINT * LINE
    padding, width = 4.0, page.epw - 8.0
    page.set_font(FAMILY, "", points)
    heading, gap = line * 1.3, line * 0.3
    high = 2 * padding + heading + (len(sheet.safety) - 1) * gap
    high += sum(
        cast(float, page.multi_cell(width, line, one, dry_run=True, output="HEIGHT")) for one in sheet.safety
    )
    if page.will_page_break(high):
        page.add_page()
    top = page.get_y()
    page.set_line_width(0.7)
    page.rect(page.l_margin, top, page.epw, high)
    page.set_xy(page.l_margin + padding, top + padding)
    page.set_font(FAMILY, "B", points)
    page.cell(width, line, "Your safety")
    page.set_xy(page.l_margin + padding, top + padding + heading)
    page.set_font(FAMILY, "", points)
    for one in sheet.safety:
        page.set_x(page.l_margin + padding)
        page.multi_cell(width, line, one, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        page.ln(gap)
    page.set_y(top + high + line * 0.6)


def _code(page: _Page, code: str) -> None:
    """Write a code so large and far apart that it can be read out and copied without a mistake."""
    page.set_font(FAMILY, "B", max(20.0, page.points))
    page.set_line_width(0.4)
    page.set_char_spacing(1.5)
    page.cell(page.epw, 16, code, border=1, align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.set_char_spacing(0)
    page.ln(page.points * MILLIMETRES_A_POINT * 0.8)


@cache
def _faces() -> dict[str, Path]:
    """Return the font files by style; raise Misconfigured where set-up has not brought them."""
    faces = {style: FONTS / name for style, name in FACES.items()}
    if not all(face.exists() for face in faces.values()):
        raise Misconfigured("The letters' fonts are missing: run `make setup`.")
    return faces
