"""Providers and sites of boards that have ended."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.providers.commands import ImportOds
from dmas.providers.models import Organisation, Site
from dmas.providers.services import import_ods, load_england, settle_boards
from dmas.providers.vocabulary import MERGED_ON, FileKind
from tests.factories.publishers import ods_row, write_ods


def test_they_move_on_the_day_each_by_its_own_place(database: Database, system: Actor, now: datetime) -> None:
    places = {"RDU25": "SL5 8AA", "RDU01": "GU16 7UJ", "RDU77": "GU12 4AA"}
    with database.unit_of_work(system) as session:
        load_england(session, actor=system, now=now)
        for code, board, postcode in (("RAL", "QMJ", "NW3 2QG"), ("RDU", "QNQ", "GU16 7UJ")):
            kept = {"kind": "trust", "region_code": "Y59", "icb_code": board, "postcode": postcode}
            session.add(Organisation(code=code, name=f"{code} NHS TRUST", raw={}, **kept))
        session.flush()
        for code, postcode in places.items():
            session.add(Site(code=code, provider_code="RDU", name=code, postcode=postcode, icb_code="QNQ"))
        session.flush()
        assert settle_boards(session, on=date(2026, 3, 31)).moved == []
        report = settle_boards(session, on=MERGED_ON)
        assert {move.code: move.new for move in report.moved} == {
            "RAL": "Z9B2Z",
            "RDU": "S9B9J",
            "RDU01": "S9B9J",
            "RDU25": "S0E4D",
        }
        assert [(move.code, move.old) for move in report.undecided] == [("RDU77", "QNQ")]
        session.expire_all()
        assert session.get_one(Site, "RDU25").icb_code == "S0E4D"
        assert settle_boards(session, on=MERGED_ON).moved == []


def test_a_file_from_before_the_merger_is_read_as_of_today_twice(
    database: Database, system: Actor, now: datetime, tmp_path: Path
) -> None:
    rows = [
        ods_row("RAL", "ROYAL EXAMPLE NHS TRUST", region="Y56", icb="QMJ", postcode="NW3 2QG"),
        ods_row("RXX", "STOUR NHS TRUST", region="Y61", icb="QJG", postcode="CO8 5AB"),
    ]
    path = write_ods(tmp_path / "etr.csv", rows)
    for counted in ((2, 0, 0), (0, 0, 2)):
        with database.unit_of_work(system) as session:
            command = ImportOds(path=path, kind=FileKind.TRUSTS)
            report = import_ods(session, command, actor=system, now=now)
        assert (report.new, report.changed, report.unchanged) == counted
        assert report.notes == ["RXX STOUR NHS TRUST: QJG was split; its place does not tell the board."]
    with database.unit_of_work(system) as session:
        assert session.get_one(Organisation, "RAL").icb_code == "Z9B2Z"
