"""The rules on the web: in force, previewed, proposed, signed by another."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from dmas.core.actors import Actor, Reach, Role
from dmas.core.db import Database
from tests.browsing import Browsing
from tests.factories.waitinglist import make_pathway

RULES = "/admin/rules"


def sit(browsing: Browsing, name: str, role: Role) -> Browsing:
    """Sit down at the national team."""
    return browsing.sign_in(Actor(id=name, name=name, role=role, organisation="X24", reach=Reach.NATION))


def signing(browsing: Browsing) -> str:
    """Return where the page's button to sign leads."""
    found = re.search(r'action="(/admin/rules/[^"]+/sign)"', browsing.get(RULES).html)
    assert found
    return found[1]


def change(step: str, **values: Any) -> dict[str, Any]:
    """Return what is typed to change a rule."""
    asked = {"name": "wait_over_days", "value": "182", "reason": "The second cohort.", "step": step}
    day = {"effective_on-day": "1", "effective_on-month": "12", "effective_on-year": "2026"}
    return asked | day | values


def test_a_change_is_previewed_proposed_and_signed_by_another(
    browsing: Browsing, database: Database, now: datetime
) -> None:
    with database.unit_of_work(Actor.system("tests")) as session:
        for weeks in (30, 50):
            make_pathway(session, now=now, weeks=weeks)
    sit(browsing, "Ada", Role.NATIONAL_ADMINISTRATOR)
    assert "280 days are 40 weeks" in browsing.get(RULES).text
    preview = browsing.post(RULES, change("preview"), 200)
    assert "With the new value" in preview.text
    assert "+1" in preview.text
    assert "No rule has been changed" in preview.text
    browsing.post(RULES, change("propose"))
    page = browsing.get(RULES)
    assert "To sign" in page.text
    assert "Sign this rule" not in page.text
    sit(browsing, "Sam", Role.SAFETY_OFFICER)
    action = signing(browsing)
    browsing.press(RULES, action)
    page = browsing.get(RULES)
    assert "Signed by Sam" in page.text
    assert "182 from 1 December 2026" in page.text
    browsing.post(RULES, change("propose"), 409)


def test_what_cannot_be_is_said_at_its_question(browsing: Browsing) -> None:
    sit(browsing, "Ada", Role.NATIONAL_ADMINISTRATOR)
    for bad, words in (
        ({"value": "5000"}, "between"),
        ({"effective_on-year": "2020"}, "day after today"),
        ({"name": "colour"}, "Choose"),
        ({"name": "mid_pathway", "value": "2"}, "from 0 to 1"),
        ({"reason": ""}, "Say why"),
    ):
        for step in ("preview", "propose"):
            assert words in browsing.post(RULES, change(step, **bad), 422).text


def test_a_stale_signature_is_refused(browsing: Browsing) -> None:
    sit(browsing, "Ada", Role.NATIONAL_ADMINISTRATOR)
    browsing.post(RULES, change("propose"))
    sit(browsing, "Sam", Role.SAFETY_OFFICER)
    action = signing(browsing)
    page = browsing.press(RULES, action, {"version": "9"}, 409)
    assert "Somebody else changed this" in page.text
