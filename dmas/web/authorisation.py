"""The published table of who may open which page, put into words for people who read it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dmas.core.actors import Role

OPEN, NOBODY, ANONYMOUS, PATIENT = "open", "–", "anonymous", "patient_own"
HEAD = ["Page", "About", "To", "Its own side", "The other side", "Anybody else"]
EVERYBODY, ALL_STAFF = "Everybody", "All staff who are signed in"
VERBS = {("GET",): "Open", ("POST",): "Send", ("GET", "POST"): "Open and send"}
# First part of an address -> the heading its pages stand under, in the order of the page.
SECTIONS = {
    "offers": "Offers of capacity",
    "find-capacity": "Offers of capacity",
    "requests": "Requests for help",
    "transfer": "A patient's own request",
    "on-behalf": "A patient's own request",
    "reviews": "A patient's own request",
    "transfer-requests": "A patient's own request",
    "waiting-list": "Waiting lists",
    "letters": "Letters to patients",
    "diagnostics": "Tests",
    "approvals": "Approvals",
    "matches": "Matches and the people named",
    "transfers": "Transfers",
    "runs": "Nights",
    "home": "First page and cases",
    "cases": "First page and cases",
    "staff": "People and their roles",
    "account": "One's own account",
}
REST = "Pages for everybody, and signing in"
SECTION_ORDER = [*dict.fromkeys(SECTIONS.values()), REST]

Line = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Section:
    """One heading with its rows, each as long as HEAD."""

    title: str
    rows: list[list[str]]

    @property
    def anchor(self) -> str:
        """Return the name its heading is linked by."""
        return re.sub("[^a-z]+", "-", self.title.lower())


def read(path: Path) -> list[Section]:
    """Read the table, one row for each page and thing it is about, under headings."""
    with path.open(encoding="utf-8", newline="") as opened:
        lines = list(csv.DictReader(opened))
    rows: dict[str, list[list[str]]] = {title: [] for title in SECTION_ORDER}
    for page, *said in _together(_row(alike) for alike in _alike(lines)):
        rows[SECTIONS.get(page.split("/")[1], REST)].append([page, *said])
    return [Section(title, found) for title, found in rows.items() if found]


def _alike(lines: Sequence[Line]) -> list[list[Line]]:
    """Put together what a page says to opening and to sending, where that is the same."""
    groups: dict[tuple[str, ...], list[Line]] = {}
    for line in lines:
        said = [value for name, value in line.items() if name not in ("endpoint", "method")]
        groups.setdefault(tuple(said), []).append(line)
    return list(groups.values())


def _together(rows: Iterable[list[str]]) -> list[list[str]]:
    """Put together the things a page is about where it says the same about each."""
    abouts: dict[tuple[str, ...], list[str]] = {}
    for page, about, *said in rows:
        abouts.setdefault((page, *said), []).append(about)
    return [[page, "; ".join(found), *said] for (page, *said), found in abouts.items()]


def _row(alike: Sequence[Line]) -> list[str]:
    line = alike[0]
    verb = VERBS[tuple(sorted(one["method"] for one in alike))]
    page = re.sub("<.+?>", "…", line["path"])
    about = "" if line["of"] == "-" else line["of"]
    return [page, about, verb, *_who(line)]


def _who(line: Line) -> list[str]:
    if line[ANONYMOUS] == OPEN:
        return [EVERYBODY] * 3
    own, *rest = [_roles(line, side) for side in ("own", "counterpart", "other")]
    return [_words(own, line[PATIENT] == OPEN), *(_words(roles) for roles in rest)]


def _roles(line: Line, side: str) -> list[Role]:
    return [role for role in Role if line[f"{role.value}_{side}"] == OPEN]


def _words(roles: Sequence[Role], patient: bool = False) -> str:
    if len(roles) == len(Role):
        return ALL_STAFF
    said = [role.label for role in roles] + (["The patient"] if patient else [])
    return ", ".join(said) or NOBODY
