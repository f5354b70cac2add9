"""The table of who may open which page, in words."""

from __future__ import annotations

import csv
from pathlib import Path

from dmas.core.actors import Role
from dmas.web import authorisation

SIDES = ("own", "other", "counterpart")


def table(path: Path, *lines: dict[str, str]) -> list[authorisation.Section]:
    """Write a table in which a cell that is not named says nothing, and read it."""
    cells = [f"{role.value}_{side}" for role in Role for side in SIDES]
    names = ["endpoint", "method", "path", "of", "anonymous", *cells, "patient_own", "patient_other"]
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, names, restval="-")
        writer.writeheader()
        writer.writerows({"endpoint": "x", "anonymous": "sign-in"} | line for line in lines)
    return authorisation.read(path)


def test_roles_are_named_by_side(tmp_path: Path) -> None:
    line = {"method": "GET", "path": "/matches/<reference>", "of": "a match", "auditor_own": "open"}
    line |= {"booking_clerk_own": "open", "booking_clerk_counterpart": "open", "booking_clerk_other": "404"}
    (section,) = table(tmp_path / "t.csv", line)
    assert section.title == "Matches and the people named"
    assert section.rows == [
        ["/matches/…", "a match", "Open", "Booking clerk, Auditor", "Booking clerk", "–"],
    ]


def test_opening_and_sending_stand_together_where_they_are_alike(tmp_path: Path) -> None:
    alike = {"path": "/offers/new", "of": "-", "capacity_manager_own": "open"}
    other = {"path": "/offers/<reference>/data", "of": "-"}
    (section,) = table(
        tmp_path / "t.csv",
        {"method": "GET"} | alike,
        {"method": "POST"} | alike,
        {"method": "GET", "auditor_own": "open"} | other,
        {"method": "POST", "auditor_own": "403"} | other,
    )
    assert [row[2:4] for row in section.rows] == [
        ["Open and send", "Capacity manager"],
        ["Open", "Auditor"],
        ["Send", "–"],
    ]


def test_everybody_and_all_staff_have_words_of_their_own(tmp_path: Path) -> None:
    staff = {f"{role.value}_own": "open" for role in Role}
    sections = table(
        tmp_path / "t.csv",
        {"method": "GET", "path": "/", "of": "-", "anonymous": "open"} | staff,
        {"method": "GET", "path": "/home", "of": "-"} | staff,
    )
    assert [section.title for section in sections] == ["First page and cases", authorisation.REST]
    assert sections[0].rows[0][3:] == [authorisation.ALL_STAFF, "–", "–"]
    assert sections[1].rows[0][3:] == [authorisation.EVERYBODY] * 3


def test_a_page_that_says_the_same_of_several_things_says_it_once(tmp_path: Path) -> None:
    line = {"method": "GET", "path": "/transfers/<reference>", "auditor_own": "open"}
    (section,) = table(
        tmp_path / "t.csv", line | {"of": "a sent transfer"}, line | {"of": "a dated transfer"}
    )
    assert section.rows == [
        ["/transfers/…", "a sent transfer; a dated transfer", "Open", "Auditor", "–", "–"]
    ]
    assert section.anchor == "transfers"
