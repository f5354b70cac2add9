"""A small England: a trust that asks, one that receives, an independent provider, and others uninvolved.

Home trust A asks; trust B and independent provider I receive; trust C and independent provider J have
nothing to do with it. A, B and C each lie in an ICB and a region of their own; I lies in B's, J in C's.
Everything is made through the real services.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from dmas.accounts import loading
from dmas.accounts import services as accounts
from dmas.accounts.models import Staff
from dmas.core.actors import Actor, Role
from dmas.proposals.models import NamedPerson, Proposal
from dmas.providers.models import Organisation, Site
from dmas.providers.vocabulary import OrganisationKind
from dmas.waitinglist.models import Patient
from tests.factories.providers import make_icb, make_independent, make_region, make_site, make_trust
from tests.factories.staff import make_staff

SYSTEM = Actor.system("tests")
NIGHT_OF = date(2026, 11, 21)
Values = dict[str, str]

TRUST_ROLES = (Role.CAPACITY_MANAGER, Role.CLINICAL_REVIEWER, Role.BOOKING_CLERK, Role.AUDITOR)
INDEPENDENT_ROLES = (Role.INDEPENDENT_MANAGER, Role.CLINICAL_REVIEWER, Role.BOOKING_CLERK, Role.AUDITOR)
NATIONAL_ROLES = (Role.NATIONAL_ADMINISTRATOR, Role.SAFETY_OFFICER, Role.HELPLINE_AGENT)


class Kind(StrEnum):
    """What a page is about, which decides whose it is."""

    OFFER = "offer"
    REQUEST = "request"
    MATCH = "match"
    TRANSFER = "transfer"
    WAIT = "wait"
    COLLEAGUE = "colleague"
    ONESELF = "oneself"
    SIGN_IN = "sign-in"
    ANYTHING = "anything"


@dataclass(frozen=True)
class Desk:
    """Somebody who is signed in: who they are, their account, and the secret in their cookie."""

    actor: Actor
    staff_id: str
    sign_in_id: str
    secret: str


@dataclass(frozen=True)
class Thing:
    """Something a page can be about: its address values, between A and B and between A and I."""

    kind: Kind
    trusts: Values
    independent: Values


@dataclass
class World:
    """Everybody, and everything pages are about under the words of the table."""

    now: datetime
    places: dict[str, Organisation] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    desks: dict[tuple[Role, str], Desk] = field(default_factory=dict)
    things: dict[str, Thing] = field(default_factory=dict)
    people: dict[str, NamedPerson] = field(default_factory=dict)
    naming: dict[str, Proposal] = field(default_factory=dict)
    patients: dict[str, Patient] = field(default_factory=dict)
    visits: dict[str, Desk] = field(default_factory=dict)

    def code(self, place: str) -> str:
        """Return the ODS code of a place."""
        return self.places[place].code

    def actor(self, role: Role | None, place: str) -> Actor:
        """Return who sits at a desk; a patient is somebody who waits at a place."""
        if role is None:
            return Actor.patient(self.patients[place].id)
        return self.desks[role, place].actor


def settle(session: Session, world: World) -> None:
    """Make every organisation, and sign somebody in at every desk."""
    _organisations(session, world)
    _staff(session, world)


def _organisations(session: Session, world: World) -> None:
    for letter in "ABC":
        region = world.places[f"region {letter}"] = make_region(session)
        world.places[f"icb {letter}"] = make_icb(session, region)
        world.places[letter] = make_trust(session, world.places[f"icb {letter}"])
    world.places["I"] = make_independent(session, world.places["icb B"])
    world.places["J"] = make_independent(session, world.places["icb C"])
    nation = Organisation(code="X24", name="Example national team", kind=OrganisationKind.NATION)
    session.add(nation)
    world.places["nation"] = nation
    for letter in "ABCIJ":
        world.sites[letter] = make_site(session, world.places[letter])


def _staff(session: Session, world: World) -> None:
    desks = [(role, letter) for letter in "ABC" for role in TRUST_ROLES]
    desks += [(role, letter) for letter in "IJ" for role in INDEPENDENT_ROLES]
    desks += [(Role.ICB_COORDINATOR, f"icb {letter}") for letter in "ABC"]
    desks += [(Role.REGIONAL_COORDINATOR, f"region {letter}") for letter in "ABC"]
    desks += [(Role.AUDITOR, place) for place in ("icb A", "region A")]
    desks += [(role, "nation") for role in NATIONAL_ROLES]
    for role, place in desks:
        staff = make_staff(session, now=world.now, role=role, organisation=world.places[place])
        world.desks[role, place] = sign_in(session, staff, now=world.now)


def sign_in(session: Session, staff: Staff, *, now: datetime) -> Desk:
    """Sign somebody in as their password would."""
    membership = staff.memberships[0]
    secret = accounts.start_sign_in(session, staff, membership, actor=SYSTEM, now=now)
    loaded = loading.load_sign_in(session, secret, now=now)
    assert loaded is not None
    return Desk(loaded.actor, str(staff.id), str(loaded.id), secret)
