"""What is asked of the waiting list, as data."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class InviteCohort:
    """Invite everybody of a provider who can be invited; of one service only where it is named."""

    provider_code: str
    service: str = ""


@dataclass(frozen=True, slots=True)
class InvitePathway:
    """Invite one person about one pathway, by its id here."""

    pathway_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class ReplaceInvitation:
    """Make the old code worthless and send a new one."""

    pathway_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class SignIn:
    """A code as typed, and the date of birth beside it."""

    code: str = field(repr=False)
    date_of_birth: date = field(repr=False)


@dataclass(frozen=True, slots=True)
class LostCode:
    """Somebody who has no code: it goes only to the address the hospital already has."""

    nhs_number: str = field(repr=False)
    date_of_birth: date = field(repr=False)


@dataclass(frozen=True, slots=True)
class AskForChoice:
    """Somebody over 18 weeks, not invited, who asks their ICB."""

    nhs_number: str = field(repr=False)
    date_of_birth: date = field(repr=False)


@dataclass(frozen=True, slots=True)
class AnswerChoice:
    """What the ICB did about a request for a choice."""

    reference: str
    version: int
    met: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ProposeRule:
    """Another value of a threshold from a date on."""

    name: str
    value: int
    effective_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class SignRule:
    """A second person's yes to a proposed value."""

    rule_id: uuid.UUID
    version: int


@dataclass(frozen=True, slots=True)
class ApplyExtract:
    """Somebody's yes to a list that was checked, with every doubt that they confirm."""

    reference: str
    version: int | None
    confirmed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConfirmList:
    """A provider's word that its late list is still true: alive and waiting."""

    provider_code: str
