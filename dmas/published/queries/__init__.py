"""Reading published figures: the same for everybody."""

from dmas.published.queries.compare import Compared, Comparison, compare, district
from dmas.published.queries.months import (
    Cells,
    ReportingProvider,
    cells,
    latest_period,
    periods,
    reporting_providers,
    total_incomplete,
)
from dmas.published.queries.waits import Wanted, usual_waits

__all__ = [
    "Cells",
    "Compared",
    "Comparison",
    "ReportingProvider",
    "Wanted",
    "cells",
    "compare",
    "district",
    "latest_period",
    "periods",
    "reporting_providers",
    "total_incomplete",
    "usual_waits",
]
