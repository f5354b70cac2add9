"""Runs, reasons and standings in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row

from dmas.catalogue.rules import service_name
from dmas.matching.models import MatchRun
from dmas.matching.services import Standing
from dmas.matching.vocabulary import LeftOut, RunStatus
from dmas.waitinglist.vocabulary import PauseReason
from dmas.web.filters import day, miles
from dmas.web.lists import Tag

STATUS_COLOURS = {
    RunStatus.APPLIED: "green",
    RunStatus.REFUSED: "red",
    RunStatus.FAILED: "red",
    RunStatus.CLAIMED: "blue",
    RunStatus.PLANNED: "blue",
    RunStatus.CHECKED: "blue",
}

REASONS = {
    "no_feasible_offer": "No open offer fits",
    "outranked": "Every fitting place went to people who rank higher",
    "needs_information": "A clinical value is missing",
    "priority_not_matched": "This priority is not matched here",
}

RULES = {
    "service_and_setting": "same service and setting, with a place free",
    "other_provider": "at another provider",
    "not_declined": "not declined, already proposed or only for the older people of the line",
    "window": "dates that meet",
    "limits": "within the offer's clinical limits",
    "needs": "provides everything the line needs, in the area searched so far",
    "accepts_from": "accepts people from this area",
    "travel": "near enough",
}

PROVED = {
    1: "nobody was passed over for someone who ranks lower",
    2: "no plan could have filled more places",
    3: "no plan with the same people could have meant less travel",
    4: "and among those, none with fewer places outside the home region",
}

_LEFT_OUT = {one.value: one.label for one in (*LeftOut, *PauseReason)}

MISSING = {"age": "age", "asa": "ASA class", "bmi": "BMI", "sex": "sex"}


@dataclass(frozen=True, slots=True)
class Why:
    """Why a line was or was not matched, last night: one sentence, and the steps behind it."""

    number: int
    on: str
    headline: str
    sentence: str
    funnel: tuple[tuple[str, int], ...] = ()
    would_open: tuple[tuple[str, int], ...] = ()


def status(run: MatchRun) -> Tag:
    """Return a run's status as a tag."""
    state = RunStatus(run.status)
    return Tag(state.label, STATUS_COLOURS[state])


def verdict(run: MatchRun) -> str:
    """Return what the independent check proved of a night, in words."""
    proved = run.verdict.get("proved", [])
    if run.verdict.get("ok") and proved:
        return "Checked independently: " + "; ".join(PROVED[goal] for goal in proved) + "."
    if run.verdict:
        rule = run.verdict.get("fault", {}).get("rule", "unknown")
        return f"The independent check refused the plan (rule {rule}). Nothing was applied."
    return "Not checked yet."


def served_of_wanted(run: MatchRun) -> str:
    """Return how many places were found of how many wanted."""
    if "places_wanted" not in run.counts:
        return "–"
    return f"{run.counts['places_served']:,} of {run.counts['places_wanted']:,}"


def average_miles(run: MatchRun) -> str:
    """Return the mean straight-line distance of a night's places."""
    served = run.counts.get("places_served", 0)
    return miles(round(run.counts["tenths"] / served)) if served else "–"


def unmatched(run: MatchRun) -> list[tuple[str, int]]:
    """Return (reason in words, places) for a night's places not found, most first."""
    left: Mapping[str, int] = run.counts.get("unmatched", {})
    rows = ((REASONS[code], places) for code, places in left.items())
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def left_out(run: MatchRun) -> list[tuple[str, int]]:
    """Return (reason in words, patients) for those who searched and took no part that night, most first."""
    counted: Mapping[str, int] = run.counts.get("left_out", {})
    rows = ((_LEFT_OUT[code], patients) for code, patients in counted.items())
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def against(run: MatchRun, before: MatchRun | None) -> list[tuple[str, str, str, str]]:
    """Return (figure, tonight, the night before, change) for the figures people compare."""
    named = {
        "offers": "Offers with a free place",
        "lines": "Request lines looking for places",
        "places_wanted": "Places wanted",
        "places_served": "Places found",
        "outside_region": "Found outside the home region",
    }
    rows = []
    for key, words in named.items():
        tonight: int | None = run.counts.get(key)
        earlier: int | None = before.counts.get(key) if before else None
        change = "–" if tonight is None or earlier is None else f"{tonight - earlier:+,}"
        rows.append((words, _written(tonight), _written(earlier), change))
    left, left_before = run.counts.get("unmatched", {}), before.counts.get("unmatched", {}) if before else {}
    for code, words in REASONS.items():
        if code in left or code in left_before:
            tonight, earlier = left.get(code, 0), left_before.get(code, 0) if before else None
            change = "–" if earlier is None else f"{tonight - earlier:+,}"
            rows.append(
                (f"Not found: {words[0].lower()}{words[1:]}", f"{tonight:,}", _written(earlier), change)
            )
    return rows


def services(rows: Sequence[Row[str, int, int]]) -> list[tuple[str, int, int]]:
    """Return (service in words, places wanted, places found)."""
    return [(service_name(row.service), row.wanted, row.served) for row in rows]


def why(row: Row[Any]) -> Why:
    """Return a line's outcome in words."""
    on = day(row.service_date)
    if row.code is None:
        return Why(row.number, on, "Matched", _all_proposed(row.wanted))
    found = f" {row.served} of {row.wanted} places were proposed." if row.served else ""
    details: Mapping[str, Any] = row.details
    return Why(
        number=row.number,
        on=on,
        headline=REASONS[row.code],
        sentence=_sentence(row.code, details) + found,
        funnel=tuple((RULES[rule], left) for rule, left in details.get("funnel", {}).items()),
        would_open=tuple((RULES[rule], opened) for rule, opened in details.get("would_open", {}).items()),
    )


def _all_proposed(places: int) -> str:
    if places == 1:
        return "The place it was looking for was proposed."
    return f"All {places} places it was looking for were proposed."


def choices(standings: Mapping[str, Standing], today: date) -> list[tuple[str, str]]:
    """Return (line's id, words) for the lines that could go to the offer; the words say past whom."""
    return [
        (name, f"{_line(one, today)}; {_overtaking(one.overtakes)}")
        for name, one in standings.items()
        if one.refusal is None
    ]


def refused(standings: Mapping[str, Standing], today: date) -> list[tuple[str, str]]:
    """Return (line in words, why not) for the lines that could not go to the offer."""
    return [(_line(one, today), one.refusal) for one in standings.values() if one.refusal is not None]


def _line(standing: Standing, today: date) -> str:
    line = standing.line
    weeks = (today - line.waiting_since).days // 7
    return (
        f"{line.reference}, line {line.number}: {line.wanted} to find, tier {standing.tier},"
        f" waiting {weeks} weeks"
    )


def _overtaking(places: int) -> str:
    if not places:
        return "nobody who ranks better could use a place"
    return f"passes over {places:,} {'place' if places == 1 else 'places'} of people who rank better"


def _sentence(code: str, details: Mapping[str, Any]) -> str:
    if code == "outranked":
        cut_off, count = details["cut_off"], details["feasible_offers"]
        fit = "1 open offer fits" if count == 1 else f"{count} open offers fit"
        who = (
            "people who rank better or are tied with it" if details.get("tied") else "people who rank better"
        )
        return (
            f"{fit}. All places there went to {who}; the last went at tier {cut_off['priority']},"
            f" waiting since {_written_date(cut_off)}."
        )
    if code == "needs_information":
        missing = " and ".join(MISSING[value] for value in details["missing"])
        return f"Offers fit but for a value not known: {missing}. Add it and the next night can match it."
    if code == "priority_not_matched":
        return "This priority is arranged locally or postponed; the night does not match it."
    return "No open offer passes every rule. The steps show where they fell out."


def _written_date(rank: Mapping[str, Any]) -> str:
    year, month, dayof = str(rank["waiting_since"]).split("-")
    return f"{int(dayof)}/{int(month)}/{year}"


def _written(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else "–"
