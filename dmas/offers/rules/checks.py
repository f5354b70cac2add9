"""Whether an offer makes sense: each fault is raised at its field, in words that say what to do."""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum

from dmas.catalogue.rules import Taken, check_taken
from dmas.catalogue.vocabulary import reasons
from dmas.catalogue.vocabulary.arrangements import (
    Basis,
    ContractBasis,
    CriticalCare,
    Notice,
    Pathway,
    Setting,
    Sex,
    Stage,
)
from dmas.catalogue.vocabulary.diagnostic_tests import diagnostic_test
from dmas.catalogue.vocabulary.reasons import ReasonFor
from dmas.catalogue.vocabulary.tokens import form_tokens, token
from dmas.catalogue.vocabulary.treatment_functions import ADULT_FROM_AGE, treatment_function
from dmas.core.errors import InvalidInput
from dmas.core.nhs_number import check_digit
from dmas.offers.commands import OfferKind, OfferTerms
from dmas.offers.vocabulary import (
    DERIVED_TOKENS,
    LONGEST_CONSULTANT,
    LONGEST_NOTE,
    LONGEST_NOTES,
    MOST_DAYS_AHEAD,
    MOST_FOLLOW_ON_WEEKS,
    MOST_LISTS,
    MOST_PLACES,
    OLDEST,
    Additionality,
    DoneBy,
)

_TEN_DIGITS = re.compile(r"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")
_CONTRACTS_OF: dict[str, set[ContractBasis]] = {
    Basis.WHOLE_PATHWAY: {
        ContractBasis.NHS_PROVIDER,
        ContractBasis.STANDARD_CONTRACT,
        ContractBasis.NEW_CONTRACT,
    },
    Basis.SUBCONTRACTED: {ContractBasis.NHS_PROVIDER, ContractBasis.SUBCONTRACT},
    Basis.TEST_ONLY: {
        ContractBasis.NHS_PROVIDER,
        ContractBasis.STANDARD_CONTRACT,
        ContractBasis.NEW_CONTRACT,
        ContractBasis.SUBCONTRACT,
    },
    Basis.INSOURCED: {ContractBasis.INSOURCING},
}
_ELECTIVE_TOKENS = {one.code for one in form_tokens(Pathway.ELECTIVE)} - set(DERIVED_TOKENS)


def check_offer(kind: OfferKind, terms: OfferTerms, *, today: date, opened_from: date | None = None) -> None:
    """Raise InvalidInput for the first fault of an offer; `opened_from` is a first date it already had."""
    _check_kind(kind)
    _check_window(terms, today, opened_from)
    _between(terms.places, 1, MOST_PLACES, "Number of places", "places")
    if terms.lists is not None:
        _between(terms.lists, 1, MOST_LISTS, "Number of lists", "lists")
    _check_procedures(kind, terms)
    check_limits(kind, terms)
    _check_accepts(kind, terms)
    _check_particulars(kind, terms)


def check_limits(kind: OfferKind, terms: OfferTerms) -> None:
    """Raise InvalidInput where a limit is blank by accident, out of range, or without its lawful reason."""
    _check_ages(terms)
    _check_stated(kind, terms.max_asa, terms.no_asa_limit, "max_asa", "highest ASA grade")
    _check_stated(kind, terms.max_bmi, terms.no_bmi_limit, "max_bmi", "highest BMI")
    if terms.max_asa is not None:
        _between(terms.max_asa, 1, 5, "Highest ASA grade", "max_asa")
    if terms.max_bmi is not None and not 15 <= terms.max_bmi <= 100:
        raise InvalidInput("Highest BMI must be between 15 and 100.", field="max_bmi")
    if terms.critical_care is None and kind.is_admitted:
        raise InvalidInput("Choose the critical care on the site.", field="critical_care")
    _one_of(terms.critical_care, CriticalCare, "critical_care", "the critical care on the site")
    _one_of(terms.sex, Sex, "sex", "who the offer is for")
    if terms.limit_reason is not None:
        _coded(ReasonFor.LAWFUL_LIMIT, terms.limit_reason, "limit_reason")
    elif terms.sex is not None or terms.max_age is not None:
        raise InvalidInput(
            "Choose the lawful reason for a limit by sex or by oldest age.", field="limit_reason"
        )


def check_note(step: ReasonFor, reason: str, note: str) -> None:
    """Raise InvalidInput for an unknown reason, an unsaid other reason, or a note nobody should keep."""
    _coded(step, reason, "reason")
    if reason == "other" and not note.strip():
        raise InvalidInput("Say what the other reason is.", field="note")
    _check_text(note, LONGEST_NOTE, "note", "The note")


def check_places_kept(places: int, held: int, taken: int) -> None:
    """Raise InvalidInput when an offer would have fewer places than are held or taken."""
    if places < held + taken:
        used = "1 place is" if held + taken == 1 else f"{held + taken:,} places are"
        raise InvalidInput(f"{used} already held or taken. Enter {held + taken:,} or more.", field="places")


def _check_kind(kind: OfferKind) -> None:
    if kind.contract_basis not in _CONTRACTS_OF.get(kind.basis, set()):
        raise InvalidInput("Choose one of the arrangements.", field="arrangement")
    if kind.pathway == Pathway.DIAGNOSTIC:
        diagnostic_test(kind.service)
        if (kind.setting, kind.stage, kind.basis) != (Setting.DIAGNOSTIC, None, Basis.TEST_ONLY):
            raise InvalidInput("A test is offered alone: the pathway stays at home.", field="care")
        return
    if kind.basis == Basis.TEST_ONLY:
        raise InvalidInput("Offers of diagnostic tests are not posted here.", field="care")
    treatment_function(kind.service)
    if kind.setting not in set(Setting) - {Setting.DIAGNOSTIC} or kind.stage not in set(Stage):
        raise InvalidInput("Choose what care you can offer.", field="care")
    if kind.is_first_appointment and kind.setting != Setting.OUTPATIENT:
        raise InvalidInput("A first appointment is given in outpatients.", field="care")


def _check_window(terms: OfferTerms, today: date, opened_from: date | None) -> None:
    if terms.window_from < today and terms.window_from != opened_from:
        raise InvalidInput("The first date must be today or later.", field="window_from")
    if terms.window_to < today:
        raise InvalidInput("The last date must be today or later.", field="window_to")
    if terms.window_to < terms.window_from:
        raise InvalidInput("The last date must not be before the first date.", field="window_to")
    if terms.window_to > today + timedelta(days=MOST_DAYS_AHEAD):
        raise InvalidInput("The last date must be within a year from today.", field="window_to")
    _one_of(terms.notice, Notice, "notice", "how much notice patients get")


def _check_procedures(kind: OfferKind, terms: OfferTerms) -> None:
    if kind.pathway == Pathway.DIAGNOSTIC:
        if not terms.any_procedure or terms.procedure_groups or terms.excluded_groups:
            raise InvalidInput("A test has no operations to choose.", field="procedure_groups")
        return
    if kind.is_first_appointment:
        if not terms.any_procedure or terms.procedure_groups or terms.excluded_groups:
            raise InvalidInput(
                "At a first appointment no operation is decided yet, so none can be chosen.",
                field="procedure_groups",
            )
        _check_follow_on(terms)
        return
    check_taken(
        Taken(
            kind.service,
            terms.any_procedure,
            frozenset(terms.procedure_groups),
            frozenset(terms.excluded_groups),
        )
    )


def _check_follow_on(terms: OfferTerms) -> None:
    if terms.gives_treatment is None:
        raise InvalidInput("Say whether you also give the treatment that follows.", field="gives_treatment")
    if not terms.gives_treatment:
        return
    if terms.follow_on_weeks is None:
        raise InvalidInput("Enter your usual wait for the treatment that follows.", field="follow_on_weeks")
    _between(terms.follow_on_weeks, 0, MOST_FOLLOW_ON_WEEKS, "Usual wait in weeks", "follow_on_weeks")


def _check_ages(terms: OfferTerms) -> None:
    if terms.min_age is None:
        raise InvalidInput("Enter the youngest age you take. For adults this is 18.", field="min_age")
    _between(terms.min_age, 0, OLDEST, "Youngest age", "min_age")
    if terms.min_age < ADULT_FROM_AGE and terms.max_age is None:
        raise InvalidInput(
            "To take people under 18, give the whole age range: enter the oldest age too.", field="max_age"
        )
    if terms.max_age is not None:
        _between(terms.max_age, 0, OLDEST, "Oldest age", "max_age")
        if terms.max_age < terms.min_age:
            raise InvalidInput("The oldest age must not be below the youngest age.", field="max_age")


def _check_stated(kind: OfferKind, limit: float | None, none: bool, field: str, name: str) -> None:
    if limit is not None and none:
        raise InvalidInput(f"Enter a {name} or tick that there is no limit, not both.", field=field)
    if limit is None and not none and kind.is_admitted:
        raise InvalidInput(f"Enter the {name} you take, or tick that there is no limit.", field=field)


def _check_accepts(kind: OfferKind, terms: OfferTerms) -> None:
    limited = bool(terms.accepts_regions or terms.accepts_icbs)
    if terms.accepts_reason is not None:
        _coded(ReasonFor.ACCEPTS_FROM, terms.accepts_reason, "accepts_reason")
    elif limited and kind.contract_basis != ContractBasis.NHS_PROVIDER:
        raise InvalidInput(
            "Patients may choose you from anywhere under this contract. "
            "Choose the reason for taking people from some areas only.",
            field="accepts_reason",
        )


def _check_particulars(kind: OfferKind, terms: OfferTerms) -> None:
    if not all(_may_be_provided(code, kind.pathway) for code in terms.tokens):
        raise InvalidInput("Choose what the site provides from the list.", field="tokens")
    _one_of(terms.additionality, Additionality, "additionality", "where the capacity comes from")
    _one_of(terms.pre_assessment_by, DoneBy, "pre_assessment_by", "who does the pre-assessment")
    _one_of(terms.follow_up_by, DoneBy, "follow_up_by", "who does the follow-up")
    _check_text(terms.consultant, LONGEST_CONSULTANT, "consultant", "The consultant's name")
    _check_text(terms.notes, LONGEST_NOTES, "notes", "The notes")


def _may_be_provided(code: str, pathway: str) -> bool:
    if pathway == Pathway.ELECTIVE:
        return code in _ELECTIVE_TOKENS
    return Pathway.DIAGNOSTIC in token(code).pathways  # the details of a test are tokens of families too


def _between(value: int, low: int, high: int, name: str, field: str) -> None:
    if not low <= value <= high:
        raise InvalidInput(f"{name} must be between {low:,} and {high:,}.", field=field)


def _one_of(value: str | None, choices: type[StrEnum], field: str, name: str) -> None:
    if value is not None and value not in {member.value for member in choices}:
        raise InvalidInput(f"Choose {name} from the list.", field=field)


def _coded(step: ReasonFor, code: str, field: str) -> None:
    try:
        reasons.reason(step, code)
    except InvalidInput as error:
        raise InvalidInput(str(error), field=field) from None


def _check_text(text: str, longest: int, field: str, name: str) -> None:
    if len(text) > longest:
        raise InvalidInput(f"{name} must be {longest:,} characters or fewer.", field=field)
    for found in _TEN_DIGITS.findall(text):
        digits = re.sub(r"\D", "", found)
        if check_digit(digits[:9]) == int(digits[9]):
            raise InvalidInput(
                f"{name} seems to hold an NHS number. Remove it: an offer never names a patient.", field=field
            )
