"""How accounts are put into words."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from dmas.accounts import presenters
from dmas.accounts.models import Membership, SignIn, Staff
from dmas.accounts.queries import Desk, Person
from dmas.accounts.rules.sign_ins import fingerprint
from dmas.core.actors import Role
from dmas.providers.models import Organisation

NOW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)


def person(**values: object) -> Staff:
    return Staff(email="robin@example.org", name="Robin Example", **values)


def desk(role: Role = Role.BOOKING_CLERK, name: str = "Any NHS Trust") -> Desk:
    staff = person()
    held = Membership(staff=staff, organisation_code="RXX", role=role, granted_at=NOW)
    return Desk(held, Organisation(code="RXX", name=name, kind="trust"))


def test_a_persona_needs_no_password() -> None:
    assert presenters.standing(person(), now=NOW).text == "Invited"
    assert presenters.standing(person(is_persona=True), now=NOW).text == "Active"
    assert presenters.standing(person(disabled_at=NOW), now=NOW).colour == "red"
    assert presenters.standing(person(locked_until=NOW + timedelta(minutes=1)), now=NOW).text == "Locked"


def test_a_row_leads_to_the_person() -> None:
    held = desk().membership
    row = presenters.rows([Person(held.staff, held)], now=NOW)[0]
    assert row.name.text == "Robin Example"
    assert row.name.href == f"/staff/{held.staff.id}"
    assert (row.role, row.since) == ("Booking clerk", NOW)


def test_roles_are_answers_with_their_organisation() -> None:
    choice = presenters.desk_choices([desk()])[0]
    assert (choice.label, choice.hint) == ("Booking clerk", "Any NHS Trust")


def test_only_living_sign_ins_are_shown_and_ones_own_is_marked() -> None:
    here = desk()
    here.membership.id = uuid.uuid4()

    def sign_in(secret: str, minutes: int) -> SignIn:
        return SignIn(
            secret_hash=fingerprint(secret),
            membership_id=here.membership.id,
            started_at=NOW - timedelta(hours=1),
            last_seen_at=NOW - timedelta(minutes=minutes),
            expires_at=NOW + timedelta(hours=9),
        )

    found = [sign_in("mine", 1), sign_in("other", 29), sign_in("idle", 30)]
    shown = presenters.shown_sign_ins(found, [here], secret="mine", now=NOW)
    assert [one.is_this for one in shown] == [True, False]
    shown = presenters.shown_sign_ins([sign_in("mine", 1)], [], secret="mine", now=NOW)
    assert [one.working_as for one in shown] == ["No role chosen yet"]
