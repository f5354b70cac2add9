"""The shape of NHS England's monthly referral-to-treatment extract: its columns, parts and bands."""

from __future__ import annotations

from enum import StrEnum


class Part(StrEnum):
    """What a row counts. 2A lies inside 2: never add them."""

    ADMITTED = "1A"
    NON_ADMITTED = "1B"
    INCOMPLETE = "2"
    INCOMPLETE_ADMIT = "2A"
    NEW_PERIODS = "3"

    @property
    def label(self) -> str:
        """Return what is counted in plain words."""
        return PART_LABELS[self]

    @property
    def has_bands(self) -> bool:
        """Say whether its rows are split by weeks waited."""
        return self is not Part.NEW_PERIODS


PART_LABELS = {
    Part.ADMITTED: "Completed, treated as an admission",
    Part.NON_ADMITTED: "Completed, treated as an outpatient",
    Part.INCOMPLETE: "Waiting",
    Part.INCOMPLETE_ADMIT: "Waiting, with a decision to admit",
    Part.NEW_PERIODS: "New in the month",
}

BANDS = 105
BAND_COLUMNS = (*(f"Gt {n:02d} To {n + 1:02d} Weeks SUM 1" for n in range(BANDS - 1)), "Gt 104 Weeks SUM 1")

PERIOD, PROVIDER, PROVIDER_NAME = "Period", "Provider Org Code", "Provider Org Name"
PARENT, PART, FUNCTION = "Provider Parent Org Code", "RTT Part Type", "Treatment Function Code"
UNKNOWN_START, TOTAL_ALL = "Patients with unknown clock start date", "Total All"
COLUMNS = (PERIOD, PARENT, PROVIDER, PROVIDER_NAME, PART, FUNCTION, *BAND_COLUMNS, UNKNOWN_START, TOTAL_ALL)

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip

# More than England has ever had: beyond it the file is not the national extract.
MOST_PROVIDERS = 3_000
