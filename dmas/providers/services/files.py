"""Filling the reference data: England as we know it, and the publishers' files.

Each service is one transaction of its caller: a file is stored whole or not at all, and a second time
changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain, islice

from sqlalchemy.orm import Session

from dmas.core import bulk
from dmas.core.actors import Actor
from dmas.core.clock import london_date
from dmas.core.errors import InvalidInput
from dmas.core.files import Line, Refusals, csv_lines
from dmas.providers import loading
from dmas.providers.commands import ImportIcbs, ImportOds, ImportOutcodes, LoadReport
from dmas.providers.models import Organisation, Succession
from dmas.providers.policy import require_change_of_reference_data
from dmas.providers.queries import icbs
from dmas.providers.rules import OdsRow, icb_columns, outcode_columns, recognise
from dmas.providers.services.boards import settle_boards
from dmas.providers.vocabulary import (
    CURRENT_ICBS,
    FORMER_ICBS,
    MERGED_ON,
    NATION_CODE,
    NATION_NAME,
    REGIONS,
    FileKind,
    IcbFact,
    OrganisationKind,
)

_SAMPLE = 200
_WHAT = {
    FileKind.TRUSTS: "NHS trusts",
    FileKind.SITES: "sites of NHS trusts",
    FileKind.INDEPENDENT: "independent providers",
    FileKind.INDEPENDENT_SITES: "sites of independent providers",
}


def load_england(session: Session, *, actor: Actor, now: datetime) -> LoadReport:
    """Store the nation, its regions and its ICBs, past and present; what a file has said since stands."""
    require_change_of_reference_data(actor)
    report = LoadReport("nation, regions and ICBs")
    _put(session, report, code=NATION_CODE, name=NATION_NAME, kind=OrganisationKind.NATION)
    for code, name in REGIONS.items():
        _put(session, report, code=code, name=name, kind=OrganisationKind.REGION)
    for fact in (*CURRENT_ICBS, *FORMER_ICBS):
        _put_icb(session, report, fact)
    session.flush()
    for fact in FORMER_ICBS:
        for successor in fact.successors:
            session.merge(Succession(old_code=fact.code, new_code=successor, effective_on=MERGED_ON))
    session.flush()
    return report


def _put_icb(session: Session, report: LoadReport, fact: IcbFact) -> None:
    _put(
        session,
        report,
        code=fact.code,
        name=fact.name,
        kind=OrganisationKind.ICB,
        region_code=fact.region_code,
        opened_on=fact.opened_on,
        closed_on=fact.closed_on,
    )


def _put(session: Session, report: LoadReport, *, code: str, **values: object) -> None:
    held = session.get(Organisation, code)
    if held is None:
        session.add(Organisation(code=code, raw={}, **values))
        session.flush()
        report.new += 1
    elif held.raw or all(getattr(held, name) == value for name, value in values.items()):
        report.unchanged += 1
    else:
        for name, value in values.items():
            setattr(held, name, value)
        report.changed += 1


def import_ods(session: Session, command: ImportOds, *, actor: Actor, now: datetime) -> LoadReport:
    """Load trusts, independent providers or their sites from one ODS file in the legacy layout."""
    begin(session, actor, now)
    with csv_lines(command.path) as lines:
        refusals = Refusals()
        held = loading.known(session, london_date(now))
        kind, rows = _with_kind(loading.read_ods(lines, refusals), command.kind, held, refusals)
        report = LoadReport(_WHAT[kind], refusals=refusals)
        loading.stage_ods(session, rows, kind, held, refusals)
    target = loading.SITE if kind.lists_sites else loading.ORGANISATION
    columns = loading.SITE_COLUMNS if kind.lists_sites else loading.ORGANISATION_COLUMNS
    count(report, bulk.store(session, loading.STAGED, target, "code", columns))
    settle(session, report, now)
    return report


def _with_kind(
    rows: Iterator[tuple[int, OdsRow]], kind: FileKind | None, held: loading.Known, refusals: Refusals
) -> tuple[FileKind, Iterator[tuple[int, OdsRow]]]:
    sample = list(islice(rows, _SAMPLE))
    if not sample:
        first = f" Line {refusals.shown[0][0]}: {refusals.shown[0][1]}." if refusals.shown else ""
        raise InvalidInput(f"This is not an ODS file: no row could be read.{first}")
    if kind is None:
        kind = recognise([row for _, row in sample], held.trusts, held.independents)
    return kind, chain(sample, rows)


def import_outcodes(session: Session, command: ImportOutcodes, *, actor: Actor, now: datetime) -> LoadReport:
    """Load the centres of postcode districts and place by them what has no better place."""
    begin(session, actor, now)
    report = LoadReport("postcode districts")
    with csv_lines(command.path) as lines:
        columns = outcode_columns(next(lines).cells)
        loading.stage_outcodes(session, lines, columns, report.refusals)
    count(
        report,
        bulk.store(session, loading.STAGED_OUTCODES, loading.OUTCODE, "code", ("latitude", "longitude")),
    )
    moved = sum(loading.place_by_outcode(session, table) for table in (loading.ORGANISATION, loading.SITE))
    if moved:
        report.notes.append(f"{moved} providers and sites were placed at the centre of their district.")
    session.expire_all()
    return report


def import_icbs(session: Session, command: ImportIcbs, *, actor: Actor, now: datetime) -> LoadReport:
    """Load regions and ICBs from the ONS lookup of any year; the file's names stand from then on."""
    begin(session, actor, now)
    report = LoadReport("regions and ICBs")
    with csv_lines(command.path) as lines:
        facts = _read_icbs(lines, report.refusals)
    if not facts:
        raise InvalidInput("No row of this file could be read. Download the lookup again.")
    for code, values in facts.items():
        _put_from_file(session, report, code, values)
    for board in icbs(session, on=now.date()):
        if board.code not in facts:
            report.notes.append(f"{board.code} {board.name} is open here and not in this file.")
    settle(session, report, now)
    return report


_Fact = dict[str, str | None]


def _read_icbs(lines: Iterator[Line], refusals: Refusals) -> dict[str, _Fact]:
    columns = icb_columns(next(lines).cells)
    facts: dict[str, _Fact] = {}
    for number, cells in lines:
        texts = [cell.strip() for cell in cells]
        if len(texts) < columns.width:
            refusals.add(number, f"only {len(texts)} columns: the file may be cut off")
            continue
        region, icb = texts[columns.region_code].upper(), texts[columns.icb_code].upper()
        rows: Sequence[tuple[str, _Fact]] = (
            (
                region,
                {"name": texts[columns.region_name], "kind": OrganisationKind.REGION, "region_code": None},
            ),
            (icb, {"name": texts[columns.icb_name], "kind": OrganisationKind.ICB, "region_code": region}),
        )
        if not all(code.isalnum() and 3 <= len(code) <= 8 and fact["name"] for code, fact in rows):
            refusals.add(number, "the code or name of the ICB or region is missing")
        elif any(facts.get(code, fact) != fact for code, fact in rows):
            refusals.add(number, f"ICB {icb} or region {region} is described differently in an earlier line")
        else:
            facts.update(rows)
    return dict(sorted(facts.items(), key=lambda item: item[1]["kind"] != OrganisationKind.REGION))


def _put_from_file(session: Session, report: LoadReport, code: str, values: _Fact) -> None:
    held = session.get(Organisation, code)
    raw = {"source": "ONS lookup"}
    if held is None:
        session.add(Organisation(code=code, raw=raw, **values))
        report.new += 1
    elif all(getattr(held, name) == value for name, value in values.items()):
        report.unchanged += 1
    else:
        if held.kind != values["kind"]:
            raise InvalidInput(f"{code} is known as another kind of organisation. Nothing was changed.")
        for name, value in values.items():
            setattr(held, name, value)
        held.raw = raw
        report.changed += 1
    session.flush()


def settle(session: Session, report: LoadReport, now: datetime) -> None:
    """Move what the file put into boards that have ended, and say what nobody can tell."""
    session.flush()
    boards = settle_boards(session, on=london_date(now))
    if boards.moved:
        report.notes.append(f"{len(boards.moved)} providers and sites of ended boards are in their new ones.")
    for one in boards.undecided:
        report.notes.append(f"{one.code} {one.name}: {one.old} was split; its place does not tell the board.")
    session.expire_all()


def begin(session: Session, actor: Actor, now: datetime) -> None:
    """Let somebody who may change reference data begin a file; England's own facts come first."""
    require_change_of_reference_data(actor)
    bulk.allow_long_statements(session)
    if session.get(Organisation, NATION_CODE) is None:
        load_england(session, actor=actor, now=now)


def count(report: LoadReport, changes: bulk.Changes) -> None:
    """Write what was new, changed and unchanged into a report."""
    report.new, report.changed, report.unchanged = changes
