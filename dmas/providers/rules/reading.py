"""How the publishers' rows are read: ODS's 27 columns, the ONS lookup's headers, postcodes and dates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from dmas.core.errors import InvalidInput
from dmas.providers.vocabulary import REGIONS, FileKind

# The legacy layout has no header; these are its columns in order.
ODS_COLUMNS = (
    "organisation code", "name", "national grouping (region)", "high level health geography (ICB)",
    "address line 1", "address line 2", "address line 3", "address line 4", "address line 5", "postcode",
    "open date", "close date", "status code", "organisation sub-type code", "parent organisation code",
    "join parent date", "left parent date", "telephone", "column 19", "column 20", "column 21",
    "amended record indicator", "column 23", "area code", "column 25", "column 26", "column 27",
)  # fmt: skip

_CODE = re.compile(r"^[A-Z0-9]{3,8}$")
_POSTCODE = re.compile(r"^([A-Z]{1,2}[0-9][A-Z0-9]?) ?([0-9][A-Z]{2})$")
_OUTCODE = re.compile(r"^[A-Z]{1,2}[0-9][A-Z0-9]?$")
_ONS_HEADER = re.compile(r"^(ICB|NHSER)(2[2-9]|3[0-9])(CDH|NM)$")
_ENOUGH = 0.6  # of a sample, to be sure of a file's kind


@dataclass(frozen=True, slots=True)
class OdsRow:
    """One row of an ODS file, read; `raw` keeps what the file said and we have no column for."""

    code: str
    name: str
    region_code: str | None
    icb_code: str | None
    parent_code: str | None
    postcode: str | None
    opened_on: date | None
    closed_on: date | None
    raw: dict[str, str]

    @property
    def owner(self) -> str:
        """Return the provider a site belongs to: its stated parent, else its first three characters."""
        return self.parent_code or self.code[:3]


def ods_shape_problem(cells: Sequence[str], line: int) -> str | None:
    """Return what is wrong with the number of columns of an ODS row, naming those missing; None if right."""
    if len(cells) == len(ODS_COLUMNS):
        return None
    found = f"Line {line} has {len(cells)} columns, and an ODS file has {len(ODS_COLUMNS)}"
    if len(cells) < len(ODS_COLUMNS):
        missing = ", ".join(name for name in ODS_COLUMNS[len(cells) :] if not name.startswith("column "))
        return f"{found}: missing from column {len(cells) + 1} on are {missing or 'empty columns'}."
    return f"{found}: choose the legacy CSV file, such as etr.csv, ets.csv, ephp.csv or ephpsite.csv."


def read_ods_row(cells: Sequence[str]) -> OdsRow:
    """Read a row of 27 cells; raise InvalidInput with the reason it cannot be taken."""
    texts = [" ".join(cell.split()) for cell in cells]
    code = texts[0].upper()
    if not _CODE.match(code):
        raise InvalidInput(f"{code[:20]!r} is not an organisation code")
    if not texts[1]:
        raise InvalidInput(f"{code} has no name")
    opened, closed = read_day(texts[10], "open date"), read_day(texts[11], "close date")
    if opened and closed and closed < opened:
        raise InvalidInput(f"{code} closes before it opens")
    region, icb = texts[2].upper() or None, texts[3].upper() or None
    if region is not None and region not in REGIONS:
        raise InvalidInput(f"{code} is in {region[:20]!r}, which is not an NHS England region")
    return OdsRow(
        code=code,
        name=texts[1],
        region_code=region,
        icb_code=icb,
        parent_code=texts[14].upper() or None,
        postcode=normal_postcode(texts[9]),
        opened_on=opened,
        closed_on=closed,
        raw={name: text for name, text in zip(ODS_COLUMNS[4:], texts[4:], strict=True) if text},
    )


def read_day(text: str, what: str) -> date | None:
    """Read `yyyymmdd`, empty for none; raise InvalidInput where it is no date."""
    if not text:
        return None
    try:
        if not re.fullmatch(r"[0-9]{8}", text):
            raise ValueError
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise InvalidInput(f"the {what} {text[:20]!r} is not a date like 20260401") from None


def normal_postcode(text: str) -> str | None:
    """Return a postcode in capitals with its one space, or None where it is not one."""
    found = _POSTCODE.match(re.sub(r"\s+", "", text.upper()))
    return f"{found[1]} {found[2]}" if found else None


def outcode_of(postcode: str | None) -> str | None:
    """Return a postcode's district, such as `B15`."""
    return postcode.partition(" ")[0] if postcode else None


def recognise(sample: Sequence[OdsRow], trusts: Collection[str], independents: Collection[str]) -> FileKind:
    """Return what an ODS file lists, judged by some rows and the providers known; raise where in doubt.

    Sites are known by the provider they belong to, never by the shape of their code.
    """
    votes = Counter(_vote(row, trusts, independents) for row in sample)
    winner, count = votes.most_common(1)[0]
    if count < _ENOUGH * len(sample):
        raise InvalidInput(
            "It is not clear what this file lists. Say it with --kind: trusts, sites, independent or"
            " independent-sites."
        )
    if winner is None:
        raise InvalidInput(
            "These look like sites, but their providers are not known. Import the providers first (etr.csv"
            " for trusts, ephp.csv for independent providers), or say --kind."
        )
    return winner


def _vote(row: OdsRow, trusts: Collection[str], independents: Collection[str]) -> FileKind | None:
    if row.code != row.owner and row.owner in trusts:
        return FileKind.SITES
    if row.code != row.owner and row.owner in independents:
        return FileKind.INDEPENDENT_SITES
    if row.parent_code:
        return None
    if re.search(r"\bTRUST\b", row.name.upper()):
        return FileKind.TRUSTS
    if row.code[0] in "RT" and len(row.code) == 5:
        return None
    return FileKind.INDEPENDENT


@dataclass(frozen=True, slots=True)
class IcbColumns:
    """Where the ONS lookup keeps what we read."""

    icb_code: int
    icb_name: int
    region_code: int
    region_name: int

    @property
    def width(self) -> int:
        """Return how many cells a row must have at least."""
        return max(self.icb_code, self.icb_name, self.region_code, self.region_name) + 1


def icb_columns(header: Sequence[str]) -> IcbColumns:
    """Find the columns of any year in the ONS lookup's header; raise InvalidInput naming those missing."""
    places = {}
    for index, name in enumerate(header):
        if found := _ONS_HEADER.match(name.strip().upper()):
            places[found[1] + found[3]] = index
    wanted = {"ICBCDH": "ICB26CDH", "ICBNM": "ICB26NM", "NHSERCDH": "NHSER26CDH", "NHSERNM": "NHSER26NM"}
    missing = [example for key, example in wanted.items() if key not in places]
    if missing:
        raise InvalidInput(
            f"This is not the ONS lookup of ICBs to regions: columns like {', '.join(missing)} are missing."
            " Download 'Sub ICB Locations to ICBs to NHS England (Regions) Lookup' as CSV."
        )
    return IcbColumns(places["ICBCDH"], places["ICBNM"], places["NHSERCDH"], places["NHSERNM"])


@dataclass(frozen=True, slots=True)
class OutcodeColumns:
    """Where a file of postcode districts keeps what we read."""

    code: int
    latitude: int
    longitude: int

    @property
    def width(self) -> int:
        """Return how many cells a row must have at least."""
        return max(self.code, self.latitude, self.longitude) + 1


def outcode_columns(header: Sequence[str]) -> OutcodeColumns:
    """Find the columns of a file of postcode districts; raise InvalidInput naming those missing."""
    names = [name.strip().lower() for name in header]
    code = next((name for name in ("postcode", "outcode") if name in names), "postcode")
    missing = [name for name in (code, "latitude", "longitude") if name not in names]
    if missing:
        raise InvalidInput(
            f"This is not a file of postcode districts: {', '.join(missing)} missing from line 1."
        )
    return OutcodeColumns(names.index(code), names.index("latitude"), names.index("longitude"))


def read_outcode(cells: Sequence[str], columns: OutcodeColumns) -> tuple[str, float, float]:
    """Read district, latitude and longitude; raise InvalidInput with the reason it cannot be taken."""
    if len(cells) < columns.width:
        raise InvalidInput(f"only {len(cells)} columns")
    code = cells[columns.code].strip().upper()
    if not _OUTCODE.match(code):
        raise InvalidInput(f"{code[:20]!r} is not a postcode district, such as B15")
    try:
        latitude, longitude = float(cells[columns.latitude]), float(cells[columns.longitude])
    except ValueError:
        raise InvalidInput(f"{code} has no latitude and longitude in degrees") from None
    if not (49 <= latitude <= 61.5 and -9 <= longitude <= 2.5):
        raise InvalidInput(f"{code} does not lie in the United Kingdom")
    return code, latitude, longitude
