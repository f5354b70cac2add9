"""The columns of a weekly extract: what each may be called, how its cells are read, and which must be there.

Names are those of the national waiting list minimum data set, and ours; case and signs between words do not
matter, and columns that nobody knows are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dmas.catalogue.vocabulary.priorities import PRIORITIES
from dmas.catalogue.vocabulary.treatment_functions import TREATMENT_FUNCTIONS
from dmas.core.errors import InvalidInput
from dmas.uploads.rules.cells import (
    NULL,
    Cells,
    CodeCells,
    DateCells,
    IdentifierCells,
    NameCells,
    NhsNumberCells,
    NumberCells,
    TextCells,
)

STOPPED = ("30", "31", "32", "33", "34", "35", "36")
DIED = "36"
_STATUSES = (*STOPPED, "10", "11", "12", "20", "21", "90", "91", "92", "98", "99")
_LISTS = {
    "IRTT": "admitted", "ADMITTED": "admitted", "DTA": "admitted", "IP": "admitted", "INPATIENT": "admitted",
    "ORTT": "non_admitted", "NON_ADMITTED": "non_admitted", "NON-ADMITTED": "non_admitted",
    "NONADMITTED": "non_admitted", "NON ADMITTED": "non_admitted", "OP": "non_admitted",
    "OUTPATIENT": "non_admitted",
}  # fmt: skip
_YES = {"Y": "t", "YES": "t", "1": "t", "TRUE": "t", "N": "f", "NO": "f", "0": "f", "FALSE": "f"}
_CHANNELS = {
    "SMS": "sms", "TEXT": "sms", "MOBILE": "sms", "EMAIL": "email", "E-MAIL": "email", "LETTER": "letter",
    "POST": "letter",
}  # fmt: skip
_SAFE = {
    "ANY": "any", "NO_LETTER": "no_letter", "NO LETTER": "no_letter", "NO_SMS": "no_sms", "NO SMS": "no_sms",
    "ASK_FIRST": "ask_first", "ASK FIRST": "ask_first",
}  # fmt: skip
_SEXES = {"1": "M", "2": "F", "M": "M", "F": "F", "MALE": "M", "FEMALE": "F"}
_NO_SIGNS = str.maketrans("", "", " ()-")
_OLDEST_WAIT = timedelta(days=15 * 366)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name with us, the names it may have in a file, how it is read, and its SQL type."""

    name: str
    called: tuple[str, ...]
    cells: Cells
    kind: str = "text"
    must_be_there: bool = False


def columns(today: date, provider_code: str, icbs: Mapping[str, str]) -> tuple[Column, ...]:
    """Return fresh readers of every column for one file; `icbs` gives today's ICB for a commissioner."""
    return (*_whose(today, provider_code, icbs), *_wait(today), *_details(today))


def find(wanted: Sequence[Column], header: Mapping[str, int]) -> dict[str, int]:
    """Return where each known column stands; raise InvalidInput that names those that are missing."""
    found = {}
    for column in wanted:
        place = next((header[name] for name in column.called if name in header), None)
        if place is not None:
            found[column.name] = place
    missing = [one.called[0] for one in wanted if one.must_be_there and one.name not in found]
    if missing:
        raise InvalidInput(f"The file has no column for {', '.join(missing)}. Export the list with them.")
    return found


def check_week(weeks: set[str], today: date, applied: date | None) -> date:
    """Return the one week a file is of; raise InvalidInput where it is none, several, or not the next."""
    said = sorted(week for week in weeks if week != NULL)
    if len(said) != 1:
        raise InvalidInput("Every row must be of one week: the week ending date differs from row to row.")
    week = date.fromisoformat(said[0])
    words = f"{week:%A} {week.day} {week:%B %Y}"
    if week.weekday() != 6:
        raise InvalidInput(f"A week ends on a Sunday, and this list says {words}.")
    if week > today:
        raise InvalidInput(f"This list is of a week that has not ended: {words}.")
    if applied is not None and week == applied:
        raise InvalidInput(f"The list of the week ending {words} has been applied already.")
    if applied is not None and week < applied:
        raise InvalidInput(f"This list is of {words}, and a later one has been applied already.")
    return week


def check_dates(wanted: Sequence[Column]) -> list[str]:
    """Return the columns whose days could be months; raise InvalidInput where months do come first."""
    dates = [column.cells for column in wanted if isinstance(column.cells, DateCells)]
    for cells in dates:
        if cells.month_first:
            raise InvalidInput(
                f"{cells.label} is written month first, as in the United States. Write days first, or"
                " year-month-day."
            )
    return [cells.label for cells in dates if cells.order_is_doubtful]


def _whose(today: date, provider_code: str, icbs: Mapping[str, str]) -> tuple[Column, ...]:
    def ours(code: str) -> str | None:
        return provider_code if code == provider_code or code[:-2] == provider_code else None

    return (
        _column("week", ("week_ending_date", "week_ending", "census_date"),
                DateCells("The week ending date", required=True), "date", must=True),
        _column("provider", ("provider_code", "organisation_identifier_code_of_provider", "provider"),
                CodeCells("The provider code", ours, required=True, refuses=True), must=True),
        _column("nhs_number", ("nhs_number", "nhs_no"),
                NhsNumberCells("The NHS number", required=True), must=True),
        _column("local_patient_id", ("local_patient_identifier", "local_patient_id"),
                TextCells("The local number")),
        _column("given_name", ("given_name", "person_given_name", "first_name"),
                NameCells("The given name", required=True), must=True),
        _column("family_name", ("family_name", "person_family_name", "surname", "last_name"),
                NameCells("The family name", required=True), must=True),
        _column("date_of_birth", ("date_of_birth", "person_birth_date", "dob"),
                DateCells("The date of birth", required=True, latest=today), "date", must=True),
        _column("died_on", ("person_death_date", "date_of_death"),
                DateCells("The date of death", latest=today), "date"),
        _column("sex", ("person_stated_gender_code", "sex", "gender"), CodeCells("The sex", _SEXES)),
        _column("practice_code", ("practice", "practice_code", "general_medical_practice_code",
                                  "general_medical_practice_code_patient_registration"),
                CodeCells("The practice", _practice), must=True),
        _column("commissioner_code", ("commissioner", "commissioner_code",
                                      "organisation_identifier_code_of_commissioner"),
                CodeCells("The commissioner", _organisation), must=True),
        _column("patient_icb", ("commissioner", "commissioner_code",
                                "organisation_identifier_code_of_commissioner"), _Icbs(icbs)),
    )  # fmt: skip


def _wait(today: date) -> tuple[Column, ...]:
    soon = today + timedelta(days=3 * 366)
    return (
        _column("pathway_id", ("patient_pathway_identifier", "pathway_id"),
                IdentifierCells("The pathway identifier", required=True), must=True),
        _column("service", ("activity_treatment_function_code", "treatment_function_code"),
                CodeCells("The treatment function", _function, required=True, refuses=True), must=True),
        _column("list_type", ("waiting_list_type",),
                CodeCells("The waiting list type", _LISTS, required=True, refuses=True), must=True),
        _column("clock_start", ("referral_to_treatment_period_start_date", "clock_start_date"),
                DateCells("The start of the clock", required=True, earliest=today - _OLDEST_WAIT,
                          latest=today),
                "date", must=True),
        _column("clock_end", ("referral_to_treatment_period_end_date", "end_date"),
                DateCells("The end of the clock", latest=today), "date"),
        _column("rtt_status", ("referral_to_treatment_period_status", "rtt_status"),
                CodeCells("The status", {code: code for code in _STATUSES}), must=True),
        _column("decision_to_admit_on", ("decision_to_admit_date",),
                DateCells("The decision to admit", latest=today), "date"),
        _column("admission_on", ("tci_date",), DateCells("The admission date", latest=soon), "date"),
        _column("outpatient_on", ("outpatient_future_appointment_date",),
                DateCells("The next appointment", latest=soon), "date"),
        _column("outpatient_was", ("outpatient_appointment_date",),
                DateCells("The appointment", latest=soon), "date"),
        _column("last_attended_on", ("date_last_attended",),
                DateCells("The last attendance", latest=today), "date"),
        _column("site_code", ("site_of_treatment", "site_code_of_treatment", "site_code"),
                TextCells("The site")),
        _column("referral_source", ("source_of_referral", "source_of_referral_for_out_patients"),
                CodeCells("The source of referral", _two_digits)),
        _column("referring_organisation", ("referring_organisation", "referring_organisation_code"),
                CodeCells("The referring organisation", _organisation)),
        _column("on_cancer_list", ("inclusion_on_cancer_ptl",),
                CodeCells("The cancer list", _YES), "boolean"),
        _column("priority_type", ("priority_type_code",),
                CodeCells("The priority type", {one: one for one in "123"})),
    )  # fmt: skip


def _details(today: date) -> tuple[Column, ...]:
    def lately(label: str) -> DateCells:
        return DateCells(label, refuses=False, latest=today)

    return (
        _column("procedure_code", ("proposed_procedure_opcs_code", "procedure_code"),
                CodeCells("The procedure", _opcs)),
        _column("procedure_priority", ("procedure_priority_code", "priority_code"),
                CodeCells("The priority", _priority)),
        _column("outpatient_priority", ("outpatient_priority_code",), CodeCells("The priority", _priority)),
        _column("priority_reviewed_on", ("date_of_last_priority_review",),
                lately("The priority review"), "date"),
        _column("intended_management", ("intended_management_code",),
                CodeCells("The intended management", {one: one for one in "12345"})),
        _column("asa", ("asa_physical_status_classification_system_code", "asa"),
                NumberCells("ASA", 1, 5, whole=True), "integer"),
        _column("asa_on", ("asa_date",), lately("The ASA date"), "date"),
        _column("bmi", ("bmi",), NumberCells("BMI", 5, 150), "double precision"),
        _column("bmi_on", ("bmi_date",), lately("The BMI date"), "date"),
        _column("ubrn", ("ubrn",), TextCells("The booking reference")),
        _column("unavailable_from", ("unavailable_from",),
                DateCells("Unavailable from", refuses=False), "date"),
        _column("unavailable_to", ("unavailable_to",), DateCells("Unavailable to", refuses=False), "date"),
        _column("validated_on", ("last_pas_validation_date",), lately("The validation"), "date"),
        _column("address", ("address",), TextCells("The address")),
        _column("postcode", ("postcode",), CodeCells("The postcode", _postcode)),
        _column("mobile", ("mobile",), CodeCells("The mobile number", _mobile)),
        _column("email", ("email",), _Emails("The email address", refuses=False)),
        _column("contact_preference", ("contact_preference",),
                CodeCells("The contact preference", _CHANNELS)),
        _column("interpreter_language", ("interpreter_language",), TextCells("The language")),
        _column("communication_needs", ("communication_needs",), TextCells("The communication needs")),
        _column("safe_contact", ("safe_contact",), CodeCells("Safe contact", _safe)),
    )  # fmt: skip


class _Emails(Cells):
    """Email addresses, kept only where they look like one."""

    def read(self, raw: str, text: str) -> str:
        if re.fullmatch(r"[^\s@<>,;\"\\]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}", text) is None:
            return self.fault(raw, "The email address is not one.")
        return text


class _Icbs(Cells):
    """The patient's ICB from their commissioner's code; unknown codes say nothing."""

    def __init__(self, known: Mapping[str, str]) -> None:
        super().__init__("The commissioner")
        self._known = known

    def read(self, raw: str, text: str) -> str:
        code = text.upper()
        return self._known.get(code) or self._known.get(code.removesuffix("00"), NULL)


def _column(
    name: str, called: tuple[str, ...], cells: Cells, kind: str = "text", *, must: bool = False
) -> Column:
    return Column(name, called, cells, kind, must)


def _function(code: str) -> str | None:
    plain = code.removeprefix("C_").removeprefix("C")
    return plain if plain in TREATMENT_FUNCTIONS else None


def _priority(code: str) -> str | None:
    plain = f"P{code}" if code[:1].isdigit() else code
    plain = plain[:2] if plain in ("P1A", "P1B") else plain
    return plain if plain in PRIORITIES and plain[0] == "P" else None


def _opcs(code: str) -> str | None:
    plain = code.replace(".", "").replace(" ", "")
    return plain if re.fullmatch(r"[A-HJ-Z][0-9]{2,3}[0-9]?", plain) else None


def _organisation(code: str) -> str | None:
    return code if re.fullmatch(r"[A-Z0-9]{3,9}", code) else None


def _practice(code: str) -> str | None:
    return code if re.fullmatch(r"[A-Z0-9][0-9]{4,5}", code) else None


def _two_digits(code: str) -> str | None:
    return code.zfill(2) if re.fullmatch(r"[0-9]{1,2}", code) else None


def _postcode(text: str) -> str | None:
    found = re.fullmatch(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})", text.replace(" ", ""))
    return f"{found[1]} {found[2]}" if found else None


def _mobile(text: str) -> str | None:
    digits = text.translate(_NO_SIGNS)
    digits = re.sub(r"^(\+44|0044|44)(?=7)", "0", digits)
    digits = f"0{digits}" if re.fullmatch(r"7[0-9]{9}", digits) else digits
    return f"{digits[:5]} {digits[5:]}" if re.fullmatch(r"07[0-9]{9}", digits) else None


def _safe(text: str) -> str:
    """Return the limit that is meant; words nobody knows are taken for the strictest."""
    return _SAFE.get(text, "ask_first")
