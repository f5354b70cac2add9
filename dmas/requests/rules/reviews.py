"""What makes a clinician's decision about a patient's own request sound."""

from __future__ import annotations

from datetime import date

from dmas.catalogue.vocabulary.arrangements import Care, Pathway, Stage
from dmas.catalogue.vocabulary.priorities import priority
from dmas.catalogue.vocabulary.procedures import groups_of, procedure_group
from dmas.catalogue.vocabulary.reasons import ReasonFor, reason
from dmas.catalogue.vocabulary.tokens import TokenKind, form_tokens
from dmas.catalogue.vocabulary.treatment_functions import AgeGroup, treatment_function
from dmas.core.errors import InvalidInput
from dmas.core.nhs_number import holds_nhs_number
from dmas.requests.commands import ReviewTransfer
from dmas.requests.rules.care import tier_of
from dmas.requests.vocabulary import LONGEST_ANSWER, ReviewOutcome

_AMONG_NEEDS = frozenset(item.code for item in form_tokens(Pathway.ELECTIVE, TokenKind.HARD))


def check_review(command: ReviewTransfer, today: date) -> None:
    """Raise InvalidInput, with its field, for the first thing that makes a decision unsound."""
    if command.outcome is ReviewOutcome.NOT_SUITABLE:
        reason(ReasonFor.REVIEW, command.reason or "")
    elif command.outcome is ReviewOutcome.MORE_INFORMATION:
        _check_question(command.question)
    elif command.outcome is ReviewOutcome.SUITABLE:
        _check_care(command)
        _check_priority(command.priority_code)
        _check_values(command, today)
    else:
        raise InvalidInput("Choose what you have decided.", field="outcome")


def _check_question(question: str) -> None:
    if not question.strip():
        raise InvalidInput("Write what you need to know, in words the patient can answer.", field="question")
    if len(question) > LONGEST_ANSWER:
        raise InvalidInput(f"Use {LONGEST_ANSWER:,} characters or fewer.", field="question")
    if holds_nhs_number(question):
        raise InvalidInput("Take the NHS number out of the question.", field="question")


def _check_care(command: ReviewTransfer) -> None:
    if command.service is None:
        raise InvalidInput("Choose the treatment function to match.", field="service")
    function = treatment_function(command.service)
    if function.ages is AgeGroup.CHILD:
        raise InvalidInput(f"{function.name} is a children's service.", field="service")
    if command.stage is None or command.setting is None or Care.of(command.stage, command.setting) is None:
        raise InvalidInput("Choose what care is needed.", field="care")
    allowed = {item.code for item in groups_of(command.service)}
    if command.procedure_group is None:
        if command.stage is Stage.DECISION_TO_ADMIT and allowed:
            raise InvalidInput("Choose the procedure the patient is waiting for.", field="procedure_group")
    elif procedure_group(command.procedure_group).code not in allowed:
        raise InvalidInput(
            f"{procedure_group(command.procedure_group).name} is not done under"
            f" {function.name.lower()}. Choose another procedure or another treatment function.",
            field="procedure_group",
        )
    if any(code not in _AMONG_NEEDS for code in command.tokens):
        raise InvalidInput("Choose needs from the list.", field="tokens")


def _check_priority(code: str | None) -> None:
    if code is None:
        raise InvalidInput("Choose the priority.", field="priority_code")
    if priority(code).code == "P2":
        raise InvalidInput(
            "P2 is not matched through a patient's own request: arrange it now, at home or by mutual aid.",
            field="priority_code",
        )
    tier_of(code, 0)


def _check_values(command: ReviewTransfer, today: date) -> None:
    if command.asa is not None and not 1 <= command.asa <= 5:
        raise InvalidInput("ASA grade must be between 1 and 5.", field="asa")
    if command.bmi is not None and not 5 <= command.bmi <= 150:
        raise InvalidInput("BMI must be between 5 and 150.", field="bmi")
    _check_date(command.asa is not None, command.asa_on, today, "ASA grade", "asa_on")
    _check_date(command.bmi is not None, command.bmi_on, today, "BMI", "bmi_on")


def _check_date(known: bool, on: date | None, today: date, name: str, field: str) -> None:
    if known and on is None:
        raise InvalidInput(f"Give the date of the {name}.", field=field)
    if on is not None and on > today:
        raise InvalidInput(f"The date of the {name} must not be in the future.", field=field)
