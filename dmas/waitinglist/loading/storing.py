"""A staged extract against the lists we hold: what it would change, and then the change, set by set.

Every statement runs once however long the list is. They are put together from the names of this file, and
what a list says is only ever bound to them.
"""

# ruff: noqa: S608

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from dmas.uploads.commands import Faults
from dmas.waitinglist.rules.columns import DIED

PEOPLE = (
    "given_name", "family_name", "date_of_birth", "sex", "address", "postcode", "mobile", "email",
    "contact_preference", "interpreter_language", "communication_needs", "safe_contact", "practice_code",
    "icb_code", "died_on",
)  # fmt: skip
WAITS = (
    "local_patient_id", "site_code", "commissioner_code", "service", "list_type", "clock_start", "rtt_status",
    "decision_to_admit_on", "admission_on", "outpatient_on", "last_attended_on", "referral_source",
    "referring_organisation", "is_cancer", "intended_management", "procedure_code", "priority_code",
    "priority_reviewed_on", "asa", "asa_on", "bmi", "bmi_on", "ubrn", "unavailable_from", "unavailable_to",
    "validated_on", "ended_on", "ended_reason", "raw",
)  # fmt: skip

# What stands in the row for columns that are made of several, or that a blank must not empty.
_PERSON = {
    "address": "coalesce(s.address, '')",
    "communication_needs": "coalesce(s.communication_needs, '')",
    "safe_contact": "coalesce(s.safe_contact, 'any')",
    "icb_code": "s.patient_icb",
    "died_on": f"CASE WHEN s.rtt_status = '{DIED}' THEN coalesce(s.died_on, s.clock_end) ELSE s.died_on END",
}
_WAIT = {
    "is_cancer": "coalesce(s.on_cancer_list, false) OR coalesce(s.priority_type, '') = '3'",
    "ended_on": "s.clock_end",
    "ended_reason": "CASE WHEN s.clock_end IS NOT NULL THEN s.rtt_status END",
}
# A limit on contact that another hospital set stands until that hospital lifts it; so does a death.
_KEPT = {
    "safe_contact": (
        "CASE WHEN g.safe_contact = 'any' AND EXISTS (SELECT 1 FROM pathway o WHERE o.patient_id = p.id"
        " AND o.provider_code <> :provider AND o.ended_on IS NULL) THEN p.safe_contact"
        " ELSE g.safe_contact END"
    ),
    "died_on": "coalesce(g.died_on, p.died_on)",
    "icb_code": "coalesce(g.icb_code, p.icb_code, :icb)",
}
# Columns that are made of others, and so are written whether or not a column of their name is in the file.
_MADE = frozenset({"safe_contact", "died_on", "icb_code", "is_cancer", "ended_on", "ended_reason", "raw"})
_OURS = "w.provider_code = :provider AND w.pathway_id = s.pathway_id"


@dataclass(frozen=True, slots=True)
class Moved:
    """Waits whose people may have a request under way: by what changed for them."""

    ended: tuple[uuid.UUID, ...]
    dated: tuple[uuid.UUID, ...]
    died: tuple[uuid.UUID, ...]
    raised: tuple[uuid.UUID, ...]


def refuse_shared_numbers(
    session: Session, provider: str, clashing: Collection[str], faults: Faults, refused_ids: set[str]
) -> None:
    """Take out the rows of numbers that two people have: within the file, or in the file and with us."""
    in_file = "That NHS number stands with two dates of birth in this file. Find out whose it is."
    _take_out(
        session, "nhs_number = ANY(:numbers)", {"numbers": list(clashing)}, in_file, faults, refused_ids
    )
    with_us = (
        "EXISTS (SELECT 1 FROM patient p WHERE p.nhs_number = s.nhs_number"
        " AND p.date_of_birth <> s.date_of_birth AND (lower(p.family_name) <> lower(s.family_name)"
        " OR EXISTS (SELECT 1 FROM pathway o WHERE o.patient_id = p.id AND o.provider_code <> :provider)))"
    )
    known = "Somebody with that NHS number has another date of birth. Check it with the person's GP."
    _take_out(session, with_us, {"provider": provider}, known, faults, refused_ids)


def prepare(session: Session) -> None:
    """Let the planner know what was staged, and that whole lists are joined: never row by row."""
    session.execute(text("ANALYZE staged_wait (pathway_id, nhs_number)"))
    for name, value in (("enable_nestloop", "off"), ("jit", "off"), ("work_mem", "'64MB'")):
        session.execute(text(f"SET LOCAL {name} = {value}"))


def compare(
    session: Session, provider: str, present: Collection[str], refused_ids: Collection[str]
) -> dict[str, Any]:
    """Count what applying would do: new, changed, unchanged, ended, dates, clocks, and who is absent."""
    _meet(session, provider, present)
    row = session.execute(
        text(
            "SELECT count(*) FILTER (WHERE wait_id IS NULL AND NOT stopped) AS new,"
            " count(*) FILTER (WHERE differs) AS changed,"
            " count(*) FILTER (WHERE wait_id IS NULL AND stopped) AS ended_unknown,"
            " count(*) FILTER (WHERE ended) AS ended,"
            " count(*) FILTER (WHERE clock_was IS NOT NULL) AS clocks,"
            " count(*) FILTER (WHERE prioritised) AS priorities, count(*) AS accepted FROM met_wait"
        )
    ).one()
    counts: dict[str, Any] = {name: int(value) for name, value in row._mapping.items()}
    counts["unchanged"] = counts["accepted"] - counts["new"] - counts["changed"] - counts["ended_unknown"]
    return counts | _absences(session, provider, refused_ids)


def _meet(session: Session, provider: str, present: Collection[str]) -> None:
    """Set every staged row beside the wait we hold, once: what follows asks only what came of it.

    Nobody but this provider's list changes its waits, so it holds until this transaction ends.
    """
    differs = " OR ".join(f"w.{name} IS DISTINCT FROM ({_wait(name)})" for name in _told(WAITS, present))
    known = "w.id IS NOT NULL"
    columns = {
        "line": ("integer", "s.line"),
        "wait_id": ("uuid", "w.id"),
        "stopped": ("boolean", "s.clock_end IS NOT NULL"),
        "differs": ("boolean", f"{known} AND ({differs})"),
        "touched": ("boolean", f"{known} AND (w.absent_weeks > 0 OR w.patient_id IS DISTINCT FROM p.id)"),
        "ended": ("boolean", f"{known} AND w.ended_on IS NULL AND s.clock_end IS NOT NULL"),
        "died": ("boolean", f"{known} AND w.ended_on IS NULL AND ({_PERSON['died_on']}) IS NOT NULL"),
        "dated": (
            "boolean",
            f"{known} AND (w.admission_on IS DISTINCT FROM s.admission_on"
            " OR w.outpatient_on IS DISTINCT FROM s.outpatient_on)",
        ),
        "prioritised": ("boolean", f"{known} AND w.priority_code IS DISTINCT FROM s.priority_code"),
        "clock_was": ("date", "CASE WHEN w.clock_start <> s.clock_start THEN w.clock_start END"),
    }
    kinds = ", ".join(f"{name} {kind}" for name, (kind, _) in columns.items())
    session.execute(text("DROP TABLE IF EXISTS met_wait, absent_wait"))
    session.execute(text(f"CREATE TEMPORARY TABLE met_wait ({kinds}) ON COMMIT DROP"))
    session.execute(
        text(
            f"INSERT INTO met_wait SELECT {', '.join(value for _, value in columns.values())}"
            f" FROM staged_wait s LEFT JOIN pathway w ON {_OURS}"
            " LEFT JOIN patient p ON p.nhs_number = s.nhs_number"
        ),
        {"provider": provider},
    )
    session.execute(text("ANALYZE met_wait"))


def _absences(session: Session, provider: str, refused_ids: Collection[str]) -> dict[str, Any]:
    """Count the open waits that are not in the file, for the first time and again, and name the first."""
    session.execute(text("CREATE TEMPORARY TABLE absent_wait (id uuid) ON COMMIT DROP"))
    rows = session.execute(
        text(
            "WITH absent AS (INSERT INTO absent_wait SELECT w.id FROM pathway w"
            " WHERE w.provider_code = :provider AND w.ended_on IS NULL AND w.pathway_id <> ALL(:refused)"
            " AND NOT EXISTS (SELECT 1 FROM met_wait m WHERE m.wait_id = w.id) RETURNING id)"
            " SELECT w.id, w.absent_weeks FROM pathway w JOIN absent a ON a.id = w.id"
            " ORDER BY w.absent_weeks DESC, w.clock_start, w.id"
        ),
        {"provider": provider, "refused": list(refused_ids)},
    ).all()
    again = sum(1 for row in rows if row.absent_weeks > 0)
    return {
        "absent": len(rows) - again,
        "absent_again": again,
        "absent_ids": [str(row.id) for row in rows[:50]],
    }


def store_people(session: Session, provider: str, icb: str | None, present: Collection[str]) -> None:
    """Write the people of the file: new ones, and those whose details differ."""
    given = ", ".join(f"{_person(name)} AS {name}" for name in PEOPLE)
    names = ", ".join(PEOPLE)
    bound = {"provider": provider, "icb": icb}
    told = f"(SELECT s.nhs_number, {given} FROM staged_wait s WHERE s.leads) g"
    after = {name: _KEPT.get(name, f"g.{name}") for name in _told(PEOPLE, present)}
    new = [f"coalesce(g.{name}, :icb)" if name == "icb_code" else f"g.{name}" for name in PEOPLE]
    changed = " OR ".join(f"p.{name} IS DISTINCT FROM ({value})" for name, value in after.items())
    setting = ", ".join(f"{name} = {value}" for name, value in after.items())
    session.execute(
        text(
            f"UPDATE patient p SET version = p.version + 1, {setting} FROM {told}"
            f" WHERE p.nhs_number = g.nhs_number AND ({changed})"
        ),
        bound,
    )
    session.execute(
        text(
            f"INSERT INTO patient (id, version, nhs_number, {names})"
            f" SELECT gen_random_uuid(), 1, g.nhs_number, {', '.join(new)}"
            f" FROM {told} WHERE NOT EXISTS (SELECT 1 FROM patient p WHERE p.nhs_number = g.nhs_number)"
            " ON CONFLICT (nhs_number) DO NOTHING"
        ),
        bound,
    )


def note_moves(session: Session, provider: str, extract_id: uuid.UUID) -> Moved:
    """Write every clock that moved, and return the waits that changed in a way that matters elsewhere."""
    session.execute(
        text(
            "INSERT INTO clock_change (id, pathway_id, extract_id, provider_code, clock_was, clock_is)"
            " SELECT gen_random_uuid(), m.wait_id, :extract, :provider, m.clock_was, s.clock_start"
            " FROM met_wait m JOIN staged_wait s ON s.line = m.line WHERE m.clock_was IS NOT NULL"
        ),
        {"provider": provider, "extract": extract_id},
    )
    raised = "clock_was IS NOT NULL OR prioritised"
    found = (
        tuple(session.scalars(text(f"SELECT wait_id FROM met_wait WHERE {condition} ORDER BY wait_id")))
        for condition in ("ended", "dated", "died", raised)
    )
    return Moved(*found)


def store_waits(
    session: Session,
    provider: str,
    area: tuple[str | None, str | None],
    week: date,
    present: Collection[str],
) -> None:
    """Write the waits of the file: those that were there, and new ones; a removal nobody knew of is none.

    `area` is the provider's ICB and region; columns that are not in the file stay as they were.
    """
    bound: Mapping[str, Any] = {"provider": provider, "icb": area[0], "region": area[1], "week": week}
    setting = ", ".join(f"{name} = {_wait(name)}" for name in _told(WAITS, present))
    session.execute(
        text(
            f"UPDATE pathway w SET version = w.version + 1, patient_id = p.id, told_on = :week,"
            f" absent_weeks = 0, icb_code = :icb, region_code = :region, {setting}"
            " FROM met_wait m JOIN staged_wait s ON s.line = m.line"
            " JOIN patient p ON p.nhs_number = s.nhs_number"
            " WHERE w.id = m.wait_id AND w.provider_code = :provider AND (m.differs OR m.touched)"
        ),
        bound,
    )
    session.execute(
        text(
            "INSERT INTO pathway (id, version, provider_code, patient_id, pathway_id, icb_code, region_code,"
            f" told_on, absent_weeks, {', '.join(WAITS)})"
            f" SELECT gen_random_uuid(), 1, :provider, p.id, s.pathway_id, :icb, :region, :week, 0,"
            f" {', '.join(_wait(name) for name in WAITS)}"
            " FROM met_wait m JOIN staged_wait s ON s.line = m.line"
            " JOIN patient p ON p.nhs_number = s.nhs_number WHERE m.wait_id IS NULL AND NOT m.stopped"
        ),
        bound,
    )


def count_absences(session: Session, before: date | None) -> None:
    """Count one more week of absence for every open wait that is not in the file. Nothing ends.

    `before` is the week of the list before this one, the last that had those who are absent first now.
    """
    session.execute(
        text(
            "UPDATE pathway w SET version = w.version + 1, absent_weeks = w.absent_weeks + 1, told_on ="
            " CASE WHEN w.absent_weeks = 0 THEN greatest(w.told_on, CAST(:before AS date)) ELSE w.told_on END"
            " FROM absent_wait a WHERE w.id = a.id"
        ),
        {"before": before},
    )


def _take_out(
    session: Session,
    condition: str,
    bound: Mapping[str, Any],
    message: str,
    faults: Faults,
    refused_ids: set[str],
) -> None:
    removed = session.execute(
        text(f"DELETE FROM staged_wait s WHERE {condition} RETURNING s.line, s.pathway_id"), bound
    ).all()
    for line, pathway_id in sorted(tuple(row) for row in removed):
        faults.add(line, "The NHS number", message)
        refused_ids.add(pathway_id)


def _told(names: Sequence[str], present: Collection[str]) -> list[str]:
    """Return the columns that the file says something about."""
    return [name for name in names if name in _MADE or name in present]


def _person(name: str) -> str:
    return _PERSON.get(name, f"s.{name}")


def _wait(name: str) -> str:
    return _WAIT.get(name, f"s.{name}")
