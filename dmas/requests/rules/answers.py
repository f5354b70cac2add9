"""What a patient may answer to each question of their own request, and what each answer becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from dmas.catalogue.vocabulary.arrangements import Pathway
from dmas.catalogue.vocabulary.tokens import TokenTopic, form_tokens
from dmas.core.errors import InvalidInput
from dmas.requests.vocabulary import (
    DISTANCES,
    LONGEST_ANSWER,
    MOST_PERIODS,
    QUESTIONS,
    Channel,
    TransferStep,
)

ENGLAND = "england"
ACCESS_NEEDS = tuple(item for item in form_tokens(Pathway.ELECTIVE) if item.topic is TokenTopic.ACCESS)
_ACCESS_CODES = frozenset(item.code for item in ACCESS_NEEDS)
_FURTHEST_DAYS = 365

Values = dict[str, Any]
_S = TransferStep


def checked_answer(step: TransferStep, values: Mapping[str, Any], today: date) -> Values:
    """Return the answer to one question as it is kept; raise InvalidInput with its field."""
    check = _CHECKS.get(step)
    if check is None:
        raise InvalidInput("This page asks nothing. Go back to your answers.")
    return check(values, today)


def unanswered(answers: Mapping[str, Any]) -> TransferStep | None:
    """Return the first question without an answer, or None where all have one."""
    return next((step for step in QUESTIONS if step.value not in answers), None)


def travel_of(answer: Mapping[str, Any]) -> tuple[int | None, bool]:
    """Return an answer about distance as miles, and whether anywhere in England is meant."""
    return (None, True) if answer["miles"] == ENGLAND else (int(answer["miles"]), False)


def _still_your_wait(values: Mapping[str, Any], today: date) -> Values:
    if values.get("right") not in ("yes", "no"):
        raise InvalidInput("Say if this is still right.", field="right")
    if values["right"] == "yes":
        return {"right": "yes"}
    return {"right": "no", "wrong": _said(values, "wrong", "Say what is wrong.")}


def _health(values: Mapping[str, Any], today: date) -> Values:
    if values.get("changed") not in ("yes", "no"):
        raise InvalidInput("Say if anything has changed.", field="changed")
    if values["changed"] == "no":
        return {"changed": "no"}
    return {"changed": "yes", "what": _said(values, "what", "Say what has changed.")}


def _distance(values: Mapping[str, Any], today: date) -> Values:
    allowed = {*(str(miles) for miles in DISTANCES), ENGLAND}
    if values.get("miles") not in allowed:
        raise InvalidInput("Choose how far you could travel.", field="miles")
    return {"miles": values["miles"]}


def _dates(values: Mapping[str, Any], today: date) -> Values:
    if values.get("any") not in ("yes", "no"):
        raise InvalidInput("Say if there are days when you cannot come.", field="any")
    if values["any"] == "no":
        return {"any": "no", "periods": []}
    periods = list(values.get("periods") or [])
    if not periods:
        raise InvalidInput("Give the first and last day when you cannot come.", field="from_1")
    if len(periods) > MOST_PERIODS:
        raise InvalidInput(f"Give at most {MOST_PERIODS} times.", field="from_1")
    return {
        "any": "yes",
        "periods": [_period(one, number, today) for number, one in enumerate(periods, start=1)],
    }


def _period(given: Mapping[str, Any], number: int, today: date) -> Values:
    start, end = given.get("from"), given.get("to")
    if not isinstance(start, date):
        raise InvalidInput("Give the first day.", field=f"from_{number}")
    if not isinstance(end, date):
        raise InvalidInput("Give the last day.", field=f"to_{number}")
    if end < start:
        raise InvalidInput("The last day must not be before the first.", field=f"to_{number}")
    if end < today:
        raise InvalidInput("These days are over. Give days that are still to come.", field=f"to_{number}")
    if end > today + timedelta(days=_FURTHEST_DAYS):
        raise InvalidInput("Give days within the next year.", field=f"to_{number}")
    return {"from": start.isoformat(), "to": end.isoformat()}


def _short_notice(values: Mapping[str, Any], today: date) -> Values:
    if values.get("short_notice") not in ("yes", "no"):
        raise InvalidInput("Say if you could come with less notice.", field="short_notice")
    return {"short_notice": values["short_notice"]}


def _needs(values: Mapping[str, Any], today: date) -> Values:
    codes = [str(code) for code in values.get("needs") or []]
    if any(code not in _ACCESS_CODES for code in codes):
        raise InvalidInput("Choose from the list.", field="needs")
    language = _text(values, "language", 60)
    if "interpreter" in codes and not language:
        raise InvalidInput("Say which language you need.", field="language")
    return {"needs": sorted(codes), "language": language, "other": _text(values, "other", LONGEST_ANSWER)}


def _contact(values: Mapping[str, Any], today: date) -> Values:
    if values.get("channel") not in set(Channel):
        raise InvalidInput("Choose how you would like to hear from us.", field="channel")
    channel = Channel(values["channel"])
    kept = {
        "channel": channel.value,
        "phone": _text(values, "phone", 30),
        "email": _text(values, "email", 254),
    }
    if channel in (Channel.SMS, Channel.PHONE) and not kept["phone"]:
        raise InvalidInput("Give a phone number.", field="phone")
    if channel is Channel.EMAIL and not kept["email"]:
        raise InvalidInput("Give an email address.", field="email")
    return kept


def _acting(values: Mapping[str, Any], today: date) -> Values:
    if values.get("acting") not in ("yes", "no"):
        raise InvalidInput("Say if somebody else acts for you.", field="acting")
    if values["acting"] == "no":
        return {"acting": "no"}
    return {
        "acting": "yes",
        "helper": _said(values, "helper", "Give the name of the person acting for the patient.", 100),
        "basis": _said(values, "basis", "Say how this person may act for the patient.", 200),
    }


def _whole_pathway(values: Mapping[str, Any], today: date) -> Values:
    if values.get("understood") != "yes":
        raise InvalidInput(
            "Tick the box if you understand. If you do not want all of this care to move, you do not have to"
            " ask: you keep your place where you are.",
            field="understood",
        )
    return {"understood": "yes"}


def _sharing(values: Mapping[str, Any], today: date) -> Values:
    if values.get("shared") != "yes":
        raise InvalidInput(
            "Tick the box if you agree. Without it no other hospital can look at your request.",
            field="shared",
        )
    return {"shared": "yes"}


def _said(values: Mapping[str, Any], name: str, missing: str, most: int = LONGEST_ANSWER) -> str:
    text = _text(values, name, most)
    if not text:
        raise InvalidInput(missing, field=name)
    return text


def _text(values: Mapping[str, Any], name: str, most: int) -> str:
    text = str(values.get(name) or "").strip()
    if len(text) > most:
        raise InvalidInput(f"Use {most:,} characters or fewer.", field=name)
    return text


_Check = Callable[[Mapping[str, Any], date], Values]
_CHECKS: MappingProxyType[TransferStep, _Check] = MappingProxyType(
    {
        _S.STILL_YOUR_WAIT: _still_your_wait,
        _S.HEALTH: _health,
        _S.DISTANCE: _distance,
        _S.DATES: _dates,
        _S.SHORT_NOTICE: _short_notice,
        _S.NEEDS: _needs,
        _S.CONTACT: _contact,
        _S.ACTING: _acting,
        _S.WHOLE_PATHWAY: _whole_pathway,
        _S.SHARING: _sharing,
    }
)
