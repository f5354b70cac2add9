"""What someone wants done with a hand-over, as data."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Side:
    """One organisation of a move and where it lies."""

    code: str
    icb: str | None
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Traveller:
    """The person who moves, as the home trust named them."""

    person_id: uuid.UUID
    pathway_id: str
    nhs_number: str
    given_name: str
    family_name: str
    date_of_birth: date
    postcode: str
    phone: str
    clock_start: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTransfer:
    """Begin the hand-over of a person who said yes to a place."""

    proposal_id: uuid.UUID
    offer_id: uuid.UUID
    request_id: uuid.UUID
    line_id: uuid.UUID
    pathway: str
    basis: str
    home_function: str
    receiver_function: str
    home: Side
    receiver: Side
    person: Traveller


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferStep:
    """A step with a hand-over as it was at `version`."""

    reference: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteDataSet(TransferStep):
    """Fill in the minimum data set: element key to text; dates as ISO text."""

    values: Mapping[str, str]


class SendTransfer(TransferStep):
    """Send the complete data set to the receiver."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmTransfer(TransferStep):
    """Confirm that the receiver has the person on its list."""

    home_slot_cancelled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveDate(TransferStep):
    """Give the person's first date at the receiver, or another one."""

    first_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTreated(TransferStep):
    """Record the day of first treatment."""

    treated_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnTransfer(TransferStep):
    """Send the person back to the home trust before first treatment."""

    reason: str
    note: str = ""
    patient_phoned_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReRegister(TransferStep):
    """Put the person back on the home list; `clock_start` is typed again and must be the original."""

    re_registered_on: date
    clock_start: date
    patient_phoned_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTransfer(TransferStep):
    """Stop a hand-over that was not sent yet."""

    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Say something to the other side."""

    reference: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NameReader(TransferStep):
    """Say which clinician reads the report of a test, and who is told at once of a critical finding."""

    reader: str
    critical_contact: str
    critical_phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDone(TransferStep):
    """Record the day of the test."""

    done_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReport(TransferStep):
    """Say that the report was sent and how the images went."""

    images_route: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReport(TransferStep):
    """Say that a named clinician has read the report."""

    read_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TellCritical(TransferStep):
    """Say who was told of a critical finding, and when; what was found is never written here."""

    told: str
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeCritical(TransferStep):
    """Confirm that a critical finding has arrived and is acted on."""

    acknowledged_by: str
