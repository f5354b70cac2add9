"""Coded reasons: why someone declined, returned, withdrew or limited something, for staff and patients."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from dmas.core.errors import InvalidInput


class ReasonFor(StrEnum):
    """The step a reason is given for."""

    DECLINE = "decline"
    TRUST_DECLINE = "trust_decline"
    RETURN = "return"
    WITHDRAW_OFFER = "withdraw_offer"
    SUSPEND_OFFER = "suspend_offer"
    WITHDRAW_REQUEST = "withdraw_request"
    ICB_RETURN = "icb_return"
    LAWFUL_LIMIT = "lawful_limit"
    ACCEPTS_FROM = "accepts_from"
    REFUSE_NAME = "refuse_name"
    STAY = "stay"
    BY_HAND = "by_hand"
    CANCEL_TRANSFER = "cancel_transfer"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Reason:
    """One coded reason: `label` for staff, `plain` for the patient's page or letter."""

    code: str
    label: str
    plain: str


def _reasons(*rows: tuple[str, str, str]) -> MappingProxyType[str, Reason]:
    return MappingProxyType({code: Reason(code, label, plain) for code, label, plain in rows})


_OTHER = ("other", "Another reason (say which)", "There was another reason.")
_NO_CAPACITY = ("no_capacity", "Capacity no longer available", "The hospital no longer has room.")

REASONS: MappingProxyType[ReasonFor, MappingProxyType[str, Reason]] = MappingProxyType(
    {
        ReasonFor.DECLINE: _reasons(
            _NO_CAPACITY,
            (
                "outside_criteria",
                "Outside our clinical criteria",
                "The hospital cannot treat this safely there.",
            ),
            ("case_mix", "Case mix too complex for the list", "The hospital cannot treat this safely there."),
            ("missing_information", "Information missing", "The hospital needed more information."),
            ("staffing", "Staff or theatre not available", "The hospital does not have the staff or room."),
            (
                "equipment",
                "Implants or equipment not available",
                "The hospital lacks equipment that is needed.",
            ),
            ("too_soon", "Dates too soon to arrange", "The dates were too soon to arrange."),
            _OTHER,
        ),
        ReasonFor.TRUST_DECLINE: _reasons(
            (
                "treated_at_home",
                "We can now treat these patients ourselves",
                "Your hospital can treat you itself.",
            ),
            ("too_far", "Too far for our patients", "The hospital was too far away."),
            ("dates_unsuitable", "Dates do not suit", "The dates did not suit."),
            ("follow_up", "Follow-up cannot be arranged", "Care afterwards could not be arranged."),
            ("patients_prefer_to_stay", "Patients prefer to stay", "You chose to stay where you are."),
            _OTHER,
        ),
        ReasonFor.RETURN: _reasons(
            ("condition_changed", "The patient's condition has changed", "Your health has changed."),
            (
                "unsuitable_at_assessment",
                "Found unsuitable at assessment",
                "It is safer to treat you elsewhere.",
            ),
            ("different_procedure", "A different procedure is needed", "You need a different treatment."),
            ("patient_asked", "The patient asked to go back", "You asked to go back."),
            ("no_contact", "The patient could not be reached", "The hospital could not reach you."),
            ("cannot_date", "No date can be given", "The hospital could not give you a date."),
            ("provider_stopped", "The service has stopped", "The hospital no longer gives this treatment."),
            _OTHER,
        ),
        ReasonFor.WITHDRAW_OFFER: _reasons(
            _NO_CAPACITY,
            ("staffing", "Staff not available", "The hospital does not have the staff."),
            ("estate", "Theatre or building problem", "The hospital has a problem with its building."),
            (
                "used_locally",
                "Used for our own patients",
                "The hospital needs the room for its own patients.",
            ),
            ("posted_in_error", "Posted in error", "The offer was a mistake."),
            _OTHER,
        ),
        ReasonFor.SUSPEND_OFFER: _reasons(
            ("safety", "Safety concern", "The hospital has paused this service to check that it is safe."),
            ("regulator", "Action by a regulator", "The hospital has paused this service."),
            ("lapses", "Too many answers missed", "The hospital has paused this service."),
            ("limits_under_review", "Limits under review", "The hospital has paused this service."),
            _OTHER,
        ),
        ReasonFor.WITHDRAW_REQUEST: _reasons(
            ("treated_at_home", "Now treated by us", "Your hospital can treat you itself."),
            ("arranged_elsewhere", "Arranged outside this exchange", "Care was arranged another way."),
            ("no_longer_needed", "No longer needed", "This is no longer needed."),
            ("posted_in_error", "Posted in error", "The request was a mistake."),
            _OTHER,
        ),
        ReasonFor.ICB_RETURN: _reasons(
            ("more_detail", "More detail needed", "Your local NHS has asked for more detail."),
            ("local_capacity", "Local capacity exists", "There is room closer to home."),
            ("contract", "Contract basis not agreed", "The arrangement with the hospital is not agreed yet."),
            ("not_additional", "Capacity is not additional", "The room offered is already used by the NHS."),
            ("quality", "Quality or safety question", "There is a question about safety to settle first."),
            (
                "specialised",
                "Commissioned by NHS England, not the ICB",
                "This treatment is arranged nationally.",
            ),
            _OTHER,
        ),
        ReasonFor.LAWFUL_LIMIT: _reasons(
            (
                "sex_specific_procedure",
                "The procedure is for one sex only",
                "This treatment is for one sex only.",
            ),
            ("single_sex_ward", "The ward is single sex", "The ward takes one sex only."),
            ("childrens_service", "A children's service", "The service is for children."),
            ("licence", "The site's registration sets the age", "The site may treat certain ages only."),
            (
                "clinical_evidence",
                "Clinical evidence for the age limit",
                "The limit is set on medical grounds.",
            ),
        ),
        ReasonFor.ACCEPTS_FROM: _reasons(
            (
                "mutual_aid_agreement",
                "Mutual aid agreement of these areas",
                "It is an arrangement of certain areas.",
            ),
            ("funded_by_icb", "Funded by an ICB for its own residents", "It is paid for by one area's NHS."),
            (
                "follow_up_network",
                "Follow-up runs through a local network",
                "Care afterwards is given locally.",
            ),
            (
                "contract_area",
                "The contract names these areas",
                "The hospital's contract names certain areas.",
            ),
        ),
        ReasonFor.REFUSE_NAME: _reasons(
            ("outside_criteria", "Outside the offer's limits", "The hospital cannot treat you safely there."),
            (
                "ranked_below",
                "Ranked below this offer's cut-off",
                "Others have waited longer or need it sooner.",
            ),
            ("already_moving", "Already in another move", "You are already moving to another hospital."),
            ("not_waiting", "No longer waiting", "You are no longer on the waiting list."),
            ("cancer_or_urgent", "On an urgent route", "You are on a faster route."),
            ("no_consent", "The patient has not said yes", "You have not said yes."),
            ("information_missing", "Information missing", "More information about you is needed."),
            _OTHER,
        ),
        ReasonFor.STAY: _reasons(
            ("too_far", "Too far to travel", "It was too far."),
            ("cost_of_travel", "Travel would cost too much", "The journey would cost too much."),
            ("nobody_to_help", "Nobody to go with or help afterwards", "There is nobody to help."),
            ("prefers_team", "Prefers the present team", "You prefer the team you know."),
            ("dates_unsuitable", "Dates do not suit", "The dates did not suit."),
            ("prefers_to_wait", "Prefers to wait", "You prefer to wait."),
            ("not_said", "Did not say why", "No reason was given, and none is needed."),
        ),
        ReasonFor.BY_HAND: _reasons(
            (
                "short_notice",
                "Places too soon for the next night",
                "The places were too soon to wait for the night.",
            ),
            ("keeps_list_running", "Fills a list that would not run", "It lets the list go ahead."),
            ("clinical_pairing", "The clinical teams agreed", "The teams agreed it is right for you."),
            ("patient_need", "A patient's particular need", "It meets your particular need."),
            _OTHER,
        ),
        ReasonFor.CANCEL_TRANSFER: _reasons(
            ("patient_changed_mind", "The patient changed their mind", "You changed your mind."),
            ("condition_changed", "The patient's condition has changed", "Your health has changed."),
            ("home_date", "The home trust has a date", "Your hospital has given you a date."),
            ("named_in_error", "Named in error", "There was a mistake."),
            _OTHER,
        ),
        ReasonFor.REVIEW: _reasons(
            (
                "complex",
                "Clinically complex: one team must keep the care",
                "Your care has several parts that one team needs to look after together.",
            ),
            (
                "co_located",
                "Needs another specialty on the same site",
                "Your treatment needs another specialist team in the same hospital.",
            ),
            (
                "not_fit_yet",
                "Not fit for treatment or travel now",
                "It would not be safe for you to travel or have the treatment just now.",
            ),
            (
                "imminent_date",
                "A date at home is imminent",
                "Your hospital expects to treat you soon, sooner than a move could be arranged.",
            ),
            (
                "safeguarding",
                "Support or safeguarding would break off",
                "Moving would break off support that you have where you are.",
            ),
            (
                "wrong_pathway",
                "Waiting for something that cannot move",
                "What you are waiting for cannot be given by another hospital in this way.",
            ),
            (
                "more_urgent",
                "More urgent: being seen at home sooner",
                "You need care sooner than a move could be arranged, so your own hospital will see to it.",
            ),
            (
                "already_moving",
                "Already being moved another way",
                "Your care is already being moved in another way.",
            ),
        ),
    }
)


def reasons(step: ReasonFor) -> tuple[Reason, ...]:
    """Return the reasons that may be given for a step, in the order a form shows them."""
    return tuple(REASONS[step].values())


def reason(step: ReasonFor, code: str) -> Reason:
    """Return one reason for a step; raise InvalidInput where the step has no such reason."""
    found = REASONS[step].get(code)
    if found is None:
        raise InvalidInput("Choose a reason from the list.", field="reason")
    return found
