"""The life of a request to an ICB for a choice."""

from __future__ import annotations

from dmas.core.transitions import Step, step
from dmas.waitinglist.vocabulary import ChoiceStatus

S = ChoiceStatus

TRANSITIONS: dict[str, Step[ChoiceStatus]] = {
    "meet": step({S.RECEIVED}, S.MET, "the patient's ICB"),
    "refuse": step({S.RECEIVED}, S.REFUSED, "the patient's ICB"),
}
