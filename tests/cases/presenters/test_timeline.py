"""The audit trail as sentences."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dmas
from dmas.cases.presenters import timeline as words
from dmas.cases.presenters.timeline import timeline
from dmas.core.actors import Role
from dmas.core.audit import AuditEvent
from dmas.core.db import Base

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NAMES = {"R1": "Example Hospitals"}
OF_CASES = ("offer", "request", "proposal", "person", "transfer")


def event(action: str, *, minute: int = 0, **values: Any) -> AuditEvent:
    defaults: dict[str, Any] = {
        "at": NOON.replace(minute=minute),
        "actor_id": "ada",
        "actor_name": "Ada Marsh",
        "role": Role.CAPACITY_MANAGER,
        "organisation_code": "R1",
        "reference": "RQ-7K3M9QT",
        "reason": None,
        "details": {},
    }
    return AuditEvent(action=action, **defaults | values)


def told(*events: AuditEvent) -> list[tuple[str, str, str]]:
    shown = timeline(events, NAMES, about="RQ-7K3M9QT")
    return [(one.what, one.who, one.detail) for one in shown.latest]


def test_every_action_of_a_case_has_words() -> None:
    source = "\n".join(path.read_text() for path in Path(dmas.__file__).parent.rglob("*.py"))
    written = set(re.findall(rf'"((?:{"|".join(OF_CASES)})\.[a-z_]+)"', source))
    written |= {
        f"transfer.{done}" for done in re.findall(r'_record\(\s*session,\s*transfer,\s*"(\w+)"', source)
    }
    columns = {f"{table.name}.{one.name}" for table in Base.metadata.tables.values() for one in table.columns}
    assert {"transfer.sent", "proposal.made_by_night", "offer.withdrawn"} <= written
    assert written - columns - set(words.WORDS) - set(words.LOOKS) == set()


def test_who_did_it_is_named_with_role_and_organisation() -> None:
    assert told(event("request.posted")) == [
        ("Help asked for", "Ada Marsh, capacity manager, Example Hospitals", "")
    ]
    (icb,) = told(event("request.approved", role=Role.ICB_COORDINATOR, organisation_code="Q9"))
    assert icb[1] == "Ada Marsh, ICB coordinator, Q9"
    (night,) = told(event("proposal.made_by_night", role=None, organisation_code=None))
    assert night[1] == "the exchange itself"


def test_another_records_event_says_which() -> None:
    assert (
        told(event("proposal.chosen", reference="PR-7K3M9QT"))[0][0]
        == "Home trust took the places (PR-7K3M9QT)"
    )


def test_reasons_and_numbers_are_written_in_words() -> None:
    lines = [{"places": 2}, {"places": 6}]
    details = [
        event("request.posted", minute=9, details={"lines": lines}),
        event("proposal.declined", minute=8, reason="case_mix", details={"released": 1}),
        event("proposal.lapsed", minute=7, reason="no_answer"),
        event("offer.suspended", minute=6, reason="brand_new", details={"note": "A pipe burst."}),
        event("transfer.dated", minute=5, details={"first_date": "2026-12-03"}),
        event("offer.amended", minute=4, details={"changed": {"window_to": [1, 2], "places": [2, 3]}}),
        event("transfer.data_set_saved", minute=3, details={"changed": ["title", "address"]}),
        event("proposal.made", minute=2, reason="short_notice", details={"places": 1, "overtakes": 2}),
    ]
    assert [detail for _, _, detail in told(*reversed(details))] == [
        "8 places in 2 lines",
        "Case mix too complex for the list. 1 place went back",
        "Nobody answered in time",
        "Brand new. “A pipe burst.”",
        "3 December 2026",
        "Changed: last date, places",
        "2 answers filled in or changed",
        "Places too soon for the next night. 1 place. Passed over 2 better-ranked places",
    ]


def test_what_one_person_did_in_one_step_is_one_entry() -> None:
    step = [
        event("person.said_yes", reference=None),
        event("proposal.place_taken"),
        event("transfer.opened", reference="TR-7K3M9QT"),
    ]
    assert [what for what, _, _ in told(*step)] == [
        "A person said yes. One place taken. Transfer begun (TR-7K3M9QT)"
    ]
    assert len(told(event("proposal.made"), event("proposal.made"))) == 2
    assert len(told(event("proposal.made"), event("proposal.chosen", actor_id="bo"))) == 2


def test_a_long_story_shows_its_newest_part_first() -> None:
    shown = timeline([event("offer.confirmed", minute=one) for one in range(20)], NAMES, about="")
    assert (len(shown.latest), len(shown.earlier)) == (8, 12)
    assert shown.latest[0].at.minute == 19
    assert shown.earlier[-1].at.minute == 0


def test_looks_are_counted_apart() -> None:
    looked = [event("person.seen", minute=one) for one in range(3)]
    other = event("transfer.data_set_downloaded", actor_id="bo", actor_name="Bo Day")
    shown = timeline([*looked, other, event("proposal.due_moved")], NAMES, about="")
    assert shown.latest == []
    assert sorted(shown.looks) == [
        ("20 November 2026", "Ada Marsh, capacity manager, Example Hospitals", "Looked at who is named", 3),
        ("20 November 2026", "Bo Day, capacity manager, Example Hospitals", "Downloaded the data set", 1),
    ]


def test_an_action_without_words_is_still_readable() -> None:
    assert told(event("offer.moved_house"))[0][0] == "offer: moved house"
