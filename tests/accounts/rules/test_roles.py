"""Each kind of organisation has its roles, and one of them looks after its people."""

from __future__ import annotations

import pytest

from dmas.accounts.rules import roles
from dmas.core.actors import Reach, Role
from dmas.providers.vocabulary import OrganisationKind


@pytest.mark.parametrize(
    ("kind", "fitting"),
    [
        ("trust", "capacity_manager clinical_reviewer booking_clerk auditor"),
        ("independent", "independent_manager clinical_reviewer booking_clerk auditor"),
        ("icb", "icb_coordinator auditor"),
        ("region", "regional_coordinator auditor"),
        ("nation", "national_administrator safety_officer helpline_agent auditor"),
    ],
)
def test_the_roles_that_fit_each_kind(kind: str, fitting: str) -> None:
    found = roles.roles_for(OrganisationKind(kind))
    assert [role.value for role in found] == fitting.split()
    assert {role for role in Role if roles.fits(role, OrganisationKind(kind))} == set(found)


def test_every_role_fits_somewhere() -> None:
    assert {role for kind in OrganisationKind for role in roles.roles_for(kind)} == set(Role)


def test_one_role_of_each_kind_looks_after_people() -> None:
    assert {kind.value: role.value for kind, role in roles.MANAGER_OF_KIND.items()} == {
        "trust": "capacity_manager",
        "independent": "independent_manager",
        "icb": "icb_coordinator",
        "region": "regional_coordinator",
        "nation": "national_administrator",
    }
    assert set(roles.MANAGER_OF_KIND.values()) == roles.MANAGERS


def test_reach_follows_the_kind_of_organisation() -> None:
    assert {kind: roles.REACH_OF_KIND[kind] for kind in OrganisationKind} == {
        OrganisationKind.TRUST: Reach.ORGANISATION,
        OrganisationKind.INDEPENDENT: Reach.ORGANISATION,
        OrganisationKind.ICB: Reach.ICB,
        OrganisationKind.REGION: Reach.REGION,
        OrganisationKind.NATION: Reach.NATION,
    }
