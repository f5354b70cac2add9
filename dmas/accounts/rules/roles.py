"""Which roles an organisation of each kind has, who manages its people, and how far a role reaches."""

from __future__ import annotations

from dmas.core.actors import Reach, Role
from dmas.providers.vocabulary import OrganisationKind

ROLES_BY_KIND: dict[OrganisationKind, tuple[Role, ...]] = {
    OrganisationKind.TRUST: (
        Role.CAPACITY_MANAGER,
        Role.CLINICAL_REVIEWER,
        Role.BOOKING_CLERK,
        Role.AUDITOR,
    ),
    OrganisationKind.INDEPENDENT: (
        Role.INDEPENDENT_MANAGER,
        Role.CLINICAL_REVIEWER,
        Role.BOOKING_CLERK,
        Role.AUDITOR,
    ),
    OrganisationKind.ICB: (Role.ICB_COORDINATOR, Role.AUDITOR),
    OrganisationKind.REGION: (Role.REGIONAL_COORDINATOR, Role.AUDITOR),
    OrganisationKind.NATION: (
        Role.NATIONAL_ADMINISTRATOR,
        Role.SAFETY_OFFICER,
        Role.HELPLINE_AGENT,
        Role.AUDITOR,
    ),
}

# The first role of each kind is the one that manages the organisation's people.
MANAGER_OF_KIND: dict[OrganisationKind, Role] = {kind: roles[0] for kind, roles in ROLES_BY_KIND.items()}
MANAGERS = frozenset(MANAGER_OF_KIND.values())

REACH_OF_KIND = {
    OrganisationKind.TRUST: Reach.ORGANISATION,
    OrganisationKind.INDEPENDENT: Reach.ORGANISATION,
    OrganisationKind.ICB: Reach.ICB,
    OrganisationKind.REGION: Reach.REGION,
    OrganisationKind.NATION: Reach.NATION,
}


def fits(role: Role, kind: OrganisationKind) -> bool:
    """Say whether organisations of a kind have this role."""
    return role in ROLES_BY_KIND[kind]


def roles_for(kind: OrganisationKind) -> tuple[Role, ...]:
    """Return the roles that organisations of a kind have, the manager's first."""
    return ROLES_BY_KIND[kind]
