"""Weekly lists as files: a few rows with the columns that must be there, or as a test wants them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from tests.factories.proposals import nhs_number

WEEK = date(2026, 11, 15)


def a_row(provider: str, **values: Any) -> dict[str, Any]:
    """Return one row of a list as a trust sends it: an operation, waited 50 weeks."""
    number = values.pop("number", None) or nhs_number()
    defaults: dict[str, Any] = {
        "week_ending_date": WEEK,
        "provider_code": provider,
        "NHS_number": number,
        "given_name": "Morgan",
        "family_name": f"Listed{number[3:8]}",
        "date_of_birth": "1966-03-14",
        "practice": "M85001",
        "commissioner": "",
        "patient_pathway_identifier": f"PW{number}",
        "activity_treatment_function_code": "110",
        "waiting_list_type": "IRTT",
        "referral_to_treatment_period_start_date": WEEK - timedelta(weeks=50),
        "end_date": "",
        "referral_to_treatment_period_status": "20",
        "decision_to_admit_date": WEEK - timedelta(weeks=10),
        "tci_date": "",
        "procedure_priority_code": "P4",
        "address": "1 Example Street, Birmingham",
        "postcode": "B15 2GW",
        "mobile": "07700 900123",
        "email": "",
        "safe_contact": "any",
    }
    return defaults | values


def a_list(rows: Iterable[Mapping[str, Any]], *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """Return rows as a file; the header is the first row's."""
    rows = list(rows)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)
