"""What somebody writes to rows of others changes nothing: the walls choose the rows, not the statement."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from dmas.core.actors import Actor, Role
from tests.authorisation.expecting import EVERYBODY, RULES, Row, Truth, key_of, rows_of
from tests.authorisation.sandbox import Sandbox
from tests.authorisation.world import SYSTEM, World


@pytest.fixture(scope="module")
def truth(sandbox: Sandbox, world: World) -> Truth:
    """Every row there is."""
    with sandbox.unit_of_work(SYSTEM) as session:
        return Truth.read(session)


# A change of each table that no constraint minds, without a WHERE: only the walls choose the rows.
CHANGES = {
    "offer": "notes = 'changed'",
    "care_request": "notes = 'changed'",
    "request_line": "weeks_to = weeks_to + 1",
    "proposal": "answer_note = 'changed'",
    "named_person": "phone = '0'",
    "transfer": "due_on = due_on + 1",
    "transfer_data_set": "values = '{}'",
    "transfer_message": "text = 'changed'",
    "match_run": "owner = 'changed'",
    "match_run_file": "problem = ''",
    "outcome": "wanted = wanted + 1",
    "membership": "granted_by = 'changed'",
    "staff": "name = 'changed'",
    "sign_in": "ended_at = now()",
    "one_time_link": "used_at = now()",
    "sign_in_attempt": "failures = 9",
    "form_key": "outcome = '/changed'",
    "audit_event": "reason = 'changed'",
    "outbox_message": "template = 'changed'",
    "letter": "template = 'changed'",
    "contact_task": "template = 'changed'",
    "patient_wording": "worse = 'changed'",
    "diagnostic_offer_detail": "unit_name = 'changed'",
    "diagnostic_request_detail": "critical_contact = 'changed'",
    "transfer_test": "reader = 'changed'",
    "upload": "kind = 'changed'",
    "upload_progress": "step = 'changed'",
    "patient": "mobile = '0'",
    "pathway": "priority_code = 'P3'",
    "clock_change": "clock_is = clock_is + 1",
    "extract": "rows = rows + 1",
    "dated_rule": "reason = 'changed'",
    "invitation": "invited_by = 'changed'",
    "patient_visit": "ended_at = now()",
    "choice_request": "due_on = due_on + 1",
    "transfer_request": "last_step = 'changed'",
    "transfer_answers": "values = '{}'",
    "transfer_review": "question = 'changed'",
}


def test_a_change_of_every_table_is_tried() -> None:
    assert set(CHANGES) == set(RULES)


@EVERYBODY
def test_writing_to_other_peoples_rows_changes_nothing(
    role: Role | None, place: str, sandbox: Sandbox, world: World, truth: Truth
) -> None:
    actor = world.actor(role, place)
    for table, change in CHANGES.items():
        changed = _changed(sandbox, actor, table, f"UPDATE {table} SET {change}")
        assert changed <= truth.changeable(actor, table), table


@EVERYBODY
def test_nobody_takes_rows_away(
    role: Role | None, place: str, sandbox: Sandbox, world: World, truth: Truth
) -> None:
    actor = world.actor(role, place)
    for table in sorted(set(RULES) - {"request_line"}):
        assert _changed(sandbox, actor, table, f"DELETE FROM {table}") == set(), table
    gone = _changed(sandbox, actor, "request_line", "DELETE FROM request_line")
    assert gone <= truth.changeable(actor, "request_line")


def _changed(sandbox: Sandbox, actor: Actor, table: str, statement: str) -> set[str]:
    """Run a statement as somebody, see which rows it changed or took, and undo it."""
    with sandbox.undone():
        with sandbox.unit_of_work(SYSTEM) as session:
            before = _marks(session, table)
        with suppress(ProgrammingError), sandbox.unit_of_work(actor) as session:  # no right to, says a wall
            session.execute(text(statement))
        with sandbox.unit_of_work(SYSTEM) as session:
            after = _marks(session, table)
    return {key for key in before if before[key] != after.get(key)}


def _marks(session: Session, table: str) -> dict[str, str]:
    return {
        key_of(table, row): json.dumps(row, default=repr, sort_keys=True) for row in rows_of(session, table)
    }


def test_an_open_offer_of_others_keeps_its_places(sandbox: Sandbox, world: World) -> None:
    reference = world.things["an open offer"].trusts["reference"]
    actor = world.actor(Role.CAPACITY_MANAGER, "C")
    for change in ("places = places + 1", "status = 'withdrawn', version = version + 1", "max_asa = 1"):
        with sandbox.undone():
            statement = f"UPDATE offer SET {change} WHERE reference = '{reference}'"
            with (
                pytest.raises(ProgrammingError, match="it is not yours"),
                sandbox.unit_of_work(actor) as session,
            ):
                session.execute(text(statement))


@pytest.mark.parametrize(
    "table",
    ["offer", "care_request", "request_line", "proposal", "named_person", "transfer", "transfer_data_set",
     "transfer_message", "membership", "sign_in", "one_time_link", "outcome", "match_run", "upload",
     "pathway", "extract", "dated_rule", "invitation", "choice_request", "transfer_request",
     "transfer_answers", "transfer_review"],
)  # fmt: skip
def test_nobody_adds_rows_in_anothers_name(table: str, sandbox: Sandbox, world: World, truth: Truth) -> None:
    actor = world.actor(Role.CAPACITY_MANAGER, "C")
    own = truth.changeable(actor, table)
    foreign = next(row for row in truth.rows[table] if key_of(table, row) not in own)
    with (
        sandbox.undone(),
        pytest.raises(ProgrammingError, match="violates row-level security"),
        sandbox.unit_of_work(actor) as session,
    ):
        session.execute(
            text(f'INSERT INTO "{table}" SELECT * FROM json_populate_record(NULL::"{table}", :row)'),
            {"row": json.dumps(_as_json(foreign))},
        )


def _as_json(row: Row) -> dict[str, Any]:
    plain = (str, int, float, bool, list, dict, type(None))
    return {name: value if isinstance(value, plain) else str(value) for name, value in row.items()}
