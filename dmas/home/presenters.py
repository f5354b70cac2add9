"""A first page in words: tasks as links, charts as rows, and what a role without tasks is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dmas.core.actors import Role
from dmas.home.loading import Night
from dmas.home.queries import Area, National
from dmas.home.rules import Task
from dmas.matching.models import MatchRun
from dmas.matching.presenters import REASONS, served_of_wanted, verdict
from dmas.web.filters import count, day, number
from dmas.web.lists import Tag
from dmas.web.pages import Figure

# kind: (one, many, address, what it is)
_WORDS = {
    "answer": (
        "Answer 1 match",
        "Answer {n} matches",
        "/matches?status=proposed&side=receiver",
        "Places of yours are held.",
    ),
    "inform": (
        "Answer 1 question",
        "Answer {n} questions",
        "/matches?status=needs_information&side=home",
        "A receiver asks first.",
    ),
    "review": (
        "Review 1 patient's request",
        "Review {n} patients' requests",
        "/reviews",
        "Within 5 working days; what has changed by the next one.",
    ),
    "decide": (
        "Take or leave 1 accepted match",
        "Take or leave {n} accepted matches",
        "/matches?side=home&turn=home",
        "A receiver has said yes to your request.",
    ),
    "name": (
        "Name somebody for 1 place",
        "Name people for {n} places",
        "/matches?status=chosen&side=home",
        "Unnamed places go back after 3 working days.",
    ),
    "ask": (
        "Ask 1 person",
        "Ask {n} people",
        "/matches?status=chosen&side=home",
        "Named, and not yet asked.",
    ),
    "send": (
        "Send 1 data set",
        "Send {n} data sets",
        "/transfers?status=preparing&side=home",
        "People who said yes.",
    ),
    "confirm": (
        "Confirm 1 transfer",
        "Confirm {n} transfers",
        "/transfers?status=sent&side=receiver",
        "The data set has arrived.",
    ),
    "date": (
        "Give 1 person a date",
        "Give {n} people a date",
        "/transfers?status=confirmed&side=receiver",
        "Confirmed, and without a date.",
    ),
    "treat": (
        "Record 1 treatment",
        "Record {n} treatments",
        "/transfers?status=dated&side=receiver",
        "Their date has come.",
    ),
    "critical": (
        "1 critical finding is not acknowledged",
        "{n} critical findings are not acknowledged",
        "/transfers?waits=critical",
        "Told by telephone. The home trust acknowledges it today.",
    ),
    "unread": (
        "1 report is unread for over 5 working days",
        "{n} reports are unread for over 5 working days",
        "/transfers?waits=unread",
        "A breach of both sides: the home trust has a clinician read it.",
    ),
    "read": (
        "Have 1 report read",
        "Have {n} reports read",
        "/transfers?status=reported&side=home",
        "Five working days from its arrival.",
    ),
    "name_reader": (
        "Say who reads 1 report",
        "Say who reads {n} reports",
        "/transfers?status=booked&side=home",
        "Before that the test is not done.",
    ),
    "report": (
        "Send 1 report",
        "Send {n} reports",
        "/transfers?status=done",
        "Within the working days that were promised.",
    ),
    "test": (
        "Record 1 test",
        "Record {n} tests",
        "/transfers?status=booked&side=receiver",
        "Their date has come.",
    ),
    "book": (
        "Give 1 person a date for a test",
        "Give {n} people dates for their tests",
        "/transfers?status=booked&side=receiver",
        "Two working days from their yes.",
    ),
    "still_true_tests": (
        "Say that 1 offer of tests is still true",
        "Say that {n} offers of tests are still true",
        "/diagnostics/offers?fresh=no",
        "Unconfirmed for 14 days. After 28 days an offer expires.",
    ),
    "returned_tests": (
        "Change 1 returned request for tests",
        "Change {n} returned requests for tests",
        "/diagnostics/requests?status=returned",
        "Your ICB sent it back with a reason.",
    ),
    "call": (
        "Phone 1 patient about their options",
        "Phone {n} patients about their options",
        "/calls",
        "Nobody’s options lapse in silence: each is phoned once before.",
    ),
    "re_register": (
        "Put 1 person back on your list",
        "Put {n} people back on your list",
        "/transfers?status=returned&side=home",
        "Returned to you: the original clock runs on.",
    ),
    "tell": (
        "Tell 1 person another way",
        "Tell {n} people another way",
        "/letters/to-tell",
        "No message may go to them, or there is no address.",
    ),
    "letters": (
        "Print 1 letter",
        "Print {n} letters",
        "/letters?state=to_print",
        "To your own patients, ready for window envelopes.",
    ),
    "still_true": (
        "Say that 1 offer is still true",
        "Say that {n} offers are still true",
        "/offers?fresh=no",
        "Unconfirmed for 14 days. After 28 days an offer expires.",
    ),
    "returned_offers": (
        "Change 1 returned offer",
        "Change {n} returned offers",
        "/offers?status=draft",
        "Your ICB sent it back with a reason.",
    ),
    "returned_requests": (
        "Change 1 returned request",
        "Change {n} returned requests",
        "/requests?status=returned",
        "Your ICB sent it back with a reason.",
    ),
    "approve": (
        "Decide about 1 offer or request",
        "Decide about {n} offers and requests",
        "/approvals",
        "Two working days, then the region can decide too.",
    ),
}

# What a role that has no tasks here is told.
NO_TASKS = {
    Role.NATIONAL_ADMINISTRATOR: "Nothing here waits for you. Look across England, or at last night’s run.",
    Role.SAFETY_OFFICER: "Nothing here waits for you. You can open any offer and pause it.",
    Role.AUDITOR: "You read the history of your organisation’s cases. Enter a reference to open one.",
    Role.HELPLINE_AGENT: "Nobody is to be phoned now. When a patient calls you, begin with who they are.",
}
_DONE = "Nothing waits for you. New matches come after each night."
_OF_AN_AREA = (("All offers of your area", "/offers"), ("All requests of your area", "/requests"))
_STARTS = {
    Role.CAPACITY_MANAGER: (("Post an offer", "/offers/new"), ("Ask for help", "/requests/new")),
    Role.INDEPENDENT_MANAGER: (("Post an offer", "/offers/new"),),
    Role.ICB_COORDINATOR: _OF_AN_AREA,
    Role.REGIONAL_COORDINATOR: _OF_AN_AREA,
    Role.NATIONAL_ADMINISTRATOR: (("Last nights", "/runs"), ("All offers", "/offers")),
    Role.SAFETY_OFFICER: (("All offers", "/offers"), ("Last nights", "/runs")),
    Role.AUDITOR: (("Last nights", "/runs"),),
    Role.CLINICAL_REVIEWER: (("Matches", "/matches"),),
    Role.BOOKING_CLERK: (("Transfers", "/transfers"),),
}


@dataclass(frozen=True, slots=True)
class TaskItem:
    """One task as a line of the list."""

    text: str
    href: str
    hint: str
    tag: Tag | None


def tasks(found: Sequence[Task]) -> list[TaskItem]:
    """Return each task in words, with how many are due."""
    return [_item(task) for task in found]


def no_tasks(role: Role | None) -> str:
    """Return what somebody without tasks is told."""
    return NO_TASKS.get(role, _DONE) if role else _DONE


def starts(role: Role | None) -> tuple[tuple[str, str], ...]:
    """Return where somebody may begin something of their own, as (words, address)."""
    return _STARTS.get(role, ()) if role else ()


def area_figures(area: Area) -> list[Figure]:
    """Return what is open in somebody's area."""
    return [
        Figure(number(area.open_offers), "Open offers", "Matched every night"),
        Figure(number(area.places_free), "Places free", "Neither held nor taken"),
        Figure(number(area.places_held), "Places held", "Proposed, and not yet taken by a person"),
        Figure(number(area.open_requests), "Open requests", f"For {count(area.places_asked, 'place')}"),
    ]


def night_rows(night: Night, free: int) -> list[tuple[str, int]]:
    """Return the last night as (words, places): what was found, what was not and why, or what was drawn."""
    if night.found:
        rows = [("Found", sum(served for _, _, served in night.found))]
        rows += [
            (REASONS.get(code, code), wanted - served)
            for code, wanted, served in night.found
            if code is not None and wanted > served
        ]
        return rows
    if night.drawn is not None and night.drawn + free:
        return [("Proposed to trusts", night.drawn), ("Still free now", free)]
    return []


def national_figures(now: National) -> list[Figure]:
    """Return England's figures for the first page."""
    night = f"Places, in the night of {day(now.last_night)}" if now.last_night else "No night has run yet"
    return [
        Figure(number(now.open_offers), "Open offers", "Hospitals with room for others’ patients"),
        Figure(number(now.places_free), "Places free", "Of open offers, neither held nor taken"),
        Figure(number(now.places_wanted), "Places wanted", "Of open requests, still to find"),
        Figure(number(now.found_last_night), "Matched last night", night),
    ]


def certificate(run: MatchRun | None) -> str | None:
    """Return what was found in the last night and what its check proved."""
    if run is None:
        return None
    return f"Night of {day(run.service_date)}: {served_of_wanted(run)} places found. {verdict(run)}"


def _item(task: Task) -> TaskItem:
    one, many, href, hint = _WORDS[task.kind]
    text = one if task.number == 1 else many.format(n=f"{task.number:,}")
    tag = None
    if task.due:
        tag = Tag("Due" if task.number == 1 else f"{task.due:,} due", "red")
    return TaskItem(text, href, hint, tag)
