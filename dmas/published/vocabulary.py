"""The shape of NHS England's monthly returns, RTT and DM01: their columns, parts and bands."""

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


class Counted(StrEnum):
    """Whose waits a usual wait is taken from."""

    TREATED = "treated"
    ADMITTED = "admitted"
    OUTPATIENT = "outpatient"
    TEST = "test"

    @property
    def label(self) -> str:
        """Return the people counted, as a choice on a page."""
        return COUNTED_LABELS[self]


COUNTED_LABELS = {
    Counted.TREATED: "All treatment",
    Counted.ADMITTED: "Operation or procedure with admission",
    Counted.OUTPATIENT: "Treatment without admission",
    Counted.TEST: "Diagnostic test",
}
PARTS_COUNTED: dict[Counted, tuple[str, ...]] = {
    Counted.TREATED: (Part.ADMITTED.value, Part.NON_ADMITTED.value),
    Counted.ADMITTED: (Part.ADMITTED.value,),
    Counted.OUTPATIENT: (Part.NON_ADMITTED.value,),
    Counted.TEST: (),
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

DM01_BANDS = 14
DM01_BAND_COLUMNS = (
    "00 < 01 Week",
    *(f"{n:02d} < {n + 1:02d} Weeks" for n in range(1, DM01_BANDS - 1)),
    "13+ Weeks",
)
DM01_TEST, DM01_WAITING = "Diagnostic Tests", "Total WL"
DM01_ACTIVITIES = ("Waiting List Activity", "Planned Activity", "Unscheduled Activity")
DM01_TOTAL_ACTIVITY = "Total Activity"
DM01_COLUMNS = (
    PERIOD, PARENT, PROVIDER, PROVIDER_NAME, DM01_TEST,
    *DM01_BAND_COLUMNS, DM01_WAITING, *DM01_ACTIVITIES, DM01_TOTAL_ACTIVITY,
)  # fmt: skip
DM01_TOTAL = "TOTAL"  # the row that sums a provider's tests
