"""From files to tables: rows stream into a temporary table, are checked there and stored together.

No query per row: a file of a million rows costs one COPY and a handful of statements.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Column, Date, Float, Integer, MetaData, Table, Text, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from dmas.core import bulk
from dmas.core.db import Base
from dmas.core.errors import InvalidInput
from dmas.core.files import Line, Refusals
from dmas.providers.models import Organisation
from dmas.providers.rules import (
    OdsRow,
    OutcodeColumns,
    board_after,
    ods_shape_problem,
    outcode_of,
    read_ods_row,
    read_outcode,
)
from dmas.providers.vocabulary import KIND_LABELS, FileKind, LocationSource, OrganisationKind

_scratch = MetaData()

# What a file says, before it is compared with what we hold. Gone when the transaction ends.
STAGED = Table(
    "staged_provider",
    _scratch,
    Column("line", Integer, primary_key=True),
    Column("code", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("kind", Text),
    Column("provider_code", Text),
    Column("region_code", Text),
    Column("icb_code", Text),
    Column("postcode", Text),
    Column("outcode", Text),
    Column("opened_on", Date),
    Column("closed_on", Date),
    Column("raw", JSONB),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("location_source", Text),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)
_COPIED = [column.name for column in STAGED.c][:-3]

STAGED_OUTCODES = Table(
    "staged_outcode",
    _scratch,
    Column("line", Integer, primary_key=True),
    Column("code", Text, nullable=False, index=True),
    Column("latitude", Float, nullable=False),
    Column("longitude", Float, nullable=False),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)

_PLACED = ("region_code", "icb_code", "postcode", "latitude", "longitude", "location_source")
_DATED = ("opened_on", "closed_on")
ORGANISATION, SITE, OUTCODE = (Base.metadata.tables[name] for name in ("organisation", "site", "outcode"))
# Known better than by the middle of a postcode district.
BETTER = (LocationSource.GIVEN.value, LocationSource.NHS_WEBSITE.value)
ORGANISATION_COLUMNS = ("name", "kind", *_PLACED, *_DATED, "raw")
SITE_COLUMNS = ("name", "provider_code", *_PLACED, *_DATED)

# The kind of organisation that each file's rows become; sites become none.
_KINDS = {
    FileKind.TRUSTS: OrganisationKind.TRUST.value,
    FileKind.INDEPENDENT: OrganisationKind.INDEPENDENT.value,
    FileKind.SITES: None,
    FileKind.INDEPENDENT_SITES: None,
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the rows of a file are checked against."""

    on: date
    icb_regions: dict[str, str | None]
    trusts: frozenset[str]
    independents: frozenset[str]


def known(session: Session, on: date) -> Known:
    """Read the ICBs with their regions, and the codes of both kinds of provider, for a load on a day."""
    kinds: dict[str, dict[str, str | None]] = {kind: {} for kind in OrganisationKind}
    for code, kind, region in session.execute(
        select(Organisation.code, Organisation.kind, Organisation.region_code)
    ):
        kinds[kind][code] = region
    return Known(
        on=on,
        icb_regions=kinds[OrganisationKind.ICB],
        trusts=frozenset(kinds[OrganisationKind.TRUST]),
        independents=frozenset(kinds[OrganisationKind.INDEPENDENT]),
    )


def read_ods(lines: Iterable[Line], refusals: Refusals) -> Iterator[tuple[int, OdsRow]]:
    """Read ODS rows with their lines, refusing those that make no sense.

    Raises InvalidInput where the first row has the wrong shape, or the last is cut short.
    """
    doubtful: tuple[int, str] | None = None
    for index, (line, cells) in enumerate(lines):
        if doubtful is not None:
            refusals.add(*doubtful)
            doubtful = None
        problem = ods_shape_problem(cells, line)
        if problem is not None:
            if index == 0:
                raise InvalidInput(f"This is not an ODS file. {problem}")
            doubtful = (line, problem)
            continue
        try:
            row = read_ods_row(cells)
        except InvalidInput as error:
            refusals.add(line, str(error))
        else:
            yield line, row
    if doubtful is not None:
        raise InvalidInput(f"The file is cut off. {doubtful[1]} Download it again.")


def stage_ods(
    session: Session, rows: Iterable[tuple[int, OdsRow]], kind: FileKind, held: Known, refusals: Refusals
) -> None:
    """Stream the rows that stand by themselves into the temporary table, place them, drop repeats."""
    bulk.make_temporary(session, STAGED)
    bulk.copy_rows(session, STAGED, _COPIED, _staged_rows(rows, kind, held, refusals))
    for line, code in bulk.take_out_repeats(session, STAGED, "code"):
        refusals.add(line, f"{code} is in the file twice: the first row was taken")
    if not kind.lists_sites:
        _refuse_other_kinds(session, refusals)
    _place(session, SITE if kind.lists_sites else ORGANISATION)


def _staged_rows(
    rows: Iterable[tuple[int, OdsRow]], kind: FileKind, held: Known, refusals: Refusals
) -> Iterator[tuple[Any, ...]]:
    for line, row in rows:
        region = row.region_code or held.icb_regions.get(row.icb_code or "")
        reason = _reason_against(row, region, kind, held)
        if reason is not None:
            refusals.add(line, reason)
            continue
        yield (
            line,
            row.code,
            row.name,
            _KINDS[kind],
            row.owner if kind.lists_sites else None,
            region,
            _board(row, held),
            row.postcode,
            outcode_of(row.postcode),
            row.opened_on,
            row.closed_on,
            json.dumps(row.raw),
        )


def _board(row: OdsRow, held: Known) -> str | None:
    """Return the board of a row, the heir of one that has ended; a split that nobody can tell stays."""
    if row.icb_code is None or row.icb_code not in held.icb_regions:
        return None
    return board_after(row.icb_code, outcode_of(row.postcode), held.on) or row.icb_code


def _reason_against(row: OdsRow, region: str | None, kind: FileKind, held: Known) -> str | None:
    owners = held.trusts if kind is FileKind.SITES else held.independents
    if kind.lists_sites and row.owner not in owners:
        return f"{row.code} belongs to {row.owner}, which is not known: import its provider first"
    if not kind.lists_sites and region is None:
        return f"{row.code} lies in no NHS England region: only England's providers are kept"
    if row.icb_code and row.icb_code not in held.icb_regions and row.closed_on is None:
        return f"{row.code} is in ICB {row.icb_code[:20]}, which is not known: import the ICB lookup first"
    return None


def _refuse_other_kinds(session: Session, refusals: Refusals) -> None:
    clash = (ORGANISATION.c.code == STAGED.c.code) & (ORGANISATION.c.kind != STAGED.c.kind)
    removed = session.execute(
        delete(STAGED).where(clash).returning(STAGED.c.line, STAGED.c.code, ORGANISATION.c.kind)
    )
    for line, code, kind in sorted(tuple(row) for row in removed):
        refusals.add(line, f"{code} is known as another kind of organisation: {KIND_LABELS[kind].lower()}")


def _place(session: Session, target: Table) -> None:
    """Give staged rows coordinates: what is known better stands, else the district's centre."""
    session.execute(
        update(STAGED)
        .where(OUTCODE.c.code == STAGED.c.outcode)
        .values(
            latitude=OUTCODE.c.latitude,
            longitude=OUTCODE.c.longitude,
            location_source=LocationSource.OUTCODE.value,
        )
    )
    session.execute(
        update(STAGED)
        .where(
            target.c.code == STAGED.c.code,
            target.c.location_source.in_(BETTER),
            target.c.postcode.is_not_distinct_from(STAGED.c.postcode),
        )
        .values(
            latitude=target.c.latitude,
            longitude=target.c.longitude,
            location_source=target.c.location_source,
        )
    )


def stage_outcodes(
    session: Session, lines: Iterable[Line], columns: OutcodeColumns, refusals: Refusals
) -> None:
    """Stream the centres of postcode districts into the temporary table and drop repeats."""

    def rows() -> Iterator[tuple[int, str, float, float]]:
        for line, cells in lines:
            try:
                yield (line, *read_outcode(cells, columns))
            except InvalidInput as error:
                refusals.add(line, str(error))

    bulk.make_temporary(session, STAGED_OUTCODES)
    bulk.copy_rows(session, STAGED_OUTCODES, ["line", "code", "latitude", "longitude"], rows())
    for line, code in bulk.take_out_repeats(session, STAGED_OUTCODES, "code"):
        refusals.add(line, f"{code} is in the file twice: the first row was taken")


def place_by_outcode(session: Session, target: Table) -> int:
    """Move what is placed by its district, or not at all, to the district's centre; return how many moved."""
    district = func.split_part(target.c.postcode, " ", 1)
    moved = session.execute(
        update(target)
        .where(
            OUTCODE.c.code == district,
            func.coalesce(target.c.location_source, "").not_in(BETTER),
            or_(
                target.c.latitude.is_distinct_from(OUTCODE.c.latitude),
                target.c.longitude.is_distinct_from(OUTCODE.c.longitude),
            ),
        )
        .values(
            latitude=OUTCODE.c.latitude,
            longitude=OUTCODE.c.longitude,
            location_source=LocationSource.OUTCODE.value,
        )
        .returning(target.c.code)
    )
    return len(moved.all())
