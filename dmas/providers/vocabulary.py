"""Kinds of organisation, and England's regions and integrated care boards as facts with their dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class OrganisationKind(StrEnum):
    """What an organisation is; its code never tells."""

    NATION = "nation"
    REGION = "region"
    ICB = "icb"
    TRUST = "trust"
    INDEPENDENT = "independent"


KIND_LABELS = {
    OrganisationKind.NATION: "NHS England",
    OrganisationKind.REGION: "NHS England region",
    OrganisationKind.ICB: "Integrated care board",
    OrganisationKind.TRUST: "NHS trust",
    OrganisationKind.INDEPENDENT: "Independent provider",
}

PROVIDER_KINDS = (OrganisationKind.TRUST, OrganisationKind.INDEPENDENT)


class FileKind(StrEnum):
    """What one file of the Organisation Data Service lists."""

    TRUSTS = "trusts"
    SITES = "sites"
    INDEPENDENT = "independent"
    INDEPENDENT_SITES = "independent-sites"

    @property
    def lists_sites(self) -> bool:
        """Say whether its rows are places that belong to a provider."""
        return self in (FileKind.SITES, FileKind.INDEPENDENT_SITES)


class LocationSource(StrEnum):
    """How we know where something is, best first."""

    GIVEN = "given"
    NHS_WEBSITE = "nhs_website"
    OUTCODE = "outcode"


class QualityRating(StrEnum):
    """What the Care Quality Commission found, best first."""

    OUTSTANDING = "outstanding"
    GOOD = "good"
    REQUIRES_IMPROVEMENT = "requires_improvement"
    INADEQUATE = "inadequate"
    NOT_RATED = "not_rated"


RATING_LABELS = {
    QualityRating.OUTSTANDING: "Outstanding",
    QualityRating.GOOD: "Good",
    QualityRating.REQUIRES_IMPROVEMENT: "Requires improvement",
    QualityRating.INADEQUATE: "Inadequate",
    QualityRating.NOT_RATED: "Not rated",
}


NATION_CODE = "X24"
NATION_NAME = "NHS England"

REGIONS = {
    "Y56": "London",
    "Y58": "South West",
    "Y59": "South East",
    "Y60": "Midlands",
    "Y61": "East of England",
    "Y62": "North West",
    "Y63": "North East and Yorkshire",
}

ICBS_BEGAN_ON = date(2022, 7, 1)
MERGED_ON = date(2026, 4, 1)
LAST_DAY_BEFORE_MERGER = date(2026, 3, 31)


@dataclass(frozen=True, slots=True)
class IcbFact:
    """One integrated care board: code, the area in its name, its region, and for how long."""

    code: str
    area: str
    region_code: str
    opened_on: date = ICBS_BEGAN_ON
    closed_on: date | None = None
    successors: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the board's full name."""
        return f"NHS {self.area} Integrated Care Board"


def _merged(code: str, area: str, region_code: str, *successors: str) -> IcbFact:
    return IcbFact(code, area, region_code, closed_on=LAST_DAY_BEFORE_MERGER, successors=successors)


CURRENT_ICBS = (
    IcbFact("QMF", "North East London", "Y56"),
    IcbFact("QKK", "South East London", "Y56"),
    IcbFact("QWE", "South West London", "Y56"),
    IcbFact("Z9B2Z", "West and North London", "Y56", opened_on=MERGED_ON),
    IcbFact("QOX", "Bath and North East Somerset, Swindon and Wiltshire", "Y58"),
    IcbFact("QUY", "Bristol, North Somerset and South Gloucestershire", "Y58"),
    IcbFact("QT6", "Cornwall and the Isles of Scilly", "Y58"),
    IcbFact("QJK", "Devon", "Y58"),
    IcbFact("QVV", "Dorset", "Y58"),
    IcbFact("QR1", "Gloucestershire", "Y58"),
    IcbFact("QSL", "Somerset", "Y58"),
    IcbFact("QRL", "Hampshire and Isle of Wight", "Y59"),
    IcbFact("QKS", "Kent and Medway", "Y59"),
    IcbFact("S9B9J", "Surrey and Sussex", "Y59", opened_on=MERGED_ON),
    IcbFact("S0E4D", "Thames Valley", "Y59", opened_on=MERGED_ON),
    IcbFact("QHL", "Birmingham and Solihull", "Y60"),
    IcbFact("QUA", "Black Country", "Y60"),
    IcbFact("QWU", "Coventry and Warwickshire", "Y60"),
    IcbFact("QJ2", "Derby and Derbyshire", "Y60"),
    IcbFact("QGH", "Herefordshire and Worcestershire", "Y60"),
    IcbFact("QK1", "Leicester, Leicestershire and Rutland", "Y60"),
    IcbFact("QJM", "Lincolnshire", "Y60"),
    IcbFact("QPM", "Northamptonshire", "Y60"),
    IcbFact("QT1", "Nottingham and Nottinghamshire", "Y60"),
    IcbFact("QOC", "Shropshire, Telford and Wrekin", "Y60"),
    IcbFact("QNC", "Staffordshire and Stoke-on-Trent", "Y60"),
    IcbFact("S1Y5D", "Central East", "Y61", opened_on=MERGED_ON),
    IcbFact("D7T5G", "Essex", "Y61", opened_on=MERGED_ON),
    IcbFact("T6Y0W", "Norfolk and Suffolk", "Y61", opened_on=MERGED_ON),
    IcbFact("QYG", "Cheshire and Merseyside", "Y62"),
    IcbFact("QOP", "Greater Manchester", "Y62"),
    IcbFact("QE1", "Lancashire and South Cumbria", "Y62"),
    IcbFact("QOQ", "Humber and North Yorkshire", "Y63"),
    IcbFact("QHM", "North East and North Cumbria", "Y63"),
    IcbFact("QF7", "South Yorkshire", "Y63"),
    IcbFact("QWO", "West Yorkshire", "Y63"),
)

# Three of these were split, so a site's board today is never derived from its board before.
FORMER_ICBS = (
    _merged("QHG", "Bedfordshire, Luton and Milton Keynes", "Y61", "S1Y5D"),
    _merged("QUE", "Cambridgeshire and Peterborough", "Y61", "S1Y5D"),
    _merged("QM7", "Hertfordshire and West Essex", "Y61", "S1Y5D", "D7T5G"),
    _merged("QH8", "Mid and South Essex", "Y61", "D7T5G"),
    _merged("QJG", "Suffolk and North East Essex", "Y61", "D7T5G", "T6Y0W"),
    _merged("QMM", "Norfolk and Waveney", "Y61", "T6Y0W"),
    _merged("QNQ", "Frimley", "Y59", "S0E4D", "S9B9J", "QRL"),
    _merged("QU9", "Buckinghamshire, Oxfordshire and Berkshire West", "Y59", "S0E4D"),
    _merged("QXU", "Surrey Heartlands", "Y59", "S9B9J"),
    _merged("QNX", "Sussex", "Y59", "S9B9J"),
    _merged("QMJ", "North Central London", "Y56", "Z9B2Z"),
    _merged("QRV", "North West London", "Y56", "Z9B2Z"),
)
