"""Thirty offers and forty requests of tests, and tests at every step from booked to read."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from dmas.catalogue.vocabulary.arrangements import Basis, ContractBasis, Notice, Pathway, Setting
from dmas.core.clock import london_date
from dmas.demo import answering
from dmas.demo.asking import LEADS
from dmas.demo.england import PROVIDERS, TRUSTS, Invented
from dmas.demo.personas import HOME, RECEIVER, reviewer_of
from dmas.demo.stage import DEMO, Stage
from dmas.diagnostics import services
from dmas.diagnostics.commands import OfferDetail, PostTestOffer, PostTestRequest, RequestDetail, TestLine
from dmas.diagnostics.vocabulary import Escort, ImagesRoute, Place, Preparation, Side, has_images
from dmas.offers.commands import OfferKind, OfferTerms, PostOffer
from dmas.offers.vocabulary import Additionality
from dmas.requests import services as requests
from dmas.requests.commands import ApproveRequest
from dmas.transfers import services as transfers
from dmas.transfers.commands import (
    AcknowledgeCritical,
    NameReader,
    ReadReport,
    RecordDone,
    SendReport,
    TellCritical,
)
from dmas.transfers.models import Transfer
from dmas.transfers.vocabulary import TransferStatus

OFFERS, REQUESTS, SEED = 30, 40, 15
READER, CONTACT, PHONE = "Dr Ines Calder", "Acute medical desk", "01632 960950"
WHY = (
    "Our scanner is being replaced until the spring.",
    "Two sonographers have left and their posts are being filled.",
    "The endoscopy unit lost its decontamination room.",
    "Referrals for tests doubled over the summer.",
)


@dataclass(frozen=True, slots=True)
class Test:
    """One kind of test on the menu: the test, its part, and whether a scanner with a table gives it."""

    __test__ = False

    code: str
    part: str = ""
    table: bool = False
    scope: bool = False


MENU = (
    Test("MRI", "MRI:head", table=True), Test("MRI", "MRI:spine", table=True),
    Test("MRI", "MRI:joints", table=True), Test("CT", "CT:chest", table=True),
    Test("NON_OBSTETRIC_ULTRASOUND", "NON_OBSTETRIC_ULTRASOUND:abdomen"),
    Test("ECHOCARDIOGRAPHY", "ECHOCARDIOGRAPHY:transthoracic"),
    Test("DEXA_SCAN", "DEXA_SCAN:hip_spine", table=True), Test("COLONOSCOPY", scope=True),
    Test("GASTROSCOPY", scope=True), Test("AUDIOLOGY_ASSESSMENTS", "AUDIOLOGY_ASSESSMENTS:hearing"),
    Test("SLEEP_STUDIES", "SLEEP_STUDIES:oximetry"),
)  # fmt: skip


def offer_tests(stage: Stage) -> None:
    """Post thirty offers of tests: hospitals, community diagnostic centres and mobile units."""
    chance = random.Random(SEED)  # noqa: S311
    midlands = [provider for provider in PROVIDERS if provider.region == "Y60" and provider.code != HOME]
    for number in range(OFFERS):
        # The Midlands personas look at scanners: a mobile unit of the receiving persona's is the first.
        provider = next(one for one in PROVIDERS if one.code == RECEIVER) if number == 0 else None
        provider = (
            provider
            or (midlands if number < 8 else PROVIDERS)[number % (len(midlands) if number < 8 else 40)]
        )
        test = MENU[number % 3] if number < 8 else MENU[number % len(MENU)]
        _offer(stage, provider, test, number, chance)


def _offer(stage: Stage, provider: Invented, test: Test, number: int, chance: random.Random) -> None:
    now = stage.at(3 + number % 9, 9, number)
    today = london_date(now)
    place = Place.MOBILE_UNIT if number % 3 == 0 else tuple(Place)[number % 2]
    kind = OfferKind(
        service=test.code,
        setting=Setting.DIAGNOSTIC,
        stage=None,
        basis=Basis.TEST_ONLY,
        contract_basis=ContractBasis.STANDARD_CONTRACT
        if provider.independent
        else ContractBasis.NHS_PROVIDER,
        pathway=Pathway.DIAGNOSTIC,
    )
    terms = OfferTerms(
        window_from=today + timedelta(days=6),
        window_to=today + timedelta(days=48),
        places=chance.choice((6, 8, 10, 12, 20)),
        notice=Notice.SHORT,
        additionality=chance.choice(list(Additionality)),
        min_age=18,
        no_asa_limit=test.scope,
        no_bmi_limit=test.scope,
        tokens=("step_free", "parking"),
    )
    detail = OfferDetail(
        place=place,
        unit_name=f"Mobile unit {number + 1}" if place is Place.MOBILE_UNIT else "",
        sessions_a_week=chance.choice((4, 6, 8, 10)),
        max_weight=chance.choice((180, 200, 250)) if test.table else None,
        report_by=Side.RECEIVER,
        report_days=chance.choice((2, 3, 5)),
        images_route=ImagesRoute.IMAGE_EXCHANGE if has_images(test.code) else None,
        preparation=Preparation.RECEIVER_POSTS if test.scope else None,
        escort=Escort.AFTER_SEDATION if test.scope else None,
    )
    offered = PostOffer(
        site_code=f"{provider.code}{number % len(provider.sites) + 1:02d}", kind=kind, terms=terms
    )
    manager = stage.manager(provider.code)
    with stage.acting(manager) as session:
        services.post_offer(session, PostTestOffer(offer=offered, detail=detail), actor=manager, now=now)


def ask_for_tests(stage: Stage) -> None:
    """Post forty requests for tests; all but four are approved and searched for."""
    chance = random.Random(SEED + 1)  # noqa: S311
    for number in range(REQUESTS):
        at_home = number % 5 == 0
        trust = next(one for one in TRUSTS if one.code == HOME) if at_home else TRUSTS[number % len(TRUSTS)]
        test = MENU[number // 5 % 3] if at_home else MENU[number % len(MENU)]
        reference = _ask(stage, trust, test, number, chance)
        if number % 11 != 10:
            coordinator = stage.coordinator(trust.icb)
            with stage.acting(coordinator) as session:
                requests.approve(
                    session,
                    ApproveRequest(reference=reference),
                    actor=coordinator,
                    now=stage.at(3 + number % 16, 16),
                )


def _ask(stage: Stage, trust: Invented, test: Test, number: int, chance: random.Random) -> str:
    now = stage.at(3 + number % 16, 9, number)
    today = london_date(now)
    lines = tuple(
        TestLine(
            places=chance.choice((1, 2, 2, 3, 4)),
            priority_code=chance.choice(("D3", "D4", "D4")),
            earliest=today - timedelta(days=days + 10),
            latest=today - timedelta(days=days),
            age_from=chance.choice((30, 45, 60)),
            age_to=85,
        )
        # 41 days is within six weeks, 42 is not.
        for days in chance.sample((24, 33, 41, 42, 49, 57, 70, 95), 2)
    )
    command = PostTestRequest(
        provider_code=trust.code,
        service=test.code,
        lines=lines,
        detail=RequestDetail(
            critical_contact=CONTACT,
            critical_phone=PHONE,
            parts=(test.part,) if test.part else (),
            report_within=None if number % 2 else 10,
            heaviest=chance.choice((95, 110, 140)) if test.table else None,
        ),
        reason=chance.choice(WHY),
        clinical_lead=chance.choice(LEADS),
        travel_miles=chance.choice((25, 50, 100)),
        ready_at_short_notice=True,
        site_code=f"{trust.code}01",
    )
    manager = stage.manager(trust.code)
    with stage.acting(manager) as session:
        return services.post_request(session, command, actor=manager, now=now).reference


def take_tests_on(stage: Stage, now: datetime) -> None:
    """Take tests to different lengths, from booked to read; some findings are critical."""
    with stage.acting(DEMO) as session:
        booked = session.scalars(
            select(Transfer)
            .where(Transfer.status == TransferStatus.BOOKED)
            .order_by(Transfer.pathway_id, Transfer.reference)
        ).all()
    if len(booked) < len(STEPS):
        raise LookupError("The night found too few tests to show every step.")
    for number, transfer in enumerate(booked):
        _take_on(stage, transfer, STEPS[number % len(STEPS)], now)


# How many steps each test takes, in turn; 6 is a report with a critical finding that was acknowledged.
STEPS = (4, 3, 6, 2, 1, 0)


def _take_on(stage: Stage, transfer: Transfer, steps: int, now: datetime) -> None:
    home, receiver = stage.manager(transfer.home_code), stage.manager(transfer.receiver_code)
    doctor = stage.people[reviewer_of(transfer.home_code)]
    if steps >= 1:
        with stage.acting(home) as session:
            named = NameReader(
                **answering.seen(session, transfer),
                reader=READER,
                critical_contact=CONTACT,
                critical_phone=PHONE,
            )
            transfers.name_reader(session, named, actor=home, now=now)
    if steps >= 2:
        with stage.acting(receiver) as session:
            done = RecordDone(**answering.seen(session, transfer), done_on=london_date(now))
            transfers.record_done(session, done, actor=receiver, now=now)
    if steps == 6:
        with stage.acting(receiver) as session:
            told = TellCritical(**answering.seen(session, transfer), told=CONTACT, told_at=now)
            transfers.tell_critical(session, told, actor=receiver, now=now)
        with stage.acting(doctor) as session:
            heard = AcknowledgeCritical(**answering.seen(session, transfer), acknowledged_by=READER)
            transfers.acknowledge_critical(session, heard, actor=doctor, now=now)
    if steps >= 3:
        with stage.acting(receiver) as session:
            sent = SendReport(**answering.seen(session, transfer), images_route="image_exchange")
            transfers.send_report(session, sent, actor=receiver, now=now)
    if steps == 4:
        with stage.acting(doctor) as session:
            read = ReadReport(**answering.seen(session, transfer), read_by=READER)
            transfers.read_report(session, read, actor=doctor, now=now)
