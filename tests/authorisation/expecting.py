"""Who may read and who may change which row, said a second time in Python, apart from the database's walls.

Each table has two rules of an actor and one of its rows; rows are plain mappings of all columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from dmas import models
from dmas.core.actors import Actor, Reach, Role
from dmas.core.db import Base

assert models  # every room's tables are in the metadata

Row = Mapping[str, Any]
Rule = Callable[["Truth", Actor, Row], bool]
KEYS = {table.name: [column.name for column in table.primary_key] for table in Base.metadata.sorted_tables}

# A role at a place; no role is a patient who waits there.
SEERS: list[tuple[Role | None, str]] = [
    (Role.CAPACITY_MANAGER, "A"),
    (Role.CAPACITY_MANAGER, "B"),
    (Role.CAPACITY_MANAGER, "C"),
    (Role.INDEPENDENT_MANAGER, "I"),
    (Role.INDEPENDENT_MANAGER, "J"),
    (Role.ICB_COORDINATOR, "icb A"),
    (Role.ICB_COORDINATOR, "icb B"),
    (Role.ICB_COORDINATOR, "icb C"),
    (Role.REGIONAL_COORDINATOR, "region A"),
    (Role.REGIONAL_COORDINATOR, "region C"),
    (Role.NATIONAL_ADMINISTRATOR, "nation"),
    (Role.HELPLINE_AGENT, "nation"),
    (None, "A"),
    (None, "C"),
]


def _named(one: Role | str | None) -> str:
    if one is None:
        return "patient"
    return one.value if isinstance(one, Role) else one.replace(" ", "-")


EVERYBODY = pytest.mark.parametrize(("role", "place"), SEERS, ids=_named)


@dataclass
class Truth:
    """Every row of every table, read past the walls."""

    rows: dict[str, list[Row]] = field(default_factory=dict)

    @classmethod
    def read(cls, session: Session) -> Truth:
        """Read every table as whoever the session is."""
        return cls({name: rows_of(session, name) for name in KEYS})

    def one(self, table: str, row_id: Any) -> Row:
        """Return a row by its id."""
        return next(row for row in self.rows[table] if row["id"] == row_id)

    def readable(self, actor: Actor, table: str) -> set[str]:
        """Return the keys of the rows somebody may read."""
        return {key_of(table, row) for row in self.rows[table] if RULES[table][0](self, actor, row)}

    def changeable(self, actor: Actor, table: str) -> set[str]:
        """Return the keys of the rows somebody may change."""
        return {key_of(table, row) for row in self.rows[table] if RULES[table][1](self, actor, row)}


def rows_of(session: Session, table: str) -> list[Row]:
    """Return every row of a table that the session shows."""
    return [dict(row) for row in session.execute(text(f"SELECT * FROM {table}")).mappings()]


def key_of(table: str, row: Row) -> str:
    """Return a row's key as text."""
    return "/".join(str(row[name]) for name in KEYS[table])


def _covers(actor: Actor, provider: str, icb: str | None, region: str) -> bool:
    here = actor.organisation
    return {
        Reach.NATION: True,
        Reach.REGION: region == here,
        Reach.ICB: icb == here,
        Reach.ORGANISATION: provider == here,
        Reach.NOTHING: False,
        Reach.PATIENT: False,
    }[actor.reach]


def _own(_: Truth, actor: Actor, row: Row) -> bool:
    return _covers(actor, row["provider_code"], row["icb_code"], row["region_code"])


def _side(_: Truth, actor: Actor, row: Row) -> bool:
    home = _covers(actor, row["home_code"], row["home_icb"], row["home_region"])
    return home or _covers(actor, row["receiver_code"], row["receiver_icb"], row["receiver_region"])


def _provider_of(_: Truth, actor: Actor, row: Row) -> bool:
    here = actor.organisation
    return actor.reach is Reach.ORGANISATION and here in (row["home_code"], row["receiver_code"])


def _matched(column: str) -> Rule:
    def rule(truth: Truth, actor: Actor, row: Row) -> bool:
        matches = [one for one in truth.rows["proposal"] if one[column] == row["id"]]
        return any(_side(truth, actor, one) for one in matches)

    return rule


def _of(table: str, column: str, rule: Rule) -> Rule:
    """Judge a row by the row it belongs to."""
    return lambda truth, actor, row: rule(truth, actor, truth.one(table, row[column]))


def _any(*rules: Rule) -> Rule:
    return lambda truth, actor, row: any(rule(truth, actor, row) for rule in rules)


def _open(_: Truth, actor: Actor, row: Row) -> bool:
    return row["status"] == "open" and actor.reach is not Reach.NOTHING


def _home_person(_: Truth, actor: Actor, row: Row) -> bool:
    return actor.reach is Reach.ORGANISATION and actor.organisation == row["home_code"]


def _agreed(_: Truth, actor: Actor, row: Row) -> bool:
    receives = actor.reach is Reach.ORGANISATION and actor.organisation == row["receiver_code"]
    return receives and row["consent"] == "yes"


def _nation(_: Truth, actor: Actor, __: Row) -> bool:
    return actor.reach is Reach.NATION


def _signed_in(_: Truth, actor: Actor, __: Row) -> bool:
    return actor.reach is not Reach.NOTHING


def _nobody(_: Truth, __: Actor, ___: Row) -> bool:
    return False


def _here(_: Truth, actor: Actor, row: Row) -> bool:
    return actor.organisation is not None and row["organisation_code"] == actor.organisation


def _oneself(column: str) -> Rule:
    return lambda truth, actor, row: str(row[column]) == actor.id


def _colleague(column: str) -> Rule:
    def rule(truth: Truth, actor: Actor, row: Row) -> bool:
        held = [one for one in truth.rows["membership"] if one["staff_id"] == row[column]]
        return any(_here(truth, actor, one) for one in held)

    return rule


def _party(_: Truth, actor: Actor, row: Row) -> bool:
    return actor.organisation is not None and actor.organisation in row["parties"]


def _oneself_waits(column: str) -> Rule:
    """A patient's own row."""
    return lambda truth, actor, row: actor.is_patient and actor == Actor.patient(row[column])


def _patients_request(column: str) -> Rule:
    """What stands for a patient's own request."""

    def rule(truth: Truth, actor: Actor, row: Row) -> bool:
        asked = [one for one in truth.rows["transfer_request"] if one["care_request_id"] == row[column]]
        return any(_oneself_waits("patient_id")(truth, actor, one) for one in asked)

    return rule


def _list_of(column: str) -> Rule:
    """A provider's own row."""
    return lambda truth, actor, row: actor.reach is Reach.ORGANISATION and row[column] == actor.organisation


def _waits_here(truth: Truth, actor: Actor, row: Row) -> bool:
    return any(
        one["patient_id"] == row["id"] and _list_of("provider_code")(truth, actor, one)
        for one in truth.rows["pathway"]
    )


def _asked(_: Truth, actor: Actor, row: Row) -> bool:
    at_home = _covers(actor, row["home_code"], row["home_icb"], row["home_region"])
    return at_home or _covers(actor, "", row["patient_icb"], row["patient_region"])


def _patients_icb(icb: str, region: str) -> Rule:
    return lambda truth, actor, row: (
        actor.reach in (Reach.ICB, Reach.REGION) and actor.organisation in (row[icb], row[region])
    )


def _account(column: str) -> Rule:
    return _any(_nation, _oneself(column), _colleague(column))


_OWN_REQUEST = _of("care_request", "request_id", _own)
_PROVIDER_OF_TRANSFER = _of("transfer", "transfer_id", _provider_of)
_SEES_OFFER = _any(_own, _open, _matched("offer_id"))
_SEES_REQUEST = _any(_own, _matched("request_id"), _patients_request("id"))
_SEES_TRANSFER = _any(_side, _patients_request("request_id"))
_FORM = _oneself("actor_id")
_ITS_LIST = _list_of("provider_code")
_ITS_WAIT = _oneself_waits("patient_id")

# table: (who may read a row, who may change one)
RULES: dict[str, tuple[Rule, Rule]] = {
    "offer": (_SEES_OFFER, _own),
    "care_request": (_SEES_REQUEST, _own),
    "request_line": (
        _any(_OWN_REQUEST, _matched("line_id"), _patients_request("request_id")),
        _OWN_REQUEST,
    ),
    "proposal": (_any(_side, _patients_request("request_id")), _provider_of),
    "named_person": (_any(_home_person, _agreed), _home_person),
    "transfer": (_SEES_TRANSFER, _provider_of),
    "transfer_data_set": (_PROVIDER_OF_TRANSFER, _PROVIDER_OF_TRANSFER),
    "transfer_message": (_PROVIDER_OF_TRANSFER, _nobody),
    "match_run": (_signed_in, _nobody),
    "match_run_file": (_nation, _nobody),
    "outcome": (_OWN_REQUEST, _nobody),
    "membership": (_any(_nation, _here, _oneself("staff_id")), _any(_nation, _here)),
    "staff": (_account("id"), _account("id")),
    "sign_in": (_account("staff_id"), _account("staff_id")),
    "one_time_link": (_any(_nation, _colleague("staff_id")), _any(_nation, _colleague("staff_id"))),
    "sign_in_attempt": (_nobody, _nobody),
    "form_key": (_FORM, _FORM),
    "audit_event": (_any(_nation, _party, _here), _nobody),
    "outbox_message": (_nation, _nation),
    "letter": (_here, _here),
    "contact_task": (_here, _here),
    "patient_wording": (lambda truth, actor, row: True, _here),
    "diagnostic_offer_detail": (_of("offer", "offer_id", _SEES_OFFER), _of("offer", "offer_id", _own)),
    "diagnostic_request_detail": (_of("care_request", "request_id", _SEES_REQUEST), _OWN_REQUEST),
    "transfer_test": (_of("transfer", "transfer_id", _SEES_TRANSFER), _PROVIDER_OF_TRANSFER),
    "upload": (_list_of("organisation_code"), _list_of("organisation_code")),
    "upload_progress": (
        _of("upload", "upload_id", _list_of("organisation_code")),
        _of("upload", "upload_id", _list_of("organisation_code")),
    ),
    "patient": (_any(_waits_here, _oneself_waits("id")), _waits_here),
    "pathway": (_any(_ITS_LIST, _ITS_WAIT), _ITS_LIST),
    "clock_change": (_ITS_LIST, _nobody),
    "extract": (_any(_nation, _ITS_LIST), _ITS_LIST),
    "dated_rule": (lambda truth, actor, row: True, _nation),
    "invitation": (_any(_ITS_LIST, _ITS_WAIT), _ITS_LIST),
    "patient_visit": (_nobody, _nobody),
    "choice_request": (_any(_own, _ITS_WAIT), _patients_icb("icb_code", "region_code")),
    "transfer_request": (
        _any(_asked, _ITS_WAIT),
        _any(_home_person, _ITS_WAIT, _patients_icb("patient_icb", "patient_region")),
    ),
    "transfer_answers": (_any(_home_person, _ITS_WAIT), _any(_home_person, _ITS_WAIT)),
    "transfer_review": (_any(_home_person, _ITS_WAIT), _home_person),
}
