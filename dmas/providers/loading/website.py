"""The NHS website's hospitals: each is set beside the provider and the site that we know, then staged."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dmas.core import bulk
from dmas.core.errors import InvalidInput
from dmas.core.files import Line, Refusals
from dmas.core.geography import tenths_between
from dmas.providers.loading.files import OUTCODE, STAGED
from dmas.providers.models import Organisation, Site, Succession
from dmas.providers.rules import HospitalRow, board_of_place, outcode_of, read_hospital
from dmas.providers.vocabulary import PROVIDER_KINDS, LocationSource, OrganisationKind

_SOURCE = "NHS website"
_MOST_ROWS = 100_000
_COLUMNS = [column.name for column in STAGED.c]


@dataclass(slots=True)
class Held:
    """What we know of providers, who followed whom, and sites; providers made on the way are added."""

    on: date
    providers: dict[str, Organisation] = field(default_factory=dict)
    heirs: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    sites: dict[str, Site] = field(default_factory=dict)
    made: list[Organisation] = field(default_factory=list)

    def owner(self, code: str, seen: frozenset[str] = frozenset()) -> str | None:
        """Return the provider that stands today for a code, following successions; None where none does."""
        found = self.providers.get(code)
        if found is not None and (found.closed_on is None or found.closed_on >= self.on):
            return code
        heirs = {self.owner(heir, seen | {code}) for heir in self.heirs[code] if heir not in seen}
        standing = heirs - {None}
        return standing.pop() if len(standing) == 1 else None


def held_places(session: Session, on: date) -> Held:
    """Read every provider, succession and site, in three statements."""
    held = Held(on)
    kinds = Organisation.kind.in_(PROVIDER_KINDS)
    held.providers.update((one.code, one) for one in session.scalars(select(Organisation).where(kinds)))
    for old, new in session.execute(
        select(Succession.old_code, Succession.new_code)
        .where(Succession.effective_on <= on)
        .order_by(Succession.new_code)
    ):
        held.heirs[old].append(new)
    held.sites.update((one.code, one) for one in session.scalars(select(Site)))
    return held


def read_hospitals(
    lines: Iterable[Line], columns: Mapping[str, int], refusals: Refusals
) -> Iterator[tuple[int, HospitalRow]]:
    """Read rows with their lines, refusing those that make no sense."""
    for count, (line, cells) in enumerate(lines):
        if count >= _MOST_ROWS:
            raise InvalidInput(f"More than {_MOST_ROWS:,} rows: this is not the list of hospitals.")
        try:
            yield line, read_hospital(cells, columns)
        except InvalidInput as error:
            refusals.add(line, str(error))


def stage_hospitals(
    session: Session, rows: Iterable[tuple[int, HospitalRow]], held: Held, refusals: Refusals
) -> None:
    """Put what can stand into the temporary table, with what we know better left as it is."""
    staged: list[Sequence[Any]] = []
    for line, row in rows:
        provider = _provider_of(row, held)
        if isinstance(provider, str):
            refusals.add(line, provider)
        else:
            staged.append(_staged(line, row, provider, held.sites.get(row.code)))
    session.add_all(held.made)
    session.flush()
    bulk.make_temporary(session, STAGED)
    bulk.copy_rows(session, STAGED, _COLUMNS, staged)
    for line, code in bulk.take_out_repeats(session, STAGED, "code"):
        refusals.add(line, f"{code} is in the file twice: the first row was taken")
    session.execute(
        update(STAGED)
        .where(STAGED.c.latitude.is_(None), OUTCODE.c.code == STAGED.c.outcode)
        .values(
            latitude=OUTCODE.c.latitude,
            longitude=OUTCODE.c.longitude,
            location_source=LocationSource.OUTCODE.value,
        )
    )


def _provider_of(row: HospitalRow, held: Held) -> Organisation | str:
    """Return whose a hospital is, an independent one made where nobody knows it, or why it is nobody's."""
    code = held.owner(row.parent_code)
    if code is not None:
        return held.providers[code]
    whose = f"{row.code} belongs to {row.parent_code} {row.parent_name[:60]}"
    if row.parent_code in held.providers:
        return f"{whose}, which has closed: import who followed it (dmas import successions)"
    if row.parent_is_nhs:
        return f"{whose}, a trust that is not known: import the trusts first (dmas import ods)"
    near = _nearest(row, held)
    if near is None:
        return f"{whose}, and no trust with a place tells its region: import trusts and outcodes first"
    made = Organisation(
        code=row.parent_code,
        name=row.parent_name,
        kind=OrganisationKind.INDEPENDENT,
        region_code=near.region_code,
        icb_code=board_of_place(near.icb_code, outcode_of(row.postcode)),
        raw={"source": _SOURCE, "area": f"that of {near.code}, the nearest trust"},
    )
    held.providers[made.code] = made
    held.made.append(made)
    return made


def _nearest(row: HospitalRow, held: Held) -> Organisation | None:
    if row.latitude is None or row.longitude is None:
        return None
    located = [
        (tenths_between(row.latitude, row.longitude, one.latitude, one.longitude), one.code)
        for one in held.providers.values()
        if one.kind == OrganisationKind.TRUST
        and one.icb_code is not None
        and one.latitude is not None
        and one.longitude is not None
        and held.owner(one.code) == one.code
    ]
    return held.providers[min(located)[1]] if located else None


def _staged(line: int, row: HospitalRow, provider: Organisation, site: Site | None) -> Sequence[Any]:
    """Return a row for the temporary table: of a site we know, only where it is may change.

    One that has moved since the website knew it stays where we have it.
    """
    postcode = site.postcode if site and site.postcode else row.postcode
    moved = site is not None and postcode != row.postcode
    outcode = outcode_of(postcode)
    place: tuple[float | None, float | None, str | None] = (None, None, None)
    if row.latitude is not None:
        place = (row.latitude, row.longitude, LocationSource.NHS_WEBSITE.value)
    if site and (moved or site.location_source == LocationSource.GIVEN or row.latitude is None):
        place = (site.latitude, site.longitude, site.location_source)
    return (
        line,
        row.code,
        site.name if site else row.name,
        None,
        site.provider_code if site else provider.code,
        site.region_code if site and site.region_code else provider.region_code,
        site.icb_code if site and site.icb_code else board_of_place(provider.icb_code, outcode),
        postcode,
        outcode,
        site.opened_on if site else None,
        site.closed_on if site else None,
        json.dumps({}),
        *place,
    )
