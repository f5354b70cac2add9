"""Small files in the publishers' own layouts: ODS's 27 quoted columns, the ONS lookup, RTT and DM01."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from dmas.published.vocabulary import BAND_COLUMNS, BANDS, DM01_BAND_COLUMNS, DM01_BANDS

ONS_HEADER = [
    "SICBL26CD", "SICBL26CDH", "SICBL26NM", "ICB26CD", "ICB26CDH", "ICB26NM",
    "NHSER26CD", "NHSER26CDH", "NHSER26NM", "ObjectId",
]  # fmt: skip
RTT_HEADER = [
    "Period", "Provider Parent Org Code", "Provider Parent Name", "Provider Org Code", "Provider Org Name",
    "Commissioner Parent Org Code", "Commissioner Parent Name", "Commissioner Org Code",
    "Commissioner Org Name", "RTT Part Type", "RTT Part Description", "Treatment Function Code",
    "Treatment Function Name", *BAND_COLUMNS, "Total", "Patients with unknown clock start date", "Total All",
]  # fmt: skip
DM01_HEADER = [
    "Period", "Provider Parent Org Code", "Provider Parent Name", "Provider Org Code", "Provider Org Name",
    "Commissioner Parent Org Code", "Commissioner Parent Name", "Commissioner Org Code",
    "Commissioner Org Name", "Diagnostic Tests Sort Order", "Diagnostic Tests", *DM01_BAND_COLUMNS,
    "Total WL", "Waiting List Activity", "Planned Activity", "Unscheduled Activity", "Total Activity",
]  # fmt: skip


def ods_row(
    code: str = "RRK",
    name: str = "UNIVERSITY EXAMPLE NHS TRUST",
    *,
    region: str = "Y60",
    icb: str = "QHL",
    postcode: str = "B15 2GW",
    opened: str = "20010401",
    closed: str = "",
    parent: str = "",
) -> list[str]:
    """Return the 27 cells of one row."""
    row = [""] * 27
    row[:5] = [code, name, region, icb, "1 EXAMPLE ROAD"]
    row[9:12] = [postcode, opened, closed]
    row[14], row[17], row[21] = parent, "0121 496 0000", "1"
    return row


def write_ods(path: Path, rows: Iterable[Sequence[str]]) -> Path:
    """Write rows as the Organisation Data Service does: no header, all quoted, CRLF."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    return path


def ons_row(icb: str, name: str, region: str, region_name: str, sub: str = "00L") -> list[str]:
    """Return one row of the ONS lookup."""
    return [
        "E38000000",
        sub,
        f"{name} - {sub}",
        "E54000000",
        icb,
        name,
        "E40000000",
        region,
        region_name,
        "1",
    ]


def write_csv(path: Path, rows: Iterable[Sequence[object]], encoding: str = "utf-8-sig") -> Path:
    """Write a CSV file with the byte order mark that Excel and ONS put first."""
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file).writerows(rows)
    return path


def rtt_row(
    provider: str = "RRK",
    function: str = "C_110",
    part: str = "Part_2",
    bands: Mapping[int, int] | None = None,
    *,
    total: int | None = None,
    commissioner: str = "15E",
    icb: str = "QHL",
    period: str = "RTT-April-2026",
) -> list[str]:
    """Return one row; parts 2, 2A and 3 leave Total and unknown empty, part 3 its bands too."""
    bands = bands or {}
    weeks = [str(bands.get(n, 0)) for n in range(BANDS)]
    all_of_them = str(sum(bands.values()) if total is None else total)
    completed = part in ("Part_1A", "Part_1B")
    return [
        period, icb, f"NHS {icb} ICB", provider, f"EXAMPLE {provider}", icb, f"NHS {icb} ICB",
        commissioner, f"NHS {icb} ICB - {commissioner}", part, "Description", function, "Name",
        *([""] * BANDS if part == "Part_3" else weeks),
        all_of_them if completed else "", "0" if completed else "", all_of_them,
    ]  # fmt: skip


def with_totals(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return rows followed by the C_999 row of each provider, commissioner and part."""
    groups: dict[tuple[str, str, str], list[Sequence[str]]] = {}
    for row in rows:
        groups.setdefault((row[3], row[7], row[9]), []).append(row)
    totals = []
    for (provider, commissioner, part), members in groups.items():
        bands = {n: sum(int(row[13 + n] or 0) for row in members) for n in range(BANDS)}
        total = sum(int(row[-1]) for row in members)
        totals.append(rtt_row(provider, "C_999", part, bands, total=total, commissioner=commissioner))
    return [*map(list, rows), *totals]


def write_rtt(path: Path, rows: Iterable[Sequence[str]]) -> Path:
    """Write rows under the official header of 121 columns."""
    return write_csv(path, [RTT_HEADER, *rows], encoding="utf-8")


def dm01_row(
    provider: str = "RRK",
    test: str = "MRI",
    bands: Mapping[int, int] | None = None,
    *,
    activity: tuple[int, int, int] = (0, 0, 0),
    commissioner: str = "15E",
    icb: str = "QHL",
    period: str = "DM01-MARCH-2026",
) -> list[str]:
    """Return one row of the diagnostics extract; `activity` is from the list, planned, unscheduled."""
    bands = bands or {}
    return [
        period, icb, f"NHS {icb} ICB", provider, f"EXAMPLE {provider}", icb, f"NHS {icb} ICB",
        commissioner, f"NHS {icb} ICB - {commissioner}", "1", test,
        *(str(bands.get(n, 0)) for n in range(DM01_BANDS)),
        str(sum(bands.values())), *map(str, activity), str(sum(activity)),
    ]  # fmt: skip


def write_dm01(path: Path, rows: Iterable[Sequence[str]]) -> Path:
    """Write rows under the official header of 30 columns."""
    return write_csv(path, [DM01_HEADER, *rows], encoding="utf-8")


HOSPITAL_HEADER = [
    "OrganisationID", "OrganisationCode", "OrganisationType", "SubType", "Sector", "OrganisationStatus",
    "IsPimsManaged", "OrganisationName", "Address1", "Address2", "Address3", "City", "County", "Postcode",
    "Latitude", "Longitude", "ParentODSCode", "ParentName", "Phone", "Email", "Website", "Fax",
]  # fmt: skip


def hospital_row(
    code: str = "RRK02",
    name: str = "Example Hospital",
    *,
    sector: str = "NHS Sector",
    postcode: str = "B15 2GW",
    latitude: str = "52.45",
    longitude: str = "-1.94",
    parent: str = "RRK",
    parent_name: str = "University Example NHS Trust",
) -> list[str]:
    """Return the 22 cells of one hospital of the NHS website."""
    row = ["1", code, "Hospital", "Hospital", sector, "Visible", "True", name, "1 Example Road"]
    row += ["", "", "Exampleton", "", postcode, latitude, longitude, parent, parent_name, "", "", "", ""]
    return row


def write_hospitals(path: Path, rows: Iterable[Sequence[str]]) -> Path:
    """Write rows as the NHS website does: ¬ between cells, nothing quoted, Windows-1252, CRLF."""
    lines = ["¬".join(cells) for cells in (HOSPITAL_HEADER, *rows)]
    path.write_bytes("".join(f"{line}\r\n" for line in lines).encode("cp1252"))
    return path
