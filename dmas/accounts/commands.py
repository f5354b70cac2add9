"""What somebody wants done with accounts, as data."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from dmas.core.actors import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """Give a person a role at an organisation, and an account if they have none."""

    email: str
    name: str
    organisation_code: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRole:
    """Replace one membership by another role at the same organisation."""

    staff_id: uuid.UUID
    membership_id: uuid.UUID
    role: Role
    version: int
    even_if_last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EndMembership:
    """Take a person's role at an organisation away; the account stays."""

    staff_id: uuid.UUID
    membership_id: uuid.UUID
    version: int
    even_if_last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Disable:
    """Stop a person from signing in at all."""

    staff_id: uuid.UUID
    version: int
    even_if_last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Enable:
    """Let a disabled person sign in again."""

    staff_id: uuid.UUID
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPassword:
    """Set a password by a one-time link."""

    secret: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePassword:
    """Replace one's own password; the old one has been checked."""

    password: str = field(repr=False)
