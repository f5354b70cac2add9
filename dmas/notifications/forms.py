"""The buttons of the outbox and of the post, and what came of telling somebody another way."""

from __future__ import annotations

from dmas.notifications.vocabulary import ContactOutcome
from dmas.web.forms import ChoiceField, DmasForm, HiddenField, LongTextField, TextField


class ResendForm(DmasForm):
    """Send a message again; there is nothing to fill in."""


class PrintedForm(DmasForm):
    """One letter is printed and posted; there is nothing to fill in."""


class AllPrintedForm(DmasForm):
    """All letters written up to a moment are printed and posted: those of the file, and no later one."""

    until = HiddenField("Up to", required="Open the list of letters again: it has changed.")


class ToldForm(DmasForm):
    """What came of telling somebody another way."""

    outcome = ChoiceField("How did it go?", choices=ContactOutcome, required="Say how it went.")


class WordingForm(DmasForm):
    """What the trust's patients read on everything."""

    phone = TextField(
        "Telephone number for patients who wait",
        hint="It stands on every message, letter and page. Somebody must answer it on working days.",
        required="Enter the number that patients call.",
        max=40,
        width=20,
    )
    worse = LongTextField(
        "What to do when they get worse",
        hint="One or two sentences in plain words. 111 and 999 are always added.",
        required="Say what your patients do when they get worse.",
        max=300,
        rows=3,
    )
