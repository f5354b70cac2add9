"""Who does something: a person in a role for an organisation, or a named job. Nothing changes without one."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The staff roles of the exchange, and the two ways a patient's side may act."""

    CAPACITY_MANAGER = "capacity_manager"
    INDEPENDENT_MANAGER = "independent_manager"
    CLINICAL_REVIEWER = "clinical_reviewer"
    BOOKING_CLERK = "booking_clerk"
    HELPLINE_AGENT = "helpline_agent"
    ICB_COORDINATOR = "icb_coordinator"
    REGIONAL_COORDINATOR = "regional_coordinator"
    NATIONAL_ADMINISTRATOR = "national_administrator"
    SAFETY_OFFICER = "safety_officer"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        """Return the role as people say it."""
        return ROLE_LABELS[self]


ROLE_LABELS = {
    Role.CAPACITY_MANAGER: "Capacity manager",
    Role.INDEPENDENT_MANAGER: "Independent provider manager",
    Role.CLINICAL_REVIEWER: "Clinical reviewer",
    Role.BOOKING_CLERK: "Booking clerk",
    Role.HELPLINE_AGENT: "Helpline agent",
    Role.ICB_COORDINATOR: "ICB coordinator",
    Role.REGIONAL_COORDINATOR: "Regional coordinator",
    Role.NATIONAL_ADMINISTRATOR: "National administrator",
    Role.SAFETY_OFFICER: "Safety officer",
    Role.AUDITOR: "Auditor",
}


class Reach(StrEnum):
    """Whose rows an actor may see: the database holds every row to it."""

    NOTHING = "nothing"
    ORGANISATION = "organisation"
    ICB = "icb"
    REGION = "region"
    NATION = "nation"
    PATIENT = "patient"


@dataclass(frozen=True, slots=True)
class Actor:
    """One person in one role for one organisation, or a job by its name.

    `organisation` is an ODS code: a provider's, an ICB's, a region's or the nation's. `icb` and
    `region` are where it lies, as far as it lies in one.
    """

    id: str
    name: str
    role: Role | None = None
    organisation: str | None = None
    reach: Reach = Reach.NOTHING
    icb: str | None = None
    region: str | None = None

    @classmethod
    def system(cls, job: str) -> Actor:
        """Return a job's actor, such as `system:nightly`; it reaches the nation."""
        return cls(id=f"system:{job}", name=job.replace("-", " "), reach=Reach.NATION)

    @classmethod
    def patient(cls, patient_id: uuid.UUID) -> Actor:
        """Return a patient acting for themselves; the name stays out of every record."""
        return cls(id=f"patient:{patient_id}", name="the patient", reach=Reach.PATIENT)

    @property
    def is_patient(self) -> bool:
        """Say whether a patient acts for themselves."""
        return self.reach is Reach.PATIENT

    @property
    def is_system(self) -> bool:
        """Say whether a job acts, not a person."""
        return self.id.startswith("system:")


NOBODY = Actor(id="anonymous", name="not signed in")
