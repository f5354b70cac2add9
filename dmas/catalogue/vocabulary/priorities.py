"""Clinical priority codes for procedures (P) and tests (D), and what each means for matching."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from dmas.core.errors import InvalidInput


class PriorityScale(StrEnum):
    """What a priority code is given to."""

    PROCEDURE = "P"
    TEST = "D"


@dataclass(frozen=True, slots=True)
class Priority:
    """One priority code; `tier` is where the engine ranks it, None where it is never matched."""

    code: str
    label: str
    meaning: str
    tier: int | None = None
    within_days: int | None = None

    @property
    def scale(self) -> PriorityScale:
        """Say whether it is given to a procedure or to a test."""
        return PriorityScale(self.code[0])


_LOCAL_ROUTE = "Too urgent for this exchange: use the local urgent route."

PRIORITIES: MappingProxyType[str, Priority] = MappingProxyType(
    {
        priority.code: priority
        for priority in (
            Priority("P1", "P1: emergency", f"Within 72 hours. {_LOCAL_ROUTE}"),
            Priority("P2", "P2: within 4 weeks", "Needs treatment within about a month.", 2, 28),
            Priority("P3", "P3: within 3 months", "Needs treatment within about three months.", 3, 84),
            Priority("P4", "P4: more than 3 months", "Can safely wait longer than three months.", 4),
            Priority("P5", "P5: postponed", "The patient has postponed; shown but not invited."),
            Priority(
                "P6", "P6: postponed by choice", "The patient has chosen to wait; shown but not invited."
            ),
            Priority("D1", "D1: urgent test", f"The most urgent tests. {_LOCAL_ROUTE}"),
            Priority("D2", "D2: soon", "Within about 2 weeks, by local policy.", 2, 14),
            Priority("D3", "D3: within 6 weeks", "Within about 6 weeks, by local policy.", 3, 42),
            Priority("D4", "D4: routine test", "Routine: usually 6 to 12 weeks.", 4),
            Priority("D5", "D5: postponed", "The patient has postponed; shown but not invited."),
            Priority(
                "D6", "D6: postponed by choice", "The patient has chosen to wait; shown but not invited."
            ),
        )
    }
)


def priority(code: str, scale: PriorityScale = PriorityScale.PROCEDURE) -> Priority:
    """Return the priority meant by `P2`, `p2`, `2`, `P1a` or `D3`; raise InvalidInput for anything else."""
    text = code.strip().upper()
    if text[:1].isdigit():
        text = scale.value + text
    found = PRIORITIES.get(text) or (PRIORITIES.get(text[:2]) if text in ("P1A", "P1B") else None)
    if found is None or found.scale is not scale:
        raise InvalidInput(
            f"{code[:10]!r} is not a priority code. Enter one of {scale.value}1 to {scale.value}6.",
            field="priority_code",
        )
    return found


def named_priority(code: str) -> Priority:
    """Return the priority a code names on the scale of its letter; a bare digit is a procedure's."""
    test = code.strip()[:1].upper() == PriorityScale.TEST
    return priority(code, PriorityScale.TEST if test else PriorityScale.PROCEDURE)
