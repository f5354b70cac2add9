"""Posting and amending offers in the browser: what is typed is what is kept, and what is wrong is said."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from dmas.core.actors import Actor
from dmas.core.db import Database
from dmas.offers.models import Offer
from dmas.offers.vocabulary import OfferStatus
from tests.browsing import Browsing
from tests.factories.offers import make_offer
from tests.offers.conftest import World

pytestmark = pytest.mark.usefixtures("heard")


def start(world: World, **changed: str) -> str:
    answers = {
        "site": world.site.code,
        "service": "110",
        "care": "inpatient",
        "arrangement": "mutual_aid",
    } | changed
    return "/offers/new?" + "&".join(f"{name}={value}" for name, value in answers.items())


def on(name: str, day: date) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def answers(today: date, **changed: Any) -> dict[str, Any]:
    typed: dict[str, Any] = {
        "places": "8",
        **on("window_from", today + timedelta(days=7)),
        **on("window_to", today + timedelta(days=63)),
        "max_asa": "3",
        "max_bmi": "40",
        "critical_care": "2",
        "additionality": "unused_list",
    }
    return typed | changed


def stored(database: Database, actor: Actor) -> list[Offer]:
    with database.unit_of_work(actor) as session:
        return list(session.scalars(select(Offer).order_by(Offer.posted_at, Offer.reference)))


def test_a_manager_posts_hips_in_two_pages(
    browsing: Browsing, database: Database, world: World, today: date
) -> None:
    browsing.sign_in(world.manager)
    first = browsing.get("/offers/new")
    assert first.heading == "Post an offer"
    second = browsing.get(start(world))
    assert "Trauma and orthopaedic" in second.heading
    ticked = answers(today, procedures="only", procedure_groups=["hip_replacement"], tokens=["hoist"])
    done = browsing.post(start(world), ticked)
    [offer] = stored(database, world.manager)
    assert done.location == f"/offers/{offer.reference}"
    assert (offer.status, offer.places, offer.max_asa, offer.max_bmi) == (OfferStatus.OPEN, 8, 3, 40)
    assert (offer.procedure_groups, offer.any_procedure) == (["hip_replacement"], False)
    assert {"opcs:hip_replacement", "critical_care:2", "hoist", "pre_assessment"} <= set(offer.provides)


def test_a_double_click_posts_once(browsing: Browsing, database: Database, world: World, today: date) -> None:
    browsing.sign_in(world.manager)
    sent = browsing.get(start(world)).form() | answers(today)
    first = browsing.post(start(world), sent, fetch=False)
    again = browsing.post(start(world), sent, fetch=False)
    assert first.location == again.location
    assert len(stored(database, world.manager)) == 1


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"places": ""}, "Enter how many places"),
    ({"places": "0"}, "between 1 and 5,000"),
    ({"places": "10000"}, "between 1 and 5,000"),
    ({"places": "eight"}, "whole number"),
    ({"places": "1" * 400}, "whole number"),
    ({"lists": "1001"}, "between 1 and 1,000"),
    ({"window_from-day": ""}, "must include a day"),
    ({"window_from-year": "2020"}, "today or later"),
    ({"window_to-month": "13"}, "real date"),
    ({"window_to-year": "2029"}, "within a year"),
    ({"window_to-year": "2020"}, "not be before the first date"),
    ({"notice": "tomorrow"}, "how much notice"),
    ({"min_age": ""}, "youngest age"),
    ({"min_age": "12"}, "oldest age"),
    ({"max_age": "10", "limit_reason": "licence"}, "not be below"),
    ({"max_age": "90"}, "lawful reason"),
    ({"sex": "F"}, "lawful reason"),
    ({"sex": "X"}, "who it is for"),
    ({"max_asa": None}, "no limit"),
    ({"max_asa": "9"}, "no limit"),
    ({"max_bmi": ""}, "no limit"),
    ({"no_bmi_limit": "yes"}, "no limit"),
    ({"max_bmi": "7"}, "between 15 and 100"),
    ({"critical_care": None}, "critical care"),
    ({"procedures": "only"}, "at least one operation"),
    ({"procedure_groups": ["hip_replacement"]}, "choose whether only those"),
    ({"procedures": "only", "procedure_groups": ["cataract"]}, "choose from the answers"),
    ({"tokens": ["teleport"]}, "choose from the answers"),
    ({"accepts_icbs": ["QQQ"]}, "choose from the answers"),
    ({"additionality": None}, "where the capacity comes from"),
    ({"consultant": "x" * 121}, "120 characters or fewer"),
    ({"notes": "x" * 2001}, "2,000 characters or fewer"),
    ({"notes": "Ring about 999 000 0018"}, "NHS number"),
]


def test_each_wrong_answer_is_said_at_its_field_and_nothing_is_stored(
    browsing: Browsing, database: Database, world: World, today: date
) -> None:
    browsing.sign_in(world.manager)
    sent = browsing.get(start(world)).form()
    for change, said in WRONG:
        typed = {
            name: value for name, value in (sent | answers(today, **change)).items() if value is not None
        }
        page = browsing.post(start(world), typed, status=422, fetch=False)
        assert any(said in error for error in page.errors()), (change, page.errors())
    assert stored(database, world.manager) == []


@pytest.mark.parametrize(
    "change",
    [
        {"service": "999"},
        {"care": "teleport"},
        {"arrangement": "new_contract"},
        {"site": ""},
        {"site": "OTHER"},
    ],
)
def test_a_wrong_first_page_is_asked_again(
    browsing: Browsing, database: Database, world: World, change: dict[str, str]
) -> None:
    browsing.sign_in(world.manager)
    if change.get("site") == "OTHER":
        change = {"site": world.other_site.code}
    page = browsing.get(start(world, **change), status=422)
    assert page.errors()
    assert stored(database, world.manager) == []


def test_a_first_appointment_asks_for_the_treatment_that_follows(
    browsing: Browsing, database: Database, world: World, today: date
) -> None:
    browsing.sign_in(world.manager)
    address = start(world, care="first_appointment")
    shown = browsing.get(address)
    assert "Highest ASA grade" not in shown.html
    typed = {
        name: value
        for name, value in answers(today).items()
        if name not in ("max_asa", "max_bmi", "critical_care")
    }
    assert browsing.post(address, typed, status=422).errors()
    assert browsing.post(address, typed | {"gives_treatment": "yes"}, status=422).errors()
    browsing.post(address, typed | {"gives_treatment": "yes", "follow_on_weeks": "6"})
    [offer] = stored(database, world.manager)
    assert (offer.gives_treatment, offer.follow_on_weeks) == (True, 6)
    assert "treatment_follows" in offer.provides


def test_a_copy_keeps_everything_and_moves_on_a_week(
    browsing: Browsing, database: Database, world: World, now: datetime
) -> None:
    with database.unit_of_work(world.manager) as session:
        offer = make_offer(
            session,
            now=now,
            site=world.site,
            actor=world.manager,
            places=5,
            max_bmi=35.5,
            no_bmi_limit=False,
            excluded_groups=("hip_revision",),
        )
    browsing.sign_in(world.manager)
    assert offer.reference in browsing.get("/offers/new").html
    browsing.post(f"/offers/new?copy={offer.reference}")
    copy = next(one for one in stored(database, world.manager) if one.id != offer.id)
    assert copy.copied_from == offer.reference
    assert copy.window_from == offer.window_from + timedelta(days=7)
    assert copy.window_to == offer.window_to + timedelta(days=7)
    assert (copy.places, copy.max_bmi, copy.excluded_groups) == (5, 35.5, ["hip_revision"])


def test_a_foreign_offer_is_neither_copied_nor_amended(
    browsing: Browsing, database: Database, world: World, now: datetime
) -> None:
    with database.unit_of_work(world.other_manager) as session:
        theirs = make_offer(session, now=now, site=world.other_site, actor=world.other_manager)
    browsing.sign_in(world.manager)
    browsing.get(f"/offers/new?copy={theirs.reference}", status=404)
    browsing.get(f"/offers/{theirs.reference}/amend", status=404)


def test_amending_keeps_what_was_not_touched_and_refuses_a_stale_page(
    browsing: Browsing, database: Database, world: World, now: datetime
) -> None:
    with database.unit_of_work(world.manager) as session:
        offer = make_offer(
            session, now=now, site=world.site, actor=world.manager, tokens=("hoist", "parking")
        )
    browsing.sign_in(world.manager)
    address = f"/offers/{offer.reference}/amend"
    opened = browsing.get(address).form()
    assert browsing.post(address, {"places": "7"}).location == f"/offers/{offer.reference}"
    [changed] = stored(database, world.manager)
    assert (changed.places, changed.tokens, changed.version) == (7, ["hoist", "parking"], 2)
    stale = browsing.post(address, opened | {"places": "9"}, status=409, fetch=False)
    assert "Somebody else changed this" in " ".join(stale.errors())
    unchanged = browsing.post(address, status=422)
    assert "Nothing was changed" in " ".join(unchanged.errors())


def test_every_fault_is_said_at_once(browsing: Browsing, world: World, today: date) -> None:
    browsing.sign_in(world.manager)
    assert len(browsing.post(start(world), status=422).errors()) == 7
    backwards = answers(today, **on("window_to", today), places="", procedures="only")
    assert len(browsing.post(start(world), backwards, status=422).errors()) == 3


def test_an_insourced_team_is_not_for_the_night(browsing: Browsing, world: World, today: date) -> None:
    browsing.sign_in(world.manager)
    browsing.post(start(world, arrangement="insourced"), answers(today))
    assert "insourced team" in browsing.get("/offers").html


def test_a_service_without_operations_asks_for_none_and_a_clinic_is_amended(
    browsing: Browsing, database: Database, world: World, today: date
) -> None:
    browsing.sign_in(world.manager)
    address = start(world, service="654", care="day_case")
    assert "Which operations?" not in browsing.get(address).html
    browsing.post(address, answers(today, notice="short"))
    assert "short notice list" in browsing.get("/offers").html
    clinic = start(world, care="first_appointment")
    typed = {name: value for name, value in answers(today).items() if not name.startswith(("max_", "crit"))}
    browsing.post(clinic, typed | {"gives_treatment": "no", "follow_on_weeks": "9"})
    offer = next(one for one in stored(database, world.manager) if one.stage == "first_outpatient")
    assert (offer.gives_treatment, offer.follow_on_weeks) == (False, None)
    browsing.post(f"/offers/{offer.reference}/amend", {"gives_treatment": "yes", "follow_on_weeks": "9"})
    offer = next(one for one in stored(database, world.manager) if one.stage == "first_outpatient")
    assert (offer.gives_treatment, offer.follow_on_weeks, offer.version) == (True, 9, 2)


def test_an_independent_manager_is_told_that_a_new_contract_waits(
    browsing: Browsing, database: Database, world: World, today: date
) -> None:
    browsing.sign_in(world.independent_manager)
    address = start(world, site=world.clinic.code, arrangement="new_contract")
    assert "waits for your ICB" in browsing.get(address).html
    browsing.post(address, answers(today))
    with database.unit_of_work(world.icb) as session:
        assert session.scalar(select(func.count()).where(Offer.status == OfferStatus.AWAITING_ICB)) == 1
